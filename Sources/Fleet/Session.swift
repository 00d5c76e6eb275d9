/// A charging session's row; also the 1.6 transactionId, hence 31 bits.
package struct SessionID: RawRepresentable, Sendable, Hashable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A session as one protocol-neutral record.
package struct Session: Sendable, Equatable {
  /// What is not as a charger should have told it. Bits are stored: never renumber.
  package struct Flaws: OptionSet, Sendable, Codable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Its start never came.
    package static let startUnknown = Flaws(rawValue: 1)
    /// Nobody reported its end, or the end had no register: the last one seen stands for it.
    package static let endEstimated = Flaws(rawValue: 2)
  }

  package var id: SessionID
  package var charger: ChargerID
  /// What makes a repeat of its start recognisable: the 2.x transactionId, or for 1.6 connector,
  /// time, token and register of the start.
  package var key: String
  package var version: ProtocolVersion
  package var connector: ConnectorID
  package var token: String
  package var terms = SessionTerms()
  package var startedAt: Instant
  /// Register at the start in Wh; nil when the start never arrived or had none.
  package var meterStart: Double?
  /// Last register seen in Wh.
  package var meterLast: Double?
  package var stoppedAt: Instant?
  package var meterStop: Double?
  package var stopReason: String?
  package var flaws: Flaws = []
  /// Sequence numbers seen (2.x), to know repeats and gaps.
  package var sequence = SequenceSet()
  /// The ledger's rows that tell of it.
  package var entries = SessionEntries()

  package init(
    id: SessionID, charger: ChargerID, key: String, version: ProtocolVersion,
    connector: ConnectorID, token: String, startedAt: Instant, meterStart: Double?
  ) {
    self.id = id
    self.charger = charger
    self.key = key
    self.version = version
    self.connector = connector
    self.token = token
    self.startedAt = startedAt
    self.meterStart = meterStart
  }
  package var isOpen: Bool { stoppedAt == nil }

  /// Takes a start that came behind other messages of its session.
  package mutating func take(_ start: SessionStart) {
    flaws.remove(.startUnknown)
    if let register = start.register { meterStart = register }
    if meterLast == nil { meterLast = start.register }
    startedAt = min(startedAt, start.at)
    place(start.connector)
    if !start.token.isEmpty { token = start.token }
    terms.fill(from: start.terms)
  }

  /// Takes an update, whose sequence number is not yet among those seen; false when it is.
  package mutating func take(_ update: SessionUpdate) -> Bool {
    var isLate = false
    if let number = update.sequence {
      isLate = sequence.newest.map { number < $0 } ?? false
      if !sequence.insert(number) { return false }
    }
    if let connector = update.connector { place(connector) }
    if token.isEmpty, let token = update.token { self.token = token }
    if isLate { terms.fill(from: update.terms) } else { terms.renew(from: update.terms) }
    guard let register = update.register else { return true }
    // Registers only grow: an older message can tell of more than is known, never of less.
    meterLast = isLate ? max(register, meterLast ?? register) : register
    // What stood for the missing register of its end was not the last one.
    if !isOpen, flaws.contains(.endEstimated) {
      meterStop = max(register, meterStop ?? register)
    }
    return true
  }

  /// Takes an end that the charger reported. A register of 0 behind a greater one is none: chargers
  /// that lost theirs say so.
  package mutating func take(_ stop: SessionStop) {
    var register = stop.register
    if let last = meterLast ?? meterStart, last > 0, register == 0 { register = nil }
    stoppedAt = stop.at
    meterStop = register ?? meterLast
    stopReason = stop.reason
    if register == nil { flaws.insert(.endEstimated) } else { flaws.remove(.endEstimated) }
    if let connector = stop.connector { place(connector) }
    if token.isEmpty, let token = stop.token { self.token = token }
    terms.renew(from: stop.terms)
    // The end may repeat what a lost start had said.
    guard let first = stop.first else { return }
    if meterStart == nil { meterStart = first.register }
    if flaws.contains(.startUnknown) { startedAt = min(startedAt, first.at) }
  }

  /// Ends it though its charger reported no end.
  package mutating func endUnreported(at: Instant, register: Double?, because reason: String) {
    stoppedAt = at
    meterStop = register ?? meterLast
    stopReason = reason
    flaws.insert(.endEstimated)
  }

  private mutating func place(_ connector: ConnectorID) {
    if self.connector.evse == 0 { self.connector = connector }
  }
}
