import Fleet
import Rollout

/// Charging sessions: what billing rests on. Never answered with an error once their id was read.
extension Core {
  func begin(_ start: SessionStart, of charger: LiveCharger, _ message: Message) throws
    -> ReplyFacts
  {
    let verdict = try verdict(on: start.token, type: start.terms.tokenType, at: message.at)
    if var known = try session(start.key, of: charger) {
      // A repeat: the same session again. In 2.x a start may also arrive behind its updates, where
      // its number need not be a new one: some firmware sends none, or always the same.
      let isNew = start.sequence.map { known.sequence.insert($0) } ?? false
      if isNew || known.flaws.contains(.startUnknown) {
        known.take(start)
        try save(&known, of: charger, after: message)
      }
      return .sessionStarted(number: known.id.rawValue, verdict)
    }
    if message.version == .ocpp16 { try endForgotten(on: start, of: charger) }
    var session = Session(
      id: SessionID(rawValue: 0), charger: message.charger, key: start.key,
      version: message.version, connector: start.connector, token: start.token,
      startedAt: start.at, meterStart: start.register)
    session.meterLast = start.register
    session.terms = start.terms
    if let sequence = start.sequence { _ = session.sequence.insert(sequence) }
    let number = try add(session, to: charger, after: message).id.rawValue
    return .sessionStarted(number: number, verdict)
  }

  /// Stores a new session with the message that tells of it.
  @discardableResult
  private func add(_ session: Session, to charger: LiveCharger, after message: Message) throws
    -> Session
  {
    try recordSession(message)
    if session.isOpen { try makeRoom(in: charger, at: message.at) }
    var session = session
    session.entries.append(lastLedger)
    let added = try store.add(session)
    charger.update(added)
    if added.isOpen { feed(message.charger, .sessionStarted) }
    return added
  }

  /// Stores a known session as a message has changed it, and the message.
  private func save(_ session: inout Session, of charger: LiveCharger, after message: Message)
    throws
  {
    try recordSession(message)
    session.entries.append(lastLedger)
    try store.save(session)
    charger.update(session)
    if !session.isOpen { charger.dirtySessions.removeAll { $0 == session.id } }
  }

  /// A second start on a busy connector closes the first with the new register
  /// (ChargeTimeEU/Java-OCA-OCPP#74). 1.6 only: 2.x names its transactions itself.
  private func endForgotten(on start: SessionStart, of charger: LiveCharger) throws {
    for old in charger.openSessions where old.connector == start.connector {
      guard old.version == .ocpp16 else { continue }
      try endUnreported(
        old, of: charger, at: start.at, register: start.register, because: Self.nextBegan)
    }
  }

  /// Ends the oldest sessions of a charger that has too many open, so that one that names a new
  /// session in each message does not fill the memory. A stop that still comes is taken.
  private func makeRoom(in charger: LiveCharger, at: Instant) throws {
    while charger.openSessions.count >= LiveCharger.openLimit,
      let oldest = charger.openSessions.first
    {
      try endUnreported(oldest, of: charger, at: at, register: nil, because: Self.tooMany)
    }
  }

  private func endUnreported(
    _ session: Session, of charger: LiveCharger, at: Instant, register: Double?,
    because reason: String
  ) throws {
    var session = session
    session.endUnreported(at: at, register: register, because: reason)
    try store.save(session)
    charger.update(session)
    charger.dirtySessions.removeAll { $0 == session.id }
  }

  /// The ledger's entry is what makes an update durable: a row changed for each message would cost
  /// several times the entry. The session's row follows with the next writing back, and a restart
  /// takes up what it missed from the ledger.
  func update(_ update: SessionUpdate, of charger: LiveCharger, _ message: Message) throws
    -> ReplyFacts
  {
    let verdict = try update.token.map {
      try self.verdict(on: $0, type: update.terms.tokenType, at: message.at)
    }
    let taken = try charger.take(update) {
      try recordMeter(message)
      return lastLedger
    }
    if taken == .notOpen { try updateUnknown(update, of: charger, message) }
    return .session(verdict)
  }

