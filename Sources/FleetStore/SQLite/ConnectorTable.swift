import Fleet

enum ConnectorTable {
  static func read(
    _ charger: ChargerID, _ connection: Connection
  ) throws(StoreError) -> [Connector] {
    try connection.rows(
      """
      SELECT evse, connector, state, at, error FROM connectors WHERE charger = ?
        ORDER BY evse, connector
      """, [.int(charger.rawValue)]
    ) { row throws(StoreError) in
      guard let state = ConnectorState(rawValue: Int(row.int(2))) else {
        throw .damaged(subject: "A connector", reason: "state \(row.int(2))")
      }
      return Connector(
        id: ConnectorID(evse: Int(row.int(0)), connector: Int(row.int(1))), state: state,
        at: Instant(milliseconds: row.int(3)), error: row.optionalText(4))
    }
  }
}
