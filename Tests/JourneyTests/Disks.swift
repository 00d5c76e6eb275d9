import Foundation
import Testing

/// A file system of its own within a journey's directory, gone with this object.
final class SmallDisk {
  let path: String
  private let journey: Journey

  init(_ journey: Journey, megabytes: Int) throws {
    self.journey = journey
    path = journey.path("disk")
    mkdir(path, 0o755)
    try mount(["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }

  func remount(_ option: String) throws { try mount(["-o", "remount,\(option)", path]) }

  private func mount(_ words: [String]) throws {
    let process = try journey.start("/bin/mount", words)
    try #require(try process.exitCode() == 0, "\(process.talk)")
  }

  /// Leaves room for so many pages.
  func fill(leaving pages: Int = 0) throws {
    let file = open(path + "/ballast", O_WRONLY | O_CREAT, 0o600)
    try #require(file >= 0)
    let page = [UInt8](repeating: 0, count: 4096)
    var written = 0
    while write(file, page, page.count) > 0 { written += 1 }
    ftruncate(file, off_t(max(0, written - pages) * page.count))
    close(file)
  }

  func empty() { unlink(path + "/ballast") }

  /// Files with their bytes.
  func contents() throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      found[name] = FileManager.default.contents(atPath: path + "/" + name) ?? Data()
    }
    return found
  }
}

/// Files that nobody can write, not even root and not over descriptors that are open already;
/// until `thaw`, or the end of this object.
final class Immutable {
  private let paths: [String]

  static let isPossible: Bool = {
    let path = "/tmp/swell-journey-immutable-\(getpid())"
    guard getuid() == 0, FileManager.default.createFile(atPath: path, contents: nil) else {
      return false
    }
    defer { unlink(path) }
    guard change("+i", [path]) else { return false }
    return change("-i", [path])
  }()

  init(_ paths: [String]) throws {
    self.paths = paths
    try #require(Self.change("+i", paths))
  }

  deinit { thaw() }

  func thaw() { _ = Self.change("-i", paths) }

  private static func change(_ flag: String, _ paths: [String]) -> Bool {
    let process = try? SwellProcess("/usr/bin/chattr", [flag] + paths, in: "/tmp")
    return (try? process?.exitCode()) == 0
  }
}

/// A charger that keeps what was not acknowledged, with an independent WebSocket.
final class Persistent {
  private let process: SwellProcess
  private let database: String

  init(
    _ journey: Journey, _ engine: Journey.EngineProcess, _ identity: String,
    database: String? = nil
  ) throws {
    self.database = database ?? journey.database
    process = try journey.start(
      try Places.python(), [Places.stations + "persistent.py", engine.url, identity])
  }

  private var lines: [Substring] { process.output.split(separator: "\n") }
  private var acknowledged: Set<String> {
    Set(lines.filter { $0.hasPrefix("acknowledged ") }.map { String($0.dropFirst(13)) })
  }

  /// Waits for some more acknowledgements.
  func acknowledges(_ location: SourceLocation = #_sourceLocation) throws {
    drain()
    let before = acknowledged.count
    try process.wait(for: "acknowledgements", seconds: 60, location) { _ in
      acknowledged.count >= before + 5
    }
  }

  /// Nothing is acknowledged for a second.
  func isSilent(_ location: SourceLocation = #_sourceLocation) throws {
    drain()
    let before = acknowledged.count
    let end = Date().addingTimeInterval(1)
    try process.wait(for: "a second", location) { _ in Date() > end }
    #expect(acknowledged.count == before, sourceLocation: location)
  }

  /// Its connection was closed at least once.
  func isClosed(_ location: SourceLocation = #_sourceLocation) throws {
    try process.wait(for: "a lost connection", location) { _ in
      lines.contains { $0.hasPrefix("lost ") }
    }
  }

