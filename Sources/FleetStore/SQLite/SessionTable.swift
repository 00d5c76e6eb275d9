import Fleet

/// How a session is spread over its row, and read back.
enum SessionTable {
  static let columns =
    """
    s.id, s.charger, s.key, s.version, s.evse, s.connector, s.token, s.started_at, s.meter_start,
      s.meter_last, s.stopped_at, s.meter_stop, s.stop_reason, s.sequence, s.token_type, s.tariff,
      s.cost, s.currency, s.flaws, s.entries
    """
  static let columnCount: Int32 = 20
  static let select = "SELECT \(columns) FROM sessions s "

  static let insert =
    """
    INSERT INTO sessions (version, evse, connector, token, started_at, meter_start, meter_last,
      stopped_at, meter_stop, stop_reason, sequence, token_type, tariff, cost, currency, flaws,
      entries, charger, key)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
    """

  static let update =
    """
    UPDATE sessions SET version = ?1, evse = ?2, connector = ?3, token = ?4, started_at = ?5,
      meter_start = ?6, meter_last = ?7, stopped_at = ?8, meter_stop = ?9, stop_reason = ?10,
      sequence = ?11, token_type = ?12, tariff = ?13, cost = ?14, currency = ?15, flaws = ?16,
      entries = ?17 WHERE id = ?18
    """

  /// Of one that is open before and after: its end is not named, for naming a column that an index
  /// knows rewrites the index even when the value stays.
  static let updateOpen =
    """
    UPDATE sessions SET version = ?1, evse = ?2, connector = ?3, token = ?4, started_at = ?5,
      meter_start = ?6, meter_last = ?7, sequence = ?11, token_type = ?12, tariff = ?13, cost = ?14,
      currency = ?15, flaws = ?16, entries = ?17 WHERE id = ?18
    """

  /// Binds what a message may change, but for the entries (17).
  static func bind(_ session: Session, to statement: Statement) throws(StoreError) {
    try statement.bind(session.version.rawValue, at: 1)
    try statement.bind(session.connector.evse, at: 2)
    try statement.bind(session.connector.connector, at: 3)
    try statement.bind(session.token, at: 4)
    try statement.bind(session.startedAt.milliseconds, at: 5)
    try statement.bind(session.meterStart, at: 6)
    try statement.bind(session.meterLast, at: 7)
    try statement.bind(session.stoppedAt.map { Int($0.milliseconds) }, at: 8)
    try statement.bind(session.meterStop, at: 9)
    try statement.bind(session.stopReason, at: 10)
    try statement.bind(session.sequence.text, at: 11)
    try statement.bind(session.terms.tokenType, at: 12)
    try statement.bind(session.terms.tariff, at: 13)
    try statement.bind(session.terms.cost, at: 14)
    try statement.bind(session.terms.currency, at: 15)
    try statement.bind(session.flaws.rawValue, at: 16)
  }

  static func read(_ row: Row) throws(StoreError) -> Session {
    guard let version = ProtocolVersion(rawValue: Int(row.int(3))),
      let sequence = SequenceSet(text: row.text(13)),
      let entries = SessionEntries(bytes: row.blob(19))
    else {
      throw .damaged(
        subject: "Session \(row.int(0))", reason: "version, sequence numbers or entries")
    }
    var session = Session(
      id: SessionID(rawValue: row.int(0)), charger: ChargerID(rawValue: row.int(1)),
      key: row.text(2), version: version,
      connector: ConnectorID(evse: Int(row.int(4)), connector: Int(row.int(5))),
      token: row.text(6), startedAt: Instant(milliseconds: row.int(7)), meterStart: row.real(8))
    session.meterLast = row.real(9)
    session.stoppedAt = row.optionalInt(10).map { Instant(milliseconds: $0) }
    session.meterStop = row.real(11)
    session.stopReason = row.optionalText(12)
    session.sequence = sequence
    session.terms = SessionTerms(
      tokenType: row.optionalText(14), tariff: row.optionalText(15), cost: row.real(16),
      currency: row.optionalText(17))
    session.flaws = Session.Flaws(rawValue: Int(row.int(18)))
    session.entries = entries
    return session
  }
}
