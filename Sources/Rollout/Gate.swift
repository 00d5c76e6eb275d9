/// The decision between waves. Evidence is cumulative per stratum; `done` counts every charger of
/// the denominator that came to an end, `failed` those of them that failed. What was deferred,
/// skipped or cancelled before an intent is in neither; silence past its deadline is in both.
package enum Gate {
  /// Least number of chargers for which `failures` still keep the bound within `limit`.
  package static func needed(limit: Double, confidence: Double, failures: Int) -> Int {
    if limit >= 1 { return failures + 1 }
    if limit <= 0 { return .max }
    let holds = { n in
      FailureRate.upper(failed: failures, done: n, confidence: confidence) <= limit + 1e-12
    }
    return least(from: failures + 1, where: holds)
  }

  /// The same for a bound that holds at every look.
  package static func neededAnytime(limit: Double, confidence: Double, failures: Int) -> Int {
    if limit >= 1 { return failures + 1 }
    if limit <= 0 { return .max }
    let holds = { n in
      FailureRate.anytimeUpper(failed: failures, done: n, confidence: confidence) <= limit + 1e-12
    }
    return least(from: failures + 1, where: holds)
  }

  private static func least(from start: Int, where holds: (Int) -> Bool) -> Int {
    var high = start
    while !holds(high) {
      if high > 1 << 40 { return .max }
      high *= 2
    }
    var low = start
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Judges a wave at its end. `planned` is how many chargers the stratum has in all: with fewer
  /// than the gate needs, it can never pass by itself.
  package static func judge(
    done: Int, failed: Int, planned: Int, policy: GatePolicy
  ) -> GateVerdict {
    let limit = policy.maxFailureRate
    let confidence = policy.confidence
    let bound = FailureRate.upper(failed: failed, done: done, confidence: confidence)
    let needed = needed(limit: limit, confidence: confidence, failures: failed)
    let limitText = "limit \(Phrase.percent(limit))"
    let boundText = Phrase.bound(bound, limit: limit)
    let rate = "at most \(boundText) at \(Phrase.percent(confidence)), \(limitText)"
    let word: GateVerdict.Word
    let sentence: String
    if done > 0, bound <= limit + 1e-12 {
      word = .pass
      sentence = "\(done) done, \(failed) failed: \(rate)"
    } else if failed > 0 {
      word = .fail
      sentence = "\(done) done, \(failed) failed: \(rate)"
    } else if done == 0 {
      word = .inconclusive
      sentence = "none done: no evidence, \(limitText); a person decides"
    } else {
      word = .inconclusive
      let short =
        planned < needed ? "\(planned) planned, \(needed) needed" : "\(needed) needed"
      sentence = "\(done) done, none failed: \(rate); \(short): a person decides"
    }
    return GateVerdict(
      word: word, done: done, failed: failed, upperBound: bound, limit: limit,
      confidence: confidence, sentence: sentence)
  }

  /// Whether the gate cannot pass any more, even if all that remains of the wave succeeds.
  package static func isLost(
    done: Int, failed: Int, remainingInWave: Int, policy: GatePolicy
  ) -> Bool {
    failed > 0
      && FailureRate.upper(
        failed: failed, done: done + remainingInWave, confidence: policy.confidence)
        > policy.maxFailureRate + 1e-12
  }
}

/// How many chargers of a stratum may be in the unknown at once.
package enum AtRisk {
  /// ⌊H / U⌋ with the harm H that the planner accepts and the anytime-valid bound U; never less
  /// than one, or nothing would ever begin.
  package static func allowance(done: Int, failed: Int, policy: GatePolicy) -> Int {
    let bound = FailureRate.anytimeUpper(
      failed: failed, done: done, confidence: policy.confidence)
    return max(1, Int(Double(policy.acceptedHarm) / max(bound, 1e-9)))
  }
}
