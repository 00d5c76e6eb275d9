import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

/// Sessions as whoever bills asks for them.
@Suite struct SessionStoreTests {
  let shelf: Shelf
  let store: Store

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
  }

  private func charger(_ identity: String, site: String? = nil) throws -> Charger {
    var row = ImportedCharger(line: 2, identity: identity)
    row.site = site
    row.model = "AC22"
    _ = try store.importChunk(
      [row], source: "t.csv", at: Shelf.now, dryRun: false,
      passwords: PasswordHashing(
        hash: { String(decoding: $0, as: UTF8.self) }, matches: { Array($1.utf8) == $0 }))
    return try #require(try store.charger(identity: identity))
  }

  @discardableResult
  private func session(
    _ charger: Charger, _ key: String, at minutes: Double, token: String = "A",
    version: ProtocolVersion = .ocpp16, start: Double? = 0, stop: Double? = 1000,
    _ edit: (inout Session) -> Void = { _ in }
  ) throws -> Session {
    var session = Session(
      id: SessionID(rawValue: 0), charger: charger.id, key: key, version: version,
      connector: ConnectorID(evse: 1, connector: 1), token: token,
      startedAt: Shelf.now + .minutes(minutes), meterStart: start)
    if let stop {
      session.take(
        SessionStop(
          session: .key(key), connector: nil, token: nil,
          at: session.startedAt + .minutes(30), register: stop, reason: "Local", sequence: nil))
    }
    edit(&session)
    return try store.add(session)
  }

  private func page(_ query: SessionQuery) throws -> SessionPage {
    guard case .sessions(let page) = try shelf.reader().answer(.sessions(query), at: Shelf.now)
    else { throw ControlError.failed("no page") }
    return page
  }

  private func detail(_ number: Int64) throws -> SessionDetail? {
    guard case .session(let detail) = try shelf.reader().answer(.session(number), at: Shelf.now)
    else { return nil }
    return detail
  }

  struct Wanted: Sendable, CustomTestStringConvertible {
    var query: SessionQuery
    var keys: [Int64]
    var testDescription: String { "\(query)" }
  }

  @Test(
    "a page holds what was asked for, newest first",
    arguments: [
      Wanted(query: SessionQuery(), keys: [6, 5, 4, 3, 2, 1]),
      Wanted(query: SessionQuery(chargers: "CP1"), keys: [5, 3, 1]),
      Wanted(query: SessionQuery(chargers: "site:Deutz"), keys: [6, 4, 2]),
      Wanted(query: SessionQuery(chargers: "!CP1 model:AC22"), keys: [6, 4, 2]),
      Wanted(query: SessionQuery(token: "b"), keys: [4, 2]),
      Wanted(query: SessionQuery(from: Shelf.now + .minutes(200)), keys: [6, 5, 4, 3]),
      Wanted(
        query: SessionQuery(from: Shelf.now + .minutes(100), until: Shelf.now + .minutes(300)),
        keys: [3, 2]),
      Wanted(query: SessionQuery(onlyOpen: true), keys: [6]),
      Wanted(query: SessionQuery(below: 4), keys: [3, 2, 1]),
      Wanted(query: SessionQuery(limit: 2), keys: [6, 5]),
      Wanted(query: SessionQuery(chargers: "CP1", below: 5, limit: 1), keys: [3]),
    ])
  func pages(wanted: Wanted) throws {
    let one = try charger("CP1")
    let two = try charger("CP2", site: "Deutz")
    for n in 0..<6 {
      try session(
        n % 2 == 0 ? one : two, "k\(n)", at: Double(n) * 100, token: n == 1 || n == 3 ? "B" : "A",
        stop: n == 5 ? nil : 1000)
    }
    let page = try page(wanted.query)
    #expect(page.sessions.map(\.number) == wanted.keys)
    #expect(page.hasMore == (wanted.query.limit < 3))
    var exported: [Int64] = []
    try shelf.reader().export(wanted.query, at: Shelf.now) { exported.append($0.number) }
    if wanted.query.below == nil, !page.hasMore { #expect(exported.reversed() == wanted.keys) }
  }

  @Test("pages follow each other without a gap or a repeat, also while sessions are added")
  func keyset() throws {
    let one = try charger("CP1")
    for n in 0..<25 { try session(one, "k\(n)", at: Double(n)) }
    var seen: [Int64] = []
    var below: Int64?
    repeat {
      let page = try page(SessionQuery(below: below, limit: 10))
      seen += page.sessions.map(\.number)
      try session(one, "new\(seen.count)", at: 1000)
      below = page.hasMore ? page.sessions.last?.number : nil
    } while below != nil
    #expect(seen == Array((1...25).reversed()))
  }

  @Test("remarks say what is odd, and nothing where nothing is")
  func remarks() throws {
    var one = try charger("CP1")
    one.lastSeen = Shelf.now
    try store.save(one)
    try session(one, "good", at: 10)
    try session(one, "early", at: -10)
    try session(one, "back", at: 20, start: 5000)
    try session(one, "lost", at: 30, start: nil) { $0.flaws.insert(.startUnknown) }
    try session(one, "gap", at: 40, version: .ocpp201) {
      for n in [0, 1, 3] { _ = $0.sequence.insert(n) }
    }
    try session(one, "runs", at: 50, version: .ocpp201, stop: nil) {
      for n in [0, 2] { _ = $0.sequence.insert(n) }
    }
    let found = try page(SessionQuery()).sessions.reversed().map(\.remarks)
    #expect(
      found == [
        [], [.beforeOnboarding], [.meterBackwards], [.startUnknown], [.messagesMissing], [],
      ]
    )
    let energy = try page(SessionQuery()).sessions.reversed().map(\.energy)
    #expect(energy == [1000, 1000, -4000, nil, 1000, nil])
    // It was first heard of once.
    one.lastSeen = Shelf.now + .hours(5)
    try store.save(one)
    #expect(try page(SessionQuery()).sessions.last?.remarks == [])
  }

  @Test("a session's messages are those of its entries, whoever else spoke between them")
  func entries() throws {
    let one = try charger("CP1")
    let two = try charger("CP2")
    var ids: [Int64] = []
    for n in 0..<600 {
      let mine = n % 3 == 0
      let id = try store.append(
        LedgerEntry(
          charger: mine ? one.id : two.id, at: Shelf.now + .seconds(Double(n)), kind: .meter,
          version: .ocpp16, action: "MeterValues", body: Array("{\"n\":\(n)}".utf8)))
      if mine { ids.append(id) }
    }
    let known = try session(one, "k", at: 0) { for id in ids { $0.entries.append(id) } }
    let detail = try #require(try detail(known.id.rawValue))
    #expect(detail.entries.map(\.payload) == (0..<200).map { "{\"n\":\(3 * $0)}" })
    #expect(detail.note == nil)
    #expect(try store.session(known.id) == known)
    #expect(try self.detail(4711) == nil)
  }

  @Test("an older release's session finds its messages in the ledger around it, and says so")
  func olderSession() throws {
    let one = try charger("CP1")
    func say(_ action: String, _ body: String, _ minutes: Double) throws {
      _ = try store.append(
        LedgerEntry(
          charger: one.id, at: Shelf.now + .minutes(minutes),
          kind: action == "MeterValues" ? .meter : .session, version: .ocpp16, action: action,
          body: Array(body.utf8)))
    }
    try say("MeterValues", #"{"transactionId":1}"#, -5)
    try say("StartTransaction", #"{"timestamp":"2026-11-12T00:00:00Z","meterStart":0}"#, 0)
    try say("StartTransaction", #"{"timestamp":"2026-11-12T00:01:00Z","meterStart":0}"#, 1)
    try say("MeterValues", #"{"transactionId": 1, "meterValue": []}"#, 10)
    try say("MeterValues", #"{"transactionId": 2, "meterValue": []}"#, 11)
    try say("StopTransaction", #"{"transactionId":1,"meterStop":1000}"#, 30)
    let old = try session(one, "1|2026-11-12T00:00:00Z|A|0", at: 0)
    let detail = try #require(try detail(old.id.rawValue))
    #expect(
      detail.entries.map(\.action) == ["StartTransaction", "MeterValues", "StopTransaction"])
    #expect(detail.note?.contains("looking through") == true)
  }

  @Test("rows of the releases before are read, with the flaws that they show", arguments: [1, 2])
  func migration(schema: Int) throws {
    let shelf = try Shelf()
    do {
      let old = try Store.open(shelf.path, migrations: Array(Shelf.migrations.prefix(schema)))
      try old.connection.execute("BEGIN")
      if schema == 1 {
        try old.connection.execute(FirstSchema.rows)
      } else {
        try old.connection.execute(
          """
          INSERT INTO chargers (id, identity, key, admission, online, verdict, site_name, vendor,
            model, firmware, released, last_seen)
            VALUES (1, 'CP1', 'cp1', 0, 0, 0, '', '', '', '', 1, \(Shelf.now.milliseconds));
          INSERT INTO dossiers (charger, reason, security_profile, notes) VALUES (1, '', 0, '');
          """)
      }
      try old.connection.execute(
        """
        INSERT INTO sessions (id, charger, key, version, evse, connector, token, started_at,
          meter_start, meter_last, stopped_at, meter_stop, stop_reason, sequence) VALUES
          (901, 1, 'a', 0, 1, 1, 'A', 1000, 10.5, 20, 2000, 30, 'Local', ''),
          (902, 1, 'b', 0, 1, 1, 'A', 1000, NULL, NULL, 2000, 30, 'Local', ''),
          (903, 1, 'c', 0, 1, 1, 'A', 1000, 1, 2, 2000, 2, 'next session began', ''),
          (904, 1, 'd', 1, 1, 1, 'A', 1000, NULL, 2, NULL, NULL, NULL, '0-2'),
          (905, 1, 'e', 1, 1, 1, 'A', 1000, NULL, 2, 2000, 2,
            'estimated: the version changed', '3 5');
        COMMIT
        """)
    }
    let store = try shelf.open()
    let sessions = try (901...905).map { n in
      try #require(try store.session(SessionID(rawValue: n)))
    }
    #expect(
      sessions.map(\.flaws) == [
        [], .startUnknown, .endEstimated, [], [.startUnknown, .endEstimated],
      ])
    #expect(sessions[0].meterStart == 10.5 && sessions[0].entries.ids.isEmpty)
    #expect(sessions[0].terms == SessionTerms())
    guard
      case .sessions(let page) = try shelf.reader().answer(
        .sessions(SessionQuery(limit: 5)), at: Shelf.now)
    else { return }
    // When a charger was first heard of was not kept: nobody is said to have come before it.
    #expect(!page.sessions.contains { $0.remarks.contains(.beforeOnboarding) })
    var session = sessions[3]
    session.entries.append(7)
    session.terms = SessionTerms(tokenType: "eMAID", tariff: "t", cost: 1.25, currency: "EUR")
    try store.save(session)
    #expect(try store.session(session.id) == session)
  }

  @Test("a migrated charger's comparison reads its own sessions, its site's those of all")
  func continuity() throws {
    let identities = ["CP1", "CP2"]
    for (index, identity) in identities.enumerated() {
      var one = try charger(identity, site: "Deutz")
      one.migration = MigrationRecord(proved: .ocpp201, at: Shelf.now)
      try store.save(one)
      for n in 1...4 {
        let register = Double(n) * 1000
        try session(
          one, "old\(n)", at: Double(-500 + n * 100), token: "T\(n)", start: register,
          stop: register + 1000)
        try session(
          one, "new\(n)", at: Double(n) * 100, token: "T\(n)", version: .ocpp201,
          start: register + 4000 - Double(index) * 2000, stop: register + 5000)
      }
    }
    // The engine ran all the while.
    _ = try store.append(
      LedgerEntry(
        charger: nil, at: Shelf.now + .hours(10), kind: .note, action: "note", body: []))
    func ask(_ subject: Continuity.Subject) throws -> Continuity? {
      guard
        case .continuity(let found) = try shelf.reader().answer(
          .continuity(subject), at: Shelf.now + .hours(10))
      else { return nil }
      return found
    }
    let good = try #require(try ask(.charger("cp1")))
    #expect(good.subject == "CP1" && good.chargers == 1)
    #expect(good.before.sessions == 4 && good.after.sessions == 4)
    #expect(good.before.energy == 4000 && good.after.energy == 4000)
    #expect(good.registerBefore == 5000 && good.registerAfter == 5000)
    #expect(good.findings == [])
    let bad = try #require(try ask(.charger("CP2")))
    #expect(bad.findings.count == 1 && bad.findings[0].contains("Back by 2.0 kWh"))
    let site = try #require(try ask(.site("Deutz")))
    #expect(site.chargers == 2 && site.before.sessions == 8 && site.before.tokens == 4)
    #expect(site.registerBefore == nil && site.findings == bad.findings)
    _ = try charger("CP3", site: "Deutz")
    #expect(try ask(.charger("CP3")) == nil)
    #expect(throws: ControlError.unknownCharger("CP9")) { _ = try ask(.charger("CP9")) }
    #expect(throws: ControlError.self) { _ = try ask(.site("Nowhere")) }
  }
}
