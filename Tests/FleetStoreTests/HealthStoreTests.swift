import Fleet
import Rollout
import Testing

@testable import FleetStore

/// What is counted of a charger's health, and the comparison that gates make of it.
@Suite struct HealthStoreTests {
  private static let hour = Span.hours(1)
  /// The first whole hour of the new version.
  private static let proved = Instant(milliseconds: 1_794_441_600_000 / 3_600_000 * 3_600_000)

  /// A charger that migrated in campaign 1 at `proved`; its first order was three hours before.
  private func migrated(_ shelf: Shelf) throws -> (store: Store, charger: ChargerID) {
    let store = try shelf.open()
    let charger = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1"))
    let firmware = try store.addFirmware(Shelf.image)
    let id = charger.id.rawValue
    let at = Self.proved.milliseconds
    try store.connection.execute(
      """
      INSERT INTO campaigns VALUES (1, 'a', 'running', 0, '{}');
      INSERT INTO upgrades (id, campaign, charger, wave, stratum, target, phase, is_live, entered_at,
        holds_lease, revision) VALUES (1, 1, \(id), 1, 0, \(firmware.id.rawValue), 'migrated', 1,
        \(at + 7_200_000), 0, 0);
      INSERT INTO attempts VALUES (1, 's', 1, 'm', '', 'sent', \(at - 3 * 3_600_000), '');
      UPDATE dossiers SET migration = '{"at":\(at),"proved":"2.0.1"}',
        first_seen = \(at - 1000 * 3_600_000) WHERE charger = \(id);
      """)
    return (store, charger.id)
  }

  private func sample(_ store: Store, hours: Double, policy: HealthPolicy = .init()) throws
    -> VitalsPair
  {
    let sample = try store.health(
      of: .init(rawValue: 1), stratum: 0, policy: policy, at: Self.proved + .hours(hours))
    return try #require(sample.pairs.first)
  }

  @Test("both sides are equally long, and the upgrade itself is in neither")
  func spans() throws {
    let shelf = try Shelf()
    let (store, charger) = try migrated(shelf)
    for hours in -60..<60 {
      let at = Self.proved + .hours(Double(hours)) + .minutes(7)
      try store.heard(of: charger, at: at)
      try store.count(.reconnect, 1, of: charger, at: at)
      try store.count(.boot, 2, of: charger, at: at)
      try store.count(.fault, 3, of: charger, at: at)
    }
    var pair = try sample(store, hours: 24.5)
    for side in [pair.before, pair.after] {
      #expect(
        [side.hours, side.reconnects, side.boots, side.faults] == [24, 24, 48, 72], "\(side)")
    }
    var policy = HealthPolicy()
    policy.span = .hours(10)
    pair = try sample(store, hours: 24.5, policy: policy)
    #expect((pair.before.hours, pair.after.hours) == (10, 10))
    pair = try sample(store, hours: 0.5)
    #expect((pair.before.hours, pair.after.hours) == (0, 0))
  }

  @Test("no span reaches back to before the charger was first heard of")
  func firstSeen() throws {
    let shelf = try Shelf()
    let (store, charger) = try migrated(shelf)
    let first = Self.proved.milliseconds - 9 * 3_600_000
    try store.connection.execute("UPDATE dossiers SET first_seen = \(first)")
    for hours in -30..<30 {
      try store.heard(of: charger, at: Self.proved + .hours(Double(hours)))
    }
    let pair = try sample(store, hours: 24)
    #expect((pair.before.hours, pair.after.hours) == (6, 6))
  }

  @Test("sessions count by whether energy flowed; open ones are not over yet")
  func sessions() throws {
    let shelf = try Shelf()
    let (store, charger) = try migrated(shelf)
    func session(_ hours: Double, energy: Double?) throws {
      let at = (Self.proved + .hours(hours)).milliseconds
      let stop = energy == nil ? "NULL" : "\(at + 600_000)"
      try store.connection.execute(
        """
        INSERT INTO sessions (charger, key, version, evse, connector, token, started_at, meter_start,
          stopped_at, meter_stop, sequence) VALUES (\(charger.rawValue), '\(at)', 0, 1, 1, 'A', \(at),
          1000, \(stop), \(1000 + (energy ?? 0)), '')
        """)
    }
    try session(-10, energy: 5000)
    try session(-9, energy: 7000)
    try session(-2, energy: 9000)
    try session(2, energy: 6000)
    try session(3, energy: 40)
    try session(4, energy: nil)
    let pair = try sample(store, hours: 24)
    #expect(pair.before.started == 2 && pair.before.charged == 2 && pair.before.energy == 12_000)
    #expect(pair.after.started == 2 && pair.after.charged == 1 && pair.after.energy == 6000)
  }

  @Test("rows are kept for some weeks and no longer, however much a charger does")
  func bounded() throws {
    let shelf = try Shelf()
    let (store, charger) = try migrated(shelf)
    for hours in 0..<24 * 60 {
      let at = Self.proved + .hours(Double(hours))
      try store.heard(of: charger, at: at)
      try store.heard(of: charger, at: at)
      try store.count(.boot, 1, of: charger, at: at)
    }
    let days = try store.connection.int("SELECT count(*) FROM heard") ?? 0
    let hours = try store.connection.int("SELECT count(*) FROM troubles") ?? 0
    #expect(days == HealthTable.days + 1)
    #expect(hours <= (HealthTable.days + 1) * 24)
  }

  @Test("who has not migrated, or in another stratum, is not compared")
  func others() throws {
    let shelf = try Shelf()
    let (store, _) = try migrated(shelf)
    let none = try store.health(
      of: .init(rawValue: 1), stratum: 1, policy: .init(), at: Self.proved + .hours(9))
    #expect(none.pairs.isEmpty)
    try store.connection.execute("UPDATE upgrades SET phase = 'soaking'")
    let soaking = try store.health(
      of: .init(rawValue: 1), stratum: 0, policy: .init(), at: Self.proved + .hours(9))
    #expect(soaking.pairs.isEmpty)
  }

  @Test("four eyes are off until somebody asks for them, and are kept")
  func policy() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    #expect(try store.rolePolicy().fourEyes == false)
    try store.setRolePolicy(.init(fourEyes: true))
    guard case .rolePolicy(let told) = try shelf.reader().answer(.rolePolicy, at: Shelf.now) else {
      Issue.record("no answer")
      return
    }
    #expect(told.fourEyes)
    try store.setRolePolicy(.init(fourEyes: false))
    #expect(try store.rolePolicy().fourEyes == false)
  }
}
