/// A numbered step of the schema; never changed once released.
package typealias Migration = (name: String, sql: String)

/// Brings a file's schema up to the newest number, each step in a transaction of its own.
struct Migrations {
  private let steps: [Migration]

  /// In the order of their names, which start with their number.
  init(_ steps: [Migration]) { self.steps = steps.sorted { $0.name < $1.name } }

  func run(on connection: Connection, path: String) throws(StoreError) {
    try connection.execute(
      """
      CREATE TABLE IF NOT EXISTS migrations (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash INTEGER NOT NULL) STRICT
      """)
    let done = try connection.rows("SELECT name, hash FROM migrations ORDER BY number") {
      (name: $0.text(0), hash: $0.int(1))
    }
    guard done.count <= steps.count else {
      throw .newerSchema(path: path, found: done.count, known: steps.count)
    }
    for (old, step) in zip(done, steps) {
      guard old.hash == Self.hash(step.sql) else { throw .migrationChanged(name: old.name) }
    }
    for (index, step) in steps.enumerated().dropFirst(done.count) {
      do throws(StoreError) {
        try connection.execute("BEGIN IMMEDIATE")
        try connection.execute(step.sql)
        try connection.run(
          "INSERT INTO migrations VALUES (?, ?, ?)",
          [.int(index + 1), .text(step.name), .int(Self.hash(step.sql))])
        try connection.execute("COMMIT")
      } catch {
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        throw .migrationFailed(name: step.name, reason: error.message)
      }
    }
  }

  /// FNV-1a: it tells an edit from the original; nobody has a reason to forge one.
  private static func hash(_ text: String) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int64(bitPattern: hash)
  }
}
