import Proof
import Rehearsal

/// Campaigns in virtual time: what breaks, what every order of events leads to, and whether a guard
/// that is missing is seen.
enum RehearsalFigures {
  /// Random campaigns with faults, from the bench's seed on.
  static func campaigns(_ bench: RolloutBench) throws -> [Figure] {
    var broken = 0
    var deaths = 0
    var checks = 0
    for seed in bench.seed..<bench.seed + UInt64(bench.campaigns) {
      let scenario = Scenario.random(seed: seed)
      var stage = Stage(scenario)
      stage.run()
      deaths += stage.deaths
      checks += stage.checker.checks.reduce(0, +)
      guard let failing = Failing(stage, scenario) else { continue }
      broken += 1
      // The first says enough.
      if broken == 1 { Out.talk("bench: \(scenario.shrunk(from: failing))") }
    }
    return [
      Figure("random campaigns with faults", Double(bench.campaigns), ""),
      Figure("deaths of the engine in them", Double(deaths), ""),
      Figure("facts held against the invariants", Double(checks), ""),
      Figure(
        "campaigns with an invariant broken, or without an end", Double(broken), "", .atMost(0)),
    ]
  }

  /// Every order of events of three chargers at two sites.
  static func orders(_ bench: RolloutBench) throws -> [Figure] {
    let fleets: [[Habit]] = [
      [.good, .good, .good], [.neverAnswersUpdate, .losesUpdate, .rejectsResetOnce],
      [.bricked, .wrongFirmware, .good], [.silent, .installFailsOnce, .fallsBack],
    ]
    var states = 0
    var edges = 0
    var deaths = 0
    var depth = Int.max
    var broken = 0
    for fleet in fleets {
      let found = Explorer(limit: bench.states).explore(fleet)
      states += found.states
      edges += found.edges
      deaths += found.deaths
      depth = min(depth, found.depth)
      guard let failing = found.failing else { continue }
      broken += 1
      Out.talk("bench: \(fleet): \(failing)")
    }
    return [
      Figure("states of three chargers explored", Double(states), "", .atLeast(100_000)),
      Figure("edges between them", Double(edges), ""),
      Figure("of those, deaths of the engine", Double(deaths), ""),
      Figure("events deep, every order", Double(depth), ""),
      Figure("fleets with an invariant broken at an edge", Double(broken), "", .atMost(0)),
    ]
  }

  /// Each guard taken away in turn.
  static func mutations(_ bench: RolloutBench) throws -> [Figure] {
    var caught = 0
    for mutation in Mutation.allCases {
      let found = (0..<2000 as Range<UInt64>).lazy.compactMap { number in
        Scenario.random(seed: bench.seed &+ number).failure(mutation: mutation)
      }.first
      let verdict =
        found.map { "caught by invariant \($0.invariant): \($0.sentence)" } ?? "NOT CAUGHT"
      if found?.invariant == mutation.invariant { caught += 1 }
      Out.talk("bench: \(mutation.invariant): \(mutation.sentence): \(verdict)")
    }
    let all = Mutation.allCases.count
    return [
      Figure("guards taken away", Double(all), ""),
      Figure("of those, seen by the checker", Double(caught), "", .atLeast(Double(all))),
    ]
  }

  /// The same chargers under hawkBit's rule and under waves with gates.
  static func others(_ bench: RolloutBench) throws -> [Figure] {
    let rule = OtherRule()
    var figures: [Figure] = []
    let runs = 200
    for share in [0.01, 0.12, 0.2, 0.3] {
      var (groups, waves) = ([OtherRule.Result](), [OtherRule.Result]())
      for number in 0..<runs {
        let traces = rule.traces(failing: share, seed: bench.seed &+ UInt64(number))
        groups.append(rule.asGroups(traces))
        waves.append(rule.asWaves(traces))
      }
      for (name, results) in [("groups as hawkBit's", groups), ("waves with gates", waves)] {
        let of = "of a build that bricks \(Int(share * 100)) %, \(name)"
        let isOurs = name.hasPrefix("waves")
        let count = Double(runs)
        figures.append(
          Figure(
            "bricked of 400, \(of)", Double(results.map(\.bricked).reduce(0, +)) / count,
            "chargers"))
        let promoted = 100 * Double(results.count { $0.isPromoted }) / count
        figures.append(
          Figure(
            "let through without a person, \(of)", promoted, "%",
            isOurs && share > rule.limit ? .atMost(5) : .none))
        figures.append(
          Figure("time, \(of)", results.map(\.hours).reduce(0, +) / count, "h"))
      }
    }
    return figures
  }
}
