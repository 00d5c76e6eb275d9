import Fleet
import Testing

@testable import Rollout

/// A fleet in virtual time under the director, with a person who lets strata go on a few times.
final class FleetBench {
  var benches: [Bench]
  var campaign: Campaign
  var now = Instant(milliseconds: 0)
  var broken: [String] = []
  var story: [String] = []
  var patienceOfPerson = 4
  var budget = 2
  var healthOf: (Int) -> HealthSample? = { _ in nil }
  /// Where `run` leaves off.
  var limit: Instant?

  init(count: Int, sites: Int, seed: UInt64, habit: (inout SplitMix) -> FakeCharger.Habit) {
    var random = SplitMix(seed: seed)
    let candidates = (1...count).map { n in
      Candidate(
        charger: .init(rawValue: Int64(n)), identity: "CP-\(n)",
        site: .init(rawValue: Int64(1 + random.below(sites))),
        stratum: PlannerTests.stratum(n % 5 == 0 ? 2 : 1), target: Bench.firmware.id)
    }
    let plan = Planner.plan(candidates: candidates, sites: [], playbook: Bench.playbook)
    campaign = Campaign(
      id: .init(rawValue: 1), name: "Autumn", playbook: Bench.playbook, selection: "", author: "a",
      createdAt: now, status: .running, planHash: "", waves: plan.waves, strata: plan.strata)
    benches = []
    for place in plan.upgrades {
      let candidate = plan.candidates[place.candidate]
      let bench = Bench(
        habit(&random), id: candidate.charger.rawValue, site: candidate.site)
      bench.prefix = "\(candidate.charger.rawValue)-"
      bench.upgrade.wave = place.wave
      bench.upgrade.stratum = place.stratum
      benches.append(bench)
    }
  }

  func bench(_ id: UpgradeID) -> Bench? { benches.first { $0.upgrade.id == id } }

  func run() {
    var directed: Instant?
    for _ in 0..<20_000 {
      if let limit, now >= limit { return }
      let soonest = benches.compactMap(\.next).min() ?? now + .hours(1)
      now = max(now, min(soonest, (directed ?? now) + .hours(1)))
      for bench in benches where bench.next.map({ $0 <= now }) ?? false { bench.step(to: now) }
      if let directed, now < directed + .minutes(1) { continue }
      directed = now
      direct()
      if campaign.status == .finished || campaign.status == .aborted { return }
    }
    broken.append("does not end")
  }

  private func direct() {
    let upgrades = benches.map(\.upgrade)
    let (next, steps) = Director.advance(
      campaign: campaign, upgrades: upgrades, health: healthOf, at: now)
    campaign = next
    for step in steps {
      switch step {
      case .move(let id, let wave): bench(id)?.upgrade.move(toWave: wave)
      case .skip(let id, let reason): _ = bench(id)?.upgrade.skip(reason: reason, at: now)
      case .cancel(let id, let reason): deliver(.cancel(reason: reason), to: id)
      case .tell(let sentence): story.append(sentence)
      }
    }
    for index in campaign.strata.indices {
      guard case .waiting = campaign.strata[index].state else { continue }
      if benches.contains(where: { $0.upgrade.stratum == index && $0.upgrade.outcome == .underWay })
      {
        continue
      }
      patienceOfPerson -= 1
      campaign =
        patienceOfPerson >= 0
        ? Director.resume(
          campaign: campaign, stratum: index, by: "ann", reason: "seen to",
          upgrades: benches.map(\.upgrade), at: now)
        : Director.stop(campaign: campaign, stratum: index)
    }
    grant()
  }

  private func deliver(_ event: UpgradeEvent, to id: UpgradeID) {
    guard let bench = bench(id) else { return }
    bench.now = now
    bench.deliver(event)
  }

  private func grant() {
    let byCharger = Dictionary(uniqueKeysWithValues: benches.map { ($0.upgrade.charger, $0) })
    func isDown(_ bench: Bench) -> Bool { !bench.charger.online }
    let members = Dictionary(grouping: benches.filter { $0.upgrade.site != nil }) {
      $0.upgrade.site ?? .init(rawValue: 0)
    }
    let sites = members.keys.map { Site(id: $0, name: "s", zone: "Etc/UTC", budget: budget) }
    var desk = DispatchDesk(
      [campaign.id: campaign], upgrades: { _ in benches.map(\.upgrade) },
      terms: .init(
        sites: Dictionary(uniqueKeysWithValues: sites.map { ($0.id, $0) }),
        members: members.mapValues { $0.map(\.upgrade.charger) }, zone: { _ in .utc }),
      durations: Durations(),
      presence: {
        let charger = byCharger[$0]?.charger
        return .init(online: charger?.online ?? false, busy: (charger?.sessions ?? 0) > 0)
      }, at: now)
    let granted = desk.grants(at: now)
    for deferred in desk.takeDeferred() {
      bench(deferred.id)?.upgrade.defer(deferred.reason, at: now)
    }
    for id in granted {
      guard let bench = bench(id) else { continue }
      let begins = bench.upgrade.phase == .planned
      deliver(.leased, to: id)
      let site = bench.upgrade.site
      let out = benches.count { $0.upgrade.site == site && ($0.upgrade.holdsLease || isDown($0)) }
      if out > budget { broken.append("\(out) of \(budget) out at \(String(describing: site))") }
      let evidence = Evidence(stratum: bench.upgrade.stratum, of: benches.map(\.upgrade))
      let allowance = AtRisk.allowance(
        done: evidence.done, failed: evidence.failed, policy: campaign.playbook.gate)
      if begins, evidence.atRisk > allowance { broken.append("\(evidence.atRisk) at risk") }
      if case .open(let wave) = campaign.strata[bench.upgrade.stratum].state {
        if begins, bench.upgrade.wave > wave { broken.append("began before its wave") }
      } else if begins {
        broken.append("began in a stratum that is not open")
      }
    }
  }
}

