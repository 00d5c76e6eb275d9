import Fleet
import FoundationEssentials
import Testing

@testable import Rollout

@Suite("Policies of gates")
struct GatePolicyTests {
  private func read(_ gate: String) throws -> GatePolicy {
    try Playbook.read("{ swell: 1, name: 'a', gate: \(gate) }").gate
  }

  @Test("a playbook says when a wave stops, what must be as before, and who opens the next")
  func reads() throws {
    let gate = try read(
      """
      { stop: { p0: "1 %", p1: "5 %", alpha: "2 %", beta: "10 %" }, manual: "canary",
        fourEyes: true, health: { reconnects: 3, success: "10 %", span: "48h", least: "12h" } }
      """)
    var expected = GatePolicy()
    (expected.stop.goodRate, expected.stop.badRate) = (0.01, 0.05)
    (expected.stop.falseStop, expected.stop.missedBad) = (0.02, 0.10)
    (expected.manual, expected.fourEyes) = (.canary, true)
    expected.health.demand = .proof
    (expected.health.reconnects, expected.health.success) = (3, 0.10)
    (expected.health.span, expected.health.least) = (.hours(48), .hours(12))
    #expect(gate == expected)
    #expect(try read("{ stop: false, health: false, manual: true }").stop.isOn == false)
    #expect(try read("{ health: false }").health.demand == .off)
    #expect(try read("{ manual: true }").manual == .every)
    let text = try JSONEncoder().encode(gate)
    #expect(try JSONDecoder().decode(GatePolicy.self, from: text) == gate)
  }

  @Test(
    "what makes no sense is refused with its place",
    arguments: [
      ("{ stop: { p0: 0.1, p1: 0.1 } }", "`p0` is the rate of a good build"),
      ("{ stop: { alpha: 0.6, beta: 0.6 } }", "together less than 100 %"),
      ("{ manual: 'sometimes' }", "`true`, `false` or \"canary\""),
      ("{ health: { span: '30d' } }", "kept for 14 d"),
      ("{ health: { span: '2h', least: '3h' } }", "longer than `span`"),
      ("{ fourEye: true }", "did you mean `fourEyes`?"),
    ])
  func refuses(gate: String, message: String) {
    let error = #expect(throws: PlaybookError.self) { try read(gate) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test("every figure of the policy is in what an approval is bound to")
  func canonical() throws {
    let others = [
      "{ maxFailureRate: 0.2 }", "{ confidence: 0.9 }", "{ acceptedHarm: 4 }", "{ stop: false }",
      "{ stop: { p0: 0.03 } }", "{ stop: { p1: 0.2 } }", "{ stop: { alpha: 0.01 } }",
      "{ stop: { beta: 0.01 } }", "{ manual: true }", "{ manual: 'canary' }", "{ fourEyes: true }",
      "{ health: false }", "{ health: {} }", "{ health: { boots: 3 } }",
      "{ health: { faults: 3 } }",
      "{ health: { energy: 0.3 } }", "{ health: { falseAlarm: 0.01 } }",
      "{ health: { coverage: 0.5 } }", "{ health: { span: '24h' } }", "{ health: { least: '2h' } }",
      "{}",
    ]
    let texts = try others.map { try read($0).canonicalText }
    #expect(Set(texts).count == others.count)
  }

  @Test("a wave that passed waits where a person opens the gates, and goes on by their decision")
  func manual() throws {
    let fleet = FleetBench(count: 100, sites: 50, seed: 21) { _ in .good }
    fleet.campaign.playbook.gate.manual = .canary
    fleet.patienceOfPerson = 9
    fleet.run()
    #expect(fleet.campaign.status == .finished)
    #expect(fleet.benches.allSatisfy { $0.upgrade.phase == .migrated })
    let large = fleet.campaign.strata[0]
    #expect(large.decisions.map(\.word) == [.pass])
    #expect(large.decisions.map(\.wave) == [1])
    #expect(
      large.decisions.first?.sentence == "ann opened the gate of wave 1, which had passed: seen to")
    #expect(fleet.story.contains { $0.contains("wave 1 passed and waits for a person") })
  }

  @Test("two failures at the start stop a wave whose gate could still pass")
  func stops() {
    let fleet = FleetBench(count: 200, sites: 100, seed: 22) { random in
      random.below(2) == 0 ? .installFails : .good
    }
    fleet.campaign.playbook.gate.maxFailureRate = 0.5
    fleet.patienceOfPerson = 0
    fleet.run()
    #expect(
      fleet.story.contains { $0.contains("stopped early, log-likelihood ") }, "\(fleet.story)")
    #expect(fleet.benches.count { $0.upgrade.countsForGate } < 30)
  }

  @Test("a decision begins the test anew: what was decided on does not stop the wave again")
  func afterDecision() throws {
    var campaign = ExplanationTests.campaign()
    let start = Instant(milliseconds: 0)
    func upgrade(_ id: Int64, _ phase: Upgrade.Phase) -> Upgrade {
      var upgrade = Upgrade(
        id: .init(rawValue: id), campaign: .init(rawValue: 1), charger: .init(rawValue: id),
        site: nil, wave: 1, stratum: 0, target: .init(rawValue: 1), enteredAt: start)
      upgrade.phase = phase
      upgrade.countsForGate = phase.isEnd
      if phase == .failed {
        upgrade.failure = .init(phase: .downloading, reason: .downloadFailed, detail: "")
      }
      return upgrade
    }
    let members = (1...2).map { upgrade($0, .failed) } + (3...60).map { upgrade($0, .planned) }
    let stopped = Director.advance(campaign: campaign, upgrades: members, at: start + .hours(1))
    guard case .waiting(wave: 1, let verdict) = stopped.campaign.strata[0].state else {
      Issue.record("\(stopped.campaign.strata[0].state)")
      return
    }
    #expect(verdict.word == .fail)
    #expect(verdict.basis?.stop?.failed == 2)
    campaign = Director.resume(
      campaign: stopped.campaign, stratum: 0, by: "ann", reason: "a cable", upgrades: members,
      at: start + .hours(2))
    #expect(campaign.strata[0].trial == Trial(done: 2, failed: 2))
    let after = Director.advance(campaign: campaign, upgrades: members, at: start + .hours(3))
    #expect(after.steps.isEmpty)
    #expect(after.campaign.strata[0].state == .open(wave: 1))
  }

  @Test("a wave that passed by its installs, and whose chargers do worse, waits for a person")
  func health() throws {
    let fleet = FleetBench(count: 40, sites: 40, seed: 23) { _ in .good }
    fleet.healthOf = { _ in
      HealthSample(pairs: (0..<29).map { _ in HealthTests.pair(reconnects: (1, 40)) })
    }
    fleet.patienceOfPerson = 0
    fleet.run()
    #expect(fleet.campaign.status == .finished)
    #expect(fleet.story.contains { $0.contains("worse than before") })
    #expect(fleet.benches.contains { $0.upgrade.phase == .cancelled })
  }
}
