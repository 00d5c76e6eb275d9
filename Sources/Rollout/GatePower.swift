import Fleet

/// How likely a gate is to pass a build of a known failure rate: a strict gate rejects good firmware
/// too, and a planner should see how often.
package enum GatePower {
  package struct Point: Sendable, Equatable, Codable {
    /// The true failure rate of the build.
    package var rate: Double
    /// Chance that the wave passes.
    package var passes: Double
    /// Chance that it is stopped before its last charger.
    package var stopped: Double
    /// Chargers that have come to an end when it is over, on average; later ones of a stopped wave
    /// are spared.
    package var chargers: Double
    /// Of those, the failed ones.
    package var failed: Double
  }

  /// The rates of the curve that is shown.
  package static let rates = [0.005, 0.01, 0.02, 0.05, 0.10, 0.20]

  /// The canary's gate over some rates.
  ///
  /// - Parameters:
  ///   - size: chargers of the wave.
  ///   - population: chargers of its stratum.
  package static func curve(
    _ policy: GatePolicy, size: Int, population: Int, rates: [Double] = GatePower.rates
  ) -> [Point] {
    rates.map { point(policy, size: size, population: population, rate: $0) }
  }

  /// Exact, over all ways in which `size` chargers can come to their ends one by one: the sequential
  /// test and a gate that can't pass any more stop the wave at once.
  package static func point(
    _ policy: GatePolicy, size: Int, population: Int, rate: Double
  ) -> Point {
    let population = max(size, population)
    let test = SequentialTest(policy.stop)
    let bearable = bearable(policy, done: size, population: population) ?? 0
    // Chance of each number of failures, among waves not yet stopped.
    var chances = [1.0]
    var point = Point(rate: rate, passes: 0, stopped: 0, chargers: 0, failed: 0)
    for done in 0..<max(0, size) {
      var next = [Double](repeating: 0, count: chances.count + 1)
      for (failed, chance) in chances.enumerated() where chance > 0 {
        point.chargers += chance
        point.failed += chance * rate
        next[failed] += chance * (1 - rate)
        next[failed + 1] += chance * rate
      }
      if done + 1 < size {
        for failed in next.indices where next[failed] > 0 {
          let isLost = failed > max(0, bearable)
          if isLost || test.stops(done: done + 1, failed: failed) {
            point.stopped += next[failed]
            next[failed] = 0
          }
        }
      }
      while next.count > 1, next[next.count - 1] == 0 { next.removeLast() }
      chances = next
    }
    for (failed, chance) in chances.enumerated()
    where Gate.isWithin(policy, failed: failed, done: size, population: population)
      && !test.stops(done: size, failed: failed)
    {
      point.passes += chance
    }
    return point
  }

  /// Most failures among `done` that pass; nil when none do.
  static func bearable(
    _ policy: GatePolicy, done: Int, population: Int, looksAgain: Bool = false
  ) -> Int? {
    func holds(_ failed: Int) -> Bool {
      Gate.isWithin(
        policy, failed: failed, done: done, population: population, looksAgain: looksAgain)
    }
    guard done > 0, holds(0) else { return nil }
    var (low, high) = (0, done)
    while low < high {
      let middle = (low + high + 1) / 2
      if holds(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