  /// Everything that was acknowledged is in the ledger.
  func isWhole(_ location: SourceLocation = #_sourceLocation) throws {
    process.send(SIGTERM)
    _ = try process.exitCode(location)
    let stored = try Python.run(
      """
      import re, sqlite3, sys
      db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
      for (body,) in db.execute("SELECT body FROM ledger WHERE action = 'StatusNotification'"):
          print("".join(re.findall(r"note-\\d+-", body.decode())))
      """, [database])
    let missing = acknowledged.subtracting(stored.split(separator: "\n").map(String.init))
    #expect(!acknowledged.isEmpty && missing.isEmpty, sourceLocation: location)
  }

  /// Takes in what it has written so far.
  private func drain() {
    let end = Date().addingTimeInterval(0.2)
    try? process.wait(for: "its lines") { _ in Date() > end }
  }
}

/// Looks at inventories without the program under test.
enum Python {
  static func run(_ script: String, _ words: [String]) throws -> String {
    let process = try SwellProcess(try Places.python(), ["-c", script] + words, in: "/tmp")
    let code = try process.exitCode(seconds: 60)
    try #require(code == 0, "\(process.talk)")
    return process.output
  }
}

/// An inventory as the first release left it, with a campaign in mid-flight.
enum OldInventory {
  static func make(_ path: String, chargers: Int) throws {
    _ = try Python.run(
      ##"""
      import re, sqlite3, sys
      package, path, more = sys.argv[1], sys.argv[2], int(sys.argv[3])
      schema = open(package + "/Inventory/migrations/0001-inventory.sql").read()
      rows = open(package + "/Tests/FleetStoreTests/FirstSchema.swift").read()
      rows = re.search(r'static let rows = #"""\n(.*?)"""#', rows, re.S).group(1)
      mark = 0xCBF29CE484222325
      for byte in schema.encode():
          mark = (mark ^ byte) * 0x100000001B3 % 2**64
      db = sqlite3.connect(path, isolation_level=None)
      db.executescript("BEGIN;" + schema + "CREATE TABLE migrations (number INTEGER PRIMARY KEY, "
          "name TEXT NOT NULL, hash INTEGER NOT NULL) STRICT;" + rows + "COMMIT;")
      db.execute("INSERT INTO migrations VALUES (1, '0001-inventory.sql', ?)",
          (mark - 2**64 if mark >= 2**63 else mark,))
      # Of the attempts only some are among the rows; the open ones are in their upgrades, too.
      db.execute("INSERT OR IGNORE INTO attempts SELECT id, document ->> '$.pending.step', "
          "document ->> '$.pending.number', document ->> '$.pending.messageID', "
          "document -> '$.pending.order', document ->> '$.pending.state', "
          "document ->> '$.pending.writtenAt', document ->> '$.pending.evidence' "
          "FROM upgrades WHERE document -> '$.pending' IS NOT NULL")
      columns = ("admission, speaks, online, verdict, site, site_name, vendor, model, firmware, "
          "firmware_key, flash_free, ram_free, released, last_seen")
      db.execute("BEGIN")
      for number in range(1000, 1000 + more):
          db.execute(f"INSERT INTO chargers (id, identity, key, {columns}) SELECT ?, 'X-' || ?, "
              f"'x-' || ?, {columns} FROM chargers WHERE id = 1", (number,) * 3)
          db.execute("INSERT INTO dossiers (charger, reason, security_profile, notes) "
              "VALUES (?, '', 0, '')", (number,))
      db.execute("COMMIT")
      db.execute("PRAGMA journal_mode = WAL")
      db.close()
      """##, [Places.package, path, String(chargers)])
  }

  /// `1 old ok`: the number of the schema, which one its tables are of, and what SQLite's own check
  /// says.
  static func state(_ path: String) throws -> String {
    try Python.run(
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      one = lambda sql: db.execute(sql).fetchone()[0]
      found = one("SELECT count(*) FROM sqlite_schema WHERE name IN "
          "('roles', 'history', 'upgrade_tallies', 'audit_by_subject')")
      print(one("SELECT count(*) FROM migrations"), {0: "old", 4: "new"}.get(found, "half"),
          one("PRAGMA integrity_check"))
      """, [path]
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
