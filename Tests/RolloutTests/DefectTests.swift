import Fleet
import Testing

@testable import Rollout

/// What other rollout systems got wrong, each by its name.
@Suite("Defects of others")
struct DefectTests {
  private func upgrades(_ phases: [Upgrade.Phase], wave: Int = 1) -> [Upgrade] {
    phases.enumerated().map { index, phase in
      var upgrade = Upgrade(
        id: .init(rawValue: Int64(index + 1)), campaign: .init(rawValue: 1),
        charger: .init(rawValue: Int64(index + 1)), site: nil, wave: wave, stratum: 0,
        target: .init(rawValue: 1), enteredAt: Instant(milliseconds: 0))
      upgrade.phase = phase
      upgrade.countsForGate = phase == .migrated || phase == .failed
      if phase == .failed {
        upgrade.failure = .init(phase: .downloading, reason: .downloadFailed, detail: "")
      }
      return upgrade
    }
  }

  @Test("next group starts below its threshold because cancelled counts as done: not here")
  func cancelledIsNotDone() {
    let ended = upgrades(.init(repeating: .cancelled, count: 28) + [.migrated])
    let evidence = Evidence(stratum: 0, of: ended)
    #expect(evidence.done == 1)
    let (campaign, _) = Director.advance(
      campaign: ExplanationTests.campaign(), upgrades: ended + upgrades([.planned], wave: 2),
      at: Instant(milliseconds: 1))
    guard case .waiting(wave: 1, let verdict) = campaign.strata[0].state else {
      Issue.record("\(campaign.strata[0].state)")
      return
    }
    #expect(verdict.word == .inconclusive)
  }

  @Test("missing data passes an analysis, and tiny groups promote bad firmware: not here")
  func noData() {
    let none = Gate.judge(done: 0, failed: 0, planned: 60, policy: .init())
    #expect(none.word == .inconclusive)
    for n in 1...28 {
      #expect(Gate.judge(done: n, failed: 0, planned: 60, policy: .init()).word == .inconclusive)
    }
    for n in 4...28 {
      #expect(Gate.judge(done: 3, failed: 0, planned: n, policy: .init()).word == .inconclusive)
    }
  }

  @Test("resume after an error skips the failed group: not here")
  func resume() {
    let members = upgrades([.failed, .planned, .planned])
    let verdict = Gate.judge(done: 1, failed: 1, planned: 3, policy: .init())
    let campaign = Director.resume(
      campaign: ExplanationTests.campaign(.waiting(wave: 1, verdict)), stratum: 0, by: "ann",
      reason: "seen to", upgrades: members, at: Instant(milliseconds: 1))
    #expect(campaign.strata[0].state == .open(wave: 1))
  }

  @Test("stop marks unstarted groups finished: not here")
  func stop() {
    let stopped = Director.stop(campaign: ExplanationTests.campaign(), stratum: 0)
    let (campaign, steps) = Director.advance(
      campaign: stopped, upgrades: upgrades([.planned, .soaking]), at: Instant(milliseconds: 1))
    #expect(campaign.strata[0].state == .stopped)
    #expect(campaign.status == .running)
    #expect(steps == [.cancel(.init(rawValue: 1), reason: "its stratum was stopped")])
  }

  @Test("success recorded while the old image runs: not here")
  func oldImage() {
    let bench = Bench(.wrongFirmware)
    bench.deliver(.leased)
    bench.run()
    #expect(!bench.phases.contains(.firmwareProved))
    #expect(bench.upgrade.outcome == .failed)
  }

  @Test(
    "connectors stay Unavailable after a failed update: not here",
    arguments: [
      FakeCharger.Habit.installFails, .downloadFails, .badSignature, .stalls, .refusesUpdate,
      .unknownUpdate, .wrongFirmware,
    ])
  func connectors(_ habit: FakeCharger.Habit) {
    let bench = Bench(habit)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.outcome == .failed)
    #expect(!bench.charger.inoperative)
    #expect(bench.charger.states == [.available, .available])
  }

  @Test("a lock is held for ever by a vanished node: not here")
  func vanished() {
    for phase in [Upgrade.Phase.draining, .downloading, .switching, .soaking] {
      let bench = Bench(.good, until: phase)
      bench.charger.online = false
      bench.dropAll()
      bench.deliver(.disconnected)
      bench.run()
      #expect(!bench.upgrade.holdsLease, "\(phase)")
      #expect(bench.upgrade.phase.isEnd || bench.upgrade.phase == .planned, "\(phase)")
    }
  }
}
