import Control
import Fleet
import Rollout
import Trust

/// Control's commands, carried out on the core's thread in a transaction.
extension Core {
  func audit(_ command: Command, _ caller: Caller, _ outcome: String, now: Instant) throws {
    try store.append(
      AuditEntry(
        at: now, who: caller.name, action: command.word, subject: command.subject,
        reason: command.reason, outcome: outcome))
    hasNews = true
  }

  /// - Parameter hashed: what is stored of a password that the command sets.
  func carryOut(
    _ command: Command, by caller: Caller, hashed: String?, now: Instant
  ) throws -> Outcome {
    switch command {
    case .importChargers:
      throw ControlError.invalid("An import is carried out in pieces, not as one command.")
    case .importTokens(let csv, let source, let dryRun):
      let report = try store.importTokens(csv: csv, source: source, at: now, dryRun: dryRun)
      return Self.outcome(report.counts, report.refused, "tokens", dryRun)
    case .importSites(let csv, let source, let dryRun):
      return try importSites(csv, source: source, dryRun: dryRun)
    case .setSite(let row): return try setSite(row)
    case .signOff(let site, let integration, let by):
      return try signOff(site, integration, by: by, now)
    case .revokeSignOff(let site, let integration, _):
      return try signOff(site, integration, by: nil, now)
    case .testNotice: return try testNotice(by: caller, now)
    case .addFirmware(let firmware):
      return try addFirmware(firmware, now)
    case .changeFirmware(let firmware): return try changeFirmware(firmware, now)
    case .removeFirmware(let id): return try removeFirmware(id)
    case .trustAuthority(let pem): return try trustAuthority(pem, caller, now)
    case .distrustAuthority(let fingerprint): return try distrustAuthority(fingerprint)
    case .markEndOfLife(let name, let reason, let evidence, let replacement):
      return try markEndOfLife(name, reason, evidence, replacement, caller, now)
    case .undoEndOfLife(let name, _):
      let charger = try named(name)
      guard charger.charger.endOfLife != nil else {
        throw ControlError.refused("\(charger.charger.identity) is not marked end-of-life.")
      }
      charger.charger.endOfLife = nil
      try store.save(charger.charger)
      return Outcome(message: "\(charger.charger.identity) is in service again.")
    case .pin(let name, let reason):
      return try pin(name, reason, caller, now)
    case .unpin(let name, _):
      let charger = try named(name)
      guard charger.charger.pin != nil else {
        throw ControlError.refused("\(charger.charger.identity) is not pinned.")
      }
      charger.charger.pin = nil
      try store.save(charger.charger)
      return Outcome(message: "\(charger.charger.identity) is no longer pinned.")
    case .setPassword(let name, _, _, let endsOldAtOnce):
      return try setPassword(name, hashed, endsOldAtOnce: endsOldAtOnce)
    case .allowDowngrade(let name, let reason):
      return try allowDowngrade(name, reason, caller, now)
    case .resetSecurity(let name, let profile, let reason):
      return try resetSecurity(name, profile, reason, now)
    case .reloadCertificates:
      throw ControlError.refused("Only a running engine has loaded any: swell serve.")
    case .plan(let request):
      return try plan(request, by: caller, now: now)
    case .approve, .start, .hold, .recall, .resume, .abort, .overrideGate, .openGate,
      .stopStratum, .holdEverything:
      return try steer(command, by: caller, now: now)
    case .rollBack(let name, let reason):
      return try rollBack(name, reason, now: now)
    case .send, .getLog:
      throw ControlError.refused("Messages are sent by a running engine: swell serve.")
    case .accept(let name):
      return try accept(name, now)
    case .endQuarantine(let name, let reason):
      return try endQuarantine(name, reason, caller, now)
    case .note(let name, let text):
      return try addNote(name, text, caller, now)
    case .grantRole(let subject, let name, let role):
      return try grant(role, to: subject, name, caller, now)
    case .revokeRole(let subject, let name):
      return try revoke(subject, name)
    case .saveSelection(let name, let terms):
      return try saveSelection(name, terms, caller, now)
    case .removeSelection(let name): return try removeSelection(name)
    case .setRolePolicy(let policy):
      return try setRolePolicy(policy)
    case .trace(let name, let on): return try trace(name, on: on)
    }
  }

  // MARK: Chargers

  func named(_ identity: String) throws -> LiveCharger {
    guard let charger = try store.charger(identity: identity) else {
      throw ControlError.unknownCharger(identity)
    }
    let found = try liveCharger(charger.id)
    mustFlush = true
    return found
  }

  /// For commands that bear on its upgrade.
  func takenUp(_ identity: String, now: Instant) throws -> LiveCharger {
    if let charger = try store.charger(identity: identity) { try takeUp(charger.id, now: now) }
    return try named(identity)
  }

  static func outcome(
    _ counts: ImportCounts, _ refused: [RefusedRow], _ what: String, _ dryRun: Bool
  ) -> Outcome {
    let taken = "\(counts.added) added, \(counts.changed) changed, \(counts.unchanged) unchanged"
    let message =
      (dryRun ? "Dry run, nothing was stored: " : "")
      + "\(what): \(taken), \(refused.count) refused."
    return Outcome(message: message, refused: refused, imported: counts)
  }

  private func markEndOfLife(
    _ name: String, _ reason: EndOfLife.Reason, _ evidence: String, _ replacement: String,
    _ caller: Caller, _ now: Instant
  ) throws -> Outcome {
    let charger = try takenUp(name, now: now)
    charger.charger.endOfLife = EndOfLife(
      reason: reason, evidence: evidence, replacement: replacement, by: caller.name, at: now)
    try store.save(charger.charger)
    return Outcome(
      message: "\(charger.charger.identity) is marked end-of-life (\(reason.rawValue))."
        + leave(charger, "marked end-of-life"))
  }

