import Fleet

extension Store {
  package func change(_ changes: [HoldingChange], of charger: ChargerID, at now: Instant) throws {
    let id = SQLValue.int(charger.rawValue)
    var grown: Set<Holding.Topic> = []
    for change in changes {
      switch change {
      case .put(let holding):
        try connection.run(
          "INSERT OR REPLACE INTO holdings VALUES (?, ?, ?, ?, ?, ?)",
          [
            id, .text(holding.topic.rawValue), .text(holding.key), .at(now),
            .optional(holding.ends), .text(holding.summary),
          ])
        grown.insert(holding.topic)
      case .remove(let topic, let key):
        try connection.run(
          "DELETE FROM holdings WHERE charger = ? AND topic = ? AND key = ?",
          [id, .text(topic.rawValue), .text(key)])
      case .removeAll(let topic, let parts):
        try connection.run(
          "DELETE FROM holdings WHERE charger = ? AND topic = ?"
            + String(repeating: " AND instr(', ' || summary || ',', ?) > 0", count: parts.count),
          [id, .text(topic.rawValue)] + parts.map { .text(", \($0),") })
      }
    }
    for topic in grown { try bound(topic, of: id, at: now) }
  }

  /// What has ended goes first, then the oldest beyond the limit.
  private func bound(_ topic: Holding.Topic, of id: SQLValue, at now: Instant) throws {
    try connection.run(
      "DELETE FROM holdings WHERE charger = ? AND topic = ? AND ends_at <= ?",
      [id, .text(topic.rawValue), .at(now)])
    try connection.run(
      """
      DELETE FROM holdings WHERE charger = ?1 AND topic = ?2 AND key IN
        (SELECT key FROM holdings WHERE charger = ?1 AND topic = ?2
          ORDER BY at DESC, key LIMIT -1 OFFSET ?3)
      """, [id, .text(topic.rawValue), .int(Holding.limit)])
  }
}