@Suite("Campaigns")
struct CampaignTests {
  @Test("a good fleet moves to its last charger, wave after wave, nobody asked twice")
  func good() {
    let fleet = FleetBench(count: 200, sites: 40, seed: 1) { _ in .good }
    fleet.run()
    #expect(fleet.broken == [])
    #expect(fleet.benches.flatMap(\.broken) == [])
    #expect(fleet.campaign.status == .finished)
    #expect(fleet.benches.allSatisfy { $0.upgrade.phase == .migrated })
    #expect(fleet.patienceOfPerson == 4)
    #expect(
      fleet.story.first
        == "Volta AC1 2.3.1→2.4.0, wave 1 passed: 29 done, 0 failed: at most 9.9 % at 95 %, limit 10 %"
    )
  }

  @Test("a bad build is stopped after a few, and only a person lets it go on")
  func bad() {
    let fleet = FleetBench(count: 200, sites: 40, seed: 2) { random in
      random.below(5) == 0 ? .bricked : .good
    }
    fleet.patienceOfPerson = 0
    fleet.run()
    #expect(fleet.broken == [])
    #expect(fleet.campaign.status == .finished)
    let bricked = fleet.benches.count { $0.upgrade.phase == .quarantined }
    let begun = fleet.benches.count { $0.upgrade.countsForGate }
    #expect(bricked <= 8, "\(bricked) of \(begun)")
    #expect(begun < 60)
    #expect(fleet.benches.filter { $0.upgrade.phase == .cancelled }.count > 100)
  }

  @Test("fleets of all habits end, within their budgets and the accepted risk")
  func mixed() {
    for seed in 10..<12 as Range<UInt64> {
      let fleet = FleetBench(count: 200, sites: 60, seed: seed) { random in
        let all = FakeCharger.Habit.allCases
        return random.below(3) > 0 ? .good : all[random.below(all.count)]
      }
      var random = SplitMix(seed: seed)
      for bench in fleet.benches where random.below(20) == 0 { bench.charger.online = false }
      fleet.patienceOfPerson = 40
      // Sites with so many absent that their budget allows nobody would wait for a technician.
      fleet.budget = 5
      fleet.run()
      #expect(fleet.broken == [], "seed \(seed)")
      #expect(fleet.benches.flatMap(\.broken) == [], "seed \(seed)")
      #expect(fleet.campaign.status == .finished, "seed \(seed)")
      #expect(fleet.benches.allSatisfy { $0.upgrade.phase.isEnd }, "seed \(seed)")
      #expect(!fleet.benches.contains { $0.upgrade.holdsLease }, "seed \(seed)")
      let closed = fleet.benches.filter { $0.charger.inoperative && $0.charger.online }
      #expect(closed.isEmpty, "seed \(seed): \(closed.map(\.charger.habit))")
    }
  }

  @Test("an abort ends what has begun at its next safe point, and the rest at once")
  func abort() {
    let fleet = FleetBench(count: 60, sites: 30, seed: 3) { _ in .good }
    fleet.stopAfter(.hours(10))
    fleet.campaign.status = .aborting
    fleet.run()
    #expect(fleet.campaign.status == .aborted)
    #expect(fleet.benches.allSatisfy { $0.upgrade.phase.isEnd })
    #expect(fleet.benches.contains { $0.upgrade.phase == .heldOn16 })
    #expect(fleet.benches.contains { $0.upgrade.phase == .cancelled })
    #expect(fleet.benches.flatMap(\.broken) == [])
  }

  @Test("a held campaign begins nothing")
  func held() {
    let fleet = FleetBench(count: 60, sites: 30, seed: 4) { _ in .good }
    fleet.campaign.status = .held
    fleet.stopAfter(.hours(30))
    #expect(fleet.benches.allSatisfy { $0.upgrade.phase == .planned })
  }

  @Test("a small stratum waits for a person after its few")
  func small() {
    let fleet = FleetBench(count: 8, sites: 8, seed: 5) { _ in .good }
    fleet.patienceOfPerson = 0
    fleet.run()
    #expect(fleet.campaign.status == .finished)
    #expect(fleet.benches.count { $0.upgrade.phase == .migrated } == 4)
    #expect(fleet.benches.count { $0.upgrade.phase == .cancelled } == 4)
    #expect(
      fleet.story.contains { $0.contains(" of all 7 ") && $0.hasSuffix("a person decides") },
      "\(fleet.story)")
  }
}

extension FleetBench {
  func stopAfter(_ span: Span) {
    limit = now + span
    run()
    limit = nil
  }
}