  /// An update of a session that is over, or whose start is still to come or was lost.
  private func updateUnknown(
    _ update: SessionUpdate, of charger: LiveCharger, _ message: Message
  ) throws {
    if var known = try known(update, of: charger) {
      if known.take(update) { try save(&known, of: charger, after: message) }
      return
    }
    let key: String
    switch update.session {
    case .key(let name): key = name
    case .number(let number):
      // Numbers of another backend, and ones that chargers think up. Only where a car charges and
      // no session tells of it, is one missing.
      guard let place = update.connector, charger.isCharging(at: place) else {
        return try recordMeter(message)
      }
      key = try newKey(ofForeign: number, of: charger, at: message.at)
    }
    var session = Session(
      id: SessionID(rawValue: 0), charger: message.charger, key: key, version: message.version,
      connector: update.connector ?? ConnectorID(evse: 0, connector: 0), token: "",
      startedAt: update.at, meterStart: nil)
    session.flaws = .startUnknown
    _ = session.take(update)
    try add(session, to: charger, after: message)
  }

  func end(_ stop: SessionStop, of charger: LiveCharger, _ message: Message) throws -> ReplyFacts {
    let verdict = try stop.token.flatMap {
      $0.isEmpty ? nil : try self.verdict(on: $0, type: stop.terms.tokenType, at: message.at)
    }
    guard var session = try ended(stop, of: charger) else {
      var orphan = Session(
        id: SessionID(rawValue: 0), charger: message.charger, key: Self.key(ofOrphan: stop),
        version: message.version, connector: stop.connector ?? ConnectorID(evse: 0, connector: 0),
        token: stop.token ?? "", startedAt: stop.at, meterStart: nil)
      orphan.flaws = .startUnknown
      if let sequence = stop.sequence { _ = orphan.sequence.insert(sequence) }
      orphan.take(stop)
      try add(orphan, to: charger, after: message)
      charger.lastSessionEnd = max(message.at, charger.lastSessionEnd ?? message.at)
      feed(message.charger, .sessionStopped(completed: false))
      return .session(verdict)
    }
    // Firmware that gives all its events one number must not leave its sessions open for ever.
    let isNew = stop.sequence.map { session.sequence.insert($0) } ?? false
    guard isNew || session.isOpen || Self.isGuess(session) else { return .session(verdict) }
    let wasOpen = session.isOpen
    session.take(stop)
    try save(&session, of: charger, after: message)
    charger.lastSessionEnd = max(message.at, charger.lastSessionEnd ?? message.at)
    if wasOpen {
      // More than 100 Wh: energy flowed, so the session was a real one. One that ended while the
      // charger was away tells nothing of how it does now.
      let energy = (session.meterStop ?? 0) - (session.meterStart ?? session.meterStop ?? 0)
      feed(message.charger, .sessionStopped(completed: energy > 100 && !stop.isOffline))
    }
    return .session(verdict)
  }

  /// The session that a stop means; nil for one that never began here, which is kept all the same
  /// (ConnectorIO#199). -1 and 0 occur for sessions begun offline: then the one open session that
  /// fits.
  private func ended(_ stop: SessionStop, of charger: LiveCharger) throws -> Session? {
    if let known = try known(stop.session, of: charger) { return known }
    guard case .number(let number) = stop.session else { return nil }
    if number > 0 {
      if let foreign = try foreign(number, of: charger, endedBy: stop) { return foreign }
    } else {
      // A repeat must not end whatever has begun since.
      if let known = try store.session(of: charger.charger.id, stoppedAt: stop.at),
        known.meterStop == stop.register
      {
        return known
      }
      let fitting = charger.openSessions.filter {
        $0.version == .ocpp16 && $0.startedAt <= stop.at
          && (stop.token == nil || $0.token == stop.token)
      }
      if fitting.count == 1 { return fitting[0] }
    }
    return try store.session(of: charger.charger.id, key: Self.key(ofOrphan: stop))
  }

  /// The session that a message names by what was agreed here, open or not.
  private func known(_ reference: SessionReference, of charger: LiveCharger) throws -> Session? {
    if let open = charger.openSession(reference) { return open }
    switch reference {
    case .key(let key): return try store.session(of: charger.charger.id, key: key)
    case .number(let number):
      guard number > 0 else { return nil }
      if let known = try store.session(SessionID(rawValue: number)),
        known.charger == charger.charger.id, known.version == .ocpp16
      {
        return known
      }
      return nil
    }
  }

  /// The session of an update, open or not.
  private func known(_ update: SessionUpdate, of charger: LiveCharger) throws -> Session? {
    if let known = try known(update.session, of: charger) { return known }
    guard case .number(let number) = update.session else { return nil }
    if let open = charger.openForeign(number) { return open }
    // What trails behind the end of the last one: a register beyond its end is of the next car.
    guard let last = try lastForeign(number, of: charger), last.connector == update.connector,
      update.register ?? 0 <= last.meterStop ?? 0
    else { return nil }
    return last
  }

