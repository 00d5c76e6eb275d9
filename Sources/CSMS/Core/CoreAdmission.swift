import Fleet
import Rollout
import Trust

/// Who is let in, and in which version.
extension Core {
  func admit(_ knock: Knock) throws {
    guard let charger = try find(knock) else {
      // One that could not be served anyway must not fill the inventory.
      if settings.admit != .known, let why = unservable(knock) {
        return out(knock.connection, .refuse(knock.connection.id, why))
      }
      if refusals.mayTell(knock.identity, at: knock.at) {
        log(.warning, "refused \(knock.identity): not in the inventory (admit \(settings.admit))")
      }
      return out(knock.connection, .refuse(knock.connection.id, .unknownIdentity))
    }
    guard let stored = charger.passwordHash else { return try letIn(knock, charger) }
    guard let password = knock.password, knock.userName == nil || isNamed(charger, by: knock)
    else { return try turnAway(knock, charger, "no password, or another user name") }
    let secret: StoredSecret
    do {
      secret = try StoredSecret(text: stored)
    } catch {
      return try turnAway(knock, charger, "its stored password can't be read; set it again")
    }
    if let right = rightPasswords[charger.id],
      constantTimeEquals(right, digest(password, stored))
    {
      return try letIn(knock, charger)
    }
    switch secret {
    case .keyed: try passwordChecked(knock, charger.id, isRight: secret.verify(password))
    case .scrypt: startPasswordCheck(knock, charger.id, secret)
    }
  }

  func passwordChecked(_ knock: Knock, _ id: ChargerID, isRight: Bool) throws {
    guard let charger = try live[id]?.charger ?? store.charger(id) else {
      return out(knock.connection, .refuse(knock.connection.id, .unknownIdentity))
    }
    guard isRight else { return try turnAway(knock, charger, "wrong password") }
    if let password = knock.password, let stored = charger.passwordHash {
      rightPasswords[id] = digest(password, stored)
    }
    try letIn(knock, charger)
  }

  /// It depends on the stored hash too: a changed password forgets what was right before.
  private func digest(_ password: [UInt8], _ stored: String) -> [UInt8] {
    HMAC.sha256(key: processKey, password + Array(stored.utf8))
  }

  private func turnAway(_ knock: Knock, _ charger: Charger, _ why: String) throws {
    // The ledger only grows: a stranger must not be able to fill it by guessing.
    if refusals.mayTell("\(charger.id.rawValue) \(why)", at: knock.at) {
      log(.warning, "refused \(knock.identity): \(why)")
      try note(charger.id, .security, "connection refused", why, at: knock.at)
    }
    out(knock.connection, .refuse(knock.connection.id, .wrongPassword))
  }

  /// The user name must be the identity (OCPP 2.0.1 A00.FR.207).
  private func isNamed(_ charger: Charger, by knock: Knock) -> Bool {
    knock.userName == knock.identity || knock.userName == charger.identity
  }

  private func find(_ knock: Knock) throws -> Charger? {
    if let known = try store.charger(identity: knock.identity) {
      return live[known.id]?.charger ?? known
    }
    guard settings.admit != .known, unservable(knock) == nil else { return nil }
    var charger = Charger(id: ChargerID(rawValue: 0), identity: knock.identity)
    charger.admission = settings.admit == .pending ? .pending : .known
    // Unknown: the newest that it offers may be taken.
    charger.released = VersionSet(knock.offered)
    let added = try store.add(charger)
    try note(
      added.id, .note, "admitted", "came unannounced under --admit \(settings.admit)", at: knock.at)
    return added
  }

  /// Why no version can be spoken with it, whoever it is; nil when one can.
  private func unservable(_ knock: Knock) -> Refusal? {
    if knock.offered.isEmpty { return .noCommonVersion }
    return knock.isValidIn2x || knock.offered.contains(.ocpp16) ? nil : .invalidIn2x
  }

  /// The newest released version that the charger offers; one that offers only unreleased ones is
  /// taken and reported, never locked out.
  private func select(_ knock: Knock, _ charger: Charger) -> (ProtocolVersion, isReleased: Bool)? {
    var offered = VersionSet(knock.offered)
    // An identity that 2.x forbids can only be served under 1.6 (OCPP 2.0.1 part 2, 2.1.4).
    if !knock.isValidIn2x { offered = offered.intersection(.ocpp16) }
    if let version = offered.intersection(charger.released).newest { return (version, true) }
    return offered.newest.map { ($0, charger.released.isEmpty) }
  }

