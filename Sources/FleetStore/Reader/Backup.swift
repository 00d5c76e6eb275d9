import CSQLite
import Glibc

/// A consistent copy of an inventory, taken beside a running engine or without one.
package enum Backup {
  /// Copies the inventory as it is at one moment; whatever is committed meanwhile is not in it, and
  /// nobody waits for it. The copy is checked and on the disk when this returns.
  ///
  /// It is made under another name, so that a file called `copy` is a whole one at any moment.
  /// - Returns: the size in bytes.
  /// - Throws: also when there is something called `copy`, unless it may be replaced.
  @discardableResult
  package static func make(
    of path: String, to copy: String, replacing: Bool = false
  ) throws(StoreError) -> Int {
    guard replacing || access(copy, F_OK) != 0 else {
      throw .cannotOpen(path: copy, reason: "it is there already")
    }
    guard access(path, F_OK) == 0 else {
      throw .cannotOpen(path: path, reason: "there is no such inventory")
    }
    let draft = copy + ".part"
    unlink(draft)
    // Made here, so that nobody but its owner can read it at any moment.
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw .cannotOpen(path: draft, reason: String(cString: strerror(errno)))
    }
    close(file)
    do throws(StoreError) {
      try fill(draft, from: path)
      let size = try settle(draft)
      guard rename(draft, copy) == 0 else {
        throw .cannotOpen(path: copy, reason: String(cString: strerror(errno)))
      }
      try settleDirectory(of: copy)
      return size
    } catch {
      for end in ["", "-journal", "-wal", "-shm"] { unlink(draft + end) }
      throw error
    }
  }

  /// Page by page, in one step and hence of one moment. Not by VACUUM INTO: over a connection that
  /// only reads, SQLite before 3.46 refuses it for tables with checks and generated columns.
  private static func fill(_ draft: String, from path: String) throws(StoreError) {
    // A reader: it never writes to the inventory, hence never checkpoints either.
    let source = try Connection(path: path, mode: .reader)
    let copy = try Connection(path: draft, mode: .writer)
    guard let backup = sqlite3_backup_init(copy.database, "main", source.database, "main") else {
      throw Connection.error(sqlite3_errcode(copy.database), copy.database)
    }
    let code = sqlite3_backup_step(backup, -1)
    let end = sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE, end == SQLITE_OK else {
      throw Connection.error(code == SQLITE_DONE ? end : code, copy.database)
    }
    // One file, without a log beside it; an engine makes its log anew.
    try copy.execute("PRAGMA journal_mode = DELETE")
    let verdict = try copy.first("PRAGMA integrity_check(1)") { $0.text(0) } ?? ""
    guard verdict == "ok" else { throw .damaged(subject: draft, reason: verdict) }
  }

  /// To the disk.
  private static func settle(_ path: String) throws(StoreError) -> Int {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var status = stat()
    guard file >= 0, fsync(file) == 0, fstat(file, &status) == 0 else {
      throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    return Int(status.st_size)
  }

  /// Where the file is.
  static func directory(of path: String) -> String {
    let name = path.split(separator: "/").dropLast().joined(separator: "/")
    return path.hasPrefix("/") ? "/" + name : (name.isEmpty ? "." : name)
  }

  private static func settleDirectory(of path: String) throws(StoreError) {
    let directory = directory(of: path)
    let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(file) }
    guard file >= 0, fsync(file) == 0 else {
      throw .cannotOpen(path: directory, reason: String(cString: strerror(errno)))
    }
  }
}
