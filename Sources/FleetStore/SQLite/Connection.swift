import CSQLite

/// One SQLite connection with its prepared statements. Belongs to one thread at a time.
final class Connection {
  let database: OpaquePointer
  private var statements: [String: Statement] = [:]

  enum Mode {
    case writer
    /// Never writes, hence never checkpoints either.
    case reader
  }

  init(path: String, mode: Mode) throws(StoreError) {
    var database: OpaquePointer?
    let flags =
      switch mode {
      case .writer: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .reader: SQLITE_OPEN_READONLY
      }
    let code = sqlite3_open_v2(path, &database, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let database else {
      let reason = database.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(database)
      throw .cannotOpen(path: path, reason: reason)
    }
    self.database = database
    sqlite3_extended_result_codes(database, 1)
    sqlite3_busy_timeout(database, 5000)
  }

  deinit {
    statements.removeAll()
    sqlite3_close_v2(database)
  }

  /// Runs statements without values and rows: schema, pragmas, transaction control.
  func execute(_ sql: String) throws(StoreError) {
    let code = sqlite3_exec(database, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw Self.error(code, database) }
  }

  /// A prepared statement for a caller who keeps it.
  func prepare(_ sql: String) throws(StoreError) -> Statement {
    try Statement(sql, database: database)
  }

  /// Runs a statement that changes rows; the number of rows changed.
  @discardableResult
  func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
    let statement = try take(sql)
    defer { giveBack(statement) }
    try statement.bind(values)
    while try statement.step() {}
    return Int(sqlite3_changes(database))
  }

  /// Reads rows one by one.
  func each(
    _ sql: String, _ values: [SQLValue] = [], _ body: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    let statement = try take(sql)
    defer { giveBack(statement) }
    try statement.bind(values)
    while try statement.step() { try body(Row(statement: statement)) }
  }

  func rows<Result>(
    _ sql: String, _ values: [SQLValue] = [], _ map: (Row) throws(StoreError) -> Result
  ) throws(StoreError) -> [Result] {
    var results: [Result] = []
    try each(sql, values) { row throws(StoreError) in results.append(try map(row)) }
    return results
  }

  /// The first row, mapped.
  func first<Result>(
    _ sql: String, _ values: [SQLValue] = [], _ map: (Row) throws(StoreError) -> Result
  ) throws(StoreError) -> Result? {
    let statement = try take(sql)
    defer { giveBack(statement) }
    try statement.bind(values)
    return try statement.step() ? try map(Row(statement: statement)) : nil
  }

  func int(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int64? {
    try first(sql, values) { $0.optionalInt(0) } ?? nil
  }

  var lastInsertedID: Int64 { sqlite3_last_insert_rowid(database) }
  var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

  // One lookup for a use: hashing a statement's text costs as much as running a small one. A query
  // inside a query finds its statement in use and gets one of its own.
  private func take(_ sql: String) throws(StoreError) -> Statement {
    if let statement = statements[sql], !statement.isInUse {
      statement.isInUse = true
      return statement
    }
    let statement = try prepare(sql)
    statement.isInUse = true
    // Filters make statements of their own; the cache must not grow with what people type.
    if statements.count > 200 { statements.removeAll() }
    if statements[sql] == nil { statements[sql] = statement }
    return statement
  }

  private func giveBack(_ statement: Statement) {
    statement.reset()
    statement.isInUse = false
  }

  static func error(_ code: Int32, _ database: OpaquePointer) -> StoreError {
    let message = String(cString: sqlite3_errmsg(database))
    return switch code & 0xFF {
    case SQLITE_CONSTRAINT: .constraint(message)
    case SQLITE_FULL: .diskFull
    default: .sqlite(code: code, message: message)
    }
  }
}
