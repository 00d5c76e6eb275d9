import Control
import Fleet
import Testing

@testable import FleetStore

@Suite struct HoldingStoreTests {
  private func held(_ shelf: Shelf, at now: Instant = Shelf.now) throws -> [String] {
    guard case .charger(let detail) = try shelf.reader().answer(.charger("CP1"), at: now) else {
      return []
    }
    return try #require(detail).holdings.map { "\($0.topic) \($0.key): \($0.summary)" }
  }

  private func profile(_ key: String, _ parts: String..., ends: Instant? = nil) -> HoldingChange {
    .put(Holding(.chargingProfile, key: key, parts, ends: ends))
  }

  @Test("What a charger holds is put, replaced and removed by key or by what it is")
  func changes() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let id = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1")).id
    func change(_ changes: HoldingChange...) throws {
      try store.change(changes, of: id, at: Shelf.now)
    }
    try change(
      profile("10", "TxProfile", "stack 1", "EVSE 1"), profile("9", "TxProfile", "stack 10"),
      profile("8", "TxDefaultProfile", "stack 1", "EVSE 1"),
      .put(Holding(.tariff, key: "10", ["EUR"])))
    #expect(
      try held(shelf) == [
        "charging profile 8: TxDefaultProfile, stack 1, EVSE 1",
        "charging profile 9: TxProfile, stack 10",
        "charging profile 10: TxProfile, stack 1, EVSE 1", "tariff 10: EUR",
      ])
    // "stack 1" is no part of "stack 10", nor "Profile" of a purpose.
    try change(.removeAll(.chargingProfile, having: ["stack 1", "TxProfile"]))
    try change(.removeAll(.chargingProfile, having: ["Profile"]))
    #expect(try held(shelf).count == 3)
    try change(profile("9", "TxProfile", "stack 2"))
    #expect(try held(shelf).contains("charging profile 9: TxProfile, stack 2"))
    try change(.remove(.chargingProfile, key: "8"), .remove(.monitor, key: "8"))
    try change(.removeAll(.chargingProfile, having: []))
    #expect(try held(shelf) == ["tariff 10: EUR"])
  }

  @Test("What has ended is not shown, and goes when the next comes")
  func ends() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let id = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1")).id
    let end = Shelf.now + .hours(1)
    try store.change([profile("1", "a", ends: end)], of: id, at: Shelf.now)
    #expect(try held(shelf).count == 1)
    #expect(try held(shelf, at: end).isEmpty)
    try store.change([profile("2", "b")], of: id, at: end)
    #expect(try store.connection.int("SELECT count(*) FROM holdings") == 1)
  }

  @Test("The newest hundred of a topic stay, and nothing is longer than it may be")
  func bounds() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let id = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1")).id
    let long = String(repeating: "ü", count: 1000)
    for n in 0..<150 {
      try store.change(
        [.put(Holding(.monitor, key: "\(n)", [long]))], of: id,
        at: Shelf.now + .seconds(Double(n)))
    }
    let rows = try store.connection.rows(
      "SELECT min(CAST(key AS INTEGER)), count(*), max(length(summary)) FROM holdings"
    ) { [$0.int(0), $0.int(1), $0.int(2)] }
    #expect(rows == [[50, 100, 200]])
    let holding = Holding(.alert, key: long, ["a, b", nil, "", long])
    #expect(holding.key.count == Holding.keyLimit)
    #expect(holding.summary.hasPrefix("a; b, ü"))
    #expect(holding.summary.count == Holding.summaryLimit)
  }

  @Test("Tokens of an older file come as any kind, until the list says one")
  func tokens() throws {
    let shelf = try Shelf()
    do {
      let store = try Store.open(shelf.path, migrations: Array(Shelf.migrations.prefix(2)))
      try store.connection.run("INSERT INTO tokens VALUES ('T1', 'Accepted', 'G', NULL)")
    }
    let store = try shelf.open()
    let old = Token(id: "T1", status: .accepted, group: "G", expires: nil)
    #expect(try store.token("t1") == old)
    let new = Token(id: "T1", type: "ISO14443", status: .accepted, group: "G", expires: nil)
    #expect(try store.importTokens([new], dryRun: false) == ImportCounts(changed: 1))
    #expect(try store.token("t1") == new)
  }
}
