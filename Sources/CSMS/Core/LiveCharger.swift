import Fleet
import Rollout

/// A charger that is connected, or whose state is not written back yet. Core's thread only.
final class LiveCharger {
  var charger: Charger
  var connectors: [ConnectorID: Connector]
  var openSessions: [Session]
  var lastSessionEnd: Instant?
  var connection: ConnectionRef?
  var isDirty = false
  var areConnectorsDirty = false
  var dirtySessions: Set<SessionID> = []

  init(charger: Charger, connectors: [Connector], openSessions: [Session]) {
    self.charger = charger
    self.connectors = Dictionary(connectors.map { ($0.id, $0) }) { _, new in new }
    self.openSessions = openSessions
  }

  var hasUnwritten: Bool { isDirty || areConnectorsDirty || !dirtySessions.isEmpty }

  var view: ChargerView {
    ChargerView(
      identity: charger.identity, online: connection != nil, speaks: charger.speaks,
      firmware: charger.firmware.observed?.value ?? charger.firmware.claimed?.value,
      connectors: connectors.values.filter { $0.id.evse > 0 }.sorted { $0.id < $1.id },
      openSessions: openSessions.count, lastSessionEnd: lastSessionEnd,
      supportsSigned: charger.signedUpdates)
  }

  /// The open session that a message means, by its name or by where it is.
  func openSession(_ reference: SessionReference) -> Session? {
    switch reference {
    case .number(let number): openSessions.first { $0.id.rawValue == number }
    case .key(let key): openSessions.first { $0.key == key }
    }
  }

  func update(_ session: Session) {
    if let at = openSessions.firstIndex(where: { $0.id == session.id }) {
      if session.isOpen { openSessions[at] = session } else { openSessions.remove(at: at) }
    } else if session.isOpen {
      openSessions.append(session)
    }
  }
}
