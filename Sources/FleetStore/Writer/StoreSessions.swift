import Fleet

extension Store {
  package func session(_ id: SessionID) throws -> Session? {
    try connection.first(
      SessionTable.select + "WHERE id = ?", [.int(id.rawValue)], SessionTable.read)
  }

  package func session(of charger: ChargerID, key: String) throws -> Session? {
    try connection.first(
      SessionTable.select + "WHERE charger = ? AND key = ?", [.int(charger.rawValue), .text(key)],
      SessionTable.read)
  }

  package func session(of charger: ChargerID, stoppedAt: Instant) throws -> Session? {
    try connection.first(
      SessionTable.select + "WHERE charger = ? AND stopped_at = ? ORDER BY id DESC LIMIT 1",
      [.int(charger.rawValue), .at(stoppedAt)], SessionTable.read)
  }

  package func lastSessionEnd(of charger: ChargerID) throws -> Instant? {
    try connection.int(
      "SELECT max(stopped_at) FROM sessions WHERE charger = ?", [.int(charger.rawValue)]
    ).map { Instant(milliseconds: $0) }
  }

  package func openSessions(of charger: ChargerID) throws -> [Session] {
    try connection.rows(
      SessionTable.select + "WHERE charger = ? AND stopped_at IS NULL ORDER BY id",
      [.int(charger.rawValue)], SessionTable.read)
  }

  package func add(_ session: Session) throws -> Session {
    try connection.run(
      """
      INSERT INTO sessions (version, evse, connector, token, started_at, meter_start, meter_last,
        stopped_at, meter_stop, stop_reason, sequence, token_type, tariff, cost, currency, flaws,
        entries, charger, key)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, SessionTable.values(of: session) + [.int(session.charger.rawValue), .text(session.key)])
    var added = session
    added.id = SessionID(rawValue: connection.lastInsertedID)
    return added
  }

  package func save(_ session: Session) throws {
    let changed = try connection.run(
      """
      UPDATE sessions SET version = ?, evse = ?, connector = ?, token = ?, started_at = ?,
        meter_start = ?, meter_last = ?, stopped_at = ?, meter_stop = ?, stop_reason = ?,
        sequence = ?, token_type = ?, tariff = ?, cost = ?, currency = ?, flaws = ?, entries = ?
        WHERE id = ?
      """, SessionTable.values(of: session) + [.int(session.id.rawValue)])
    if changed == 0 { throw StoreError.missing(subject: "Session \(session.id.rawValue)") }
  }
}
