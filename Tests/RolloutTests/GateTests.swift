import Fleet
import Testing

@testable import Rollout

@Suite("Gates")
struct GateTests {
  /// Limit, then the numbers of ROLLOUT's table for none, one and two failures.
  static let table: [(Double, [Int], [Int])] = [
    (0.10, [29, 46, 61], [69, 94, 116]),
    (0.05, [59, 93, 124], [158, 210, 254]),
    (0.02, [149, 236, 313], [451, 587, 702]),
    (0.01, [299, 473, 628], [984, 1262, 1498]),
  ]

  @Test("as many chargers are needed as the table says", arguments: table)
  func needed(limit: Double, fixed: [Int], anytime: [Int]) {
    for k in 0...2 {
      #expect(Gate.needed(limit: limit, confidence: 0.95, failures: k) == fixed[k])
      #expect(Gate.neededAnytime(limit: limit, confidence: 0.95, failures: k) == anytime[k])
    }
  }

  @Test("Clopper-Pearson bounds are exact: the binomial tail at the bound is α")
  func exact() {
    for (k, n) in [(0, 1), (1, 5), (3, 31), (7, 20), (40, 1000), (19, 20)] {
      let p = FailureRate.upper(failed: k, done: n, confidence: 0.95)
      #expect(abs(tail(atMost: k, n, p) - 0.05) < 1e-8, "\(k) of \(n)")
      let low = FailureRate.lower(failed: k, done: n, confidence: 0.95)
      if k > 0 { #expect(abs(1 - tail(atMost: k - 1, n, low) - 0.05) < 1e-8, "\(k) of \(n)") }
      #expect(FailureRate.anytimeUpper(failed: k, done: n, confidence: 0.95) >= p)
    }
  }

  /// P(X ≤ k) by the recursion of binomial terms.
  private func tail(atMost k: Int, _ n: Int, _ p: Double) -> Double {
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

  @Test(
    "a verdict says what it rests on",
    arguments: [
      (29, 0, 100, "pass", "29 done, 0 failed: at most 9.9 % at 95 %, limit 10 %"),
      (31, 3, 100, "fail", "31 done, 3 failed: at most 23 % at 95 %, limit 10 %"),
      (
        6, 0, 6, "inconclusive",
        "6 done, none failed: at most 39 % at 95 %, limit 10 %; 6 planned, 29 needed: a person decides"
      ),
      (
        20, 0, 60, "inconclusive",
        "20 done, none failed: at most 14 % at 95 %, limit 10 %; 29 needed: a person decides"
      ),
      (0, 0, 60, "inconclusive", "none done: no evidence, limit 10 %; a person decides"),
      (46, 1, 100, "pass", "46 done, 1 failed: at most 10 % at 95 %, limit 10 %"),
      (45, 1, 100, "fail", "45 done, 1 failed: at most 10.2 % at 95 %, limit 10 %"),
      (1, 1, 29, "fail", "1 done, 1 failed: at most 100 % at 95 %, limit 10 %"),
    ])
  func sentences(done: Int, failed: Int, planned: Int, word: String, sentence: String) {
    let verdict = Gate.judge(done: done, failed: failed, planned: planned, policy: .init())
    #expect(verdict.word.rawValue == word)
    #expect(verdict.sentence == sentence)
  }

  @Test("a gate is lost as soon as the rest of the wave can't save it")
  func lost() {
    let policy = GatePolicy()
    #expect(!Gate.isLost(done: 3, failed: 0, remainingInWave: 0, policy: policy))
    #expect(Gate.isLost(done: 1, failed: 1, remainingInWave: 44, policy: policy))
    #expect(!Gate.isLost(done: 1, failed: 1, remainingInWave: 45, policy: policy))
  }

  @Test("the allowance at risk starts at the accepted harm and grows with evidence")
  func allowance() {
    let policy = GatePolicy()
    let steps = [0, 10, 29, 69, 158].map { AtRisk.allowance(done: $0, failed: 0, policy: policy) }
    #expect(steps[0] == 3)
    #expect(steps == steps.sorted())
    #expect(steps[3] == 30)
    #expect(AtRisk.allowance(done: 29, failed: 10, policy: policy) < steps[2])
  }

  @Test("looking after every charger promotes a build at the limit in at most 5 % of campaigns")
  func falsePromotion() {
    let seed: UInt64 = 41
    var random = SplitMix(seed: seed)
    // The bound after n without, with one, … failures: the least n that passes at each k.
    let least = (0...20).map { Gate.neededAnytime(limit: 0.10, confidence: 0.95, failures: $0) }
    var promoted = 0
    let campaigns = 10_000
    for _ in 0..<campaigns {
      var failed = 0
      for n in 1...300 {
        if random.share() < 0.10 { failed += 1 }
        if failed < least.count, n >= least[failed] {
          promoted += 1
          break
        }
      }
    }
    #expect(Double(promoted) / Double(campaigns) <= 0.05, "seed \(seed)")
  }
}
