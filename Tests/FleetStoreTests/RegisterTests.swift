import Control
import Fleet
import Testing

@testable import FleetStore

@Suite struct RegisterTests {
  let shelf: Shelf
  let store: Store

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
  }

  @Test("A role is given, replaced and taken away; a user and a group of one number are two")
  func roles() throws {
    func grant(_ subject: RoleGrant.Subject, _ name: String, _ role: Role) -> RoleGrant {
      RoleGrant(subject: subject, name: name, role: role, by: "root", at: Shelf.now)
    }
    let anna = grant(.user(1000), "anna", .technician)
    let team = grant(.group(1000), "fleetops", .planner)
    try store.setRole(anna)
    try store.setRole(team)
    #expect(try store.roles() == [anna, team])
    let raised = grant(.user(1000), "anna", .admin)
    try store.setRole(raised)
    guard case .roles(let told) = try shelf.reader().answer(.roles, at: Shelf.now) else { return }
    #expect(told == [raised, team])
    #expect(try store.removeRole(.user(1000)))
    #expect(try !store.removeRole(.user(1000)))
    #expect(try store.roles() == [team])
    // The largest number that a user can have.
    try store.setRole(grant(.user(.max), "nobody", .viewer))
    #expect(try store.roles().last?.subject == .user(.max))
  }

  private func audit(_ reader: Reader, _ query: RegisterQuery) throws -> AuditPage {
    guard case .audit(let page) = try reader.answer(.audit(query), at: Shelf.now) else {
      throw ControlError.failed("another reply")
    }
    return page
  }

  @Test("The audit is filtered by a part of any column, whatever its case, and paged")
  func audit() throws {
    for n in 0..<10 {
      try store.append(
        AuditEntry(
          at: Shelf.now, who: n % 2 == 0 ? "Anna" : "kim", action: "pin", subject: "CP_\(n)",
          reason: "100 % sure", outcome: n == 3 ? "refused: no" : "CP_\(n) is pinned."))
    }
    let reader = try shelf.reader()
    let all = try audit(reader, RegisterQuery(offset: 2, limit: 3))
    #expect(all.matching == 10 && all.entries.map(\.subject) == ["CP_7", "CP_6", "CP_5"])
    #expect(try audit(reader, RegisterQuery(filter: "aNNa")).matching == 5)
    #expect(try audit(reader, RegisterQuery(filter: "REFUSED")).entries.map(\.subject) == ["CP_3"])
    #expect(try audit(reader, RegisterQuery(filter: "100 %")).matching == 10)
    // What is a pattern to SQL is plain text to a person.
    #expect(try audit(reader, RegisterQuery(filter: "P_7")).entries.map(\.subject) == ["CP_7"])
    #expect(try audit(reader, RegisterQuery(filter: "%in%")).matching == 0)
  }

  @Test("The register of end of life: newest mark first, reasons counted, filtered and paged")
  func endOfLife() throws {
    _ = try store.importChargers(
      Shelf.rows(40, seed: 1), source: "f.csv", at: Shelf.now, dryRun: false)
    for n in 0..<30 {
      var charger = try #require(try store.charger(identity: "CP-\(n)"))
      charger.endOfLife = EndOfLife(
        reason: n % 3 == 0 ? .damaged : .memoryTooSmall, evidence: "seen", replacement: "",
        by: "kim", at: Shelf.now + .minutes(Double(n)))
      try store.save(charger)
    }
    let reader = try shelf.reader()
    func page(_ query: RegisterQuery) throws -> EndOfLifePage {
      guard case .endOfLife(let page) = try reader.answer(.endOfLife(query), at: Shelf.now) else {
        throw ControlError.failed("another reply")
      }
      return page
    }
    let first = try page(RegisterQuery(limit: 2))
    #expect(first.total == 30 && first.matching == 30)
    #expect(first.rows.map(\.charger.identity) == ["CP-29", "CP-28"])
    #expect(first.rows[0].endOfLife.reason == .memoryTooSmall)
    #expect(
      first.reasons == [
        .init(reason: "memory too small", count: 20), .init(reason: "damaged", count: 10),
      ])
    let some = try page(RegisterQuery(filter: "id:CP-3,cp-4,CP-35", offset: 1))
    #expect(some.matching == 2 && some.rows.map(\.charger.identity) == ["CP-3"])
    var back = try #require(try store.charger(identity: "CP-29"))
    back.endOfLife = nil
    try store.save(back)
    #expect(try page(RegisterQuery()).total == 29)
    #expect(throws: ControlError.self) { _ = try page(RegisterQuery(filter: "colour:red")) }
  }
}

