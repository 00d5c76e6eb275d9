import Fleet
import Rollout

enum AttemptTable {
  static func attempts(
    of upgrade: UpgradeID, _ connection: Connection
  ) throws(StoreError) -> [Attempt] {
    try connection.rows(
      """
      SELECT step, number, message_id, orders, state, written_at, evidence FROM attempts
        WHERE upgrade = ? ORDER BY written_at, step, number
      """, [.int(upgrade.rawValue)]
    ) { row throws(StoreError) in
      let subject = "Attempt \(row.text(2))"
      guard let state = Attempt.State(rawValue: row.text(4)) else {
        throw .damaged(subject: subject, reason: "state \(row.text(4))")
      }
      var attempt = Attempt(
        upgrade: upgrade, step: row.text(0), number: Int(row.int(1)), messageID: row.text(2),
        order: try Document.value(Order.self, from: row.text(3), subject: subject),
        writtenAt: Instant(milliseconds: row.int(5)))
      attempt.state = state
      attempt.evidence = row.text(6)
      return attempt
    }
  }
}
