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
      #expect(abs(BinomialTests.tail(atMost: k, n, p) - 0.05) < 1e-8, "\(k) of \(n)")
      let low = FailureRate.lower(failed: k, done: n, confidence: 0.95)
      if k > 0 {
        #expect(abs(1 - BinomialTests.tail(atMost: k - 1, n, low) - 0.05) < 1e-8, "\(k) of \(n)")
      }
      #expect(FailureRate.anytimeUpper(failed: k, done: n, confidence: 0.95) >= p)
    }
  }

  @Test(
    "a verdict says what it rests on",
    arguments: [
      (29, 0, 100, "pass", "29 done, 0 failed: at most 9.9 % at 95 %, limit 10 %"),
      (31, 3, 100, "fail", "31 done, 3 failed: at most 23 % at 95 %, limit 10 %"),
      (
        3, 0, 12, "inconclusive",
        "3 done, none failed: at most 6 of all 12 (50 %) at 95 %, limit 10 %; 9 needed: a person decides"
      ),
      (
        20, 0, 60, "inconclusive",
        "20 done, none failed: at most 14 % at 95 %, limit 10 %; 29 needed: a person decides"
      ),
      (9, 0, 12, "pass", "9 done, 0 failed: at most 1 of all 12 (8.4 %) at 95 %, limit 10 %"),
      (12, 0, 12, "pass", "12 done, 0 failed: 0 % of all 12, limit 10 %"),
      (12, 1, 12, "pass", "12 done, 1 failed: 8.4 % of all 12, limit 10 %"),
      (12, 2, 12, "fail", "12 done, 2 failed: 17 % of all 12, limit 10 %"),
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

  @Test("the hypergeometric bound decides only where the stratum is too small for the other")
  func bounds() {
    let policy = GatePolicy()
    #expect(Gate.bound(policy, population: 28) == .hypergeometric)
    #expect(Gate.bound(policy, population: 29) == .clopperPearson)
    #expect(Gate.needed(policy, failures: 0, population: 12) == 9)
    #expect(Gate.needed(policy, failures: 1, population: 12) == 12)
    #expect(Gate.needed(policy, failures: 2, population: 12) == nil)
    #expect(Gate.needed(policy, failures: 1, population: 200) == 46)
    let verdict = Gate.judge(done: 9, failed: 0, planned: 12, policy: policy)
    #expect(verdict.basis?.bound == .hypergeometric)
    #expect((verdict.basis?.failing, verdict.basis?.needed) == (1, 9))
  }
}
