import Fleet

extension Store {
  package func session(_ id: SessionID) throws -> Session? {
    try connection.first(
      SessionTable.select + "WHERE id = ?", [.int(id.rawValue)], SessionTable.read)
  }

  package func session(of charger: ChargerID, key: String) throws -> Session? {
    try connection.first(
      SessionTable.select + "WHERE charger = ? AND key = ?", [.int(charger.rawValue), .text(key)],
      SessionTable.read)
  }

  package func session(of charger: ChargerID, stoppedAt: Instant) throws -> Session? {
    try connection.first(
      SessionTable.select + "WHERE charger = ? AND stopped_at = ? ORDER BY id DESC LIMIT 1",
      [.int(charger.rawValue), .at(stoppedAt)], SessionTable.read)
  }

  package func lastSessionEnd(of charger: ChargerID) throws -> Instant? {
    try connection.int(
      "SELECT max(stopped_at) FROM sessions WHERE charger = ?", [.int(charger.rawValue)]
    ).map { Instant(milliseconds: $0) }
  }

  package func openSessions(of charger: ChargerID) throws -> [Session] {
    try connection.rows(
      SessionTable.select + "WHERE charger = ? AND stopped_at IS NULL ORDER BY id",
      [.int(charger.rawValue)], SessionTable.read)
  }

  package func add(_ session: Session) throws -> Session {
    let statement = try connection.take(SessionTable.insert)
    defer { connection.giveBack(statement) }
    try statement.lend(session.entries.bytes, at: 17) { () throws(StoreError) in
      try SessionTable.bind(session, to: statement)
      try statement.bind(session.charger.rawValue, at: 18)
      try statement.bind(session.key, at: 19)
      _ = try statement.step()
    }
    var added = session
    added.id = SessionID(rawValue: connection.lastInsertedID)
    return added
  }

  package func save(_ session: Session) throws {
    let statement = try connection.take(
      session.isOpen ? SessionTable.updateOpen : SessionTable.update)
    defer { connection.giveBack(statement) }
    try statement.lend(session.entries.bytes, at: 17) { () throws(StoreError) in
      try SessionTable.bind(session, to: statement)
      try statement.bind(session.id.rawValue, at: 18)
      _ = try statement.step()
    }
    if connection.changes == 0 {
      throw StoreError.missing(subject: "Session \(session.id.rawValue)")
    }
  }
}
