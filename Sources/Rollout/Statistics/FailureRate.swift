#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bounds of a failure rate after `failed` of `done`; all one-sided.
package enum FailureRate {
  /// Clopper-Pearson: for one planned look. The greatest rate under which so few failures still
  /// happen with a chance of α.
  package static func upper(failed: Int, done: Int, confidence: Double) -> Double {
    if failed >= done { return 1 }
    let alpha = 1 - confidence
    if failed == 0 { return -expm1(log(alpha) / Double(done)) }
    return leastRate(from: Double(failed) / Double(done)) {
      Binomial.atMost(failed, done, $0) <= alpha
    }
  }

  /// Clopper-Pearson from below.
  package static func lower(failed: Int, done: Int, confidence: Double) -> Double {
    if failed <= 0 || done <= 0 { return 0 }
    let alpha = 1 - confidence
    return leastRate(from: 0) { Binomial.atLeast(failed, done, $0) >= alpha }
  }

  /// Holds at every look, however often one looks: the beta mixture with a uniform prior
  /// (Robbins 1970). Its likelihood ratio against p is 1 / ((n + 1) P(X = k)), so the bound is the
  /// least p above the rate seen at which (n + 1) P(X = k) has fallen to α.
  package static func anytimeUpper(failed: Int, done: Int, confidence: Double) -> Double {
    if done <= 0 || failed >= done { return 1 }
    return leastRate(from: Double(failed) / Double(done)) {
      excludesAnytime($0, failed: failed, done: done, confidence: confidence)
    }
  }

  /// Whether Clopper-Pearson's bound is within `limit`, without searching for it.
  static func isWithin(_ limit: Double, failed: Int, done: Int, confidence: Double) -> Bool {
    if limit >= 1 { return done > 0 }
    guard failed < done, limit > 0 else { return false }
    return Binomial.atMost(failed, done, limit) <= (1 - confidence) * (1 + 1e-9)
  }

  /// Whether the bound that holds at every look is within `limit`.
  static func isWithinAnytime(
    _ limit: Double, failed: Int, done: Int, confidence: Double
  ) -> Bool {
    if limit >= 1 { return done > 0 }
    guard failed < done, Double(failed) < limit * Double(done) else { return false }
    return excludesAnytime(limit, failed: failed, done: done, confidence: confidence)
  }

  private static func excludesAnytime(
    _ p: Double, failed: Int, done: Int, confidence: Double
  ) -> Bool {
    Double(done + 1) * Binomial.pmf(failed, done, p) <= (1 - confidence) * (1 + 1e-9)
  }

  /// Of a stratum that is known to its last charger: the greatest number of all `population` that
  /// may be failing ones, those that failed already included. `done` of them are taken as drawn at
  /// random; under any greater number so few failures happen with a chance of at most α. Where all
  /// are done it is the number that failed.
  package static func finiteUpper(
    failed: Int, done: Int, population: Int, confidence: Double
  ) -> Int {
    let population = max(population, done)
    let alpha = (1 - confidence) * (1 + 1e-9)
    var (low, high) = (failed, failed + population - done)
    while low < high {
      let middle = (low + high + 1) / 2
      let chance = Hypergeometric.atMost(
        failed, drawn: done, bad: middle, population: population)
      if chance > alpha { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The least rate from `low` on where `holds` turns true, to the last digits.
  private static func leastRate(from low: Double, where holds: (Double) -> Bool) -> Double {
    var (low, high) = (low, 1.0)
    while high - low > 1e-14 * high {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if holds(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
