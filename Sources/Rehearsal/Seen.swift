import Fleet
import Rollout

/// What the engine knows of a charger.
struct Seen: Sendable, Equatable {
  // Kept over a restart.
  var firmware: String?
  var connectors: [Connector] = []
  /// Whose numbers the connectors have.
  var numbering: ProtocolVersion?
  var sessions: Set<Int> = []
  var lastSessionEnd: Instant?
  var supportsSigned: Bool?
  var released = VersionSet.ocpp16
  var mark: String?
  var speaks: ProtocolVersion?
  // Lost with the process.
  var online = false

  func view(identity: String) -> ChargerView {
    var view = ChargerView(
      identity: identity, online: online, speaks: speaks, firmware: firmware,
      connectors: connectors, openSessions: sessions.count, lastSessionEnd: lastSessionEnd,
      supportsSigned: supportsSigned)
    view.numbering = numbering
    return view
  }
}
