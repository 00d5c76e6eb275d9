import Fleet
import Testing

@testable import Rollout

@Suite("Places of absent chargers")
struct TopUpTests {
  private let now = Instant(seconds: 1_000_000)
  private let needed = Gate.needed(
    limit: GatePolicy().maxFailureRate, confidence: GatePolicy().confidence, failures: 0)

  /// A canary as large as the gate needs, two of it absent, and `later` in the next wave.
  private func advance(
    later: [Upgrade], failed: Int = 0, stratum: Int = 0
  ) -> (campaign: Campaign, steps: [Director.Step]) {
    let canary = (1...Int64(needed)).map { number in
      var upgrade = upgrade(number, wave: 1)
      if number <= 2 {
        upgrade.defer(.offline, at: now)
      } else {
        upgrade.phase = number <= 2 + Int64(failed) ? .quarantined : .migrated
        upgrade.countsForGate = true
      }
      return upgrade
    }
    let campaign = Campaign(
      id: .init(rawValue: 1), name: "Autumn",
      playbook: Playbook(name: "t", title: "t", target: .ocpp201), selection: "", author: "a",
      createdAt: now, status: .running, planHash: "",
      waves: [Wave(number: 1, size: needed), Wave(number: 2, size: later.count)],
      strata: [
        StratumProgress(stratum: PlannerTests.stratum(1), target: .init(rawValue: 1)),
        StratumProgress(stratum: PlannerTests.stratum(2), target: .init(rawValue: 1)),
      ])
    return Director.advance(
      campaign: campaign, upgrades: canary + later, at: now + campaign.playbook.limits.reboot)
  }

  private func upgrade(_ id: Int64, wave: Int, stratum: Int = 0) -> Upgrade {
    Upgrade(
      id: .init(rawValue: id), campaign: .init(rawValue: 1), charger: .init(rawValue: id),
      site: nil, wave: wave, stratum: stratum, target: .init(rawValue: 1), enteredAt: now)
  }

  private func moves(_ steps: [Director.Step]) -> [Int64: Int] {
    steps.reduce(into: [:]) { moves, step in
      if case .move(let id, let wave) = step { moves[id.rawValue] = wave }
    }
  }

  @Test("as many of the next wave take the places of absent ones, and the wave stays open")
  func topsUp() {
    var later = (101...105).map { upgrade($0, wave: 2) }
    later[0].defer(.offline, at: now)
    let (campaign, steps) = advance(later: later)
    #expect(moves(steps) == [1: 2, 2: 2, 102: 1, 103: 1])
    #expect(campaign.strata[0].state == .open(wave: 1))
    #expect(campaign.waves.map(\.size) == [needed, 5])
  }

  @Test("after a failure, or with too few to come, a person decides")
  func person() {
    for (count, failed) in [(5, 1), (1, 0)] {
      let later = (101..<101 + Int64(count)).map { upgrade($0, wave: 2) }
      let (campaign, steps) = advance(later: later, failed: failed)
      #expect(!moves(steps).values.contains(1))
      guard case .waiting(wave: 1, _) = campaign.strata[0].state else {
        Issue.record("\(campaign.strata[0].state)")
        continue
      }
    }
  }

  @Test("nobody of another stratum takes a place")
  func strata() {
    let (_, steps) = advance(later: (101...105).map { upgrade($0, wave: 2, stratum: 1) })
    #expect(!moves(steps).keys.contains { $0 > 100 })
  }
}
