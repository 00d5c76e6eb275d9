/// The decision between waves. Evidence is cumulative per stratum; `done` counts every charger of
/// the denominator that came to an end, `failed` those of them that failed. What was deferred,
/// skipped or cancelled before an intent is in neither; silence past its deadline is in both.
package enum Gate {
  /// Least number of chargers for which `failures` still keep the bound within `limit`.
  package static func needed(limit: Double, confidence: Double, failures: Int) -> Int {
    if limit >= 1 { return failures + 1 }
    if limit <= 0 { return .max }
    return least(from: failures + 1) { n in
      FailureRate.isWithin(limit, failed: failures, done: n, confidence: confidence)
    }
  }

  /// The same for a bound that holds at every look.
  package static func neededAnytime(limit: Double, confidence: Double, failures: Int) -> Int {
    if limit >= 1 { return failures + 1 }
    if limit <= 0 { return .max }
    return least(from: failures + 1) { n in
      FailureRate.isWithinAnytime(limit, failed: failures, done: n, confidence: confidence)
    }
  }

  /// The same for a stratum of `population` chargers, by the bound that its gate goes by; nil where
  /// no number of them passes.
  package static func needed(
    _ policy: GatePolicy, failures: Int, population: Int, looksAgain: Bool = false
  ) -> Int? {
    switch bound(policy, population: population, looksAgain: looksAgain) {
    case .anytime:
      return neededAnytime(
        limit: policy.maxFailureRate, confidence: policy.confidence, failures: failures)
    case .clopperPearson:
      return needed(
        limit: policy.maxFailureRate, confidence: policy.confidence, failures: failures)
    case .hypergeometric:
      let holds = { n in isWithin(policy, failed: failures, done: n, population: population) }
      guard population > 0, failures <= population, holds(population) else { return nil }
      var (low, high) = (max(1, failures), population)
      while low < high {
        let middle = (low + high) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
      }
      return low
    }
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

  /// Which bound decides for a stratum of `population` chargers. It hangs on their number alone, so
  /// that nobody chooses a bound after the evidence, and on whether a gate of it failed before: a
  /// second planned look, and a third, would each promote a bad build once more in 20 times.
  package static func bound(
    _ policy: GatePolicy, population: Int, looksAgain: Bool = false
  ) -> GateBound {
    let forBuild = needed(
      limit: policy.maxFailureRate, confidence: policy.confidence, failures: 0)
    return population < forBuild ? .hypergeometric : looksAgain ? .anytime : .clopperPearson
  }

  /// Whether the bound of a planned look is within the limit.
  static func isWithin(
    _ policy: GatePolicy, failed: Int, done: Int, population: Int, looksAgain: Bool = false
  ) -> Bool {
    guard done > 0 else { return false }
    switch bound(policy, population: population, looksAgain: looksAgain) {
    case .anytime:
      return FailureRate.isWithinAnytime(
        policy.maxFailureRate, failed: failed, done: done, confidence: policy.confidence)
    case .clopperPearson:
      return FailureRate.isWithin(
        policy.maxFailureRate, failed: failed, done: done, confidence: policy.confidence)
    case .hypergeometric:
      let failing = FailureRate.finiteUpper(
        failed: failed, done: done, population: population, confidence: policy.confidence)
      return Double(failing) <= policy.maxFailureRate * Double(population) + 1e-9
    }
  }

  /// Judges a wave at its end.
  ///
  /// - Parameters:
  ///   - planned: chargers of the stratum in all that are evidence or may become it.
  ///   - since: where the sequential test of this wave began; only shown here.
  ///   - looksAgain: a gate of this stratum failed before, and a person let it go on.
  package static func judge(
    done: Int, failed: Int, planned: Int, policy: GatePolicy, since trial: Trial? = nil,
    looksAgain: Bool = false
  ) -> GateVerdict {
    let population = max(planned, done)
    let basis = basis(
      done: done, failed: failed, population: population, policy: policy, since: trial,
      looksAgain: looksAgain)
    let upper =
      switch basis.bound {
      case .anytime: basis.anytimeBound
      case .clopperPearson:
        FailureRate.upper(failed: failed, done: done, confidence: policy.confidence)
      case .hypergeometric: population > 0 ? Double(basis.failing ?? 0) / Double(population) : 1
      }
    let word: GateVerdict.Word =
      isWithin(
        policy, failed: failed, done: done, population: population, looksAgain: looksAgain)
      ? .pass : failed > 0 ? .fail : .inconclusive
    var verdict = GateVerdict(
      word: word, done: done, failed: failed, upperBound: upper, limit: policy.maxFailureRate,
      confidence: policy.confidence, sentence: "", basis: basis)
    verdict.sentence = sentence(verdict, basis)
    return verdict
  }

  private static func basis(
    done: Int, failed: Int, population: Int, policy: GatePolicy, since trial: Trial?,
    looksAgain: Bool
  ) -> GateBasis {
    let bound = bound(policy, population: population, looksAgain: looksAgain)
    let evidence = (trial ?? Trial()).evidence(done: done, failed: failed)
    return GateBasis(
      bound: bound, population: population,
      needed: needed(
        policy, failures: failed, population: population, looksAgain: looksAgain),
      neededForBuild: needed(
        limit: policy.maxFailureRate, confidence: policy.confidence, failures: 0),
      failing: bound == .hypergeometric
        ? FailureRate.finiteUpper(
          failed: failed, done: done, population: population, confidence: policy.confidence) : nil,
      anytimeBound: FailureRate.anytimeUpper(
        failed: failed, done: done, confidence: policy.confidence),
      stop: policy.stop.isOn
        ? SequentialTest(policy.stop).reading(done: evidence.done, failed: evidence.failed) : nil)
  }

  private static func sentence(_ verdict: GateVerdict, _ basis: GateBasis) -> String {
    let limit = "limit \(Phrase.percent(verdict.limit))"
    if verdict.done == 0 { return "none done: no evidence, \(limit); a person decides" }
    let rate =
      "\(rate(verdict, basis)), \(limit)"
    switch verdict.word {
    case .pass, .fail: return "\(verdict.done) done, \(verdict.failed) failed: \(rate)"
    case .inconclusive:
      let needed = basis.needed.map { "\($0) needed" } ?? "no number suffices"
      return "\(verdict.done) done, none failed: \(rate); \(needed): a person decides"
    }
  }

  /// `at most 9.9 % at 95 %`, `at most 1 of all 12 (8.4 %) at 95 %`.
  private static func rate(_ verdict: GateVerdict, _ basis: GateBasis) -> String {
    let bound = Phrase.bound(verdict.upperBound, limit: verdict.limit)
    guard let failing = basis.failing else {
      return "at most \(bound) at \(Phrase.percent(verdict.confidence))"
    }
    if verdict.done == basis.population { return "\(bound) of all \(basis.population)" }
    return "at most \(failing) of all \(basis.population) (\(bound)) at "
      + Phrase.percent(verdict.confidence)
  }

  /// Whether the gate cannot pass any more, even if all that remains of the wave succeeds.
  package static func isLost(
    done: Int, failed: Int, remainingInWave: Int, policy: GatePolicy, population: Int = .max,
    looksAgain: Bool = false
  ) -> Bool {
    failed > 0
      && !isWithin(
        policy, failed: failed, done: done + remainingInWave,
        population: max(population, done + remainingInWave), looksAgain: looksAgain)
  }
}

/// Where the sequential test of a wave began: what was known before is judged already.
package struct Trial: Sendable, Equatable, Codable {
  package var done = 0
  package var failed = 0
  package init(done: Int = 0, failed: Int = 0) { (self.done, self.failed) = (done, failed) }

  /// What has come since. An outcome that a person took back may leave less than there was.
  func evidence(done: Int, failed: Int) -> (done: Int, failed: Int) {
    let new = max(0, done - self.done)
    return (new, min(new, max(0, failed - self.failed)))
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
