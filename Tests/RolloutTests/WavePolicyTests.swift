import Fleet
import Testing

@testable import Rollout

@Suite("Shapes of waves")
struct WavePolicyTests {
  private func sizes(_ text: String, of size: Int, needed: Int = 29) throws -> [Int] {
    let playbook = try Playbook.read("{ swell: 1, name: \"t\", waves: \(text) }")
    return playbook.waves.sizes(of: size, needed: needed, gate: playbook.gate)
  }

  @Test("waves grow, follow shares or counts, or are as large as the risk allows")
  func shapes() throws {
    #expect(try sizes("{ growth: 2 }", of: 300) == [29, 58, 116, 97])
    #expect(try sizes("{ shares: [\"1 %\", \"10 %\", \"50 %\"] }", of: 1000) == [29, 71, 400, 500])
    #expect(try sizes("{ counts: [40, 100] }", of: 350) == [29, 100, 100, 100, 21])
    let atRisk = try sizes("{ atRisk: true }", of: 400)
    #expect(atRisk[0] == 29 && atRisk.reduce(0, +) == 400)
    let policy = GatePolicy()
    var done = 29
    for size in atRisk.dropFirst().dropLast() {
      #expect(size == AtRisk.allowance(done: done, failed: 0, policy: policy))
      done += size
    }
  }

  @Test("one shape at a time, and shares that rise")
  func refused() {
    #expect(throws: PlaybookError.self) { try sizes("{ growth: 2, counts: [3] }", of: 3) }
    #expect(throws: PlaybookError.self) { try sizes("{ shares: [\"10 %\", \"5 %\"] }", of: 3) }
    #expect(throws: PlaybookError.self) { try sizes("{ counts: [] }", of: 3) }
  }

  @Test("a plan hash tells shapes and deadlines apart")
  func hashes() throws {
    func text(_ more: String) throws -> String {
      Planner.plan(
        candidates: [], sites: [],
        playbook: try Playbook.read("{ swell: 1, name: \"t\"\(more) }")
      ).canonicalText
    }
    let all = try [
      "", ", waves: { atRisk: true }", ", waves: { counts: [3] }",
      ", waves: { shares: [0.1] }", ", deadline: \"2027-03-31\"", ", deadline: \"2027-04-01\"",
    ].map(text)
    #expect(Set(all).count == all.count)
  }

  @Test("no uplink has two canaries while another has none")
  func uplinks() {
    for seed in 0..<30 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let candidates = PlannerTests.fleet(&random)
      let playbook = Playbook(name: "t", title: "t", target: .ocpp201)
      let plan = Planner.plan(
        candidates: candidates, sites: [], playbook: playbook,
        uplink: { "uplink \($0.rawValue % 7)" })
      for index in plan.strata.indices {
        let members = plan.upgrades.filter {
          $0.stratum == index && plan.candidates[$0.candidate].site != nil
        }
        let all = Dictionary(grouping: members) {
          (plan.candidates[$0.candidate].site?.rawValue ?? 0) % 7
        }
        let counts = all.mapValues { $0.count { $0.wave == 1 } }
        // Sites come before uplinks: a second one of an uplink is at a site of its own.
        if counts.values.contains(0) {
          #expect((counts.values.max() ?? 0) <= 1, "seed \(seed)")
        }
      }
    }
  }
}
