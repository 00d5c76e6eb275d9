import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

@Suite struct MigrationTests {
  /// A file as the first release left it.
  private func old() throws -> Shelf {
    let shelf = try Shelf()
    let store = try Store.open(shelf.path, migrations: Array(Shelf.migrations.prefix(1)))
    #expect(
      try store.connection.int("SELECT hash FROM migrations") == FirstSchema.hash,
      "the first migration was released and is never changed")
    try store.connection.execute("BEGIN; \(FirstSchema.rows); COMMIT")
    return shelf
  }

  @Test("Verdicts behind the new one move on, and the counters with them")
  func verdicts() throws {
    let shelf = try old()
    let store = try shelf.open()
    let (counted, tallied) = try store.tallies()
    #expect(counted == tallied && counted.count > 5)
    // Everything is as the judge of today says, word for word, but for the end of life: it says
    // since what a charger stays on.
    let marked = try store.connection.int(
      "SELECT count(*) FROM dossiers WHERE end_of_life IS NOT NULL")
    #expect(try store.recomputeReadiness() == Int(marked ?? 0))
    #expect(try store.recomputeReadiness() == 0)
  }

  @Test("A charger that an older release left quarantined still needs a technician")
  func quarantine() throws {
    let shelf = try old()
    let store = try shelf.open()
    let charger = try #require(try store.charger(identity: "KOL-DEU-01"))
    let quarantine = try #require(charger.quarantine)
    #expect(quarantine.reason == "install failed" && quarantine.campaign == "Demo")
    let reader = try shelf.reader()
    guard case .dashboard(let board) = try reader.answer(.dashboard, at: quarantine.at) else {
      return
    }
    #expect(
      board.needsYou.filter { $0.kind == .quarantined }.map(\.place) == [.charger("KOL-DEU-01")])
    var others: [String] = []
    try store.forEachCharger { if $0.quarantine != nil { others.append($0.identity) } }
    #expect(others == ["KOL-DEU-01"])
  }

  @Test("A campaign in mid-flight goes on: every upgrade is read, saved and counted as before")
  func midFlight() throws {
    let shelf = try old()
    let store = try shelf.open()
    let campaign = try #require(try store.campaigns().first)
    let upgrades = try store.upgrades(of: campaign.id)
    #expect(Set(upgrades.map(\.phase)).count == 9)
    let glance = try Glance(path: shelf.path, policy: ReadinessPolicy())
    try glance.begin()
    let counts = try glance.counts(of: campaign)
    glance.end()
    for index in campaign.strata.indices {
      #expect(counts.evidence(stratum: index) == Evidence(stratum: index, of: upgrades))
    }
    for upgrade in upgrades {
      let flags = try store.connection.first(
        "SELECT is_unknown, counts_for_gate FROM upgrades WHERE id = ?",
        [.int(upgrade.id.rawValue)]
      ) { [$0.bool(0), $0.bool(1)] }
      #expect(flags == [upgrade.isUnknown, upgrade.countsForGate], "\(upgrade.phase)")
      var next = upgrade
      next.revision += 1
      try store.save(next)
    }
    #expect(upgrades.contains { $0.countsForGate })
  }

  @Test("Every question has an answer")
  func questions() throws {
    let shelf = try old()
    #expect(
      throws: StoreError.olderSchema(path: shelf.path, found: 1, known: Shelf.migrations.count)
    ) { _ = try shelf.reader() }
    do { _ = try shelf.open() }
    let reader = try shelf.reader()
    let questions: [Question] = [
      .dashboard, .fleet(FleetQuery()), .charger("KOL-DEU-01"), .campaigns, .campaign("Demo"),
      .upgrades(campaign: "Demo"), .wave(campaign: "Demo", number: 1), .gates(campaign: "Demo"),
      .upgrade(charger: "KOL-DEU-01"), .firmware, .endOfLife(RegisterQuery()),
      .audit(RegisterQuery()), .roles,
    ]
    for question in questions {
      let reply = try reader.answer(question, at: Shelf.now)
      switch reply {
      case .charger(nil), .campaign(nil), .wave(nil), .upgrade(nil): Issue.record("\(question)")
      default: break
      }
    }
  }
}
