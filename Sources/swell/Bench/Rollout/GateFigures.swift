import Dispatch
import Glibc
import Rollout
import Synchronization
import Threads

/// How often gates let bad firmware pass, how soon they stop it, and how often they reject good
/// firmware: what a planner trades.
enum GateFigures {
  /// Campaigns of each figure.
  private static let campaigns = 100_000

  static func measure(_ bench: RolloutBench) throws -> [Figure] {
    let started = clock()
    let policy = GatePolicy()
    let limit = policy.maxFailureRate
    let seed = bench.seed
    var figures = promotions(at: limit, policy, seed)
    figures += stops(policy, seed &+ 1)
    figures += power(policy)
    figures.append(smallStrata(policy, seed &+ 2))
    figures += health(seed &+ 3)
    let seconds = Double(clock() - started) / Double(CLOCKS_PER_SEC)
    figures.append(Figure("processor time of these simulations", seconds, "s", .atMost(20)))
    return figures
  }

  // MARK: What passes that should not

  /// Campaigns whose build fails at exactly the limit: to let one pass is an error.
  private static func promotions(
    at limit: Double, _ policy: GatePolicy, _ seed: UInt64
  ) -> [Figure] {
    let horizon = 1000
    // By number of failures, from how many chargers on each bound is within the limit.
    let failures = 0...Int(limit * Double(horizon))
    let live = failures.map {
      Gate.neededAnytime(limit: limit, confidence: policy.confidence, failures: $0)
    }
    let once = failures.map {
      Gate.needed(limit: limit, confidence: policy.confidence, failures: $0)
    }
    let waves = [29, 87, 203, 435, 899]
    let counts = count(["live", "once", "once150", "gate", "decided"], seed) { random, hit in
      var failed = 0
      var (isLive, isOnce, isStopped, isGate, isDecided) = (false, false, false, false, false)
      let test = SequentialTest(policy.stop)
      for done in 1...horizon {
        if random.share() < limit { failed += 1 }
        if done < 30, test.stops(done: done, failed: failed) { isStopped = true }
        guard failed < live.count else { continue }
        if done >= live[failed] { isLive = true }
        if done >= once[failed], !isOnce {
          isOnce = true
          if done <= 150 { hit("once150") }
        }
        guard waves.contains(done) else { continue }
        // The gate of the first wave; of later ones only where a person let each failed one go on.
        if done == 29, !isStopped, done >= once[failed] { isGate = true }
        if done >= (done == 29 ? once[failed] : live[failed]) { isDecided = true }
      }
      if isLive { hit("live") }
      if isOnce { hit("once") }
      if isGate { hit("gate") }
      if isDecided { hit("decided") }
    }
    func share(_ name: String) -> Double {
      Double(counts[name, default: 0]) / Double(campaigns) * 100
    }
    let at = "a build at the limit of \(Int(limit * 100)) % promoted"
    return [
      Figure("\(at), looking after every charger", share("live"), "%", .atMost(5)),
      Figure("\(at), by its gates", share("gate"), "%", .atMost(5)),
      Figure(
        "\(at), where a person lets every failed gate go on", share("decided"), "%", .atMost(5)),
      Figure("\(at), were Clopper-Pearson looked at after each of 150", share("once150"), "%"),
      Figure("\(at), were it looked at after each of 1000", share("once"), "%"),
    ]
  }

  // MARK: What is stopped early

  private static func stops(_ policy: GatePolicy, _ seed: UInt64) -> [Figure] {
    let test = SequentialTest(policy.stop)
    func run(_ rate: Double, _ horizon: Int) -> (stopped: Double, mean: Double) {
      let sum = Atomic(0)
      let counts = count(["stopped"], seed) { random, hit in
        var failed = 0
        for done in 1...horizon {
          if random.share() < rate { failed += 1 }
          guard test.stops(done: done, failed: failed) else { continue }
          hit("stopped")
          sum.add(done, ordering: .relaxed)
          return
        }
      }
      let stopped = counts["stopped", default: 0]
      return (
        Double(stopped) / Double(campaigns) * 100,
        Double(sum.load(ordering: .relaxed)) / Double(max(1, stopped))
      )
    }
    let bad = run(0.20, 1000)
    let good = run(policy.stop.goodRate, 1000)
    return [
      Figure("chargers until a build of which 20 % fail is stopped", bad.mean, "", .atMost(15)),
      Figure("such builds stopped early", bad.stopped, "%", .atLeast(95)),
      Figure("good builds (2 % fail) stopped early within 1000", good.stopped, "%", .atMost(5)),
    ]
  }

