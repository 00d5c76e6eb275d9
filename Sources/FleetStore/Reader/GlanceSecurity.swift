import Control
import Fleet

extension Glance {
  /// Throws `ControlError.unknownCharger`.
  func security(_ query: SecurityQuery, at now: Instant) throws -> SecurityPage {
    var condition = ""
    var values: [SQLValue] = []
    if let identity = query.charger {
      guard let charger = try ChargerTable.chargers(like: identity, connection).first else {
        throw ControlError.unknownCharger(identity)
      }
      condition = "WHERE s.charger = ?"
      values = [.int(charger.id.rawValue)]
    }
    let matching = try connection.int(
      "SELECT count(*) FROM security_entries s \(condition)", values)
    let rows = try connection.rows(
      """
      SELECT l.at, c.identity, l.version IS NOT NULL, l.action, substr(l.body, 1, 4000)
        FROM security_entries s JOIN ledger l ON l.id = s.entry
          LEFT JOIN chargers c ON c.id = s.charger
        \(condition) ORDER BY s.entry DESC LIMIT ? OFFSET ?
      """, values + [.int(max(0, query.limit)), .int(max(0, query.offset))]
    ) { row throws(StoreError) in
      let isReported = row.bool(2)
      let report =
        isReported
        ? try? Document.value(
          ReportedEvent.self, from: String(decoding: row.blob(4), as: UTF8.self), subject: "")
        : nil
      return SecurityPage.Row(
        at: Instant(milliseconds: row.int(0)), charger: row.optionalText(1),
        event: report?.type ?? row.text(3),
        detail: report.map { $0.techInfo ?? "" } ?? Self.sentence(row.blob(4), isReported),
        isReported: isReported)
    }
    return SecurityPage(at: now, query: query, matching: Int(matching ?? 0), rows: rows)
  }

  private static func sentence(_ body: [UInt8], _ isReported: Bool) -> String {
    isReported ? Gist.of(body) : String(decoding: body, as: UTF8.self)
  }
}

/// SecurityEventNotification, in the words of all versions.
private struct ReportedEvent: Decodable {
  var type: String
  var techInfo: String?
}
