import Control
import Fleet
import OCPP
import Rollout
import Trust

/// A person's own messages, under the guard rails.
extension Core {
  /// Queues the message behind what the charger is being asked; the answer comes into `slot`.
  func send(_ command: Command, by caller: Caller, into slot: AnswerSlot, now: Instant) throws {
    guard case .send(let name, let action, let payload, let override) = command else { return }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(text: payload)
    } catch {
      throw ControlError.invalid("The message is no JSON: \(error).")
    }
    let shown = String(Redaction.frame(Array(payload.utf8)).prefix(500))
    try send(
      command, to: try named(name), action, json, shown, override, by: caller, into: slot, now)
  }

  /// Asks for a log, in the words of the version that the charger speaks now.
  func ask(
    for request: LogRequest, number: Int, by caller: Caller, into slot: AnswerSlot, now: Instant
  ) throws {
    guard let uploads else {
      throw ControlError.refused("Logs are taken by a running engine: swell serve.")
    }
    let charger = try named(request.charger)
    let identity = charger.charger.identity
    guard let version = charger.charger.speaks, charger.connection != nil else {
      throw ControlError.refused("\(identity) is not connected.")
    }
    let link = UploadLink(
      place: UploadName.place(identity), kind: request.kind, request: number,
      expires: now + settings.linkLifetime)
    let (action, payload) = LogOrder.message(
      request, in: version, number: number, location: depotURL + uploads.path(of: link))
    try send(
      .getLog(request), to: charger, action, payload, "\(action), request \(number)", nil,
      by: caller, into: slot, now)
  }

  /// - Parameter shown: what the audit says was asked for; a link that lets files in is not shown.
  private func send(
    _ command: Command, to charger: LiveCharger, _ action: String, _ json: JSON, _ shown: String,
    _ override: String?, by caller: Caller, into slot: AnswerSlot, _ now: Instant
  ) throws {
    let identity = charger.charger.identity
    guard let connection = charger.connection else {
      throw ControlError.refused("\(identity) is not connected.")
    }
    var overridden = ""
    if let hindrance = MessageHarm(action, json).flatMap({ hindrance(charger, $0) })
      ?? charger.quirks.objection(to: action, json)
    {
      guard let override, !override.isEmpty else {
        if case .getLog = command { throw ControlError.refused(hindrance) }
        throw ControlError.refused(
          "\(hindrance) To send \(action) all the same, give a reason with --override.")
      }
      log(.warning, "\(caller.name) overrides: \(hindrance) Reason: \(override)")
      overridden = "overriding \"\(hindrance)\": "
    }
    try store.transaction {
      try audit(command, caller, "\(overridden)asked for: \(shown)", now: now)
    }
    out(
      connection,
      .call(
        connection.id, messageID: Hex.encode(Random.bytes(16)), action: action, payload: json, slot)
    )
    send(now: now)
  }

  /// What became of a person's message, for the audit.
  func note(_ command: Command, by caller: Caller, _ outcome: String) throws {
    try store.transaction { try audit(command, caller, outcome, now: SystemClock.now) }
  }

  /// Why a message that does harm may not be sent now (invariants 1 and 11); nil when it may.
  private func hindrance(_ charger: LiveCharger, _ harm: MessageHarm) -> String? {
    let identity = charger.charger.identity
    if harm == .changesWhatItRuns {
      if charger.charger.endOfLife != nil { return "\(identity) is marked end-of-life." }
      if charger.charger.pin != nil { return "\(identity) is pinned." }
      if charger.charger.quarantine != nil { return "\(identity) is quarantined." }
      if (try? store.readiness(of: charger.charger))?.verdict == .tooSmall {
        return "\(identity) is too small."
      }
    }
    if let upgrade = fleet.upgrade(of: charger.charger.id), !upgrade.phase.isEnd,
      upgrade.phase != .planned
    {
      return "\(identity) is in an upgrade (\(upgrade.phase.label))."
    }
    if !charger.openSessions.isEmpty { return "A car charges at \(identity)." }
    let plugs = charger.hasForeignConnectors ? [] : charger.plugs
    guard !plugs.isEmpty else { return "The connectors of \(identity) are not known yet." }
    return plugs.first { $0.state.isTaken }.map {
      "Connector \($0.id.evse) of \(identity) is \($0.state.label)."
    }
  }
}

/// What a person's message may do to a charger besides being answered.
enum MessageHarm: Equatable {
  /// Firmware, or where it connects and how.
  case changesWhatItRuns
  /// It restarts, and a session would end.
  case restarts

  /// Nil when it does none.
  init?(_ action: String, _ payload: JSON) {
    switch action {
    case "UpdateFirmware", "SignedUpdateFirmware", "PublishFirmware", "SetNetworkProfile":
      self = .changesWhatItRuns
    case "Reset":
      self = .restarts
    case "ChangeConfiguration":
      guard Self.restarts(payload["key"]?.string) else { return nil }
      self = .restarts
    case "SetVariables":
      let names = payload["setVariableData"]?.array?.map { $0["variable"]?["name"]?.string } ?? []
      guard names.contains(where: Self.restarts) else { return nil }
      self = .restarts
    default: return nil
    }
  }

  private static func restarts(_ name: String?) -> Bool {
    name.map(Disruption.restarts) ?? false
  }
}

extension ConnectorState {
  /// A car is there or about to be served.
  fileprivate var isTaken: Bool {
    switch self {
    case .available, .reserved, .unavailable, .faulted: false
    case .preparing, .charging, .suspendedByCar, .suspendedByCharger, .finishing, .occupied: true
    }
  }
}
