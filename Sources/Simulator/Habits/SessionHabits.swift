import OCPP

// When cars come, and what becomes of their records.
extension Station {
  /// A session that a habit brings: local, on the first connector, and short.
  private mutating func beginShort(_ now: Int64) {
    guard connectors[0].session == nil else { return }
    begin(SessionPlan(connector: 1, token: token(), cause: .local, isShort: true), now)
  }

  /// The first boot of its life was accepted.
  mutating func firstAccepted(_ now: Int64) {
    if profile.has(.busy), isFree(connectors[0]) {
      begin(SessionPlan(connector: 1, token: token(), cause: .local), now)
    }
    if profile.has(.lateStatus) { beginShort(now) }
    if isAboutToLeave {
      act(.schedule(.leave, after: timing.habits.stay))
    }
    if profile.has(.selfUpdating) {
      act(.schedule(.selfUpdate, after: timing.habits.selfUpdate))
    }
  }

  /// A car that starts as a command arrives that will be taken: its start is on its way before the
  /// answer.
  mutating func cross(_ action: String, _ now: Int64) {
    guard profile.has(.lateSession), registration == .accepted else { return }
    let update = version == .v16 && profile.isSigned ? "SignedUpdateFirmware" : "UpdateFirmware"
    guard action == update || action == "Reset", memory.crossed.insert(action).inserted else {
      return
    }
    beginShort(now)
    pump(now)
  }

  /// Whether a reset that ends sessions waits for them all the same.
  var waitsForCars: Bool { profile.has(.lateSession) }

  /// With a new image, before it connects: a car charges offline. True when it does.
  mutating func chargesOffline(_ now: Int64) -> Bool {
    guard profile.has(.offlineQueue) || profile.has(.doubleStop), !memory.hasChargedOffline,
      job?.phase == .proving, connectors[0].session == nil
    else { return false }
    memory.hasChargedOffline = true
    beginShort(now)
    phase = .waiting
    act(.schedule(.reconnect, after: timing.habits.session.upperBound + 50))
    return true
  }

  /// The end of a session is in the ledger; some send it once more.
  mutating func repeatStop(_ end: SessionEnd) {
    guard profile.has(.doubleStop), !isOnline || end == .reboot || end == .reset,
      var stop = ledger.messages.last, stop.kind == .stop
    else { return }
    stop.id = nextID()
    ledger.add(stop)
  }
}
