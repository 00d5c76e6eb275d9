import CSQLite

/// A prepared statement. Belongs to its connection's thread.
final class Statement {
  let handle: OpaquePointer
  let sql: String
  /// Whether somebody is between its first bind and its reset.
  var isInUse = false
  private let database: OpaquePointer

  init(_ sql: String, database: OpaquePointer) throws(StoreError) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw Connection.error(code, database) }
    self.handle = handle
    self.sql = sql
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  func bind(_ values: [SQLValue]) throws(StoreError) {
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
  }

  func bind(_ value: SQLValue, at index: Int32) throws(StoreError) {
    let code: Int32
    switch value {
    case .null: code = sqlite3_bind_null(handle, index)
    case .int(let int): code = sqlite3_bind_int64(handle, index, int)
    case .real(let real): code = sqlite3_bind_double(handle, index, real)
    case .text(let text): return try bind(text, at: index)
    case .blob(let bytes):
      code =
        bytes.isEmpty
        ? sqlite3_bind_zeroblob(handle, index, 0)
        : bytes.withUnsafeBytes { swell_bind_blob(handle, index, $0.baseAddress, Int32($0.count)) }
    }
    guard code == SQLITE_OK else { throw Connection.error(code, database) }
  }

  /// Runs `body` with a blob lent to SQLite instead of copied; the statement is reset behind it, and
  /// nothing of the blob stays bound. For what is written with nearly every message.
  func lend<Value>(
    _ blob: [UInt8], at index: Int32, _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    // Typed throws do not pass through the closure that lends memory; a Result carries them out.
    let result = blob.withUnsafeBytes { blob -> Result<Value, StoreError> in
      defer {
        sqlite3_reset(handle)
        sqlite3_bind_null(handle, index)
      }
      let code =
        blob.isEmpty
        ? sqlite3_bind_zeroblob(handle, index, 0)
        : swell_lend_blob(handle, index, blob.baseAddress, Int32(blob.count))
      guard code == SQLITE_OK else { return .failure(Connection.error(code, database)) }
      return Result { () throws(StoreError) in try body() }
    }
    return try result.get()
  }

  /// As `lend(_:at:_:)`, with a text lent beside the blob.
  func lend<Value>(
    _ blob: [UInt8], at blobIndex: Int32, _ text: String, at textIndex: Int32,
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    var text = text
    let result = text.withUTF8 { bytes -> Result<Value, StoreError> in
      // Behind the reset that comes with the blob's return.
      defer { sqlite3_bind_null(handle, textIndex) }
      let code = Self.withCharacters(bytes) { swell_lend_text(handle, textIndex, $0, $1) }
      guard code == SQLITE_OK else { return .failure(Connection.error(code, database)) }
      return Result { () throws(StoreError) in try lend(blob, at: blobIndex, body) }
    }
    return try result.get()
  }

  /// A nil pointer would bind NULL, and empty texts may have one.
  private static func withCharacters(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafePointer<CChar>?, Int32) -> Int32
  ) -> Int32 {
    guard !bytes.isEmpty else { return body("", 0) }
    return bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress, Int32($0.count)) }
  }

  func bind(_ value: Int64, at index: Int32) throws(StoreError) {
    try check(sqlite3_bind_int64(handle, index, value))
  }

  func bind(_ value: Int?, at index: Int32) throws(StoreError) {
    try check(
      value.map { sqlite3_bind_int64(handle, index, Int64($0)) } ?? sqlite3_bind_null(handle, index)
    )
  }

  func bind(_ value: Double?, at index: Int32) throws(StoreError) {
    try check(
      value.map { sqlite3_bind_double(handle, index, $0) } ?? sqlite3_bind_null(handle, index))
  }

  func bind(_ value: String?, at index: Int32) throws(StoreError) {
    guard let value else { return try check(sqlite3_bind_null(handle, index)) }
    try bind(value, at: index)
  }

  func bind(_ value: String, at index: Int32) throws(StoreError) {
    var value = value
    try check(
      value.withUTF8 { bytes in
        Self.withCharacters(bytes) { swell_bind_text(handle, index, $0, $1) }
      })
  }

  private func check(_ code: Int32) throws(StoreError) {
    guard code == SQLITE_OK else { throw Connection.error(code, database) }
  }

  /// True when there is a row.
  func step() throws(StoreError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw Connection.error(code, database)
    }
  }

  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }
}

/// The current row of a statement; valid until its next step.
struct Row {
  let statement: Statement

  func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(statement.handle, column) == SQLITE_NULL
  }
  func int(_ column: Int32) -> Int64 { sqlite3_column_int64(statement.handle, column) }
  func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }
  func real(_ column: Int32) -> Double? {
    isNull(column) ? nil : sqlite3_column_double(statement.handle, column)
  }
  func bool(_ column: Int32) -> Bool { int(column) != 0 }

  func text(_ column: Int32) -> String { optionalText(column) ?? "" }

  func optionalText(_ column: Int32) -> String? {
    guard let bytes = sqlite3_column_text(statement.handle, column) else { return nil }
    let count = Int(sqlite3_column_bytes(statement.handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(statement.handle, column) else { return [] }
    return Array(
      UnsafeRawBufferPointer(
        start: bytes, count: Int(sqlite3_column_bytes(statement.handle, column))))
  }
}
