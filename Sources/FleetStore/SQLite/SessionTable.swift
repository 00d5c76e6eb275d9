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

  /// What a message may change, in the order of the statements that write it.
  static func values(of session: Session) -> [SQLValue] {
    [
      .int(session.version.rawValue), .int(session.connector.evse),
      .int(session.connector.connector), .text(session.token), .at(session.startedAt),
      .optional(session.meterStart), .optional(session.meterLast), .optional(session.stoppedAt),
      .optional(session.meterStop), .optional(session.stopReason),
      .text(session.sequence.text), .optional(session.terms.tokenType),
      .optional(session.terms.tariff), .optional(session.terms.cost),
      .optional(session.terms.currency), .int(session.flaws.rawValue),
      .blob(session.entries.bytes),
    ]
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
