import Fleet
import Testing

@testable import Rollout

@Suite("Chargers that are away")
struct AbsenceTests {
  private let playbook = Playbook(name: "t", title: "t", target: .ocpp201)
  private let now = Instant(seconds: 1_000_000)

  private func campaign(waves: [Wave]) -> Campaign {
    Campaign(
      id: .init(rawValue: 1), name: "Autumn", playbook: playbook, selection: "", author: "a",
      createdAt: now, status: .running, planHash: "", waves: waves,
      strata: [
        StratumProgress(stratum: PlannerTests.stratum(1), target: .init(rawValue: 1))
      ])
  }

  private func upgrade(_ id: Int64, wave: Int, awaySince: Instant?) -> Upgrade {
    var upgrade = Upgrade(
      id: .init(rawValue: id), campaign: .init(rawValue: 1), charger: .init(rawValue: id),
      site: nil, wave: wave, stratum: 0, target: .init(rawValue: 1), enteredAt: now)
    if let awaySince { upgrade.defer(.offline, at: awaySince) }
    return upgrade
  }

  @Test("a restart of the engine, which finds everybody offline, moves nobody to a later wave")
  func restart() {
    let waves = [Wave(number: 1, size: 3), Wave(number: 2, size: 1)]
    let upgrades =
      (1...3).map { upgrade($0, wave: 1, awaySince: now) } + [upgrade(4, wave: 2, awaySince: nil)]
    let soon = now + playbook.limits.answer
    let (next, steps) = Director.advance(
      campaign: campaign(waves: waves), upgrades: upgrades, at: soon)
    #expect(steps.isEmpty)
    #expect(next.strata[0].state == .open(wave: 1))
  }

  @Test("who stays away longer than a reboot takes goes to a later wave")
  func tail() {
    let waves = [Wave(number: 1, size: 2), Wave(number: 2, size: 1)]
    var ended = upgrade(1, wave: 1, awaySince: nil)
    ended.phase = .migrated
    ended.countsForGate = true
    let upgrades = [
      ended, upgrade(2, wave: 1, awaySince: now), upgrade(3, wave: 2, awaySince: nil),
    ]
    let later = now + playbook.limits.reboot
    let (_, steps) = Director.advance(
      campaign: campaign(waves: waves), upgrades: upgrades, at: later)
    #expect(steps.contains(.move(.init(rawValue: 2), toWave: 2)))
  }
}
