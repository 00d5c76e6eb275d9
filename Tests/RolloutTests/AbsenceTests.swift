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

  @Test("who is away for longer than the playbook waits is skipped, and is no evidence")
  func gone() {
    var ended = upgrade(1, wave: 1, awaySince: nil)
    ended.phase = .migrated
    ended.countsForGate = true
    let away = upgrade(2, wave: 2, awaySince: now)
    let waves = [Wave(number: 1, size: 1), Wave(number: 2, size: 1)]
    var campaign = campaign(waves: waves)
    campaign.strata[0].state = .open(wave: 2)
    campaign.playbook.limits.absence = .hours(6)
    let soon = Director.advance(campaign: campaign, upgrades: [ended, away], at: now + .hours(5))
    #expect(soon.steps.isEmpty)
    let late = Director.advance(campaign: campaign, upgrades: [ended, away], at: now + .hours(6))
    #expect(late.steps == [.skip(.init(rawValue: 2), reason: "offline for 6 h")])
    var skipped = away
    _ = skipped.skip(reason: "offline for 6 h", at: now + .hours(6))
    #expect(skipped.outcome == .noEvidence)
    #expect(Evidence(stratum: 0, of: [ended, skipped]).done == 1)
    let over = Director.advance(
      campaign: campaign, upgrades: [ended, skipped], at: now + .hours(6))
    #expect(over.campaign.status == .finished)
  }

  @Test("a stratum that waits for a person waits for nobody who is gone")
  func goneWhileWaiting() {
    var ended = upgrade(1, wave: 1, awaySince: nil)
    ended.phase = .migrated
    var away = upgrade(2, wave: 2, awaySince: now)
    var campaign = campaign(waves: [Wave(number: 1, size: 1), Wave(number: 2, size: 1)])
    let verdict = Gate.judge(done: 1, failed: 0, planned: 2, policy: .init())
    campaign.strata[0].state = .waiting(wave: 1, verdict)
    let day = now + playbook.limits.absence
    let (_, steps) = Director.advance(campaign: campaign, upgrades: [ended, away], at: day)
    #expect(steps == [.skip(.init(rawValue: 2), reason: "offline for 24 h")])
    _ = away.skip(reason: "offline for 24 h", at: day)
    let over = Director.advance(campaign: campaign, upgrades: [ended, away], at: day)
    #expect(over.campaign.strata[0].state == .finished)
    #expect(over.campaign.status == .finished)
  }

  @Test("coming back ends an absence; a restart of the engine gives the time to come back")
  func comingBack() {
    let bench = Bench(.good)
    bench.charger.online = false
    bench.upgrade.defer(.offline, at: bench.now)
    bench.now = bench.now + .hours(30)
    bench.deliver(.restarted)
    let limits = bench.playbook.limits
    let since = bench.upgrade.memory.deferredSince ?? bench.now
    #expect(since + limits.absence == bench.now + limits.reboot)
    bench.charger.online = true
    bench.deliver(.connected(.ocpp16))
    #expect(bench.upgrade.deferral == nil)
    #expect(bench.upgrade.memory.deferredSince == nil)
  }

  @Test(
    "a soak that ran out while the charger was away ends when it is back, not a day later",
    arguments: [Upgrade.Phase.soakingOnFirmware, .soaking])
  func backAfterSoak(phase: Upgrade.Phase) {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run { bench.upgrade.phase == phase }
    bench.run { bench.upgrade.phase == phase && bench.next == bench.upgrade.memory.limit }
    bench.dropAll()
    let end = bench.upgrade.enteredAt + .hours(24)
    bench.now = bench.upgrade.enteredAt + .hours(23)
    bench.charger.online = false
    bench.deliver(.disconnected)
    bench.now = end
    bench.deliver(.due)
    #expect(bench.upgrade.phase == phase)
    bench.now = bench.now + .minutes(5)
    bench.charger.online = true
    bench.deliver(.connected(bench.charger.speaks))
    let back = bench.now
    bench.run { bench.upgrade.phase != phase }
    #expect(bench.broken == [])
    #expect(bench.upgrade.phase == (phase == .soaking ? .migrated : .readyToSwitch))
    #expect(bench.now - back <= .minutes(2))
  }

  @Test("absent chargers are taken along when they are back, and are left out when not")
  func fleet() {
    let fleet = FleetBench(count: 60, sites: 60, seed: 7) { _ in .good }
    let away = fleet.benches.filter { $0.upgrade.wave == 1 }.prefix(6)
    for bench in away { bench.charger.online = false }
    for bench in away.prefix(3) {
      bench.enqueue(
        .init(
          after: .hours(60), life: nil, change: { $0.online = true },
          event: { .connected($0.speaks) }))
    }
    fleet.run()
    #expect(fleet.broken == [])
    #expect(fleet.campaign.status == .finished)
    #expect(away.prefix(3).allSatisfy { $0.upgrade.phase == .migrated })
    #expect(away.suffix(3).allSatisfy { $0.upgrade.phase == .skipped && $0.upgrade.wave > 1 })
    #expect(
      away.suffix(3).allSatisfy { $0.upgrade.memory.endReason?.hasPrefix("offline for ") == true })
    #expect(fleet.benches.count { $0.upgrade.phase == .migrated } == 57)
  }
}
