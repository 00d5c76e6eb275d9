import Fleet
import Rollout
import Transport
import Trust

/// Who is let in, and in which version.
extension Core {
  func admit(_ stranger: Knock) throws {
    guard let charger = try find(stranger) else {
      let knock = stranger
      // One that could not be served anyway must not fill the inventory.
      if settings.admit != .known {
        let why = unservable(knock) ?? strangerRefusal(knock) ?? .tooManyStrangers
        if why == .tooManyStrangers, mentions.strangerLines.mayTell("too many", at: knock.at) {
          log(
            .warning,
            "refused \(knock.identity): \(WaitingRoom.limit) chargers wait to be accepted already")
        }
        return out(knock.connection, .refuse(knock.connection.id, why))
      }
      if mentions.strangerLines.mayTell(knock.identity, at: knock.at) {
        log(
          .warning,
          "refused \(knock.identity): not in the inventory (admit \(settings.admit.rawValue))",
          charger: knock.identity)
      }
      if mentions.strangers.mayTell(knock.identity, at: knock.at) {
        let from = knock.peer.isEmpty ? "" : " (from \(knock.peer))"
        try note(
          nil, .security, "connection refused",
          "\(knock.identity.prefix(64)) is not in the inventory\(from): import it, or serve with "
            + "--admit pending", at: knock.at)
      }
      return out(knock.connection, .refuse(knock.connection.id, .unknownIdentity))
    }
    let knock = adapted(stranger, charger)
    try enter(knock, charger)
  }

  private func find(_ knock: Knock) throws -> Charger? {
    if let known = try store.charger(identity: knock.identity) {
      return live[known.id]?.charger ?? known
    }
    guard settings.admit != .known, unservable(knock) == nil, strangerRefusal(knock) == nil
    else { return nil }
    if settings.admit == .pending {
      let hasRoom = try waitingRoom.takesOneMore(at: knock.at) {
        try store.chargers(
          matching: FleetFilter(.term(.pending)), for: .ocpp201, at: knock.at
        ).count
      }
      guard hasRoom else { return nil }
    }
    var charger = Charger(id: ChargerID(rawValue: 0), identity: knock.identity)
    charger.admission = settings.admit == .pending ? .pending : .known
    // Unknown: the newest that it offers may be taken.
    charger.released = VersionSet(knock.offered)
    let added = try store.add(charger)
    takeIn(added, [], [])
    try note(
      added.id, .note, "admitted", "came unannounced under --admit \(settings.admit.rawValue)",
      at: knock.at)
    return added
  }

  /// Why no version can be spoken with it, whoever it is; nil when one can.
  private func unservable(_ knock: Knock) -> Refusal? {
    if knock.offered.isEmpty {
      return knock.offeredNames.isEmpty ? .noSubprotocol : .noCommonVersion
    }
    return knock.isValidIn2x || knock.offered.contains(.ocpp16) ? nil : .invalidIn2x
  }

  /// The newest released version that the charger offers; one that offers only unreleased ones is
  /// taken and reported, never locked out.
  private func select(
    _ knock: Knock, _ charger: Charger
  ) throws -> (ProtocolVersion, isReleased: Bool)? {
    var offered = VersionSet(knock.offered)
    // An identity that 2.x forbids can only be served under 1.6 (OCPP 2.0.1 part 2, 2.1.4).
    if !knock.isValidIn2x { offered = offered.intersection(.ocpp16) }
    if offered.contains(.ocpp16), try isInOldSession(charger) { return (.ocpp16, true) }
    if let version = offered.intersection(charger.released).newest { return (version, true) }
    return offered.newest.map { ($0, charger.released.isEmpty) }
  }

  /// A session of 1.6 is open, so that messages of it may still wait in the charger. No
  /// specification says that they are sent in another version: it stays on 1.6 until the session
  /// has ended, however long an upgrade waits for that.
  private func isInOldSession(_ charger: Charger) throws -> Bool {
    guard charger.speaks == .ocpp16, charger.migration == nil, charger.released != .ocpp16 else {
      return false
    }
    let open = try live[charger.id]?.openSessions ?? store.openSessions(of: charger.id)
    return open.contains { $0.version == .ocpp16 }
  }

