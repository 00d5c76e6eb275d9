import Control
import Fleet
import OCPP
import Rollout

/// What people say of chargers, and who may say what.
extension Core {
  func accept(_ name: String, _ now: Instant) throws -> Outcome {
    let charger = try named(name)
    let identity = charger.charger.identity
    guard charger.charger.admission == .pending else {
      throw ControlError.refused("\(identity) is in the inventory already.")
    }
    charger.charger.admission = .known
    try store.save(charger.charger)
    try note(charger.charger.id, .note, "accepted", "taken into the inventory", at: now)
    if let connection = charger.connection { out(connection, .accepted(connection.id)) }
    return Outcome(
      message: "\(identity) is in the inventory. "
        + (charger.connection == nil
          ? "It is served when it connects."
          : "Its next boot is accepted, within \(settings.pendingInterval) s."))
  }

  func endQuarantine(_ name: String, _ reason: String, _ caller: Caller, _ now: Instant) throws
    -> Outcome
  {
    guard !reason.isEmpty else {
      throw ControlError.invalid("Say what was found or done: a reason is needed.")
    }
    let charger = try named(name)
    let identity = charger.charger.identity
    guard charger.charger.quarantine != nil else {
      throw ControlError.refused("\(identity) is not quarantined.")
    }
    charger.charger.quarantine = nil
    try store.save(charger.charger)
    try note(
      charger.charger.id, .upgrade, "quarantine",
      "quarantine ended by \(caller.name): \(reason)", at: now)
    let readiness = try store.readiness(of: charger.charger)
    return Outcome(
      message: "\(identity) is out of quarantine. Now \(readiness.reason)")
  }

  /// Longest note, in characters.
  private static let noteLimit = 500

  func addNote(_ name: String, _ text: String, _ caller: Caller, _ now: Instant) throws -> Outcome {
    let words = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    guard !words.isEmpty, words.count <= Self.noteLimit else {
      throw ControlError.invalid(
        "A note has 1 to \(Self.noteLimit) characters; this one has \(words.count).")
    }
    let charger = try named(name)
    let line = "\(DateTime.format(now.milliseconds).prefix(10)) \(caller.name): \(words)"
    let notes = charger.charger.notes
    charger.charger.notes = notes.isEmpty ? line : "\(notes)\n\(line)"
    try store.save(charger.charger)
    return Outcome(message: "Noted at \(charger.charger.identity).")
  }

  // MARK: Roles

  func grant(
    _ role: Role, to subject: RoleGrant.Subject, _ name: String, _ caller: Caller, _ now: Instant
  ) throws -> Outcome {
    try store.setRole(
      RoleGrant(subject: subject, name: name, role: role, by: caller.name, at: now))
    return Outcome(message: "\(subject.label(name)) may now act as \(role.label).")
  }

  func revoke(_ subject: RoleGrant.Subject, _ name: String) throws -> Outcome {
    guard try store.removeRole(subject) else {
      throw ControlError.refused("\(subject.label(name)) was given no role.")
    }
    return Outcome(message: "\(subject.label(name)) has no role any more.")
  }

  func setRolePolicy(_ policy: RolePolicy) throws -> Outcome {
    try store.setRolePolicy(policy)
    return Outcome(
      message: policy.fourEyes
        ? "Four eyes: whoever plans a campaign can neither approve it nor decide on its gates."
        : "Whoever plans a campaign may approve it too.")
  }

  /// Refuses who planned a campaign where another person must decide.
  func checkFourEyes(on campaign: Campaign, _ caller: Caller, to deed: String) throws {
    guard caller.name == campaign.author else { return }
    let isAsked = try store.rolePolicy().fourEyes
    guard isAsked || campaign.playbook.gate.fourEyes else { return }
    throw ControlError.refused(
      "Four eyes: \(campaign.author) planned \(campaign.name), so somebody else must \(deed)"
        + (isAsked ? "." : "; its playbook asks for it."))
  }

  /// Records that somebody tried what their role does not allow.
  func forbid(_ command: Command, to caller: Caller, now: Instant) throws -> ControlError {
    let whoMay = try store.roles().filter { $0.role >= command.role }
      .map { $0.subject.label($0.name) }
    let error = ControlError.forbidden(
      needs: command.role, has: caller.role, action: command.word, whoMay: whoMay)
    try refused(command, caller, error, now: now)
    return error
  }

  /// Records a refusal; nothing else of the command is left.
  func refused(_ command: Command, _ caller: Caller, _ error: ControlError, now: Instant) throws {
    try store.transaction { try audit(command, caller, "refused: \(error.message)", now: now) }
    send(now: now)
  }
}

extension RoleGrant.Subject {
  /// `anna`, `group fleetops`.
  func label(_ name: String) -> String {
    switch self {
    case .user: name
    case .group: "group \(name)"
    }
  }
}
