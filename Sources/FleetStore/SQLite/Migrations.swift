/// A numbered step of the schema; never changed once released.
package typealias Migration = (name: String, sql: String)

/// Brings a file's schema up to the newest number, each step in a transaction of its own.
struct Migrations {
  private let steps: [Migration]

  /// In the order of their names, which start with their number.
  init(_ steps: [Migration]) { self.steps = steps.sorted { $0.name < $1.name } }

  /// - Parameter notice: is told what is done to a file of an older Swell.
  func run(
    on connection: Connection, path: String, notice: (String) -> Void
  ) throws(StoreError) {
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
    if !done.isEmpty, done.count < steps.count {
      try keepCopy(of: path, before: done.count + 1, notice: notice)
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

  /// The way back for whoever must return to the older Swell. One that a killed start left behind
  /// is replaced: since then the older Swell may have gone on with the file.
  private func keepCopy(
    of path: String, before number: Int, notice: (String) -> Void
  ) throws(StoreError) {
    let digits = String(number)
    let copy = "\(path).before-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
    do throws(StoreError) {
      try Backup.make(of: path, to: copy, replacing: true)
    } catch {
      throw .noCopy(path: path, copy: copy, reason: error.message)
    }
    notice(
      "\(path) was written by an older swell and is brought from schema \(number - 1) to "
        + "\(steps.count); as it was it is kept at \(copy)")
  }

  /// FNV-1a: it tells an edit from the original; nobody has a reason to forge one.
  private static func hash(_ text: String) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int64(bitPattern: hash)
  }
}