  /// - Parameter text: the stored password that it gave; nil when it gave none that is kept.
  func letIn(
    _ knock: Knock, _ found: Charger, _ entry: Door.Entry, by text: String? = nil
  ) throws {
    guard let (version, isReleased) = try select(knock, found) else {
      let why = unservable(knock) ?? .noCommonVersion
      if mentions.refusals.mayTell("\(found.id.rawValue) offers, \(why)", at: knock.at) {
        let offer =
          why == .noSubprotocol
          ? adviceOnMissingSubprotocol(found)
          : "offers \("\(knock.offeredNames)".bounded(to: 200))"
        log(.warning, "refused \(knock.identity): \(offer)", charger: knock.identity)
      }
      return out(knock.connection, .refuse(knock.connection.id, why))
    }
    if knock.password != nil, knock.identity.contains(":") {
      // Basic credentials are split at the first colon, so this name can't have been checked.
      return try turnAway(knock, found, .anotherUser)
    }
    try takeUp(found.id, now: knock.at)
    let charger = try liveCharger(found)
    charger.quirks = quirks(of: charger.charger)
    if let old = charger.connection, old != knock.connection {
      // Newest authenticated connection wins (lorenzodonini/ocpp-go#314).
      out(old, .close(old.id, reason: "a newer connection of this charger took over"))
      charger.connection = nil
      feed(found.id, .disconnected)
      try countTrouble(.reconnect, of: charger, at: knock.at)
      try noteTakeover(of: charger, by: knock, entry)
    }
    charger.peer = knock.peer
    // What happened before must not be seen in the light of the new connection.
    try settleFollowUps(now: knock.at)
    let before = charger.charger.speaks
    charger.connection = knock.connection
    charger.connectedAt = knock.at
    noteHeard(of: charger, at: knock.at)
    charger.charger.online = true
    charger.charger.lastSeen = knock.at
    charger.charger.speaks = version
    let offered = VersionSet(knock.offered)
    let offeredBefore = charger.charger.versions.observed?.value
    let alarming = offered.subtracting(offeredBefore ?? offered)
      .subtracting(charger.charger.released)
    // One that offers less than before may only be probing.
    let isFewer = offeredBefore.map { offered != $0 && offered.subtracting($0).isEmpty } ?? false
    charger.offersFewer = isFewer ? offered : nil
    if offeredBefore != offered, !isFewer {
      charger.charger.versions.observed = .init(offered, source: "handshake", at: knock.at)
    }
    if charger.charger.released.isEmpty { charger.charger.released = VersionSet(version) }
    try noteEntry(entry, of: charger, knock, by: text)
    charger.isDirty = true
    flushLater()
    if !isReleased {
      // Told when it is news, not at every connect.
      if offeredBefore != offered || before != version {
        let text =
          "offers only \(offered.label) although \(charger.charger.released.label) is released; taken in \(version.label)"
        log(.warning, "\(knock.identity) \(text)", charger: knock.identity)
        try note(found.id, .upgrade, "unreleased version", text, at: knock.at)
      }
    } else if !alarming.isEmpty {
      let text =
        "now offers \(alarming.label) too; stays on \(version.label) until it is released"
      log(.warning, "\(knock.identity) \(text)", charger: knock.identity)
      try note(found.id, .upgrade, "new version offered", text, at: knock.at)
    }
    if version == .ocpp16, let newest = offered.intersection(charger.charger.released).newest,
      newest != version, try isInOldSession(charger.charger),
      mentions.refusals.mayTell("\(found.id.rawValue) in a session", at: knock.at)
    {
      try note(
        found.id, .upgrade, "session",
        "stays on \(version.label) until its session has ended: what it has not sent of it yet is not lost in \(newest.label)",
        at: knock.at)
    }
    if before != version {
      try note(found.id, .connected, "connected", "speaks \(version.label)", at: knock.at)
    }
    noteReturn(charger)
    try takeUpDebt(of: found.id)
    out(
      knock.connection,
      .admit(
        knock.connection.id,
        Welcome(
          charger: found.id, identity: charger.charger.identity, version: version,
          namesVersion: !knock.offeredNames.isEmpty, wantsBoot: isUnknown(charger.charger),
          isStranger: charger.charger.admission == .pending || charger.hasExpiredCertificate,
          quirks: charger.quirks)))
    feed(found.id, .connected(version))
    dispatchSoon(knock.at)
  }

  /// Whoever knows the name of a charger that proves nothing can take its connection away. Some
  /// chargers change their address, so it is told and not refused.
  private func noteTakeover(
    of charger: LiveCharger, by knock: Knock, _ entry: Door.Entry
  ) throws {
    guard entry.profile == .unsecured, charger.peer != knock.peer, !charger.peer.isEmpty,
      mentions.takeovers.mayTell("\(charger.charger.id.rawValue)", at: knock.at)
    else { return }
    try note(
      charger.charger.id, .security, "connection taken over",
      "was connected from \(charger.peer), now from \(knock.peer); without a password nothing "
        + "proves that it is the same charger", at: knock.at)
  }

  /// It never said what it is, and no upgrade asks it.
  private func isUnknown(_ charger: Charger) -> Bool {
    (charger.model.observed == nil || charger.firmware.observed == nil) && !isUpgrading(charger.id)
  }

  /// An upgrade of it has begun and not ended.
  func isUpgrading(_ id: ChargerID) -> Bool {
    fleet.upgrade(of: id).map { !$0.phase.isEnd && $0.phase != .planned } ?? false
  }

  /// Proved on a newer version, released for it, and yet on an older one.
  private func isBelowProved(_ charger: Charger) -> Bool {
    guard let proved = charger.migration?.proved, let speaks = charger.speaks else { return false }
    return speaks < proved && charger.released.contains(VersionSet(proved))
  }

