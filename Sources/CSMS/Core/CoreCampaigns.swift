import Control
import Fleet
import Rollout
import Trust

/// Planning and steering campaigns.
extension Core {
  func plan(_ request: PlanRequest, by caller: Caller, now: Instant) throws -> Outcome {
    guard !request.name.isEmpty else { throw ControlError.invalid("A campaign needs a name.") }
    if try store.campaigns().contains(where: { $0.name == request.name }), !request.dryRun {
      throw ControlError.refused(
        "There is a campaign \"\(request.name)\" already; choose another name.")
    }
    try flush()
    let target = request.playbook.route == .rollBack ? .ocpp201 : request.playbook.target
    let filter = try filter(request.selection)
    let selected = try store.chargers(matching: filter, for: target, at: now)
    let besides =
      request.dryRun
      ? try store.campaigns().first { $0.name == request.besides }?.id : nil
    var choice = Candidates(
      of: request.playbook, catalogue: catalogue, sites: try store.sites())
    let names = Dictionary(
      try store.campaigns().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    for (charger, readiness) in selected {
      let other = try campaign(having: charger.id, besides: besides)
      choice.take(charger, readiness, takenBy: other.map { names[$0] ?? "\($0.rawValue)" })
    }
    let candidates = choice.chosen
    guard !candidates.isEmpty else {
      throw ControlError.refused(
        Self.noneReady(of: selected.count, choice, request.selection)
      )
    }
    try refuseFlawed(Set(candidates.flatMap { $0.hops + [$0.target] }), request.playbook, now)
    var plan = Planner.plan(
      candidates: candidates, sites: try store.sites(), playbook: request.playbook,
      uplink: { [sites] in sites[$0]?.terms.uplink?.name })
    let places = try placeWarnings(plan, at: now)
    plan.warnings += places.warnings
    let hash = Hex.encode(Digest.sha256(Array(plan.canonicalText.utf8)))
    var view = PlanView(
      name: request.name, planHash: hash, chargers: plan.upgrades.count,
      strata: plan.strata.enumerated().map { index, progress in
        var sizes = [Int](repeating: 0, count: plan.waves.count)
        for place in plan.upgrades where place.stratum == index { sizes[place.wave - 1] += 1 }
        while sizes.last == 0 { sizes.removeLast() }
        let label = progress.stratum.label
        return .init(
          label: label, waves: sizes, warning: plan.warnings.first { $0.hasPrefix(label) })
      },
      leftOut: choice.leftOut.sorted { $0.key.rawValue < $1.key.rawValue }
        .map { .init(verdict: $0.key, count: $0.value) },
      warnings: plan.warnings + choice.warnings)
    if request.lays == true { view.schedule = try preview(plan, advises: true, now: now) }
    if request.lists == true {
      view.places = plan.upgrades.map {
        .init(
          charger: plan.candidates[$0.candidate].identity, wave: $0.wave,
          stratum: plan.strata[$0.stratum].stratum.label)
      }
      view.policy = plan.playbook
    }
    if request.dryRun {
      return Outcome(message: "Dry run, nothing was stored.", plan: view)
    }
    let campaign = try store.add(
      Campaign(
        id: CampaignID(rawValue: 0), name: request.name, playbook: request.playbook,
        selection: try selectionText(request.selection, filter), author: caller.name,
        createdAt: now, planHash: hash,
        waves: plan.waves, strata: plan.strata),
      upgrades: plan.rows(campaign: CampaignID(rawValue: 0), at: now),
      staying: choice.staying)
    if places.isBlocked {
      try notify(
        .planBlocked, campaign.name,
        .init(
          "Nobody of campaign \(campaign.name) could begin as things are: "
            + places.warnings.prefix(20).joined(separator: "; "), campaign: campaign.name), at: now)
    }
    try note(
      nil, .campaign, campaign.name, "planned by \(caller.name): \(plan.upgrades.count) chargers",
      at: now)
    return Outcome(
      message:
        "Campaign \(campaign.name) is planned: \(plan.upgrades.count) chargers in \(plan.waves.count) \(plan.waves.count == 1 ? "wave" : "waves"). Next: swell campaigns approve \(campaign.name.shellWord)",
      plan: view)
  }

  private static func noneReady(
    of count: Int, _ choice: Candidates, _ selection: String
  ) -> String {
    if count == 0 { return "No charger is selected by \"\(selection)\": see swell chargers list." }
    let verdicts = choice.leftOut.sorted {
      ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue)
    }
    .map { "\($0.value) \($0.key.label)" }
    let why = verdicts + choice.warnings
    let who = count == 1 ? "The one charger" : "None of the \(count) chargers"
    let filter = selection.isEmpty ? "" : " --filter \"\(selection)\""
    return "\(who) selected \(count == 1 ? "can't" : "can") be taken: "
      + "\(why.joined(separator: "; ")). What each one lacks: swell chargers list\(filter)."
  }

