import Fleet

extension Director {
  /// What the engine does to single upgrades, in the transaction that stores the campaign.
  package enum Step: Sendable, Equatable {
    /// `Upgrade.move(toWave:)`.
    case move(UpgradeID, toWave: Int)
    /// `Upgrade.skip(reason:at:)`.
    case skip(UpgradeID, reason: String)
    /// `UpgradeEvent.cancel`.
    case cancel(UpgradeID, reason: String)
    /// A sentence for the campaign's story.
    case tell(String)
  }

  /// As below, where nobody counts how chargers do.
  package static func advance(
    campaign: Campaign, upgrades: some Collection<Upgrade>, at now: Instant
  ) -> (campaign: Campaign, steps: [Step]) {
    advance(campaign: campaign, upgrades: upgrades, health: { _ in nil }, at: now)
  }

  /// Takes waves on after upgrades ended. Changes nothing when nothing is to change; the caller
  /// raises `revision` when the campaign differs. Call it again after its steps were carried out.
  ///
  /// - Parameter health: of a stratum's migrated chargers, by its index; asked for only when one of
  ///   its waves ends. nil: nobody counts it here.
  package static func advance(
    campaign: Campaign, upgrades: some Collection<Upgrade>,
    health: (Int) throws -> HealthSample?, at now: Instant
  ) rethrows -> (campaign: Campaign, steps: [Step]) {
    switch campaign.status {
    case .running, .held, .aborting: break
    case .draft, .approved, .aborted, .finished: return (campaign, [])
    }
    var campaign = campaign
    var steps: [Step] = []
    var members = [[Upgrade]](repeating: [], count: campaign.strata.count)
    for upgrade in upgrades where members.indices.contains(upgrade.stratum) {
      members[upgrade.stratum].append(upgrade)
    }
    if campaign.status == .aborting {
      abort(&campaign, members, &steps)
      return (campaign, steps)
    }
    for index in campaign.strata.indices {
      try take(&campaign, index, members[index], &steps, { try health(index) }, now)
    }
    let isOver = campaign.strata.allSatisfy { $0.state == .finished || $0.state == .stopped }
    if isOver, members.joined().allSatisfy(\.phase.isEnd) {
      campaign.status = .finished
      steps.append(.tell("\(campaign.name) is finished"))
    }
    return (campaign, steps)
  }

  private static func abort(
    _ campaign: inout Campaign, _ members: [[Upgrade]], _ steps: inout [Step]
  ) {
    for index in campaign.strata.indices where campaign.strata[index].state != .finished {
      campaign.strata[index].state = .stopped
    }
    var inFlight = 0
    for upgrade in members.joined() where !upgrade.phase.isEnd {
      inFlight += 1
      if upgrade.mayCancel { steps.append(.cancel(upgrade.id, reason: "the campaign was aborted")) }
    }
    if inFlight == 0 {
      campaign.status = .aborted
      steps.append(.tell("\(campaign.name) is aborted: nothing is in flight"))
    }
  }

