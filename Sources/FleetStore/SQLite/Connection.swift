import CSQLite
import Glibc

/// One SQLite connection with its prepared statements. Belongs to one thread at a time.
final class Connection {
  let database: OpaquePointer
  /// It reads a file that nobody can write, as it is at this moment: good for one answer.
  let isSnapshot: Bool
  private var statements: [String: Statement] = [:]
  /// The same by where their text lies: literals stay where they are, and hashing the text of a
  /// statement costs as much as running a small one.
  private var literals: [UInt: Statement] = [:]

  enum Mode {
    case writer
    /// Never writes, hence never checkpoints either.
    case reader
  }

  init(path: String, mode: Mode) throws(StoreError) {
    var isSnapshot = false
    var opened: OpaquePointer
    switch mode {
    case .writer: opened = try Self.open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    case .reader:
      opened = try Self.open(path, SQLITE_OPEN_READONLY)
      if Self.needsSnapshot(opened, path) {
        sqlite3_close_v2(opened)
        opened = try Self.open(Self.snapshotURI(of: path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
        isSnapshot = true
      }
    }
    database = opened
    self.isSnapshot = isSnapshot
    sqlite3_extended_result_codes(database, 1)
    sqlite3_busy_timeout(database, 5000)
  }

  /// Once in a process, before SQLite is first used; refused later, which costs speed only.
  private static let isPrepared = swell_forgo_memory_statistics() == SQLITE_OK

  private static func open(
    _ name: String, _ flags: Int32
  ) throws(StoreError) -> OpaquePointer {
    _ = isPrepared
    var database: OpaquePointer?
    let code = sqlite3_open_v2(name, &database, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let database else {
      let reason = database.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(database)
      throw .cannotOpen(path: name, reason: reason)
    }
    return database
  }

  /// Beside a file with a write-ahead log SQLite wants to make two others, also to read it. Where it
  /// can't, and no log is left that would belong to the file, the file alone is all there is.
  private static func needsSnapshot(_ database: OpaquePointer, _ path: String) -> Bool {
    let code = sqlite3_exec(database, "PRAGMA schema_version", nil, nil, nil) & 0xFF
    guard code == SQLITE_CANTOPEN || code == SQLITE_READONLY else { return false }
    var status = stat()
    let hasLog = stat(path + "-wal", &status) == 0 && status.st_size > 0
    return !hasLog && access(path, R_OK) == 0 && access(Backup.directory(of: path), W_OK) != 0
  }

  /// https://sqlite.org/uri.html
  private static func snapshotURI(of path: String) -> String {
    var escaped = ""
    for character in path.unicodeScalars {
      switch character {
      case "%": escaped += "%25"
      case "?": escaped += "%3f"
      case "#": escaped += "%23"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return "file:\(escaped)?immutable=1"
  }

  deinit {
    statements.removeAll()
    literals.removeAll()
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

  /// Rows that the last statement changed.
  var changes: Int { Int(sqlite3_changes(database)) }
  var lastInsertedID: Int64 { sqlite3_last_insert_rowid(database) }
  var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

  /// A statement to bind and step by hand; give it back behind that. A query inside a query finds its
  /// statement in use and gets one of its own.
  func take(_ sql: String) throws(StoreError) -> Statement {
    let place = sql.utf8.withContiguousStorageIfAvailable { UInt(bitPattern: $0.baseAddress) }
    // Another text may have come to lie at a place; comparing one with itself costs nothing.
    if let place, let statement = literals[place], !statement.isInUse, statement.sql == sql {
      statement.isInUse = true
      return statement
    }
    if let statement = statements[sql], !statement.isInUse {
      statement.isInUse = true
      if let place { literals[place] = statement }
      return statement
    }
    let statement = try prepare(sql)
    statement.isInUse = true
    // Filters make statements of their own; the cache must not grow with what people type.
    if statements.count > 200 || literals.count > 400 {
      statements.removeAll()
      literals.removeAll()
    }
    if statements[sql] == nil { statements[sql] = statement }
    return statement
  }

  func giveBack(_ statement: Statement) {
    statement.reset()
    statement.isInUse = false
  }

  static func error(_ code: Int32, _ database: OpaquePointer) -> StoreError {
    let message = String(cString: sqlite3_errmsg(database))
    // What the system said, where SQLite still knows.
    let cause = sqlite3_system_errno(database)
    let path = sqlite3_db_filename(database, "main").map { String(cString: $0) } ?? ""
    switch code & 0xFF {
    case SQLITE_CONSTRAINT: return .constraint(message)
    case SQLITE_FULL: return .diskFull
    case SQLITE_READONLY:
      return unwritable(path) ?? .readOnly(path: path, reason: message)
    case SQLITE_IOERR:
      // SQLITE_IOERR_SHMSIZE, a macro: the index of the log is the first to want room.
      let wantedRoom = code == SQLITE_IOERR | (19 << 8)
      if wantedRoom || cause == ENOSPC || cause == EDQUOT { return .diskFull }
      return unwritable(path) ?? .sqlite(code: code, message: "\(message) of \(path)")
    default: return .sqlite(code: code, message: message)
    }
  }

  /// The first of a file and what belongs beside it that takes no writes; nil when all do.
  static func unwritable(_ path: String) -> StoreError? {
    let places = ["", "-wal", "-shm", ".lock"].map { path + $0 } + [Backup.directory(of: path)]
    for place in places where access(place, F_OK) == 0 && access(place, W_OK) != 0 {
      return .readOnly(path: place, reason: String(cString: strerror(errno)))
    }
    return nil
  }
}
