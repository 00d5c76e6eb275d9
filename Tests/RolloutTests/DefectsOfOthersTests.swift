import Fleet
import FoundationEssentials
import Testing

@testable import Rollout

/// What other rollout systems got wrong, each by its name. "Retry counters reset when a device
/// rejoins" is with the retries.
@Suite("Defects of others")
struct DefectsOfOthersTests {
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

  @Test("thresholds on tiny groups promote bad firmware: not here")
  func tinyGroups() {
    // Every charger of a tiny canary is fine, and a third of the build is not: 30 % of the time.
    for n in 1...28 {
      #expect(Gate.judge(done: n, failed: 0, planned: 60, policy: .init()).word == .inconclusive)
    }
    for population in 4...28 {
      let verdict = Gate.judge(done: 3, failed: 0, planned: population, policy: .init())
      #expect(verdict.word == .inconclusive, "3 of \(population)")
    }
    let ended = upgrades([.migrated, .migrated, .migrated])
    let (campaign, _) = Director.advance(
      campaign: ExplanationTests.campaign(), upgrades: ended + upgrades([.planned], wave: 2),
      at: Instant(milliseconds: 1))
    guard case .waiting(wave: 1, _) = campaign.strata[0].state else {
      Issue.record("\(campaign.strata[0].state)")
      return
    }
  }