  private static func take(
    _ campaign: inout Campaign, _ index: Int, _ members: [Upgrade], _ steps: inout [Step],
    _ health: () throws -> HealthSample?, _ now: Instant
  ) rethrows {
    switch campaign.strata[index].state {
    case .finished: return
    case .waiting:
      let left = members.filter { $0.phase == .planned }
      skipAbsent(left, campaign.playbook.limits.absence, &steps, now)
      if left.isEmpty {
        // Nobody is left to decide on.
        campaign.strata[index].state = .finished
        steps.append(.tell("\(campaign.strata[index].stratum.label) is finished: nobody is left"))
      }
      return
    case .stopped:
      for upgrade in members where upgrade.mayCancel {
        steps.append(.cancel(upgrade.id, reason: "its stratum was stopped"))
      }
      return
    case .open(let wave):
      let evidence = Evidence(stratum: index, of: members)
      let label = campaign.strata[index].stratum.label
      let policy = campaign.playbook.gate
      let inWave = members.filter { $0.wave <= wave }
      let waiting = inWave.filter { $0.phase == .planned }
      let isUnderWay = inWave.contains { !$0.phase.isEnd && $0.phase != .planned }
      let verdict = Gate.judge(
        done: evidence.done, failed: evidence.failed, planned: evidence.population, policy: policy,
        since: campaign.strata[index].trial, looksAgain: campaign.strata[index].looksAgain)
      // Nothing left to decide on when all have begun: those under way end by themselves.
      let planned = members.contains { $0.phase == .planned }
      let remaining = inWave.count { !$0.phase.isEnd && $0.phase != .rollingBack }
      if planned,
        let why = stop(
          verdict, remaining: remaining, policy,
          isNew: hasNewFailure(members, since: campaign.strata[index].decisions.last))
      {
        var verdict = verdict
        verdict.word = .fail
        verdict.sentence += "; \(why)"
        campaign.strata[index].state = .waiting(wave: wave, verdict)
        steps.append(
          .tell("\(label), wave \(wave): \(verdict.sentence); nothing new is sent"))
        return
      }
      // Away for longer than a reboot: just after a restart of the engine everybody is.
      let patience = campaign.playbook.limits.reboot
      let isStuck = waiting.allSatisfy { upgrade in
        upgrade.deferral == .offline
          && upgrade.memory.deferredSince.map { $0 + patience <= now } == true
      }
      if isUnderWay || !isStuck { return }
      let later = members.filter { $0.wave > wave && $0.phase == .planned }
      if !waiting.isEmpty, !isTail(waiting, of: inWave, later: later) {
        let tail = later.map(\.wave).min() ?? wave + 1
        for upgrade in waiting { steps.append(.move(upgrade.id, toWave: tail)) }
        resize(&campaign, from: wave, to: tail, by: waiting.count)
        let present = later.filter { $0.deferral != .offline }
        if topUp(&campaign, index, wave, present, places: waiting.count, evidence, &steps) {
          return
        }
      } else if !waiting.isEmpty {
        // Only absent ones are left: they are waited for, then the wave ends without them.
        skipAbsent(waiting, campaign.playbook.limits.absence, &steps, now)
        return
      }
      let lines = try health().map { Health.lines($0, policy: policy.health) } ?? []
      close(
        &campaign, index, wave, verdict.taking(lines, policy: policy.health), anyLeft: planned,
        evidence, &steps)
    }
  }

  /// Why a wave is stopped before its end; nil while it need not be. Looking early only ever stops:
  /// what passes is judged at the end of a wave.
  private static func stop(
    _ verdict: GateVerdict, remaining: Int, _ policy: GatePolicy, isNew: Bool
  ) -> String? {
    if let reading = verdict.basis?.stop, reading.stops {
      return "stopped early, \(reading.sentence)"
    }
    let isLost = Gate.isLost(
      done: verdict.done, failed: verdict.failed, remainingInWave: remaining, policy: policy,
      population: verdict.basis?.population ?? .max,
      looksAgain: verdict.basis?.bound == .anytime)
    return isLost && isNew ? "the rest of the wave can't make it pass" : nil
  }

  /// As many chargers of the next waves take the places of absent ones, if the gate can't decide
  /// without them and can with them: nobody has to decide for want of who is not there.
  private static func topUp(
    _ campaign: inout Campaign, _ index: Int, _ wave: Int, _ later: [Upgrade], places: Int,
    _ evidence: Evidence, _ steps: inout [Step]
  ) -> Bool {
    let policy = campaign.playbook.gate
    // After a failure a person decides.
    guard evidence.failed == 0,
      let needed = Gate.needed(policy, failures: 0, population: evidence.population),
      evidence.done < needed, places >= needed - evidence.done,
      later.count >= needed - evidence.done
    else { return false }
    let next = later.sorted { ($0.wave, $0.id) < ($1.wave, $1.id) }.prefix(needed - evidence.done)
    for upgrade in next {
      steps.append(.move(upgrade.id, toWave: wave))
      resize(&campaign, from: upgrade.wave, to: wave, by: 1)
    }
    let label = campaign.strata[index].stratum.label
    steps.append(
      .tell("\(label), wave \(wave): \(next.count) of later waves take the places of absent ones"))
    return true
  }

  /// Leaves out who has been away for as long as an absent charger is waited for.
  private static func skipAbsent(
    _ planned: [Upgrade], _ absence: Span, _ steps: inout [Step], _ now: Instant
  ) {
    for upgrade in planned where upgrade.deferral == .offline {
      guard let since = upgrade.memory.deferredSince, since + absence <= now else { continue }
      steps.append(.skip(upgrade.id, reason: "offline for \(Phrase.span(now - since))"))
    }
  }