  /// As it was typed, unless it names saved selections: those may change, a campaign does not.
  private func selectionText(_ typed: String, _ filter: FleetFilter) throws -> String {
    guard let own = try? FleetFilter(typed), own.names.isEmpty else { return filter.text }
    return typed
  }

  /// Another campaign that has it and is not over.
  private func campaign(having charger: ChargerID, besides: CampaignID?) throws -> CampaignID? {
    guard let upgrade = try fleet.upgrade(of: charger) ?? store.upgrade(of: charger),
      !upgrade.phase.isEnd, upgrade.campaign != besides
    else { return nil }
    return upgrade.campaign
  }

  func steer(_ command: Command, by caller: Caller, now: Instant) throws -> Outcome {
    switch command {
    case .approve(let name, let hash):
      return try change(name, now) { campaign in
        guard campaign.status == .draft else { throw Self.wrongState(campaign, "approved") }
        if let hash, !campaign.planHash.hasPrefix(hash) || hash.count < 8 {
          throw ControlError.refused(
            "The plan is \(campaign.planHash.prefix(12)), not \(hash.prefix(12)): look at it again."
          )
        }
        try self.checkFourEyes(on: campaign, caller, to: "approve it")
        if hash == nil, try campaign.playbook.gate.fourEyes || self.store.rolePolicy().fourEyes {
          throw ControlError.refused(
            "Four eyes: say which plan was looked at: swell campaigns approve \(name.shellWord) --plan HASH"
          )
        }
        campaign.status = .approved
        campaign.approver = caller.name
        campaign.approvedPlan = campaign.planHash
        return "Campaign \(name) is approved. Next: swell campaigns start \(name.shellWord)"
      }
    case .start(let name):
      return try change(name, now) { campaign in
        guard campaign.status == .approved else { throw Self.wrongState(campaign, "started") }
        if let approved = campaign.approvedPlan, approved != campaign.planHash {
          throw ControlError.refused(
            "The plan is \(campaign.planHash.prefix(12)), and \(approved.prefix(12)) was approved: approve it again."
          )
        }
        // Four eyes may have been asked for since.
        if let approver = campaign.approver {
          try self.checkFourEyes(
            on: campaign, Caller(name: approver, role: .approver), to: "approve it")
        }
        campaign.status = .running
        return "Campaign \(name) runs."
      }
    case .hold(let name, let reason):
      return try change(name, now) { campaign in
        guard campaign.status == .running else { throw Self.wrongState(campaign, "held") }
        campaign.status = .held
        return
          "Campaign \(name) is held: nothing new is sent\(reason.isEmpty ? "" : " (\(reason))")."
      }
    case .recall(let name, let reason):
      return try recall(name, reason, now)
    case .resume(let name, _):
      let outcome = try change(name, now) { campaign in
        guard campaign.status == .held else { throw Self.wrongState(campaign, "resumed") }
        campaign.status = .running
        return "Campaign \(name) runs again."
      }
      // What was free meanwhile is not told again.
      for campaign in fleet.campaigns.values where campaign.name == name {
        for upgrade in fleet.upgrades(of: campaign.id) where upgrade.phase.drains {
          feed(upgrade.charger, .due)
        }
      }
      return outcome
    case .abort(let name, let reason):
      guard !reason.isEmpty else { throw ControlError.invalid("An abort needs a reason.") }
      return try change(name, now) { campaign in
        switch campaign.status {
        case .running, .held: campaign.status = .aborting
        case .draft, .approved: campaign.status = .aborted
        case .aborting, .aborted, .finished: throw Self.wrongState(campaign, "aborted")
        }
        return "Campaign \(name) is being aborted: what runs ends at its next safe point."
      }
    case .overrideGate(let name, let stratum, let reason):
      guard !reason.isEmpty else { throw ControlError.invalid("A decision needs a reason.") }
      return try decide(name, stratum, reason, caller, now)
    case .openGate(let name, let stratum, let reason):
      return try decide(name, stratum, reason, caller, now, onlyIfPassed: true)
    case .stopStratum(let name, let stratum, _):
      return try change(name, now) { campaign in
        let index = try Self.stratum(stratum, of: campaign)
        campaign = Director.stop(campaign: campaign, stratum: index)
        return
          "\(campaign.strata[index].stratum.label) is stopped: what has not begun stays on 1.6."
      }
    case .holdEverything(let reason):
      var held: [String] = []
      for campaign in fleet.campaigns.values where campaign.status == .running {
        _ = try steer(.hold(campaign: campaign.name, reason: reason), by: caller, now: now)
        held.append(campaign.name)
      }
      return Outcome(
        message: held.isEmpty
          ? "Nothing runs, so nothing was held."
          : "Held: \(held.sorted().joined(separator: ", ")). Nothing new is sent.")
    default:
      throw ControlError.invalid("\(command.word) does not steer a campaign.")
    }
  }

