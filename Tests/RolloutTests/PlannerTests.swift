import Fleet
import Testing

@testable import Rollout

@Suite("Plans")
struct PlannerTests {
  static func stratum(_ n: Int) -> Stratum {
    .init(
      vendor: "Volta", model: "AC\(n)", hardware: "", fromFirmware: "2.3.1", toFirmware: "2.4.0")
  }

  static func fleet(_ random: inout SplitMix) -> [Candidate] {
    (1...(1 + random.below(400))).map { n in
      Candidate(
        charger: .init(rawValue: Int64(n)), identity: "CP-\(n)",
        site: random.below(10) == 0 ? nil : .init(rawValue: Int64(1 + random.below(40))),
        stratum: stratum(random.below(3) * random.below(2)), target: .init(rawValue: 1))
    }
  }

  @Test("a charger that is named twice is planned once, as it was named first")
  func namedTwice() {
    var random = SplitMix(seed: 7)
    let candidates = Self.fleet(&random)
    let playbook = Playbook(name: "t", title: "t", target: .ocpp201)
    let again = candidates.map { candidate in
      var other = candidate
      other.stratum = Self.stratum(9)
      return other
    }
    let plan = Planner.plan(candidates: candidates, sites: [], playbook: playbook)
    let twice = Planner.plan(candidates: candidates + again, sites: [], playbook: playbook)
    #expect(twice == plan)
  }

  @Test("each stratum and target is a group of its own, few or many")
  func groups() {
    for kinds in [1, 3, 16, 17, 40] {
      var random = SplitMix(seed: UInt64(kinds))
      let candidates = (1...600).map { n in
        Candidate(
          charger: .init(rawValue: Int64(n)), identity: "CP-\(n)", site: nil,
          stratum: Self.stratum(random.below(kinds)),
          target: .init(rawValue: Int64(1 + random.below(2))))
      }
      let plan = Planner.plan(
        candidates: candidates, sites: [],
        playbook: Playbook(name: "t", title: "t", target: .ocpp201))
      for place in plan.upgrades {
        let candidate = plan.candidates[place.candidate]
        #expect(plan.strata[place.stratum].stratum == candidate.stratum)
        #expect(plan.strata[place.stratum].target == candidate.target)
      }
      let named = Set(plan.strata.map { "\($0.stratum.label) \($0.target.rawValue)" })
      #expect(named.count == plan.strata.count)
      #expect(plan.upgrades.count == 600)
    }
  }

  @Test("every candidate is planned once, waves grow within bounds, order does not matter")
  func properties() {
    for seed in 0..<60 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let candidates = Self.fleet(&random)
      let playbook = Playbook(name: "t", title: "t", target: .ocpp201)
      let plan = Planner.plan(candidates: candidates, sites: [], playbook: playbook)
      #expect(
        plan.upgrades.map { plan.candidates[$0.candidate].charger }.sorted()
          == candidates.map(\.charger).sorted(),
        "seed \(seed)")
      let again = Planner.plan(
        candidates: candidates.shuffled(using: &random), sites: [], playbook: playbook)
      #expect(again.canonicalText == plan.canonicalText, "seed \(seed)")
      #expect(plan.waves.reduce(0) { $0 + $1.size } == candidates.count, "seed \(seed)")
      for index in plan.strata.indices {
        let members = plan.upgrades.filter { $0.stratum == index }
        let waves = Dictionary(grouping: members, by: \.wave)
        let sizes = waves.keys.sorted().map { waves[$0]?.count ?? 0 }
        if members.count >= 29 {
          #expect(sizes[0] == 29, "seed \(seed)")
          for (a, b) in zip(sizes, sizes.dropFirst()) {
            #expect(Double(b) <= Double(a) * playbook.waves.growth, "seed \(seed)")
          }
        } else {
          #expect(sizes[0] == min(members.count, 3), "seed \(seed)")
          // A stratum whose first wave is all of it has no gate to wait for.
          let label = plan.strata[index].stratum.label
          let isWarned = plan.warnings.contains { $0.hasPrefix("\(label) can't pass by itself") }
          #expect(isWarned == (members.count > 3), "seed \(seed), \(label)")
        }
        // Round-robin: no site has two in the canary while another has none.
        let canary = members.filter { $0.wave == 1 }.compactMap {
          plan.candidates[$0.candidate].site
        }
        let most = Dictionary(grouping: canary) { $0 }.values.map(\.count).max() ?? 0
        let counts = Dictionary(grouping: members.compactMap { plan.candidates[$0.candidate].site })
        { $0 }
        for (site, all) in counts where !canary.contains(site) && !all.isEmpty {
          #expect(most <= 1, "seed \(seed)")
        }
      }
    }
  }

  @Test("a site that allows nobody is reported by name")
  func emptyBudget() {
    let site = Site(id: .init(rawValue: 7), name: "Köln-Deutz", zone: "Europe/Berlin", budget: 0)
    let candidate = Candidate(
      charger: .init(rawValue: 1), identity: "A", site: site.id, stratum: Self.stratum(1),
      target: .init(rawValue: 1))
    // A site without a budget of its own has the playbook's.
    let plan = Planner.plan(
      candidates: [candidate], sites: [site],
      playbook: Playbook(name: "t", title: "t", target: .ocpp201, siteBudget: 0))
    #expect(
      plan.warnings == [
        "Köln-Deutz: budget 0 allows nobody; 1 charger will wait"
      ])
  }

  @Test("a policy that differs makes another plan")
  func hashing() {
    var playbook = Playbook(name: "t", title: "t", target: .ocpp201)
    let one = Planner.plan(candidates: [], sites: [], playbook: playbook).canonicalText
    playbook.gate.acceptedHarm = 4
    #expect(Planner.plan(candidates: [], sites: [], playbook: playbook).canonicalText != one)
  }
}