  // MARK: What good firmware has to fear

  /// Exact, of a canary of 29.
  private static func power(_ policy: GatePolicy) -> [Figure] {
    GatePower.curve(policy, size: 29, population: 1000).map { point in
      Figure(
        "canary of 29 passes a build of which \(Figure.spelt(point.rate * 100)) % fail",
        point.passes * 100, "%", point.rate >= policy.maxFailureRate ? .atMost(5) : .none)
    }
  }

  /// Strata of 12 of which 2 fail, more than the limit, in a random order.
  private static func smallStrata(_ policy: GatePolicy, _ seed: UInt64) -> Figure {
    let (population, bad) = (12, 2)
    let needed = Gate.needed(policy, failures: 0, population: population) ?? population
    let counts = count(["passed"], seed) { random, hit in
      var left = bad
      var failed = 0
      for done in 0..<needed where random.share() * Double(population - done) < Double(left) {
        left -= 1
        failed += 1
      }
      let verdict = Gate.judge(done: needed, failed: failed, planned: population, policy: policy)
      if verdict.word == .pass { hit("passed") }
    }
    return Figure(
      "a stratum of 12 with 2 failing ones promoted after \(needed)",
      Double(counts["passed", default: 0]) / Double(campaigns) * 100, "%", .atMost(5))
  }

  // MARK: Health

  /// 29 chargers a day before and a day after, with one to four reconnects a day.
  private static func health(_ seed: UInt64) -> [Figure] {
    let runs = 2000
    func share(worse: Int) -> Double {
      let counts = count(["fail"], seed, runs: runs) { random, hit in
        let pairs = (0..<29).map { index in
          let rate = 1 + Double(index % 4)
          return VitalsPair(
            before: day(rate, &random), after: day(index < worse ? rate * 10 : rate, &random))
        }
        let lines = Health.lines(HealthSample(pairs: pairs), policy: HealthPolicy())
        if lines.contains(where: { $0.word == .fail }) { hit("fail") }
      }
      return Double(counts["fail", default: 0]) / Double(runs) * 100
    }
    return [
      Figure("health called worse where nothing changed", share(worse: 0), "%", .atMost(5)),
      Figure(
        "health called worse where 10 of 29 reconnect 10 times as often", share(worse: 10), "%",
        .atLeast(80)),
    ]
  }

  private static func day(_ rate: Double, _ random: inout Chance) -> Vitals {
    var vitals = Vitals()
    vitals.hours = 24
    for _ in 0..<96 where random.share() < rate / 96 { vitals.reconnects += 1 }
    return vitals
  }

  // MARK: Running many

  /// Runs campaigns on all cores, and counts what they hit.
  private static func count(
    _ names: [String], _ seed: UInt64, runs: Int = campaigns,
    _ campaign: @escaping @Sendable (inout Chance, (String) -> Void) -> Void
  ) -> [String: Int] {
    let parts = 16
    let totals = Monitor<[String: Int]>([:])
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      var random = Chance(seed: seed &* 1_000_003 &+ UInt64(part))
      var counts: [String: Int] = [:]
      for _ in (runs * part / parts)..<(runs * (part + 1) / parts) {
        campaign(&random) { counts[$0, default: 0] += 1 }
      }
      let found = counts
      totals.withLock { $0.merge(found, uniquingKeysWith: +) }
    }
    return totals.withLock { $0 }
  }
}

extension Chance {
  /// From 0 up to 1.
  fileprivate mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }
}
