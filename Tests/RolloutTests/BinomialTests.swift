import Testing

@testable import Rollout

@Suite("Distributions that gates rest on")
struct BinomialTests {
  /// P(X ≤ k) by the recursion of binomial terms.
  static func tail(atMost k: Int, _ n: Int, _ p: Double) -> Double {
    var term = 1.0
    for _ in 0..<n { term *= 1 - p }
    var sum = term
    var i = 0
    while i < k {
      term *= Double(n - i) / Double(i + 1) * p / (1 - p)
      sum += term
      i += 1
    }
    return sum
  }

  @Test("the binomial is what its recursion says, wherever the mode is")
  func binomial() {
    for n in [1, 2, 7, 29, 60] {
      for p in [0.001, 0.02, 0.1, 0.5, 0.93] {
        for k in -1...n + 1 {
          let wanted = k < 0 ? 0 : k >= n ? 1 : Self.tail(atMost: k, n, p)
          #expect(abs(Binomial.atMost(k, n, p) - wanted) < 1e-12, "\(k) of \(n) at \(p)")
          #expect(abs(Binomial.atLeast(k + 1, n, p) - (1 - wanted)) < 1e-12)
        }
      }
    }
  }

  @Test("a million chargers lose no digits")
  func million() {
    let n = 1_000_000
    for p in [1e-6, 0.001, 0.02, 0.5] {
      let mean = Int(Double(n) * p)
      let middle = mean - 3...mean + 3
      // The ratio of neighbours is exact; a lost digit would show.
      for k in middle where k >= 0 {
        let ratio = Double(n - k) / Double(k + 1) * p / (1 - p)
        let found = Binomial.pmf(k + 1, n, p) / Binomial.pmf(k, n, p)
        #expect(abs(found / ratio - 1) < 1e-11, "\(k) at \(p)")
        #expect(abs(Binomial.atMost(k, n, p) + Binomial.atLeast(k + 1, n, p) - 1) < 1e-10)
      }
      let bound = FailureRate.upper(failed: mean, done: n, confidence: 0.95)
      #expect(abs(Binomial.atMost(mean, n, bound) - 0.05) < 1e-9)
      let anytime = FailureRate.anytimeUpper(failed: mean, done: n, confidence: 0.95)
      #expect(anytime > bound && anytime < 2 * bound + 2e-5)
    }
    #expect(abs(FailureRate.upper(failed: 0, done: n, confidence: 0.95) / 2.9957277e-6 - 1) < 1e-6)
  }

  @Test("drawing without putting back is what counting all draws says")
  func hypergeometric() {
    var choose = [[Double]](repeating: [Double](repeating: 0, count: 15), count: 15)
    for n in 0...14 {
      choose[n][0] = 1
      for k in stride(from: 1, through: n, by: 1) {
        choose[n][k] = choose[n - 1][k - 1] + (k < n ? choose[n - 1][k] : 0)
      }
    }
    for population in 1...14 {
      for bad in 0...population {
        for drawn in 0...population {
          var sum = 0.0
          for k in 0...drawn {
            if k <= bad, drawn - k <= population - bad {
              sum += choose[bad][k] * choose[population - bad][drawn - k]
            }
            let wanted = sum / choose[population][drawn]
            let found = Hypergeometric.atMost(k, drawn: drawn, bad: bad, population: population)
            #expect(abs(found - wanted) < 1e-11, "\(k) of \(drawn), \(bad) of \(population)")
          }
        }
      }
    }
  }

  @Test("the finite bound is the greatest number under which so few still fail with a chance of α")
  func finite() {
    for population in [1, 5, 12, 28, 200] {
      for done in Set([0, 1, population / 3, population - 1, population]) where done >= 0 {
        for failed in 0...min(3, done) {
          let found = FailureRate.finiteUpper(
            failed: failed, done: done, population: population, confidence: 0.95)
          let wanted = (failed...failed + population - done).last { bad in
            Hypergeometric.atMost(failed, drawn: done, bad: bad, population: population) > 0.05
          }
          #expect(found == wanted, "\(failed) of \(done) of \(population)")
        }
      }
    }
    let all = FailureRate.finiteUpper(
      failed: 7, done: 1_000_000, population: 1_000_000, confidence: 0.95)
    #expect(all == 7)
    // Far from the end of a large population it is the bound of the rate.
    let some = FailureRate.finiteUpper(
      failed: 3, done: 1000, population: 1_000_000, confidence: 0.95)
    let rate = FailureRate.upper(failed: 3, done: 1000, confidence: 0.95)
    #expect(abs(Double(some) / 1_000_000 / rate - 1) < 0.002)
  }

  @Test("signed ranks are what all signs say")
  func ranks() {
    var random = SplitMix(seed: 7)
    for n in 1...10 {
      let values = (0..<n).map { _ in Double(random.below(7)) - 3 }
      let kept = values.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
      let ranks = kept.map { value in
        let smaller = kept.count { abs($0) < abs(value) }
        let equal = kept.count { abs($0) == abs(value) }
        return Double(smaller) + Double(equal + 1) / 2
      }
      let seen = zip(kept, ranks).reduce(0.0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
      var asGreat = 0
      for signs in 0..<(1 << kept.count) {
        let sum = ranks.indices.reduce(0.0) { $0 + (signs >> $1 & 1 == 1 ? ranks[$1] : 0) }
        if sum >= seen { asGreat += 1 }
      }
      let wanted = Double(asGreat) / Double(1 << kept.count)
      #expect(abs(SignedRank.chance(asGreatAs: values) - wanted) < 1e-12, "\(values)")
    }
    #expect(SignedRank.chance(asGreatAs: []) == 1)
    #expect(SignedRank.chance(asGreatAs: [0, 0]) == 1)
  }
}
