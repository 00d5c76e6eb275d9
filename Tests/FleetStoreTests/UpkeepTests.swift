import Foundation
import Testing

@testable import FleetStore

/// What an inventory goes through over the years: newer schemas, and tools of SQLite's own.
@Suite struct UpkeepTests {
  /// A file as the first release left it; closed.
  private func old() throws -> Shelf {
    let shelf = try Shelf()
    let store = try Store.open(shelf.path, migrations: Array(Shelf.migrations.prefix(1)))
    try store.connection.execute("BEGIN; \(FirstSchema.rows); COMMIT")
    return shelf
  }

  private func schema(_ path: String) throws -> Int64? {
    try Connection(path: path, mode: .reader).int("SELECT count(*) FROM migrations")
  }

  @Test("VACUUM and VACUUM INTO leave a whole inventory", arguments: [false, true])
  func vacuum(migrated: Bool) throws {
    let shelf = try migrated ? old() : Shelf()
    let into = shelf.directory.appendingPathComponent("into.db").path
    do {
      let store = try shelf.open()
      if !migrated { _ = try store.addFirmware(Shelf.image) }
      try store.connection.execute("VACUUM")
      try store.connection.execute("VACUUM INTO '\(into)'")
    }
    for path in [shelf.path, into] {
      let store = try Store.open(path, migrations: Shelf.migrations)
      #expect(try store.connection.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
      #expect(try store.connection.int("SELECT count(*) FROM firmware") ?? 0 > 0)
      let upgrades = try store.campaigns().flatMap { try store.upgrades(of: $0.id) }
      #expect(upgrades.isEmpty != migrated)
    }
  }

  @Test("before a file is brought to a newer schema it is kept as it was, and that is said")
  func copy() throws {
    let shelf = try old()
    let copy = shelf.path + ".before-0002"
    // What a killed start left, older than what the file has become since.
    try Data("old".utf8).write(to: URL(fileURLWithPath: copy))
    var notices: [String] = []
    _ = try Store.open(shelf.path, migrations: Shelf.migrations) { notices.append($0) }
    #expect(notices.count == 1 && notices[0].contains("kept at \(copy)"))
    #expect(try schema(shelf.path) == Int64(Shelf.migrations.count))
    #expect(try schema(copy) == 1)
    // The older Swell takes the copy, and refuses the file.
    let first = Array(Shelf.migrations.prefix(1))
    do { _ = try Store.open(copy, migrations: first) }
    #expect(
      throws: StoreError.newerSchema(path: shelf.path, found: Shelf.migrations.count, known: 1)
    ) { _ = try Store.open(shelf.path, migrations: first) }
    #expect(try schema(shelf.path) == Int64(Shelf.migrations.count))
    // There is nothing more to keep.
    _ = try Store.open(shelf.path, migrations: Shelf.migrations) { notices.append($0) }
    #expect(notices.count == 1)
  }

  @Test("a new inventory leaves no copy behind")
  func fresh() throws {
    let shelf = try Shelf()
    _ = try Store.open(shelf.path, migrations: Shelf.migrations) { Issue.record("\($0)") }
    let names = try FileManager.default.contentsOfDirectory(atPath: shelf.directory.path)
    #expect(!names.contains { $0.contains("before") }, "\(names)")
  }

  @Test("where no copy can be made, nothing is changed")
  func noCopy() throws {
    let shelf = try old()
    let part = shelf.path + ".before-0002.part"
    try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: false)
    do {
      _ = try shelf.open()
      Issue.record("opened without a copy")
    } catch StoreError.noCopy(let path, _, _) {
      #expect(path == shelf.path)
    }
    #expect(try schema(shelf.path) == 1)
  }
}