  /// A named person lets a stratum go on.
  private func decide(
    _ name: String, _ stratum: String, _ reason: String, _ caller: Caller, _ now: Instant,
    onlyIfPassed: Bool = false
  ) throws -> Outcome {
    try change(name, now) { campaign in
      let index = try Self.stratum(stratum, of: campaign)
      let label = campaign.strata[index].stratum.label
      guard case .waiting(let wave, let verdict) = campaign.strata[index].state else {
        throw ControlError.refused("\(label) does not wait for a decision.")
      }
      let hasPassed = verdict.awaitsApproval == true
      if onlyIfPassed, !hasPassed {
        throw ControlError.refused(
          "The gate of wave \(wave) did not pass (\(verdict.sentence)): that wants an override.")
      }
      try self.checkFourEyes(on: campaign, caller, to: "decide on its gates")
      campaign = Director.resume(
        campaign: campaign, stratum: index, by: caller.name, reason: reason,
        upgrades: try self.upgrades(of: campaign), at: now)
      return hasPassed
        ? "\(label): the gate of wave \(wave), which had passed, was opened by \(caller.name)."
        : "\(label) goes on by decision of \(caller.name)."
    }
  }

  /// Holds a campaign and takes back what can still be taken back.
  private func recall(_ name: String, _ reason: String, _ now: Instant) throws -> Outcome {
    guard !reason.isEmpty else { throw ControlError.invalid("A recall needs a reason.") }
    try takeUpAll(now: now)
    var outcome = try change(name, now) { campaign in
      guard campaign.status == .running || campaign.status == .held else {
        throw Self.wrongState(campaign, "recalled")
      }
      campaign.status = .held
      return "Campaign \(name) is held and recalled: \(reason)."
    }
    var back = 0
    var goOn = 0
    for campaign in fleet.campaigns.values where campaign.name == name {
      for upgrade in fleet.upgrades(of: campaign.id) {
        try feedNow(upgrade.charger, .recall(reason: reason), now: now)
        guard upgrade.holdsLease, let after = fleet.upgrade(of: upgrade.charger) else { continue }
        if after.phase == upgrade.phase { goOn += 1 } else { back += 1 }
      }
    }
    outcome.message +=
      " \(back) chargers go back to where nothing is sent, \(goOn) are too far on and end first."
    return outcome
  }

  private func upgrades(of campaign: Campaign) throws -> [Upgrade] {
    fleet.campaigns[campaign.id] != nil && takingUp.isOver
      ? fleet.upgrades(of: campaign.id) : try store.upgrades(of: campaign.id)
  }

  private func change(
    _ name: String, _ now: Instant, _ body: (inout Campaign) throws -> String
  ) throws -> Outcome {
    guard let stored = try store.campaigns().first(where: { $0.name == name }) else {
      throw ControlError.unknownCampaign(name)
    }
    var campaign = fleet.campaigns[stored.id] ?? stored
    let before = campaign.revision
    let message = try body(&campaign)
    campaign.revision = before + 1
    try store.save(campaign)
    try record(campaign, now: now)
    if fleet.campaigns[campaign.id] == nil, campaign.status.isUnderWay {
      fleet.take(campaign, try store.upgrades(of: campaign.id))
      members = try store.siteMembers()
    } else {
      fleet.put(campaign)
    }
    try note(nil, .campaign, name, message, at: now)
    dispatchSoon(now)
    return Outcome(message: message)
  }

  /// By its label, or a part of it that no other has.
  static func stratum(_ text: String, of campaign: Campaign) throws -> Int {
    let labels = campaign.strata.map(\.stratum.label)
    if let exact = labels.firstIndex(of: text) { return exact }
    let matching = text.isEmpty ? [] : labels.indices.filter { labels[$0].contains(text) }
    guard matching.count == 1 else {
      throw ControlError.unknownStratum(text, fits: matching.map { labels[$0] })
    }
    return matching[0]
  }

  private static func wrongState(_ campaign: Campaign, _ verb: String) -> ControlError {
    let next = campaign.status == .draft ? " Approve it first." : ""
    return .refused(
      "Campaign \(campaign.name) is \(campaign.status.rawValue): it can't be \(verb) now.\(next)")
  }
}
