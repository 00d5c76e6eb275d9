/// The stores that the engine asks for. One writer calls them, inside `transaction`; nothing here
/// is safe from two threads, and nothing above speaks SQL.
package protocol Inventory: AnyObject {
  /// Runs `body` and commits durably; when it throws, nothing happened.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result

  // Chargers and sites
  func charger(_ id: ChargerID) throws -> Charger?
  /// Looks an identity up without regard to case (OCPP 2.0.1 part 2, 2.1.4 identifierString),
  /// after NFC; an exact match wins where two differ only in case.
  func charger(identity: String) throws -> Charger?
  /// Adds a charger that connected or was written by hand. `id` of the argument is ignored.
  func add(_ charger: Charger) throws -> Charger
  /// Writes every field of a charger and its readiness.
  func save(_ charger: Charger) throws
  func connectors(of charger: ChargerID) throws -> [Connector]
  /// Writes the states of some connectors of a charger.
  /// - Parameter replacing: they are all it has; others are forgotten.
  func save(_ connectors: [Connector], of charger: ChargerID, replacing: Bool) throws
  func sites() throws -> [Site]
  /// After a crash no connection is alive: marks every charger offline.
  func markAllOffline() throws

  // Ledger
  /// Appends and returns the rising id of the row.
  func append(_ entry: LedgerEntry) throws -> Int64
  /// Everything up to this ledger id is reflected in the other tables.
  func reflected() throws -> Int64
  func setReflected(_ id: Int64) throws
  func entries(after id: Int64, limit: Int) throws -> [LedgerEntry]

  // Sessions
  func session(_ id: SessionID) throws -> Session?
  func session(of charger: ChargerID, key: String) throws -> Session?
  /// The session that ended at this very moment: what tells the repeat of a stop without a number.
  func session(of charger: ChargerID, stoppedAt: Instant) throws -> Session?
  func openSessions(of charger: ChargerID) throws -> [Session]
  /// When the charger's newest ended session ended; reads all of its sessions.
  func lastSessionEnd(of charger: ChargerID) throws -> Instant?
  /// Adds a session; `id` of the argument is ignored.
  func add(_ session: Session) throws -> Session
  func save(_ session: Session) throws

  // What chargers hold
  /// Keeps at most `Holding.limit` of a topic.
  func change(_ changes: [HoldingChange], of charger: ChargerID, at: Instant) throws

  // Tokens and firmware
  func token(_ id: String) throws -> Token?
  func catalogue() throws -> [Firmware]

  // Audit
  func append(_ entry: AuditEntry) throws
}

/// One row of the ledger: only ever appended, carries promise 1.
package struct LedgerEntry: Sendable, Equatable {
  /// What a row is about. Numbers are stored: never renumber.
  package enum Kind: Int, Sendable, Codable, CaseIterable {
    case booted = 1
    case status = 2
    case session = 3
    case meter = 4
    case firmwareStatus = 5
    case security = 6
    case note = 7
    case connected = 8
    case disconnected = 9
    case report = 10
    /// An upgrade's step; the body is its sentence.
    case upgrade = 11
    case attempt = 12
    case wave = 13
    case campaign = 14
    /// A message that was acknowledged although it could not be read (billing data is kept raw).
    case unreadable = 15
    /// Figures of an upgrade, a place, an attempt or a campaign, for a check that believes no prose.
    case turn = 16
  }
  package var id: Int64
  package var charger: ChargerID?
  package var at: Instant
  package var kind: Kind
  /// Version of the message in `body`; nil for the engine's own entries.
  package var version: ProtocolVersion?
  /// OCPP action, or the word of an engine's own entry.
  package var action: String
  /// The message's payload as received, or the entry's text.
  package var body: [UInt8]
  package init(
    id: Int64 = 0, charger: ChargerID?, at: Instant, kind: Kind, version: ProtocolVersion? = nil,
    action: String, body: [UInt8]
  ) {
    self.id = id
    self.charger = charger
    self.at = at
    self.kind = kind
    self.version = version
    self.action = action
    self.body = body
  }
}

/// Who did what to what, and why.
package struct AuditEntry: Sendable, Equatable, Codable {
  package var at: Instant
  package var who: String
  package var action: String
  package var subject: String
  package var reason: String
  package var outcome: String
  package init(
    at: Instant, who: String, action: String, subject: String, reason: String, outcome: String
  ) {
    self.at = at
    self.who = who
    self.action = action
    self.subject = subject
    self.reason = reason
    self.outcome = outcome
  }
}