  /// Whether absent chargers stand for themselves: nobody of their wave came to anything, and no
  /// later wave could take them along.
  private static func isTail(_ waiting: [Upgrade], of wave: [Upgrade], later: [Upgrade]) -> Bool {
    later.isEmpty && wave.allSatisfy { $0.phase == .planned || $0.wave < waiting[0].wave }
  }

  private static func close(
    _ campaign: inout Campaign, _ index: Int, _ wave: Int, _ verdict: GateVerdict, anyLeft: Bool,
    _ evidence: Evidence, _ steps: inout [Step]
  ) {
    let label = campaign.strata[index].stratum.label
    if !anyLeft {
      campaign.strata[index].state = .finished
      steps.append(.tell("\(label) is finished: \(verdict.sentence)"))
    } else if verdict.word != .pass {
      campaign.strata[index].state = .waiting(wave: wave, verdict)
      steps.append(.tell("\(label), wave \(wave): \(verdict.sentence)"))
    } else if campaign.playbook.gate.manual.holds(wave: wave) {
      var verdict = verdict
      verdict.awaitsApproval = true
      campaign.strata[index].state = .waiting(wave: wave, verdict)
      steps.append(
        .tell("\(label), wave \(wave) passed and waits for a person: \(verdict.sentence)"))
    } else {
      campaign.strata[index].state = .open(wave: wave + 1)
      campaign.strata[index].trial = Trial(done: evidence.done, failed: evidence.failed)
      steps.append(.tell("\(label), wave \(wave) passed: \(verdict.sentence)"))
    }
  }

  /// A person has decided on the failures up to then; new ones stop the stratum again.
  private static func hasNewFailure(_ members: [Upgrade], since decision: Decision?) -> Bool {
    guard let decision else { return true }
    return members.contains { $0.outcome == .failed && $0.enteredAt > decision.at }
  }

  private static func resize(_ campaign: inout Campaign, from: Int, to: Int, by count: Int) {
    if let at = campaign.waves.firstIndex(where: { $0.number == from }) {
      campaign.waves[at].size -= count
    }
    if let at = campaign.waves.firstIndex(where: { $0.number == to }) {
      campaign.waves[at].size += count
    } else {
      campaign.waves.append(Wave(number: to, size: count))
    }
  }

  /// A named person lets a stratum go on, after a gate that did not pass or one that passed and
  /// waits for a person: in the same wave while it has chargers that did not begin, else with the
  /// next. What was known then is decided on; what comes is tested anew, and the gate judged again.
  /// Does nothing unless it waits.
  package static func resume(
    campaign: Campaign, stratum index: Int, by: String, reason: String,
    upgrades: some Collection<Upgrade>, at now: Instant
  ) -> Campaign {
    var campaign = campaign
    guard campaign.strata.indices.contains(index),
      case .waiting(let wave, let verdict) = campaign.strata[index].state
    else { return campaign }
    campaign.strata[index].decisions.append(
      .init(by: by, reason: reason, at: now, wave: wave, word: verdict.word))
    let evidence = Evidence(stratum: index, of: upgrades)
    campaign.strata[index].trial = Trial(done: evidence.done, failed: evidence.failed)
    let left = upgrades.contains {
      $0.stratum == index && $0.wave <= wave && $0.phase == .planned
    }
    campaign.strata[index].state = .open(wave: left ? wave : wave + 1)
    return campaign
  }

  /// A named person ends a stratum: nothing new is sent, what is under way ends.
  package static func stop(campaign: Campaign, stratum index: Int) -> Campaign {
    var campaign = campaign
    if campaign.strata.indices.contains(index), campaign.strata[index].state != .finished {
      campaign.strata[index].state = .stopped
    }
    return campaign
  }
}

extension Upgrade {
  /// Whether a cancel would be news to it.
  var mayCancel: Bool {
    if memory.cancelled != nil || phase.isEnd { return false }
    switch phase {
    case .provisioning, .accepting, .verifying, .restoring, .soaking, .rollingBack: return false
    case .switching: return memory.open == nil
    default: return true
    }
  }
}