  @Test("missing data passes an analysis: not here")
  func noData() {
    #expect(Gate.judge(done: 0, failed: 0, planned: 60, policy: .init()).word == .inconclusive)
    #expect(Gate.judge(done: 0, failed: 0, planned: 1, policy: .init()).word == .inconclusive)
    // Nor does health that nobody measured, where the playbook asks for it.
    var policy = GatePolicy()
    policy.health.demand = .proof
    let sample = HealthSample(
      pairs: .init(repeating: VitalsPair(before: Vitals(), after: Vitals()), count: 29))
    let verdict = Gate.judge(done: 29, failed: 0, planned: 60, policy: policy)
    #expect(verdict.word == .pass)
    let lines = Health.lines(sample, policy: policy.health)
    #expect(verdict.taking(lines, policy: policy.health).word == .inconclusive)
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

  @Test(
    "one silent device blocks the queue for ever: not here",
    arguments: [FakeCharger.Habit.silent, .neverAnswersUpdate, .neverBoots, .neverFree])
  func silent(_ habit: FakeCharger.Habit) {
    let fleet = FleetBench(count: 60, sites: 3, seed: 31) { _ in .good }
    let odd = fleet.benches[0]
    let silent = Bench(habit, id: odd.upgrade.charger.rawValue, site: odd.upgrade.site)
    (silent.prefix, silent.upgrade.wave) = (odd.prefix, odd.upgrade.wave)
    silent.upgrade.stratum = odd.upgrade.stratum
    fleet.benches[0] = silent
    fleet.patienceOfPerson = 9
    fleet.run()
    #expect(fleet.broken == [])
    #expect(fleet.campaign.status == .finished)
    #expect(silent.upgrade.phase.isEnd)
    #expect(fleet.benches.dropFirst().allSatisfy { $0.upgrade.phase == .migrated })
  }

  @Test("two triggers race and close a group with running actions: not here")
  func race() {
    let running = upgrades([.migrated, .migrated, .soaking, .installing])
    let rest = upgrades(.init(repeating: .planned, count: 40), wave: 2)
    var campaign = ExplanationTests.campaign()
    campaign.playbook.gate.maxFailureRate = 0.9
    // Each of the two that still run ends, in either order, and each end is a trigger, twice over.
    for order in [[2, 3], [3, 2]] {
      var members = running
      var (now, closings) = (campaign, 0)
      for (index, place) in order.enumerated() {
        members[place].phase = .migrated
        members[place].countsForGate = true
        let seen = now
        for trigger in 0..<2 {
          // The second comes with what was seen before the first: it must not do more than that.
          let (next, steps) = Director.advance(
            campaign: seen, upgrades: members + rest, at: Instant(milliseconds: 5))
          if index == 0 {
            #expect(next.strata[0].state == .open(wave: 1))
            #expect(steps.isEmpty)
          } else {
            #expect(next.strata[0].state == .open(wave: 2))
            closings += trigger == 0 ? 1 : 0
          }
          now = next
        }
      }
      #expect(closings == 1)
      // Once it is stored, a late trigger finds the next wave open and closes nothing.
      let late = Director.advance(
        campaign: now, upgrades: members + rest, at: Instant(milliseconds: 6))
      #expect(late.campaign == now)
      #expect(late.steps.isEmpty)
    }
  }

  @Test("progress kept in memory strands devices after a restart: not here")
  func restarts() throws {
    let fleet = FleetBench(count: 40, sites: 20, seed: 33) { _ in .good }
    // Whenever half an hour has passed, all that is left is what was stored.
    for _ in 0..<400 where fleet.campaign.status != .finished {
      fleet.stopAfter(.minutes(30))
      let text = try JSONEncoder().encode(fleet.campaign)
      fleet.campaign = try JSONDecoder().decode(Campaign.self, from: text)
      for bench in fleet.benches {
        let stored = try JSONEncoder().encode(bench.upgrade)
        bench.upgrade = try JSONDecoder().decode(Upgrade.self, from: stored)
        bench.now = fleet.now
        bench.deliver(.restarted)
        if bench.charger.online { bench.deliver(.connected(bench.charger.speaks)) }
      }
      fleet.broken.removeAll { $0 == "does not end" }
    }
    fleet.run()
    #expect(fleet.campaign.status == .finished)
    #expect(fleet.benches.allSatisfy { $0.upgrade.phase == .migrated })
    #expect(fleet.benches.flatMap(\.broken) == [])
  }

  @Test("a shed download counts as a device failure: not here")
  func shed() {
    // A server that turns it away once: the charger says DownloadFailed, and is ordered again.
    let bench = Bench(.downloadFailsOnce)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.orders.count { $0.hasPrefix("update") } == 2)
    let evidence = Evidence(stratum: 0, of: [bench.upgrade])
    #expect((evidence.done, evidence.failed) == (1, 0))
    // And while many share what the uplink takes, a trickle is no stall.
    let slow = Bench(.stallsUncounted, until: .downloading)
    for n in 1...8 {
      slow.now = slow.now + .minutes(14)
      slow.deliver(.served(bytes: Int64(n) * 100_000, of: 38_200_000))
    }
    #expect(slow.upgrade.outcome == .underWay)
  }

  @Test("daylight saving shifts the window: not here")
  func daylightSaving() throws {
    let name = "Europe/Berlin"
    let data = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))
    let zone = try Zone(name: name, tzif: Array(data))
    let openings = Openings(
      zone: zone, windows: .weekly([try Window(label: "daily 22:00-05:00")]), closed: .init([]))
    let start = Instant(seconds: 1_798_761_600)  // 2027-01-01T00:00:00Z
    let nights = openings.openings(in: start..<(start + .hours(24 * 365)))
    #expect(nights.count >= 365)
    func local(_ instant: Instant) -> Int64 {
      let second = instant.milliseconds / 1000
      return (second + Int64(zone.offset(at: instant))) % 86_400
    }
    // By the clock on the wall of the site, whatever the season; only the night itself is longer or
    // shorter when the clock is changed.
    var lengths: [Span: Int] = [:]
    for night in nights.dropFirst().dropLast() {
      #expect(local(night.start) == 22 * 3600)
      #expect(local(night.end) == 5 * 3600)
      lengths[night.length, default: 0] += 1
    }
    #expect(Set(lengths.keys) == [.hours(6), .hours(7), .hours(8)])
    #expect(lengths[.hours(6)] == 1 && lengths[.hours(8)] == 1)
  }
}