  /// The session of a foreign number that a stop ends, or has ended before. Chargers use such a
  /// number again, some the same for every car: only a stop of the same moment and register is a
  /// repeat.
  private func foreign(
    _ number: Int64, of charger: LiveCharger, endedBy stop: SessionStop
  ) throws -> Session? {
    if let ended = try store.session(of: charger.charger.id, stoppedAt: stop.at),
      ended.isForeign(number), !Self.isGuess(ended),
      ended.meterStop == stop.register
        // A register that was none: the last one seen stands in its place.
        || ended.flaws.contains(.endEstimated) && (stop.register ?? 0) == 0
    {
      return ended
    }
    if let open = charger.openForeign(number) { return open }
    return try lastForeign(number, of: charger).flatMap { Self.isGuess($0) ? $0 : nil }
  }

  /// The session of a foreign number that ended last, as far as that is known.
  private func lastForeign(_ number: Int64, of charger: LiveCharger) throws -> Session? {
    let id = charger.charger.id
    if let end = try store.lastSessionEnd(of: id),
      let last = try store.session(of: id, stoppedAt: end), last.isForeign(number)
    {
      return last
    }
    return try store.session(of: id, key: Session.key(ofForeign: number))
  }

  /// Of a session that only its meter values tell of. Those after the first one of a number have
  /// their beginning in it.
  private func newKey(
    ofForeign number: Int64, of charger: LiveCharger, at: Instant
  ) throws -> String {
    var key = Session.key(ofForeign: number)
    var moment = at.milliseconds
    while try store.session(of: charger.charger.id, key: key) != nil {
      key = Session.key(ofForeign: number) + "|\(moment)"
      moment += 1
    }
    return key
  }

  /// No specification says what becomes of a session that runs while the version changes, or of
  /// messages queued in the old one. Once an upgrade has seen the charger in the version that it
  /// ordered, with nobody charging before, what is still open from the other one is over.
  func endLeftBehind(_ charger: LiveCharger, _ message: Message) throws {
    guard charger.openSessions.contains(where: { $0.version.family != message.version.family }),
      let upgrade = fleet.upgrade(of: message.charger),
      let campaign = fleet.campaigns[upgrade.campaign]
    else { return }
    let wanted: ProtocolVersion
    switch upgrade.phase {
    case .provisioning, .accepting, .verifying, .restoring, .soaking, .migrated:
      wanted = campaign.playbook.target
    case .rollingBack, .rolledBack: wanted = .ocpp16
    default: return
    }
    guard message.version == wanted else { return }
    for session in charger.openSessions where session.version.family != wanted.family {
      try endUnreported(
        session, of: charger, at: message.at, register: nil, because: Self.leftBehind)
    }
  }

  /// The reasons of ends that nobody reported. A stop that still comes is taken in their place.
  private static let leftBehind = "estimated: the version changed"
  private static let nextBegan = "next session began"
  private static let tooMany = "estimated: too many sessions were open"
  private static let guesses: Set<String> = [leftBehind, nextBegan, tooMany]

  private static func isGuess(_ session: Session) -> Bool {
    session.stopReason.map(guesses.contains) ?? false
  }

  /// Of a session that only its stop tells of; two stops of one number may be of two sessions.
  private static func key(ofOrphan stop: SessionStop) -> String {
    switch stop.session {
    case .key(let key): key
    case .number(let number):
      "stop only|\(number)|\(stop.at.milliseconds)|\(stop.register ?? -1)"
    }
  }

  private func session(_ key: String, of charger: LiveCharger) throws -> Session? {
    try charger.openSessions.first { $0.key == key }
      ?? store.session(of: charger.charger.id, key: key)
  }
}

extension Session {
  /// Of a session that only its meter values tell of: it began with another backend, or its start
  /// was lost.
  fileprivate static func key(ofForeign number: Int64) -> String { "number|\(number)" }

  fileprivate func isForeign(_ number: Int64) -> Bool {
    let first = Self.key(ofForeign: number)
    return version == .ocpp16 && (key == first || key.hasPrefix(first + "|"))
  }
}

extension LiveCharger {
  fileprivate func openForeign(_ number: Int64) -> Session? {
    openSessions.first { $0.isForeign(number) }
  }

  /// Whether a car charges there, by what the charger said, and no session tells of it.
  func isCharging(at place: ConnectorID) -> Bool {
    switch connectors[place]?.state {
    case .charging, .suspendedByCar, .suspendedByCharger:
      !openSessions.contains { $0.connector == place }
    default: false
    }
  }
}
