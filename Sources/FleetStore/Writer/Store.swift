import CSQLite
import Fleet
import Glibc
import Rollout

/// The one writer of an inventory. Confined to the thread that an engine gives it.
package final class Store {
  let connection: Connection
  let policy: ReadinessPolicy
  private let lock: EngineLock
  private let path: String
  private var depth = 0
  /// Since the last checkpoint.
  private var commits = 0
  /// Frames in the write-ahead log, written by SQLite at each commit.
  private let frames: UnsafeMutablePointer<Int32>
  /// Rebuilt from rows when nil; rows may have changed under a transaction that was undone.
  var judge: ReadinessJudge?
  var siteNames: [SiteID: String]?
  /// The newest sample of the history; looked up when nil.
  var sampled: HistoryTable.Sampled?
  let ledgerInsert: Statement

  private init(
    _ connection: Connection, lock: EngineLock, path: String, policy: ReadinessPolicy
  ) throws(StoreError) {
    self.connection = connection
    self.lock = lock
    self.path = path
    self.policy = policy
    frames = .allocate(capacity: 1)
    frames.initialize(to: 0)
    swell_count_frames(connection.database, frames)
    ledgerInsert = try connection.prepare(
      "INSERT INTO ledger (charger, at, kind, version, action, body) VALUES (?, ?, ?, ?, ?, ?)")
  }

  deinit {
    // SQLite must not write there any more, whoever else still holds the connection.
    sqlite3_wal_hook(connection.database, nil, nil)
    frames.deallocate()
  }

  /// Opens or creates the inventory, takes its lock and brings its schema up to date; what an older
  /// Swell wrote is copied before.
  ///
  /// - Parameter notice: is told when that is done.
  package static func open(
    _ path: String, migrations: [Migration], policy: ReadinessPolicy = ReadinessPolicy(),
    notice: (String) -> Void = { _ in }
  ) throws(StoreError) -> Store {
    try checkWritable(path)
    let lock = try EngineLock(database: path)
    let connection = try Connection(path: path, mode: .writer)
    // busy_timeout covers a reader that recovers the WAL; nobody else ever writes.
    try connection.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA foreign_keys = ON;
      PRAGMA cache_size = -\(servingCache);
      PRAGMA temp_store = MEMORY;
      """)
    try Migrations(migrations).run(on: connection, path: path, notice: notice)
    return try Store(connection, lock: lock, path: path, policy: policy)
  }

  /// Throws when the inventory, or a place beside it that writing needs, takes no writes: before
  /// anything is begun, for SQLite would open the file for reading and stop half-way.
  package static func checkWritable(_ path: String) throws(StoreError) {
    if let error = Connection.unwritable(path) { throw error }
  }

  /// Runs `body` and commits durably; when it throws, nothing happened. Inside another transaction
  /// it is a part of that one, undone alone.
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    let level = depth
    try connection.run(level == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT inner_\(level)")
    depth = level + 1
    do {
      let result = try body()
      depth = level
      try connection.run(level == 0 ? "COMMIT" : "RELEASE inner_\(level)")
      if level == 0 { commits += 1 }
      return result
    } catch {
      depth = level
      judge = nil
      siteNames = nil
      sampled = nil
      // SQLite undoes everything by itself after some errors, a full disk among them.
      if connection.isInTransaction {
        try connection.execute(
          level == 0 ? "ROLLBACK" : "ROLLBACK TO inner_\(level); RELEASE inner_\(level)")
      }
      throw error
    }
  }

  /// Kilobytes of pages that are kept in memory. Beyond what is written again and again, pages are as
  /// cheap to have from the system.
  private static let servingCache = 6144
  /// 64 MB hold the indexes of 100,000 chargers; with less, an import writes pages again and again.
  private static let largeCache = 65_536

  /// Runs `body` with room for the pages that many new rows touch.
  func withLargeCache<Result>(_ body: () throws -> Result) throws -> Result {
    try connection.execute("PRAGMA cache_size = -\(Self.largeCache)")
    defer { _ = try? connection.execute("PRAGMA cache_size = -\(Self.servingCache)") }
    return try body()
  }

  /// Size of the write-ahead log in bytes.
  package var walSize: Int {
    var status = stat()
    return stat(path + "-wal", &status) == 0 ? Int(status.st_size) : 0
  }

  /// Size of the log in bytes that is not let pass, whatever goes on.
  package static let walLimit = 64 << 20
  /// Commits between two checkpoints from which on an inventory counts as busy.
  private static let busyCommits = 50

  /// Frames from which on the log is moved into the file between two commits. A short log stays in
  /// the processor's cache and its pages are written over again and again; a long one wants new
  /// memory for each, and moving it keeps messages waiting.
  private static let usualFrames: Int32 = 2000

  /// As `checkpointIfIdle`, in the midst of traffic: for the moment behind a commit whose answers
  /// have left.
  package func checkpointIfLong() throws(StoreError) {
    guard depth == 0, frames.pointee >= Self.usualFrames else { return }
    frames.pointee = 0
    // Readers are not waited for.
    try connection.execute("PRAGMA busy_timeout = 0")
    defer { _ = try? connection.execute("PRAGMA busy_timeout = 5000") }
    try connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
  }

  /// Moves the log into the file, as far as readers let it. While commits keep coming the log's file
  /// keeps its size and is written over from its start: to grow it anew would cost each commit a
  /// turn of the file system's journal. Otherwise, or beyond `walLimit`, it is emptied.
  package func checkpointIfIdle() throws(StoreError) {
    guard depth == 0, walSize > 0 else { return }
    let isLarge = walSize > Self.walLimit
    let isBusy = commits >= Self.busyCommits
    commits = 0
    try connection.execute("PRAGMA busy_timeout = \(isLarge ? 200 : 0)")
    defer { _ = try? connection.execute("PRAGMA busy_timeout = 5000") }
    try connection.execute(
      isBusy && !isLarge ? "PRAGMA wal_checkpoint(PASSIVE)" : "PRAGMA wal_checkpoint(TRUNCATE)")
  }
}