@Suite struct HistoryTests {
  let shelf: Shelf
  let store: Store
  let charger: Charger

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
    charger = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1"))
  }

  private func speak(_ version: ProtocolVersion?) throws {
    var charger = charger
    charger.speaks = version
    try store.save(charger)
  }

  private var samples: [Dashboard.Sample] {
    get throws { try HistoryTable.samples(store.connection, "ORDER BY at") }
  }

  @Test("A sample is taken when something changed, and no sooner than ten seconds after the last")
  func sampling() throws {
    try store.sampleHistory(at: Shelf.now)
    try speak(.ocpp16)
    try store.sampleHistory(at: Shelf.now + .seconds(9))
    #expect(try samples.count == 1)
    try store.sampleHistory(at: Shelf.now + .seconds(10))
    #expect(try samples.map(\.speaking) == [[0, 0, 0], [1, 0, 0]])
    try store.sampleHistory(at: Shelf.now + .seconds(60))
    #expect(try samples.count == 2)
    // The clock was set back: samples go on.
    try speak(.ocpp201)
    try store.sampleHistory(at: Shelf.now + .hours(-1))
    #expect(try samples.first?.speaking == [0, 1, 0])
    // What was undone is sampled again.
    struct Undone: Error {}
    try speak(.ocpp21)
    let later = Shelf.now + .hours(1)
    #expect(throws: Undone.self) {
      try store.transaction {
        try store.sampleHistory(at: later)
        throw Undone()
      }
    }
    try store.sampleHistory(at: later)
    #expect(try samples.last?.speaking == [0, 0, 1])
  }

  @Test("Months of samples stay few, and the newest hours dense")
  func thinning() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    var at = Shelf.now
    let days = 90.0
    let step = 1500.0
    try store.transaction {
      var version = ProtocolVersion.ocpp16
      for _ in 0..<Int(days * 86_400 / step) {
        at = at + .seconds(Double.random(in: step * 0.9...step * 1.1, using: &random))
        version = version == .ocpp16 ? .ocpp201 : .ocpp16
        try speak(version)
        try store.sampleHistory(at: at)
      }
      for _ in 0..<1000 {
        at = at + .seconds(10)
        version = version == .ocpp16 ? .ocpp201 : .ocpp16
        try speak(version)
        try store.sampleHistory(at: at)
      }
    }
    let kept = try samples
    #expect(kept.count < 720 + 600 + 1500 + 40, "seed \(seed): \(kept.count)")
    #expect(kept.count { (at - $0.at) < .hours(2) } >= 700, "seed \(seed)")
    func gaps(_ oldest: Span, _ newest: Span) -> [Double] {
      let some = kept.filter { (at - $0.at) < oldest && (at - $0.at) >= newest }
      return zip(some, some.dropFirst()).map { ($1.at - $0.at).seconds }
    }
    let month = gaps(.hours(60 * 24 - 2), .hours(50))
    #expect(!month.isEmpty && month.allSatisfy { $0 < 2 * 3600 + 10 }, "seed \(seed)")
    let old = gaps(.hours(89 * 24), .hours(61 * 24))
    #expect(old.count > 20 && old.allSatisfy { $0 <= 2 * 86_400 }, "seed \(seed)")

    guard case .dashboard(let board) = try shelf.reader().answer(.dashboard, at: at) else { return }
    #expect(board.history.count <= 400 && board.history.count >= 100)
    #expect(board.history.last?.at == at)
    let distances = zip(board.history, board.history.dropFirst()).map { ($1.at - $0.at).seconds }
    #expect((distances.max() ?? 0) - (distances.min() ?? 0) < 1, "evenly spread")
  }

  @Test("Changes are told against seven days ago, and not before there was one")
  func changes() throws {
    try speak(.ocpp16)
    try store.sampleHistory(at: Shelf.now)
    try speak(.ocpp201)
    try store.sampleHistory(at: Shelf.now + .hours(24))
    let reader = try shelf.reader()
    func changes(after: Span) throws -> [Int?] {
      guard case .dashboard(let board) = try reader.answer(.dashboard, at: Shelf.now + after)
      else { return [] }
      return board.versions.map(\.change)
    }
    #expect(try changes(after: .hours(6 * 24)) == [nil, nil, nil, nil])
    #expect(try changes(after: .hours(7 * 24)) == [-1, 1, 0, nil])
    #expect(try changes(after: .hours(8 * 24)) == [0, 0, 0, nil])
  }

  @Test("Held are those that stay on 1.6 for a reason of their own")
  func held() throws {
    var gone = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP2"))
    gone.endOfLife = EndOfLife(
      reason: .damaged, evidence: "", replacement: "", by: "kim", at: Shelf.now)
    try store.save(gone)
    var modern = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP3"))
    modern.pin = Pin(reason: "trial", by: "kim", at: Shelf.now)
    modern.speaks = .ocpp201
    try store.save(modern)
    guard case .dashboard(let board) = try shelf.reader().answer(.dashboard, at: Shelf.now) else {
      return
    }
    #expect(board.held == 1)
  }
}
