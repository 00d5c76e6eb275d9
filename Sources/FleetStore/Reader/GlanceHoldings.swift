import Control
import Fleet

extension Glance {
  /// What a charger holds and has not ended, by topic and key.
  func holdings(of charger: ChargerID, at now: Instant) throws(StoreError) -> [HoldingRow] {
    try connection.rows(
      """
      SELECT topic, key, summary, at, ends_at FROM holdings
        WHERE charger = ? AND (ends_at IS NULL OR ends_at > ?) ORDER BY topic, length(key), key
      """, [.int(charger.rawValue), .at(now)]
    ) { row in
      HoldingRow(
        topic: row.text(0), key: row.text(1), summary: row.text(2),
        at: Instant(milliseconds: row.int(3)),
        ends: row.optionalInt(4).map { Instant(milliseconds: $0) })
    }
  }
}
