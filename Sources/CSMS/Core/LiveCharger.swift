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
  /// Numbered as the other protocol family does; replaced by its first status in the new one.
  var hasForeignConnectors = false
  var areConnectorsDirty = false
  var dirtySessions: Set<SessionID> = []

  init(charger: Charger, connectors: [Connector], openSessions: [Session]) {
    self.charger = charger
    self.connectors = Dictionary(connectors.map { ($0.id, $0) }) { _, new in new }
    self.openSessions = openSessions
  }

  /// Its rows are behind, or it need not be in memory any more.
  var needsWriting: Bool {
    isDirty || areConnectorsDirty || !dirtySessions.isEmpty || connection == nil
  }

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
    openIndex(reference).map { openSessions[$0] }
  }

  private func openIndex(_ reference: SessionReference) -> Int? {
    switch reference {
    case .number(let number): openSessions.firstIndex { $0.id.rawValue == number }
    case .key(let key): openSessions.firstIndex { $0.key == key }
    }
  }

  /// Takes an update into the open session it means, whose row follows later.
  func take(_ update: SessionUpdate) -> Taken {
    guard let index = openIndex(update.session) else { return .notOpen }
    if let number = update.sequence, !openSessions[index].sequence.insert(number) {
      return .known
    }
    if let register = update.register { openSessions[index].meterLast = register }
    dirtySessions.insert(openSessions[index].id)
    return .new
  }

  enum Taken { case notOpen, known, new }

  func update(_ session: Session) {
    if let at = openSessions.firstIndex(where: { $0.id == session.id }) {
      if session.isOpen { openSessions[at] = session } else { openSessions.remove(at: at) }
    } else if session.isOpen {
      openSessions.append(session)
    }
  }
}
