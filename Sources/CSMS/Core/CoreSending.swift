import Control
import Fleet
import OCPP
import Rollout
import Trust

/// A person's own messages, under the guard rails.
extension Core {
  /// Messages that end sessions, take the charger down or change what it runs.
  private static let disruptive: Set<String> = [
    "UpdateFirmware", "SignedUpdateFirmware", "PublishFirmware", "Reset", "SetNetworkProfile",
  ]

  /// Queues the message behind what the charger is being asked; the answer comes into `slot`.
  func send(_ command: Command, by caller: Caller, into slot: AnswerSlot, now: Instant) throws {
    guard case .send(let name, let action, let payload, let override) = command else { return }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(text: payload)
    } catch {
      throw ControlError.invalid("The message is no JSON: \(error).")
    }
    let charger = try named(name)
    let identity = charger.charger.identity
    guard let connection = charger.connection else {
      throw ControlError.refused("\(identity) is not connected.")
    }
    if Self.disruptive.contains(action), let hindrance = hindrance(charger, action) {
      guard let override, !override.isEmpty else {
        throw ControlError.refused(
          "\(hindrance) To send \(action) all the same, give a reason with --override.")
      }
      log(.warning, "\(caller.name) overrides: \(hindrance) Reason: \(override)")
    }
    try store.transaction {
      try audit(command, caller, "asked for: \(payload.prefix(500))", now: now)
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

  private func hindrance(_ charger: LiveCharger, _ action: String) -> String? {
    let identity = charger.charger.identity
    if action != "Reset" {
      if charger.charger.endOfLife != nil { return "\(identity) is marked end-of-life." }
      if charger.charger.pin != nil { return "\(identity) is pinned." }
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
    if charger.connectors.isEmpty { return "The connectors of \(identity) are not known yet." }
    return nil
  }
}
