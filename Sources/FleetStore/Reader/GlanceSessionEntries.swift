import Control
import Fleet

/// The ledger's rows of a session.
extension Glance {
  /// What one answer holds; messages beyond stay in the ledger.
  private static let mostEntries = 20_000
  private static let mostBytes = 16 << 20
  /// Rows of the ledger that are looked through for a session that does not know its own.
  private static let searched: Int64 = 50_000

  func readEntries(of session: Session, into detail: inout SessionDetail) throws(StoreError) {
    var room = Self.mostBytes
    var isCut = session.entries.isFull
    func take(_ row: Row) throws(StoreError) {
      guard detail.entries.count < Self.mostEntries, room > 0 else {
        isCut = true
        return
      }
      let body = row.blob(3)
      room -= body.count
      detail.entries.append(
        SessionDetail.Entry(
          at: Instant(milliseconds: row.int(0)),
          version: row.optionalInt(1).flatMap { ProtocolVersion(rawValue: Int($0)) }
            ?? session.version,
          action: row.text(2), payload: String(decoding: body, as: UTF8.self)))
    }
    let ids = session.entries.ids
    for id in ids {
      if isCut, room <= 0 { break }
      try connection.each(
        "SELECT at, version, action, body FROM ledger WHERE id = ? AND charger = ?",
        [.int(id), .int(session.charger.rawValue)], take)
    }
    if isCut { detail.note = "It has more messages than are shown; these are the first." }
    guard ids.isEmpty else { return }
    try search(session, take)
    detail.note =
      "It began before messages were kept by session: these were found by looking through "
      + "\(Self.searched) rows of the ledger around it, and others may be missing."
  }

  /// Rows that name the session, from about its start on.
  private func search(
    _ session: Session, _ take: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    let first = try entry(before: session.startedAt)
    let last = try session.stoppedAt.map { end throws(StoreError) in
      try entry(before: end + .minutes(10))
    }
    // Of a start in 1.6 the key has its time; everything behind it has the number.
    let isOld = session.version == .ocpp16
    let parts = session.key.split(separator: "|", omittingEmptySubsequences: false)
    let name =
      isOld
      ? "\"transactionId\":\(session.id.rawValue)" : "\"transactionId\":\"\(session.key)\""
    let start = isOld && parts.count == 4 ? String(parts[1]) : name
    try connection.each(
      """
      SELECT at, version, action, body FROM ledger
        WHERE id > ?1 AND id <= ?2 AND charger = ?3 AND kind IN (3, 4)
        AND (instr(replace(CAST(body AS TEXT), ' ', ''), ?4) > 0
          OR action = 'StartTransaction' AND instr(CAST(body AS TEXT), ?5) > 0)
        ORDER BY id
      """,
      [
        .int(first), .int(min(last ?? .max, first + Self.searched)),
        .int(session.charger.rawValue), .text(name), .text(start),
      ], take)
  }

  /// The ledger's last row before a moment, by its own clock: rows are in the order of time but for
  /// clocks that were set.
  private func entry(before moment: Instant) throws(StoreError) -> Int64 {
    var (low, high) = (Int64(0), try connection.int("SELECT max(id) FROM ledger") ?? 0)
    while low < high {
      let middle = low + (high - low + 1) / 2
      let at = try connection.int(
        "SELECT at FROM ledger WHERE id >= ? ORDER BY id LIMIT 1", [.int(middle)])
      if at ?? .max < moment.milliseconds { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
