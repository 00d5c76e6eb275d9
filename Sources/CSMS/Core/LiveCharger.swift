import Fleet
import Rollout

/// Versions that number connectors and sessions alike.
enum ProtocolFamily: Sendable { case v16, v2 }

extension ProtocolVersion {
  var family: ProtocolFamily { self == .ocpp16 ? .v16 : .v2 }
}

/// A charger that is connected, or whose state is not written back yet. Core's thread only.
final class LiveCharger {
  var charger: Charger
  var connectors: ConnectorStates
  /// The oldest first, at most `openLimit` of them.
  var openSessions: [Session] { didSet { notes?.note(self) } }
  /// More than charge at one charger; each may come to take some tens of kilobytes.
  static let openLimit = 64
  var lastSessionEnd: Instant?
  var connection: ConnectionRef? { didSet { notes?.note(self) } }
  /// Told of its comings and goings. Weak: it holds who was noted, and nobody would ever be let go.
  weak var notes: PresenceNotes?
  var isNoted = false
  var isDirty = false
  /// Connectors whose rows are behind.
  var changedConnectors: [ConnectorID] = []
  /// The rows of all its connectors are to be those in memory: they have other numbers now.
  var replacesConnectors = false
  /// 1.6 numbers connectors flat, 2.x by EVSE: whose numbers `connectors` has.
  var connectorsFamily: ProtocolFamily?
  /// States from before its last boot: the first report after it counts, whatever its time.
  var staleConnectors: Set<ConnectorID> = []
  /// States whose time is that of their receipt, which no time of the charger is compared with.
  var receiptTimed: Set<ConnectorID> = []
  /// Odd times that were told already.
  var toldFlaws: ClockFlaws = []
  /// The connection it last booted on: a second boot on it is a repeat, not a reboot.
  var bootedOn: ConnectionRef?
  var connectedAt: Instant?
  /// The address that it last connected from.
  var peer = ""
  /// The hour, since 1970, that the counters of its health have it as heard of.
  var heardHour: Int64?
  /// A moment of each hour that its counters do not have yet.
  var heardAt: [Instant] = []
  /// What it offered for this connection, where it has offered more before: a probe does not last.
  var offersFewer: VersionSet?
  /// Open sessions whose rows are behind, each once. A list: there is mostly one.
  var dirtySessions: [SessionID] = []
  /// Its certificate of this connection is for this serial number; nil: it is for its identity, or
  /// it showed none.
  var certificateSerial: String?
  /// It is Pending until it comes with a new certificate.
  var hasExpiredCertificate = false
  /// What the quirk table says of it.
  var quirks = QuirkSet.none
  /// What was let pass of it; nil while nothing was since it came into memory.
  var tolerations: TolerationBook?

  init(charger: Charger, connectors: [Connector], openSessions: [Session]) {
    self.charger = charger
    self.connectors = ConnectorStates(connectors)
    self.openSessions = openSessions
    connectorsFamily = charger.speaks?.family
  }

  /// They are still those of the other family, until its first report in this one.
  var hasForeignConnectors: Bool {
    guard let connectorsFamily, let family = charger.speaks?.family else { return false }
    return connectorsFamily != family
  }

  /// Connectors that a car can be plugged into, in order: number 0 is the whole charger.
  var plugs: [Connector] {
    connectors.all.filter { $0.id.evse > 0 }
  }

  /// Its rows are behind, or it need not be in memory any more.
  var needsWriting: Bool {
    isDirty || !changedConnectors.isEmpty || !dirtySessions.isEmpty || connection == nil
      || !heardAt.isEmpty || tolerations?.isChanged == true
  }

  var view: ChargerView {
    var view = ChargerView(
      identity: charger.identity, online: connection != nil, speaks: charger.speaks,
      firmware: charger.firmware.observed?.value ?? charger.firmware.claimed?.value,
      connectors: plugs,
      openSessions: openSessions.count, lastSessionEnd: lastSessionEnd,
      supportsSigned: charger.signedUpdates)
    view.numbering = numbering
    return view
  }

  /// The version whose numbers `connectors` has; 2.0.1 stands for 2.1 too.
  var numbering: ProtocolVersion? {
    connectorsFamily.map { $0 == .v16 ? .ocpp16 : .ocpp201 }
  }

  /// Connectors that one charger can have; what tells of more is not believed.
  private static let connectorLimit = 256

  /// Takes a reported state, unless a newer one is known: offline reports may come late
  /// (steve-community/steve#79). Order is by the charger's own times where there are two to compare.
  func take(_ connector: Connector, in family: ProtocolFamily, isReceiptTime: Bool) {
    let id = connector.id
    if connectorsFamily != family {
      // The whole charger alone does not unsay what its connectors are (lbbrhzn/ocpp#2008).
      guard id.evse > 0 || connectors.isEmpty else { return }
      connectors = ConnectorStates()
      changedConnectors = []
      replacesConnectors = true
      staleConnectors = []
      receiptTimed = []
      connectorsFamily = family
    }
    if let known = connectors[id] {
      if known.at > connector.at, !isReceiptTime, !receiptTimed.contains(id),
        !staleConnectors.contains(id)
      {
        return
      }
    } else if connectors.count >= Self.connectorLimit || id.evse < 0 || id.connector < 0 {
      return
    }
    if !staleConnectors.isEmpty { staleConnectors.remove(id) }
    if isReceiptTime {
      receiptTimed.insert(id)
    } else if !receiptTimed.isEmpty {
      receiptTimed.remove(id)
    }
    connectors[id] = connector
    if !changedConnectors.contains(id) { changedConnectors.append(id) }
  }

  /// The open session that a message means, by its name or by where it is.
  func openSession(_ reference: SessionReference) -> Session? {
    openIndex(reference).map { openSessions[$0] }
  }

  private func openIndex(_ reference: SessionReference) -> Int? {
    switch reference {
    // Numbers are those of 1.6 alone: a row of 2.x has one too, which no charger was told.
    case .number(let number):
      openSessions.firstIndex { $0.id.rawValue == number && $0.version == .ocpp16 }
    case .key(let key): openSessions.firstIndex { $0.key == key }
    }
  }

  /// Takes an update into the open session it means, whose row follows later.
  ///
  /// - Parameter record: the ledger's row of the update; asked for only when it is new.
  func take(_ update: SessionUpdate, record: () throws -> Int64) rethrows -> Taken {
    guard let index = openIndex(update.session) else { return .notOpen }
    guard openSessions[index].take(update) else { return .known }
    openSessions[index].entries.append(try record())
    let id = openSessions[index].id
    if !dirtySessions.contains(id) { dirtySessions.append(id) }
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
