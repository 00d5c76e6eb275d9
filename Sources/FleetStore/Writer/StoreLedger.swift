import Fleet

extension Store {
  package func append(_ entry: LedgerEntry) throws -> Int64 {
    let statement = ledgerInsert
    let id = try statement.lend(entry.body, at: 6, entry.action, at: 5) {
      () throws(StoreError) in
      try statement.bind(entry.charger.map { Int($0.rawValue) }, at: 1)
      try statement.bind(entry.at.milliseconds, at: 2)
      try statement.bind(entry.kind.rawValue, at: 3)
      try statement.bind(entry.version?.rawValue, at: 4)
      _ = try statement.step()
      return connection.lastInsertedID
    }
    if let charger = entry.charger, entry.kind.tellsStory {
      try connection.run(
        "INSERT INTO story VALUES (?, ?, ?, ?)",
        [
          .int(charger.rawValue), .int(id), .at(entry.at),
          .text(String(decoding: entry.body, as: UTF8.self)),
        ])
    }
    if entry.kind == .security {
      try connection.run(
        "INSERT INTO security_entries VALUES (?, ?)",
        [.int(id), .optional(entry.charger?.rawValue)])
    }
    return id
  }

  package func reflected() throws -> Int64 {
    try connection.int("SELECT value FROM markers WHERE name = 'reflected'") ?? 0
  }

  package func setReflected(_ id: Int64) throws {
    try connection.run("UPDATE markers SET value = ? WHERE name = 'reflected'", [.int(id)])
  }

  package func entries(after id: Int64, limit: Int) throws -> [LedgerEntry] {
    try connection.rows(
      """
      SELECT id, charger, at, kind, version, action, body FROM ledger WHERE id > ?
        ORDER BY id LIMIT ?
      """, [.int(id), .int(limit)]
    ) { row throws(StoreError) in
      guard let kind = LedgerEntry.Kind(rawValue: Int(row.int(3))) else {
        throw .damaged(subject: "Ledger entry \(row.int(0))", reason: "kind \(row.int(3))")
      }
      return LedgerEntry(
        id: row.int(0), charger: row.optionalInt(1).map { ChargerID(rawValue: $0) },
        at: Instant(milliseconds: row.int(2)), kind: kind,
        version: row.optionalInt(4).flatMap { ProtocolVersion(rawValue: Int($0)) },
        action: row.text(5), body: row.blob(6))
    }
  }
}

extension LedgerEntry.Kind {
  /// Its body is a sentence of a charger's story.
  fileprivate var tellsStory: Bool { self == .upgrade || self == .attempt || self == .wave }
}
