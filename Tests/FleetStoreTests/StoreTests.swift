import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

@Suite struct StoreTests {
  @Test("A new file goes through every migration, an old one only through what is missing")
  func migrations() throws {
    let shelf = try Shelf()
    let first = try shelf.open()
    let count = try first.connection.int("SELECT count(*) FROM migrations")
    #expect(count == Int64(Shelf.migrations.count))
    withExtendedLifetime(first) {}
  }

  @Test("A changed migration and a newer schema are refused, and the file stays as it is")
  func refusals() throws {
    let shelf = try Shelf()
    do { _ = try shelf.open() }
    let more = Shelf.migrations + [("Inventory/migrations/9999.sql", "CREATE TABLE later (x)")]
    do { _ = try Store.open(shelf.path, migrations: more) }
    #expect(
      throws: StoreError.newerSchema(
        path: shelf.path, found: more.count, known: Shelf.migrations.count)
    ) { _ = try shelf.open() }
    #expect(
      throws: StoreError.newerSchema(
        path: shelf.path, found: more.count, known: Shelf.migrations.count)
    ) { _ = try shelf.reader() }
    var edited = more
    edited[0].sql += "\n-- edited"
    #expect(throws: StoreError.migrationChanged(name: more[0].name)) {
      _ = try Store.open(shelf.path, migrations: edited)
    }
    var broken = more
    broken.append(("Inventory/migrations/99999.sql", "CREATE TABLE half (x); nonsense"))
    #expect(throws: StoreError.self) { _ = try Store.open(shelf.path, migrations: broken) }
    _ = try Store.open(shelf.path, migrations: more)
  }

  @Test("A second engine on the same file is refused and told who is there")
  func lock() throws {
    let shelf = try Shelf()
    let first = try shelf.open()
    #expect {
      _ = try shelf.open()
    } throws: { error in
      guard case .engineRunning(_, let process?) = error as? StoreError else { return false }
      return process > 0
    }
    withExtendedLifetime(first) {}
  }

  @Test("A charger comes back as it was saved, every field")
  func roundTrip() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    var charger = Charger(id: ChargerID(rawValue: 0), identity: "KLN 1")
    charger.vendor = .init(
      claimed: .init("V", source: "a", at: Shelf.now),
      observed: .init("W", source: "b", at: Shelf.now))
    charger.serial.observed = .init("S", source: "c", at: Shelf.now)
    charger.versions.claimed = .init([.ocpp16, .ocpp21], source: "d", at: Shelf.now)
    charger.ramFree.observed = .init(5, source: "e", at: Shelf.now)
    charger.connectorCount.claimed = .init(2, source: "f", at: Shelf.now)
    charger.released = [.ocpp201]
    charger.speaks = .ocpp21
    charger.online = true
    charger.lastSeen = Shelf.now
    charger.signedUpdates = false
    charger.securityProfile = 2
    charger.passwordHash = "h"
    charger.nextPasswordHash = "n"
    charger.profileSeen = .init(.tls, source: "handshake", at: Shelf.now)
    charger.downgrade = SecurityDowngrade(reason: "r", by: "b", at: Shelf.now)
    charger.certificate = ClientCertificate(
      commonName: "S", serialNumber: "0A", notAfter: Shelf.now)
    charger.endOfLife = EndOfLife(
      reason: .parts, evidence: "e", replacement: "r", by: "b", at: Shelf.now)
    charger.pin = Pin(reason: "p", by: "b", at: Shelf.now)
    charger.migration = MigrationRecord(proved: .ocpp201, at: Shelf.now)
    charger.notes = ""
    charger = try store.add(charger)
    #expect(try store.charger(charger.id) == charger)
    charger.notes = "changed"
    charger.online = false
    charger.model.observed = .init("AC22", source: "g", at: Shelf.now)
    charger.endOfLife = nil
    try store.save(charger)
    #expect(try store.charger(charger.id) == charger)
    let connectors = [
      Connector(id: .init(evse: 1, connector: 1), state: .charging, at: Shelf.now),
      Connector(id: .init(evse: 2, connector: 1), state: .faulted, at: Shelf.now, error: "x"),
    ]
    try store.save(connectors, of: charger.id, replacing: true)
    #expect(try store.connectors(of: charger.id) == connectors)
    let freed = Connector(id: .init(evse: 1, connector: 1), state: .available, at: Shelf.now)
    try store.save([freed], of: charger.id, replacing: false)
    #expect(try store.connectors(of: charger.id) == [freed, connectors[1]])
    try store.save([freed], of: charger.id, replacing: true)
    #expect(try store.connectors(of: charger.id) == [freed])
  }

  @Test("However chargers come, change and go, the tallies count them, and first seen stays")
  func tallies() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    let shelf = try Shelf()
    let store = try shelf.open()
    var chargers: [Charger] = []
    var firstSeen: [ChargerID: Instant] = [:]
    for turn in 0..<300 {
      let place = chargers.indices.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<8, using: &random) {
      case 0 where !chargers.isEmpty:
        let gone = chargers.remove(at: place).id
        firstSeen[gone] = nil
        for statement in [
          "DELETE FROM dossiers WHERE charger = ?", "DELETE FROM chargers WHERE id = ?",
        ] {
          try store.connection.run(statement, [.int(gone.rawValue)])
        }
        continue
      case 1...3 where !chargers.isEmpty: break
      default: chargers.append(Charger(id: ChargerID(rawValue: 0), identity: "CP-\(turn)"))
      }
      let index = chargers.last?.id.rawValue == 0 ? chargers.count - 1 : place
      chargers[index].speaks = [nil, .ocpp16, .ocpp201].randomElement(using: &random) ?? nil
      chargers[index].online = Bool.random(using: &random)
      chargers[index].model.observed = .init("M", source: "Boot", at: Shelf.now)
      if Bool.random(using: &random) { chargers[index].lastSeen = Shelf.now + .hours(Double(turn)) }
      if chargers[index].id.rawValue == 0 {
        chargers[index] = try store.add(chargers[index])
      } else {
        try store.save(chargers[index])
      }
      let id = chargers[index].id
      firstSeen[id] = firstSeen[id] ?? chargers[index].lastSeen
    }
    let (counted, tallied) = try store.tallies()
    #expect(counted == tallied, "seed \(seed)")
    let noted = try store.connection.rows(
      "SELECT charger, first_seen FROM dossiers WHERE first_seen IS NOT NULL"
    ) { (ChargerID(rawValue: $0.int(0)), Instant(milliseconds: $0.int(1))) }
    #expect(Dictionary(uniqueKeysWithValues: noted) == firstSeen, "seed \(seed)")
  }

  @Test("An exact identity wins where two differ only in case")
  func identities() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    _ = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1"))
    #expect(try store.charger(identity: "cp1")?.identity == "CP1")
    _ = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "cp1"))
    #expect(try store.charger(identity: "cp1")?.identity == "cp1")
    #expect(try store.charger(identity: "CP1")?.identity == "CP1")
    #expect(throws: StoreError.self) {
      try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1"))
    }
  }

  @Test("A transaction that throws leaves nothing behind, an inner one only its own part")
  func transactions() throws {
    struct Stop: Error {}
    let shelf = try Shelf()
    let store = try shelf.open()
    func note(_ text: String) throws {
      _ = try store.append(
        LedgerEntry(
          charger: nil, at: Shelf.now, kind: .note, action: "note", body: Array(text.utf8)))
    }
    #expect(throws: Stop.self) {
      try store.transaction {
        try note("gone")
        throw Stop()
      }
    }
    try store.transaction {
      try note("kept")
      #expect(throws: Stop.self) {
        try store.transaction {
          try note("gone too")
          throw Stop()
        }
      }
      try store.setReflected(7)
    }
    #expect(try store.entries(after: 0, limit: 10).map(\.body) == [Array("kept".utf8)])
    #expect(try store.reflected() == 7)
    #expect(throws: StoreError.self) { try store.connection.run("DELETE FROM ledger") }
  }

  @Test("What was committed is there for whoever opens the file next")
  func durable() throws {
    let shelf = try Shelf()
    do {
      let store = try shelf.open()
      try store.transaction {
        _ = try store.append(
          LedgerEntry(charger: nil, at: Shelf.now, kind: .meter, action: "MeterValues", body: []))
      }
      #expect(store.walSize > 0)
      try store.checkpointIfIdle()
      #expect(store.walSize == 0)
    }
    #expect(try shelf.open().entries(after: 0, limit: 10).map(\.action) == ["MeterValues"])
  }

  @Test("A repeated start finds its session by key; a second one is refused")
  func sessions() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let charger = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1"))
    var session = Session(
      id: SessionID(rawValue: 0), charger: charger.id, key: "k", version: .ocpp201,
      connector: .init(evse: 1, connector: 1), token: "T", startedAt: Shelf.now, meterStart: 1.5)
    _ = session.sequence.insert(0)
    _ = session.sequence.insert(2)
    session = try store.add(session)
    #expect(try store.session(of: charger.id, key: "k") == session)
    #expect(throws: StoreError.self) { try store.add(session) }
    #expect(try store.openSessions(of: charger.id) == [session])
    session.stoppedAt = Shelf.now
    session.stopReason = "Local"
    session.meterStop = 9
    try store.save(session)
    #expect(try store.session(session.id) == session)
    #expect(try store.openSessions(of: charger.id) == [])
  }

  @Test("The same import again changes nothing; observed values stay; a dry run stores nothing")
  func imports() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let rows = Shelf.rows(300, seed: 1)
    func take(_ rows: [ImportedCharger], dryRun: Bool = false) throws -> ImportCounts {
      try store.importChargers(rows, source: "f.csv", at: Shelf.now, dryRun: dryRun).counts
    }
    #expect(try take(rows, dryRun: true) == ImportCounts(added: 300))
    #expect(try store.charger(identity: "CP-0") == nil)
    #expect(try take(rows) == ImportCounts(added: 300))
    #expect(try take(rows) == ImportCounts(unchanged: 300))
    var charger = try #require(try store.charger(identity: "CP-0"))
    #expect(charger.released == .ocpp16)
    charger.firmware.observed = .init("9.9", source: "BootNotification", at: Shelf.now)
    try store.save(charger)
    var row = rows[0]
    row.firmware = "1.0"
    row.zone = "Europe/Berlin"
    #expect(try take([row]) == ImportCounts(changed: 1))
    charger = try #require(try store.charger(identity: "cp-0"))
    #expect(charger.firmware.observed?.value == "9.9")
    #expect(charger.firmware.claimed?.value == "1.0")
    #expect(try store.sites().first { $0.id == charger.site }?.zone == "Europe/Berlin")
    var modern = ImportedCharger(line: 2, identity: "NEW")
    modern.versions = .ocpp201
    modern.password = "secret"
    #expect(
      try store.importChargers([modern], source: "f.csv", at: Shelf.now, dryRun: false).refused
        == [
          RefusedRow(line: 2, column: "password", reason: "passwords are not taken on this way in")
        ])
    let hashing = PasswordHashing(
      hash: { "#\(String(decoding: $0, as: UTF8.self))" },
      matches: { "#\(String(decoding: $0, as: UTF8.self))" == $1 })
    for expected in [ImportCounts(added: 1), ImportCounts(unchanged: 1)] {
      #expect(
        try store.importChargers(
          [modern], source: "f.csv", at: Shelf.now, dryRun: false, passwords: hashing
        ).counts == expected)
    }
    #expect(try store.charger(identity: "NEW")?.released == .ocpp201)
    // The charger may not know of another password yet: the old one stays beside it.
    modern.password = "other"
    for expected in [ImportCounts(changed: 1), ImportCounts(unchanged: 1)] {
      #expect(
        try store.importChargers(
          [modern], source: "f.csv", at: Shelf.now, dryRun: false, passwords: hashing
        ).counts == expected)
      #expect(try store.charger(identity: "NEW")?.passwordHash == "#secret")
      #expect(try store.charger(identity: "NEW")?.nextPasswordHash == "#other")
    }
  }

  @Test("Tokens are found without regard to case, and change by import")
  func tokens() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let token = Token(id: "ABC", status: .accepted, group: "G", expires: Shelf.now)
    #expect(try store.importTokens([token], dryRun: false) == ImportCounts(added: 1))
    #expect(try store.importTokens([token], dryRun: false) == ImportCounts(unchanged: 1))
    #expect(try store.token("abc") == token)
  }
}
