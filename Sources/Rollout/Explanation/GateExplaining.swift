import Fleet

extension Gate {
  /// - Parameter evidence: of the stratum, over all its waves.
  package static func explanation(
    campaign: Campaign, stratum index: Int, evidence: Evidence
  ) -> GateExplanation {
    let policy = campaign.playbook.gate
    let total = evidence.done + evidence.atRisk + evidence.planned
    let verdict = judge(
      done: evidence.done, failed: evidence.failed, planned: total, policy: policy)
    let allowance = AtRisk.allowance(
      done: evidence.done, failed: evidence.failed, policy: policy)
    var sentences: [String] = []
    if campaign.strata.indices.contains(index) {
      sentences.append(standing(campaign.strata[index], waves: campaign.waves.count))
    }
    sentences.append(numbers(verdict))
    sentences.append(contentsOf: outlook(verdict, total: total))
    sentences.append(risk(evidence, allowance: allowance, policy: policy))
    if campaign.strata.indices.contains(index) {
      let progress = campaign.strata[index]
      sentences += choices(progress)
      sentences += progress.decisions.map {
        "\($0.by) let it go on after wave \($0.wave): \($0.reason)"
      }
    }
    return GateExplanation(
      verdict: verdict, atRisk: evidence.atRisk, allowance: allowance, planned: evidence.planned,
      sentences: sentences)
  }

  private static func standing(_ progress: StratumProgress, waves: Int) -> String {
    switch progress.state {
    case .open(let wave): "Wave \(wave) of \(max(wave, waves)) may begin chargers."
    case .waiting(let wave, _): "Wave \(wave) did not pass its gate: nothing new begins."
    case .finished: "Every wave has ended."
    case .stopped: "It was stopped: nothing new begins, and what is under way ends."
    }
  }

  private static func numbers(_ verdict: GateVerdict) -> String {
    if verdict.done == 0 { return "Nobody has come to an end yet, and no data never passes." }
    let failed = verdict.failed == 0 ? "none failed" : "\(verdict.failed) failed"
    let bound = Phrase.bound(verdict.upperBound, limit: verdict.limit)
    return
      "\(verdict.done) done, \(failed): the failure rate is at most \(bound), sure to "
      + "\(Phrase.percent(verdict.confidence)); the limit is \(Phrase.percent(verdict.limit))."
  }

  /// What it takes to pass, and what may still go wrong.
  private static func outlook(_ verdict: GateVerdict, total: Int) -> [String] {
    let left = total - verdict.done
    let needed = needed(
      limit: verdict.limit, confidence: verdict.confidence, failures: verdict.failed)
    if verdict.done > 0, verdict.done >= needed {
      let bearable = bearable(
        total: total, limit: verdict.limit, confidence: verdict.confidence)
      let more = max(0, (bearable ?? 0) - verdict.failed)
      return [
        left == 0
          ? "It passes."
          : "It passes. Of the \(left) left, \(Phrase.upTo(more)) may fail and it still would."
      ]
    }
    let more = needed - verdict.done
    let clean = "\(more) more \(more == 1 ? "charger" : "chargers") without a failure would pass it"
    guard more <= left else {
      let rest = left == 0 ? "nobody is left" : "only \(left) \(left == 1 ? "is" : "are") left"
      return ["\(clean), but \(rest): it can't pass by itself."]
    }
    let bearable = bearable(total: total, limit: verdict.limit, confidence: verdict.confidence)
    let may = max(0, (bearable ?? 0) - verdict.failed)
    return [
      "\(clean); \(left) are left.",
      "If all of them come to an end, \(Phrase.upTo(may)) of them may fail and it still passes.",
    ]
  }

  /// Most failures among `total` that keep the bound within the limit; nil when none do.
  static func bearable(total: Int, limit: Double, confidence: Double) -> Int? {
    guard total > 0 else { return nil }
    func holds(_ failed: Int) -> Bool {
      FailureRate.upper(failed: failed, done: total, confidence: confidence) <= limit + 1e-12
    }
    guard holds(0) else { return nil }
    var (low, high) = (0, total)
    while low < high {
      let middle = (low + high + 1) / 2
      if holds(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private static func risk(_ evidence: Evidence, allowance: Int, policy: GatePolicy) -> String {
    let bound = FailureRate.anytimeUpper(
      failed: evidence.failed, done: evidence.done, confidence: policy.confidence)
    let verb = evidence.atRisk == 1 ? "is" : "are"
    return
      "\(evidence.atRisk) \(verb) at risk now; \(allowance) may be: accepted harm "
      + "\(policy.acceptedHarm) / bound \(Phrase.percent(bound)) (valid at every look)."
  }

  private static func choices(_ progress: StratumProgress) -> [String] {
    guard case .waiting = progress.state else { return [] }
    return [
      "A person may let it go on, with a name and a reason, or stop it: then the rest stays on 1.6."
    ]
  }
}

extension Phrase {
  /// A bound over the limit must not read like the limit.
  static func bound(_ bound: Double, limit: Double) -> String {
    let isAlike = bound > limit + 1e-12 && percent(bound) == percent(limit)
    return isAlike ? tenths(bound) : percent(bound)
  }

  /// `none`, `at most 1`.
  static func upTo(_ n: Int) -> String { n == 0 ? "none" : "at most \(n)" }
}
