import Control
import Fleet

/// Notices for people outside.
enum OutboxTable {
  static func notices(
    _ connection: Connection, _ clause: String, _ values: [SQLValue]
  ) throws(StoreError) -> [Announcement] {
    try connection.rows(
      """
      SELECT id, at, kind, subject, document, attempts, next_at, done_at, error FROM outbox
        \(clause)
      """, values
    ) { row throws(StoreError) in
      let subject = "Notice \(row.int(0))"
      guard let kind = Announcement.Kind(rawValue: row.text(2)) else {
        throw .damaged(subject: subject, reason: "kind \(row.text(2))")
      }
      var notice = Announcement(
        id: row.int(0), at: Instant(milliseconds: row.int(1)), kind: kind, subject: row.text(3),
        details: try Document.value(Announcement.Details.self, from: row.text(4), subject: subject))
      notice.attempts = Int(row.int(5))
      notice.nextAt = Instant(milliseconds: row.int(6))
      notice.doneAt = row.optionalInt(7).map { Instant(milliseconds: $0) }
      notice.lastError = row.optionalText(8)
      return notice
    }
  }
}
