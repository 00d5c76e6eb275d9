import Control
import Fleet

extension Glance {
  func endOfLife(_ query: RegisterQuery, at now: Instant) throws -> EndOfLifePage {
    let filter = try SelectionTable.filter(query.filter, connection)
    // The order and the reasons are in an index: no dossier is read but those of the page.
    let reasons = try connection.rows(
      """
      SELECT eol_reason, count(*) FROM dossiers WHERE end_of_life IS NOT NULL
        GROUP BY 1 ORDER BY 2 DESC, 1
      """
    ) { Dashboard.FailureCount(reason: $0.text(0), count: Int($0.int(1))) }
    let total = reasons.reduce(0) { $0 + $1.count }
    var condition = ""
    var values: [SQLValue] = []
    var matching = total
    if !filter.isEmpty {
      let sql = FilterSQL(filter, at: now)
      condition = "AND EXISTS (SELECT 1 FROM chargers c WHERE c.id = d.charger AND \(sql.text))"
      values = sql.values
      matching = Int(
        try connection.int(
          "SELECT count(*) FROM dossiers d WHERE end_of_life IS NOT NULL \(condition)", values) ?? 0
      )
    }
    let marks = try connection.rows(
      """
      SELECT charger, end_of_life FROM dossiers d WHERE end_of_life IS NOT NULL \(condition)
        ORDER BY eol_at DESC, charger DESC LIMIT ? OFFSET ?
      """, values + [.int(max(0, query.limit)), .int(max(0, query.offset))]
    ) { row throws(StoreError) in
      let id = ChargerID(rawValue: row.int(0))
      let mark = try Document.value(
        EndOfLife.self, from: row.text(1), subject: "Charger \(id.rawValue)")
      return (id, mark)
    }
    var rows: [EndOfLifePage.Row] = []
    for (id, mark) in marks {
      if let row = try row(id) { rows.append(.init(charger: row, endOfLife: mark)) }
    }
    return EndOfLifePage(
      at: now, query: query, matching: matching, total: total, reasons: reasons, rows: rows)
  }

  func audit(_ query: RegisterQuery, at now: Instant) throws(StoreError) -> AuditPage {
    var condition = ""
    var values: [SQLValue] = []
    if !query.filter.isEmpty {
      let columns = ["who", "action", "subject", "reason", "outcome"]
      condition =
        "WHERE " + columns.map { "\($0) LIKE ?1 ESCAPE '\\'" }.joined(separator: " OR ")
      values = [.text(FilterSQL.part(query.filter))]
    }
    let matching = try connection.int("SELECT count(*) FROM audit \(condition)", values)
    let entries = try connection.rows(
      """
      SELECT at, who, action, subject, reason, outcome FROM audit \(condition)
        ORDER BY id DESC LIMIT ? OFFSET ?
      """, values + [.int(max(0, query.limit)), .int(max(0, query.offset))]
    ) { AuditEntry($0) }
    return AuditPage(at: now, query: query, matching: Int(matching ?? 0), entries: entries)
  }
}