  private func letIn(_ knock: Knock, _ found: Charger) throws {
    guard let (version, isReleased) = select(knock, found) else {
      let why = unservable(knock) ?? .noCommonVersion
      log(.warning, "refused \(knock.identity): offers \(knock.offeredNames)")
      return out(knock.connection, .refuse(knock.connection.id, why))
    }
    if knock.password != nil, knock.identity.contains(":") {
      // Basic credentials are split at the first colon, so this name can't have been checked.
      return try turnAway(knock, found, "an identity with a colon can't use a password")
    }
    let charger = try liveCharger(found)
    if let old = charger.connection, old != knock.connection {
      // Newest authenticated connection wins (lorenzodonini/ocpp-go#314).
      out(old, .close(old.id, reason: "a newer connection of this charger took over"))
      feed(found.id, .disconnected)
    }
    let before = charger.charger.speaks
    charger.connection = knock.connection
    charger.charger.online = true
    charger.charger.lastSeen = knock.at
    charger.charger.speaks = version
    let offered = VersionSet(knock.offered)
    let alarming = offered.subtracting(charger.charger.versions.observed?.value ?? offered)
    if charger.charger.versions.observed?.value != offered {
      charger.charger.versions.observed = .init(offered, source: "handshake", at: knock.at)
    }
    if charger.charger.released.isEmpty { charger.charger.released = VersionSet(version) }
    charger.isDirty = true
    mustFlush = true
    if !isReleased {
      log(
        .warning,
        "\(knock.identity) offers only \(offered.label), released \(charger.charger.released.label): taken"
      )
      try note(
        found.id, .note, "unreleased version",
        "offers only \(offered.label) although \(charger.charger.released.label) is released; taken in \(version.label)",
        at: knock.at)
    } else if !alarming.isEmpty {
      try note(
        found.id, .note, "new version offered",
        "now offers \(alarming.label) too; stays on \(version.label) until it is released",
        at: knock.at)
    }
    if let before, (before == .ocpp16) != (version == .ocpp16) {
      // 1.6 numbers connectors flat, 2.x by EVSE, and 1.6 alone has one for the whole charger.
      charger.hasForeignConnectors = true
    }
    if before != version {
      try note(found.id, .connected, "connected", "speaks \(version.label)", at: knock.at)
    }
    noteRegression(charger, at: knock.at)
    try takeUpDebt(of: found.id)
    out(
      knock.connection,
      .admit(knock.connection.id, found.id, identity: charger.charger.identity, version))
    feed(found.id, .connected(version))
    dispatchSoon(knock.at)
  }

  /// Proved on a newer version, released for it, and yet back on an older one.
  private func noteRegression(_ charger: LiveCharger, at: Instant) {
    guard var record = charger.charger.migration, let speaks = charger.charger.speaks,
      charger.charger.released.contains(VersionSet(record.proved))
    else { return }
    let regressed = speaks < record.proved
    guard regressed != (record.regressedAt != nil) else { return }
    record.regressedAt = regressed ? at : nil
    charger.charger.migration = record
  }

  func disconnected(_ connection: ConnectionRef, _ id: ChargerID, now: Instant) throws {
    // A late close of an older connection must not touch the newer one.
    guard let charger = live[id], charger.connection == connection else { return }
    charger.connection = nil
    charger.charger.online = false
    charger.charger.lastSeen = now
    charger.isDirty = true
    mustFlush = true
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
    let made = LiveCharger(
      charger: charger, connectors: try store.connectors(of: id),
      openSessions: try store.openSessions(of: id))
    // A restart must not forget the quiet that a drain waits for.
    if let upgrade = fleet.upgrade(of: id), !upgrade.phase.isEnd {
      made.lastSessionEnd = try store.lastSessionEnd(of: id)
    }
    live[id] = made
    return made
  }

  /// Appends an engine's own entry to the ledger.
  func note(
    _ charger: ChargerID?, _ kind: LedgerEntry.Kind, _ action: String, _ text: String, at: Instant
  ) throws {
    lastLedger = try store.append(
      LedgerEntry(charger: charger, at: at, kind: kind, action: action, body: Array(text.utf8)))
  }
}

/// What only a broken inventory or a broken engine causes.
package enum EngineError: Error, Sendable {
  case lostCharger(ChargerID)
}

extension VersionSet {
  init(_ versions: [ProtocolVersion]) {
    self = versions.reduce(into: []) { $0.insert(VersionSet($1)) }
  }
}
