import Control
import Fleet

extension Store {
  /// Taken notices that are kept, the newest.
  private static let keptNotices = 1000

  /// Adds a notice, in the transaction of what it tells of; `id` of the argument is ignored.
  package func add(_ notice: Announcement) throws {
    try connection.run(
      "INSERT INTO outbox (at, kind, subject, document, attempts, next_at) VALUES (?, ?, ?, ?, 0, ?)",
      [
        .at(notice.at), .text(notice.kind.rawValue), .text(notice.subject),
        .text(try Document.text(of: notice.details)), .at(notice.nextAt),
      ])
  }

  /// The notice that is to be tried next, due or not; the oldest of those due first. Nil when all
  /// were taken.
  package func nextNotice(at now: Instant) throws -> Announcement? {
    let due = try OutboxTable.notices(
      connection, "WHERE done_at IS NULL AND next_at <= ? ORDER BY id LIMIT 1", [.at(now)])
    if let first = due.first { return first }
    return try OutboxTable.notices(
      connection, "WHERE done_at IS NULL ORDER BY next_at, id LIMIT 1", []
    ).first
  }

  /// Keeps how a try ended: attempts, when it is tried next, or when it was taken.
  package func save(_ notice: Announcement) throws {
    try connection.run(
      "UPDATE outbox SET attempts = ?, next_at = ?, done_at = ?, error = ? WHERE id = ?",
      [
        .int(notice.attempts), .at(notice.nextAt), .optional(notice.doneAt),
        .optional(notice.lastError), .int(notice.id),
      ])
    guard notice.doneAt != nil else { return }
    try connection.run(
      """
      DELETE FROM outbox WHERE done_at IS NOT NULL AND id <= (
        SELECT id FROM outbox WHERE done_at IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET ?)
      """, [.int(Self.keptNotices)])
  }
}
