import Control
import Fleet

/// Sessions for whoever bills.
extension Glance {
  /// The most of a page.
  private static let longestPage = 10_000

  func sessions(_ query: SessionQuery, at now: Instant) throws -> SessionPage {
    let limit = min(max(0, query.limit), Self.longestPage)
    var found: [SessionRecord] = []
    try eachSession(query, at: now, "DESC LIMIT \(limit + 1)") { found.append($0) }
    let hasMore = found.count > limit
    return SessionPage(
      at: now, query: query, sessions: hasMore ? found.dropLast() : found, hasMore: hasMore)
  }

  /// Hands the sessions of a query to `body` one by one.
  ///
  /// - Parameter order: what follows `ORDER BY s.id`.
  /// - Throws: `FleetFilterError` for chargers that are not in the filter language.
  func eachSession(
    _ query: SessionQuery, at now: Instant, _ order: String,
    _ body: (SessionRecord) throws(StoreError) -> Void
  ) throws {
    let filter = try SelectionTable.filter(query.chargers, connection)
    var text = "1"
    var values: [SQLValue] = []
    func add(_ condition: String, _ more: [SQLValue]) {
      text += " AND \(condition)"
      values += more
    }
    if !filter.isEmpty {
      let condition = FilterSQL(filter, at: now)
      let chosen = try connection.int(
        "SELECT count(*) FROM chargers c WHERE \(condition.text)", condition.values)
      // Sessions of few chargers are found by charger; of many, by going through all in order. The
      // plus sign keeps SQLite from the index.
      add(
        "\((chosen ?? 0) > 100 ? "+" : "")s.charger IN "
          + "(SELECT c.id FROM chargers c WHERE \(condition.text))",
        condition.values)
    }
    if let token = query.token { add("s.token = ? COLLATE NOCASE", [.text(token)]) }
    if let from = query.from { add("s.started_at >= ?", [.at(from)]) }
    if let until = query.until { add("s.started_at < ?", [.at(until)]) }
    if query.onlyOpen { add("s.stopped_at IS NULL", []) }
    if let below = query.below { add("s.id < ?", [.int(below)]) }
    try connection.each(
      Self.selectRecord + "WHERE \(text) ORDER BY s.id \(order)", values
    ) { row throws(StoreError) in try body(Self.record(row)) }
  }

  /// Every session of a charger, oldest first.
  func records(of charger: ChargerID) throws(StoreError) -> [SessionRecord] {
    try connection.rows(
      Self.selectRecord + "WHERE s.charger = ? ORDER BY s.id", [.int(charger.rawValue)],
      Self.record)
  }

  func session(_ number: Int64) throws -> SessionDetail? {
    let found = try connection.first(
      Self.selectRecord + "WHERE s.id = ?", [.int(number)]
    ) { row throws(StoreError) in (try SessionTable.read(row), try Self.record(row)) }
    guard let (session, record) = found else { return nil }
    var detail = SessionDetail(record: record, entries: [])
    try readEntries(of: session, into: &detail)
    return detail
  }

  // From the left in this order: the planner would rather begin with the fewer chargers.
  private static let selectRecord =
    """
    SELECT \(SessionTable.columns), c.identity, c.site_name, d.first_seen
      FROM sessions s CROSS JOIN chargers c ON c.id = s.charger
      CROSS JOIN dossiers d ON d.charger = s.charger
    """ + " "

  private static func record(_ row: Row) throws(StoreError) -> SessionRecord {
    let session = try SessionTable.read(row)
    let more = SessionTable.columnCount
    let firstSeen = row.optionalInt(more + 2).map { Instant(milliseconds: $0) }
    let end = session.meterStop ?? session.meterLast
    var energy: Double?
    if let start = session.meterStart, let end { energy = end - start }
    return SessionRecord(
      number: session.id.rawValue, charger: row.text(more), site: row.text(more + 1),
      version: session.version,
      transactionID: session.version == .ocpp16 ? "" : session.key, connector: session.connector,
      token: session.token, tokenType: session.terms.tokenType ?? "",
      startedAt: session.startedAt, stoppedAt: session.stoppedAt, meterStart: session.meterStart,
      meterStop: session.isOpen ? session.meterLast : session.meterStop, energy: energy,
      stopReason: session.stopReason, tariff: session.terms.tariff, cost: session.terms.cost,
      currency: session.terms.currency, remarks: session.remarks(firstSeen: firstSeen))
  }
}

extension Session {
  /// Between a charger's first word and the row that tells of it pass some seconds.
  private static let tolerance = Span.minutes(1)

  /// What is odd about it, for whoever bills.
  ///
  /// - Parameter firstSeen: when its charger was first heard of; nil: not known.
  func remarks(firstSeen: Instant?) -> [SessionRecord.Remark] {
    var remarks: [SessionRecord.Remark] = []
    if flaws.contains(.startUnknown) { remarks.append(.startUnknown) }
    if flaws.contains(.endEstimated) { remarks.append(.endEstimated) }
    // Of one that runs they may still come.
    if !isOpen, sequence.gaps > 0 { remarks.append(.messagesMissing) }
    if let meterStart, let end = meterStop ?? meterLast, end < meterStart {
      remarks.append(.meterBackwards)
    }
    if let firstSeen, startedAt + Self.tolerance < firstSeen { remarks.append(.beforeOnboarding) }
    return remarks
  }
}