  private func pin(_ name: String, _ reason: String, _ caller: Caller, _ now: Instant) throws
    -> Outcome
  {
    guard !reason.isEmpty else { throw ControlError.invalid("A pin needs a reason.") }
    let charger = try takenUp(name, now: now)
    charger.charger.pin = Pin(reason: reason, by: caller.name, at: now)
    try store.save(charger.charger)
    return Outcome(
      message: "\(charger.charger.identity) is pinned." + leave(charger, "pinned: \(reason)"))
  }

  /// Its upgrade ends at the next safe point; says so.
  private func leave(_ charger: LiveCharger, _ reason: String) -> String {
    guard let upgrade = fleet.upgrade(of: charger.charger.id), !upgrade.phase.isEnd else {
      return ""
    }
    feed(charger.charger.id, .cancel(reason: reason))
    return " Its upgrade ends at its next safe point."
  }

  private func rollBack(_ name: String, _ reason: String, now: Instant) throws -> Outcome {
    let charger = try takenUp(name, now: now)
    let id = charger.charger.id
    guard let upgrade = try fleet.upgrade(of: id) ?? store.upgrade(of: id),
      var campaign = try fleet.campaigns[upgrade.campaign] ?? store.campaign(upgrade.campaign)
    else {
      throw ControlError.refused(
        "\(charger.charger.identity) is in no campaign: nothing to roll back.")
    }
    if fleet.upgrade(of: id) == nil { fleet.take(campaign, [upgrade]) }
    if campaign.status == .finished || campaign.status == .aborted {
      // The way back is part of the campaign: it runs again until this one has ended.
      campaign.status = .running
      campaign.revision += 1
      try store.save(campaign)
      fleet.put(campaign)
    }
    try feedNow(id, .rollBack(reason: reason), now: now)
    // In the middle of a switch it is taken note of, and done once the charger is back.
    guard let after = fleet.upgrade(of: id),
      after.phase != upgrade.phase
        || after.memory.rollBackReason != upgrade.memory.rollBackReason
    else {
      throw ControlError.refused(
        "\(charger.charger.identity) is \(upgrade.phase.label): there is no version to take back."
      )
    }
    return Outcome(message: "\(charger.charger.identity) is taken back to 1.6.")
  }
}

extension Command {
  /// What it is about, for the audit.
  var subject: String {
    switch self {
    case .importChargers(_, let source, _), .importTokens(_, let source, _),
      .importSites(_, let source, _):
      source
    case .setSite(let row): row.name
    case .signOff(let site, let integration, _), .revokeSignOff(let site, let integration, _):
      "\(site) \(integration)"
    case .addFirmware(let firmware), .changeFirmware(let firmware):
      "\(firmware.model) \(firmware.version)"
    case .removeFirmware(let id): "firmware \(id.rawValue)"
    case .trustAuthority: "authority"
    case .distrustAuthority(let fingerprint): "authority \(fingerprint.prefix(16))"
    case .markEndOfLife(let charger, _, _, _), .undoEndOfLife(let charger, _),
      .pin(let charger, _), .unpin(let charger, _), .setPassword(let charger, _, _, _),
      .allowDowngrade(let charger, _), .resetSecurity(let charger, _, _),
      .rollBack(let charger, _), .send(let charger, _, _, _), .accept(let charger),
      .endQuarantine(let charger, _), .note(let charger, _), .trace(let charger, _):
      charger
    case .getLog(let request): request.charger
    case .grantRole(_, let name, _), .revokeRole(_, let name): name
    case .saveSelection(let name, _), .removeSelection(let name): "@\(name)"
    case .plan(let request): request.name
    case .approve(let campaign, _), .start(let campaign), .hold(let campaign, _),
      .recall(let campaign, _), .resume(let campaign, _), .abort(let campaign, _):
      campaign
    case .overrideGate(let campaign, let stratum, _), .openGate(let campaign, let stratum, _),
      .stopStratum(let campaign, let stratum, _):
      "\(campaign) \(stratum)"
    case .holdEverything: "everything"
    case .reloadCertificates: "TLS"
    case .setRolePolicy: "roles"
    case .testNotice: "notices"
    }
  }

  var reason: String {
    switch self {
    case .markEndOfLife(_, let reason, let evidence, _):
      evidence.isEmpty ? reason.rawValue : "\(reason.rawValue): \(evidence)"
    case .undoEndOfLife(_, let reason), .pin(_, let reason), .unpin(_, let reason),
      .hold(_, let reason), .recall(_, let reason), .resume(_, let reason),
      .abort(_, let reason), .endQuarantine(_, let reason), .note(_, let reason),
      .overrideGate(_, _, let reason), .openGate(_, _, let reason),
      .stopStratum(_, _, let reason),
      .holdEverything(let reason), .rollBack(_, let reason), .allowDowngrade(_, let reason),
      .resetSecurity(_, _, let reason):
      reason
    case .send(_, _, _, let override): override ?? ""
    // The audit keeps what was meant by the name.
    case .saveSelection(_, let terms): String(terms.prefix(500))
    case .signOff(_, _, let by): "by \(by)"
    case .revokeSignOff(_, _, let reason): reason
    case .importChargers, .importTokens, .importSites, .setSite, .testNotice, .addFirmware,
      .changeFirmware, .removeFirmware,
      .trustAuthority, .distrustAuthority, .setPassword, .plan, .approve, .start,
      .removeSelection, .accept, .grantRole, .revokeRole, .setRolePolicy, .reloadCertificates,
      .trace, .getLog:
      ""
    }
  }
}
