import OCPP

/// What a station looks like from the street.
package struct StationSnapshot: Sendable, Equatable {
  package var identity: String
  package var firmware: String
  /// The version spoken; nil while offline.
  package var version: OCPPVersion?
  package var isAccepted: Bool
  /// Whether any boot was ever accepted.
  package var hasBeenAccepted: Bool
  /// Whether a habit is still to take it away for the first time.
  package var isAboutToLeave: Bool
  package var isCharging: Bool
  package var isUpdating: Bool
  package var isBricked: Bool
  /// Connectors that no car charges at and that are not open to drivers.
  package var closedConnectors: Int
  /// Whether a transaction message waits for its answer.
  package var hasUnacknowledged: Bool
  /// Its sessions, oldest first.
  package var sessions: [SessionRecord]

  package var isOnline: Bool { version != nil }

  init(_ station: Station) {
    identity = station.profile.identity
    firmware = station.firmware
    version = station.version
    isAccepted = station.isAccepted
    hasBeenAccepted = station.hasBeenAccepted
    isAboutToLeave = station.isAboutToLeave
    isCharging = station.isCharging
    isUpdating = station.isUpdating
    isBricked = station.isBricked
    closedConnectors = station.connectors.count { $0.session == nil && !station.isFree($0) }
    hasUnacknowledged = station.hasUnacknowledged
    sessions = station.ledger.sessions
  }
}