  private func noteReturn(_ charger: LiveCharger) {
    guard charger.charger.migration?.regressedAt != nil, !isBelowProved(charger.charger) else {
      return
    }
    charger.charger.migration?.regressedAt = nil
  }

  /// Called at signs of life. Some chargers try the older version for some seconds before each
  /// connection (lbbrhzn/ocpp#2012): only one that stays offers less, or has gone back.
  func noteStay(_ charger: LiveCharger, at now: Instant) {
    if let offered = charger.offersFewer, let since = charger.connectedAt,
      since + settings.probeLasts <= now
    {
      charger.charger.versions.observed = .init(offered, source: "handshake", at: since)
      charger.offersFewer = nil
      charger.isDirty = true
      flushLater()
    }
    noteRegression(charger, at: now)
  }

  private func noteRegression(_ charger: LiveCharger, at now: Instant) {
    guard let record = charger.charger.migration, record.regressedAt == nil,
      let since = charger.connectedAt, since + settings.probeLasts <= now,
      isBelowProved(charger.charger)
    else { return }
    charger.charger.migration?.regressedAt = since
    charger.isDirty = true
    flushLater()
  }

  /// A charger that does not answer is made to connect anew. An upgrade under way decides for
  /// itself: a download may end with the connection.
  func drop(deaf connection: ConnectionRef, _ id: ChargerID, calls: Int, now: Instant) throws {
    guard let charger = live[id], charger.connection == connection, !isUpgrading(id) else { return }
    try note(
      id, .upgrade, "deaf",
      "answers nothing: \(calls) calls in a row; connection closed so that it comes anew", at: now)
    out(connection, .close(connection.id, reason: "it answers no calls"))
  }

  /// A charger negotiated one version and speaks another.
  func noteOldSpeech(_ connection: ConnectionRef, _ id: ChargerID, now: Instant) throws {
    guard let charger = live[id], charger.connection == connection,
      let version = charger.charger.speaks,
      mentions.refusals.mayTell("\(id.rawValue) speaks old", at: now)
    else { return }
    let text =
      "negotiated \(version.label) and speaks 1.6 on it: only what sessions are made of is taken"
    log(.warning, "\(charger.charger.identity) \(text)")
    try note(id, .upgrade, "wrong version", text, at: now)
  }

  func disconnected(_ connection: ConnectionRef, _ id: ChargerID, now: Instant) throws {
    // A late close of an older connection must not touch the newer one.
    guard let charger = live[id], charger.connection == connection else { return }
    charger.connection = nil
    charger.charger.online = false
    charger.charger.lastSeen = now
    charger.isDirty = true
    flushLater()
    if !isStopping { try countTrouble(.reconnect, of: charger, at: now) }
    feed(id, .disconnected)
  }

  /// The state of a charger, read when it is not in memory.
  func liveCharger(_ id: ChargerID) throws -> LiveCharger {
    if let known = live[id] { return known }
    guard let charger = try store.charger(id) else { throw EngineError.lostCharger(id) }
    return try liveCharger(charger)
  }

  /// Takes a charger into memory whose row was read in the transaction in progress.
  private func liveCharger(_ charger: Charger) throws -> LiveCharger {
    let id = charger.id
    if let known = live[id] { return known }
    let made = takeIn(charger, try store.connectors(of: id), try store.openSessions(of: id))
    // A restart must not forget the quiet that a drain waits for.
    if let upgrade = fleet.upgrade(of: id) {
      if !upgrade.phase.isEnd { made.lastSessionEnd = try store.lastSessionEnd(of: id) }
      if let numbering = upgrade.memory.numbering { made.connectorsFamily = numbering.family }
    }
    return made
  }

  @discardableResult
  private func takeIn(
    _ charger: Charger, _ connectors: [Connector], _ openSessions: [Session]
  ) -> LiveCharger {
    let made = LiveCharger(
      charger: charger, connectors: connectors, openSessions: openSessions)
    made.quirks = quirks(of: charger)
    made.notes = presenceNotes
    live[charger.id] = made
    return made
  }

  /// Appends an engine's own entry to the ledger.
  func note(
    _ charger: ChargerID?, _ kind: LedgerEntry.Kind, _ action: String, _ text: String, at: Instant
  ) throws {
    lastLedger = try store.append(
      LedgerEntry(charger: charger, at: at, kind: kind, action: action, body: Array(text.utf8)))
    hasNews = true
  }
}

/// What only a broken inventory or a broken engine causes.
package enum EngineError: Error, Sendable {
  case lostCharger(ChargerID)
  /// An address can't be listened on.
  case listening(String, TransportError)
  /// The files of TLS can't be used; the sentence says which and why.
  case certificates(String)
}

extension VersionSet {
  init(_ versions: [ProtocolVersion]) {
    self = versions.reduce(into: []) { $0.insert(VersionSet($1)) }
  }
}
