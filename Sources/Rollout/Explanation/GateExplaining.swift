import Fleet

extension Gate {
  /// - Parameters:
  ///   - evidence: of the stratum, over all its waves.
  ///   - health: of its migrated chargers; nil where it is not known.
  package static func explanation(
    campaign: Campaign, stratum index: Int, evidence: Evidence, health: HealthSample? = nil
  ) -> GateExplanation {
    let policy = campaign.playbook.gate
    let progress =
      campaign.strata.indices.contains(index) ? campaign.strata[index] : nil
    let lines = health.map { Health.lines($0, policy: policy.health) } ?? []
    let verdict = judge(
      done: evidence.done, failed: evidence.failed, planned: evidence.population, policy: policy,
      since: progress?.trial, looksAgain: progress?.looksAgain ?? false
    ).taking(lines, policy: policy.health)
    let allowance = AtRisk.allowance(
      done: evidence.done, failed: evidence.failed, policy: policy)
    var sentences: [String] = []
    if let progress { sentences.append(standing(progress, waves: campaign.waves.count)) }
    sentences += numbers(verdict)
    sentences += outlook(verdict, policy)
    if let stop = verdict.basis?.stop { sentences.append(test(stop)) }
    sentences += Self.health(lines, policy.health)
    sentences.append(risk(evidence, allowance: allowance, policy: policy))
    if let progress {
      sentences += choices(progress)
      sentences += progress.decisions.map(\.sentence)
    }
    return GateExplanation(
      verdict: verdict, atRisk: evidence.atRisk, allowance: allowance, planned: evidence.planned,
      sentences: sentences)
  }

  private static func standing(_ progress: StratumProgress, waves: Int) -> String {
    switch progress.state {
    case .open(let wave): "Wave \(wave) of \(max(wave, waves)) may begin chargers."
    case .waiting(let wave, let verdict):
      verdict.awaitsApproval == true
        ? "Wave \(wave) passed its gate and waits for a person to open it: nothing new begins."
        : "Wave \(wave) did not pass its gate: nothing new begins."
    case .finished: "Every wave has ended."
    case .stopped: "It was stopped: nothing new begins, and what is under way ends."
    }
  }

  private static func numbers(_ verdict: GateVerdict) -> [String] {
    if verdict.done == 0 { return ["Nobody has come to an end yet, and no data never passes."] }
    let failed = verdict.failed == 0 ? "none failed" : "\(verdict.failed) failed"
    let bound = Phrase.bound(verdict.upperBound, limit: verdict.limit)
    let confidence = Phrase.percent(verdict.confidence)
    let limit = "the limit is \(Phrase.percent(verdict.limit))"
    guard let basis = verdict.basis, let failing = basis.failing else {
      return [
        "\(verdict.done) done, \(failed): the failure rate is at most \(bound), sure to "
          + "\(confidence); \(limit).",
        verdict.basis?.bound == .anytime
          ? "That bound holds at every look: a person let it go on after a gate that had failed."
          : "That is Clopper-Pearson's bound of the build's failure rate, for one look at the end of "
            + "a wave.",
      ]
    }
    let few =
      "Hypergeometric bound: there are only \(basis.population) chargers, and a bound of the build's "
      + "rate needs \(basis.neededForBuild)."
    if verdict.done == basis.population {
      return ["All \(verdict.done) done, \(failed): \(bound) of them; \(limit).", few]
    }
    return [
      "\(verdict.done) done, \(failed): of all \(basis.population) at most \(failing) are failing "
        + "ones (\(bound)), sure to \(confidence); \(limit).", few,
    ]
  }

  private static func health(_ lines: [HealthLine], _ policy: HealthPolicy) -> [String] {
    let known =
      policy.demand == .proof ? lines : lines.filter { $0.compared > 0 }
    if known.isEmpty, !lines.isEmpty {
      return ["How they do since is not known yet, and the playbook asks for no proof of it."]
    }
    return known.map { "Health, \($0.sentence)." }
  }

  private static func test(_ stop: StopReading) -> String {
    "Early stop: \(stop.sentence), in this wave \(stop.done) done, \(stop.failed) failed"
      + (stop.stops ? ": it stops the wave." : ".")
  }

  /// What it takes to pass, and what may still go wrong.
  private static func outlook(_ verdict: GateVerdict, _ policy: GatePolicy) -> [String] {
    let total = verdict.basis?.population ?? verdict.done
    let left = total - verdict.done
    let needed = verdict.basis?.needed
    let looksAgain = verdict.basis?.bound == .anytime
    let bearable =
      GatePower.bearable(policy, done: total, population: total, looksAgain: looksAgain) ?? 0
    let may = max(0, bearable - verdict.failed)
    if verdict.done > 0,
      isWithin(
        policy, failed: verdict.failed, done: verdict.done, population: total,
        looksAgain: looksAgain)
    {
      return [
        left == 0
          ? "It passes."
          : "It passes. Of the \(left) left, \(Phrase.upTo(may)) may fail and it still would."
      ]
    }
    guard let needed else { return ["No number of its \(total) chargers can make it pass."] }
    let more = needed - verdict.done
    let clean = "\(more) more \(more == 1 ? "charger" : "chargers") without a failure would pass it"
    guard more <= left else {
      let rest = left == 0 ? "nobody is left" : "only \(left) \(left == 1 ? "is" : "are") left"
      return ["\(clean), but \(rest): it can't pass by itself."]
    }
    return [
      "\(clean); \(left) are left.",
      "If all of them come to an end, \(Phrase.upTo(may)) of them may fail and it still passes.",
    ]
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
    guard case .waiting(_, let verdict) = progress.state else { return [] }
    if verdict.awaitsApproval == true {
      return ["A person opens the next wave, or stops the stratum: then the rest stays on 1.6."]
    }
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
