import Fleet

extension Store {
  package func session(_ id: SessionID) throws -> Session? {
    try connection.first(Self.selectSession + "WHERE id = ?", [.int(id.rawValue)], Self.session)
  }

  package func session(of charger: ChargerID, key: String) throws -> Session? {
    try connection.first(
      Self.selectSession + "WHERE charger = ? AND key = ?", [.int(charger.rawValue), .text(key)],
      Self.session)
  }

  package func session(of charger: ChargerID, stoppedAt: Instant) throws -> Session? {
    try connection.first(
      Self.selectSession + "WHERE charger = ? AND stopped_at = ? ORDER BY id DESC LIMIT 1",
      [.int(charger.rawValue), .at(stoppedAt)], Self.session)
  }

  package func lastSessionEnd(of charger: ChargerID) throws -> Instant? {
    try connection.int(
      "SELECT max(stopped_at) FROM sessions WHERE charger = ?", [.int(charger.rawValue)]
    ).map { Instant(milliseconds: $0) }
  }

  package func openSessions(of charger: ChargerID) throws -> [Session] {
    try connection.rows(
      Self.selectSession + "WHERE charger = ? AND stopped_at IS NULL ORDER BY id",
      [.int(charger.rawValue)], Self.session)
  }

  package func add(_ session: Session) throws -> Session {
    try connection.run(
      """
      INSERT INTO sessions (version, evse, connector, token, started_at, meter_start, meter_last,
        stopped_at, meter_stop, stop_reason, sequence, charger, key)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, Self.values(of: session) + [.int(session.charger.rawValue), .text(session.key)])
    var added = session
    added.id = SessionID(rawValue: connection.lastInsertedID)
    return added
  }

  package func save(_ session: Session) throws {
    let changed = try connection.run(
      """
      UPDATE sessions SET version = ?, evse = ?, connector = ?, token = ?, started_at = ?,
        meter_start = ?, meter_last = ?, stopped_at = ?, meter_stop = ?, stop_reason = ?,
        sequence = ? WHERE id = ?
      """, Self.values(of: session) + [.int(session.id.rawValue)])
    if changed == 0 { throw StoreError.missing(subject: "Session \(session.id.rawValue)") }
  }

  private static let selectSession =
    """
    SELECT id, charger, key, version, evse, connector, token, started_at, meter_start, meter_last,
      stopped_at, meter_stop, stop_reason, sequence FROM sessions
    """ + " "

  private static func values(of session: Session) -> [SQLValue] {
    [
      .int(session.version.rawValue), .int(session.connector.evse),
      .int(session.connector.connector), .text(session.token), .at(session.startedAt),
      .optional(session.meterStart), .optional(session.meterLast), .optional(session.stoppedAt),
      .optional(session.meterStop), .optional(session.stopReason),
      .text(session.sequence.text),
    ]
  }

  private static func session(_ row: Row) throws(StoreError) -> Session {
    guard let version = ProtocolVersion(rawValue: Int(row.int(3))),
      let sequence = SequenceSet(text: row.text(13))
    else {
      throw .damaged(subject: "Session \(row.int(0))", reason: "version or sequence numbers")
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
    return session
  }
}
