import Fleet
import Rollout

/// Charging sessions: what billing rests on. Never answered with an error once their id was read.
extension Core {
  func begin(_ start: SessionStart, of charger: LiveCharger, _ message: Message) throws
    -> ReplyFacts
  {
    let verdict = try verdict(on: start.token, at: message.at)
    if var known = try session(start.key, of: charger) {
      // A repeat: the same session again. In 2.x a start may also arrive behind its updates.
      if let sequence = start.sequence, known.sequence.insert(sequence) {
        if known.meterStart == nil { known.meterStart = start.register }
        known.startedAt = min(known.startedAt, start.at)
        if known.token.isEmpty { known.token = start.token }
        try store.save(known)
        charger.update(known)
        try recordSession(message)
      }
      return .sessionStarted(number: known.id.rawValue, verdict)
    }
    try endForgotten(on: start, of: charger)
    var session = Session(
      id: SessionID(rawValue: 0), charger: message.charger, key: start.key,
      version: message.version, connector: start.connector, token: start.token,
      startedAt: start.at, meterStart: start.register)
    session.meterLast = start.register
    if let sequence = start.sequence { _ = session.sequence.insert(sequence) }
    let added = try store.add(session)
    charger.update(added)
    try recordSession(message)
    feed(message.charger, .sessionStarted)
    return .sessionStarted(number: added.id.rawValue, verdict)
  }

  /// A second start on a busy connector closes the first with the new register
  /// (ChargeTimeEU/Java-OCA-OCPP#74). 1.6 only: 2.x names its transactions itself.
  private func endForgotten(on start: SessionStart, of charger: LiveCharger) throws {
    guard start.sequence == nil else { return }
    for var old in charger.openSessions where old.connector == start.connector {
      guard old.version == .ocpp16 else { continue }
      old.stoppedAt = start.at
      old.meterStop = start.register ?? old.meterLast
      old.stopReason = "next session began"
      try store.save(old)
      charger.update(old)
    }
  }

  /// The ledger's entry is what makes an update durable: a row changed for each message would cost
  /// several times the entry. The session's row follows with the next writing back, and a restart
  /// takes up what it missed from the ledger.
  func update(_ update: SessionUpdate, of charger: LiveCharger, _ message: Message) throws
    -> ReplyFacts
  {
    let verdict = try update.token.map { try self.verdict(on: $0, at: message.at) }
    switch charger.take(update) {
    case .known: break
    case .new: try recordMeter(message)
    case .notOpen: try updateUnknown(update, of: charger, message)
    }
    return .session(verdict)
  }

  /// An update of a session that is over, or whose start is still to come or was lost.
  private func updateUnknown(
    _ update: SessionUpdate, of charger: LiveCharger, _ message: Message
  ) throws {
    guard case .key(let key) = update.session else { return try recordMeter(message) }
    var session: Session
    if let known = try store.session(of: message.charger, key: key) {
      session = known
    } else {
      session = try store.add(
        Session(
          id: SessionID(rawValue: 0), charger: message.charger, key: key,
          version: message.version, connector: update.connector, token: update.token ?? "",
          startedAt: update.at, meterStart: nil))
      feed(message.charger, .sessionStarted)
    }
    if let sequence = update.sequence, !session.sequence.insert(sequence) { return }
    if let register = update.register { session.meterLast = register }
    try store.save(session)
    charger.update(session)
    try recordMeter(message)
  }

  func end(_ stop: SessionStop, of charger: LiveCharger, _ message: Message) throws -> ReplyFacts {
    let verdict = try stop.token.flatMap {
      $0.isEmpty ? nil : try self.verdict(on: $0, at: message.at)
    }
    var session = try ended(stop, of: charger, message)
    if let sequence = stop.sequence, !session.sequence.insert(sequence) {
      return .session(verdict)
    }
    let wasOpen = session.isOpen
    if !wasOpen, stop.sequence == nil, session.stopReason != Self.leftBehind {
      return .session(verdict)
    }
    session.stoppedAt = stop.at
    session.meterStop = stop.register ?? session.meterLast
    session.stopReason = stop.reason
    if session.token.isEmpty, let token = stop.token { session.token = token }
    try store.save(session)
    charger.update(session)
    charger.dirtySessions.remove(session.id)
    charger.lastSessionEnd = max(message.at, charger.lastSessionEnd ?? message.at)
    try recordSession(message)
    if wasOpen {
      // More than 100 Wh: energy flowed, so the session was a real one.
      let energy = (session.meterStop ?? 0) - (session.meterStart ?? session.meterStop ?? 0)
      feed(message.charger, .sessionStopped(completed: energy > 100))
    }
    return .session(verdict)
  }

  /// The session that a stop means. -1 and 0 occur for sessions begun offline: then the one open
  /// session that fits. One that never began here is kept all the same (ConnectorIO#199).
  private func ended(_ stop: SessionStop, of charger: LiveCharger, _ message: Message) throws
    -> Session
  {
    if let open = charger.openSession(stop.session) { return open }
    let key: String
    switch stop.session {
    case .number(let number):
      if number > 0, let known = try store.session(SessionID(rawValue: number)),
        known.charger == message.charger
      {
        return known
      }
      if number <= 0 {
        // A repeat must not end whatever has begun since.
        if let known = try store.session(of: message.charger, stoppedAt: stop.at),
          known.meterStop == stop.register
        {
          return known
        }
        let fitting = charger.openSessions.filter {
          $0.startedAt <= stop.at && (stop.token == nil || $0.token == stop.token)
        }
        if fitting.count == 1 { return fitting[0] }
      }
      key = "stop only|\(number)|\(stop.at.milliseconds)|\(stop.register ?? -1)"
    case .key(let name):
      key = name
    }
    if let known = try store.session(of: message.charger, key: key) { return known }
    return try store.add(
      Session(
        id: SessionID(rawValue: 0), charger: message.charger, key: key, version: message.version,
        connector: stop.connector ?? ConnectorID(evse: 0, connector: 0), token: stop.token ?? "",
        startedAt: stop.at, meterStart: nil))
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
    for var session in charger.openSessions where session.version.family != wanted.family {
      session.stoppedAt = message.at
      session.meterStop = session.meterLast
      session.stopReason = Self.leftBehind
      try store.save(session)
      charger.update(session)
      charger.dirtySessions.remove(session.id)
    }
  }

  /// The reason of an end that nobody reported. A stop that still comes is taken in its place.
  private static let leftBehind = "estimated: the version changed"

  private func session(_ key: String, of charger: LiveCharger) throws -> Session? {
    try charger.openSessions.first { $0.key == key }
      ?? store.session(of: charger.charger.id, key: key)
  }
}
