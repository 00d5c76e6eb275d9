import Fleet

enum TolerationTable {
  static func read(
    _ charger: ChargerID, _ connection: Connection
  ) throws(StoreError) -> [Toleration] {
    try connection.rows(
      """
      SELECT version, action, path, what, quirk, n, first_at, last_at FROM tolerations
        WHERE charger = ? ORDER BY n DESC, last_at DESC, action, path, what
      """, [.int(charger.rawValue)]
    ) { row throws(StoreError) in
      guard let version = ProtocolVersion(rawValue: Int(row.int(0))) else {
        throw .damaged(subject: "A count of oddities", reason: "version \(row.int(0))")
      }
      return Toleration(
        kind: Toleration.Kind(
          version: version, action: row.text(1), path: row.text(2), what: row.text(3),
          quirk: row.text(4)),
        count: Int(row.int(5)), first: Instant(milliseconds: row.int(6)),
        last: Instant(milliseconds: row.int(7)))
    }
  }
}

extension Store: TolerationStore {
  package func tolerations(of charger: ChargerID) throws -> [Toleration] {
    try TolerationTable.read(charger, connection)
  }

  package func save(_ tolerations: [Toleration], of charger: ChargerID) throws {
    for toleration in tolerations {
      let kind = toleration.kind
      try connection.run(
        "INSERT OR REPLACE INTO tolerations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
          .int(charger.rawValue), .int(kind.version.rawValue), .text(kind.action),
          .text(kind.path), .text(kind.what), .text(kind.quirk), .int(toleration.count),
          .at(toleration.first), .at(toleration.last),
        ])
    }
  }
}
