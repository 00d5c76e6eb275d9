import Foundation
import Testing

@testable import swell

extension JourneyTests {
  /// Disks that are full or take no writes, and files of an older release.
  @Suite(.serialized)
  struct Storage {
    @Test(
      "what can't be written is said in one sentence, nothing is begun, and all can be looked at",
      .enabled(if: getuid() == 0, "only root can mount a disk that takes no writes"))
    func readOnlyStart() throws {
      let journey = try Journey()
      let disk = try SmallDisk(journey, megabytes: 16)
      let database = disk.path + "/fleet.db"
      let fleet = try journey.write("f.csv", Supplies.fleet(5))
      #expect(try journey.swell("import", fleet, "--db", database).code == 0)
      try disk.remount("ro")
      let before = try disk.contents()
      for words in [
        ["serve", "--listen", "127.0.0.1:0"], ["run", "--listen", "127.0.0.1:0"],
        ["import", fleet], ["chargers", "pin", "SIM-1", "--reason", "x"],
      ] {
        let process = try journey.start(Places.binary, words + ["--db", database])
        #expect(try process.exitCode() == 1)
        let sentence = process.talk
        #expect(
          sentence.contains("can't be written: Read-only file system. Nothing was changed.")
            && sentence.contains("swell console"), "\(words): \(sentence)")
        #expect(sentence.filter { $0 == "\n" }.count == 1, "\(words): \(sentence)")
      }
      let rows = try journey.swell("chargers", "list", "--db", database, "--format", "json").rows()
      #expect(rows.count == 5)
      let status = try journey.swell("status", "--db", database)
      #expect(status.code == 0 && status.output.contains("5 chargers"), "\(status)")
      #expect(try journey.swell("backup", journey.path("copy.db"), "--db", database).code == 0)
      if access("/usr/bin/script", X_OK) == 0 {
        let console = try journey.start(
          "/usr/bin/script",
          ["-qec", "'\(Places.binary)' console --db '\(database)' --ascii", "/dev/null"],
          ["TERM": "xterm", "COLUMNS": "120", "LINES": "40"])
        try console.wait(for: "the console") { $0.output.contains("5 ") }
        #expect(!console.output.contains("can't"), "\(console.output)")
      }
      #expect(try disk.contents() == before)
      try disk.remount("rw")
      let pinned = try journey.swell(
        "chargers", "pin", "SIM-1", "--reason", "x", "--db", database)
      #expect(pinned.code == 0, "\(pinned)")
    }

    @Test(
      "a file that takes no writes any more stops the engine's word until it does again",
      .enabled(if: Immutable.isPossible, "needs root and a file system with chattr"))
    func readOnlyMidRun() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", journey.write("f.csv", Supplies.fleet(5))).code == 0)
      let engine = try journey.engine()
      let charger = try Persistent(journey, engine, "SIM-1")
      try charger.acknowledges()
      let frozen = try Immutable([journey.database, journey.database + "-wal"])
      try engine.process.wait(for: "the failure") {
        $0.talk.contains("storing failed, nothing is acknowledged until it works")
      }
      #expect(engine.process.talk.contains("can't be written: Operation not permitted"))
      try charger.isSilent()
      let status = try journey.swell("status")
      #expect(status.output.contains("STORAGE FAILED since"), "\(status)")
      let refused = try journey.swell("chargers", "pin", "SIM-2", "--reason", "x")
      #expect(refused.code == 1 && refused.talk.contains("can't be written"), "\(refused)")
      frozen.thaw()
      try engine.process.wait(for: "its recovery") { $0.talk.contains("storing works again") }
      try charger.acknowledges()
      #expect(try journey.swell("chargers", "pin", "SIM-2", "--reason", "x").code == 0)
      #expect(try !journey.swell("status").output.contains("STORAGE FAILED"))
      try charger.isWhole()
    }

    @Test(
      "on a full disk with chargers connected nothing is acknowledged, and all come back",
      .enabled(if: getuid() == 0, "only root can make a small disk"))
    func fullDisk() throws {
      let journey = try Journey()
      let disk = try SmallDisk(journey, megabytes: 6)
      let database = disk.path + "/fleet.db"
      let fleet = try journey.write("f.csv", Supplies.fleet(20))
      #expect(try journey.swell("import", fleet, "--db", database).code == 0)
      let engine = try journey.engine("--db", database)
      let chargers = try (1...3).map {
        try Persistent(journey, engine, "SIM-\($0)", database: database)
      }
      for charger in chargers { try charger.acknowledges() }
      try disk.fill()
      try engine.process.wait(for: "the failure", seconds: 60) {
        $0.talk.contains("storing failed, nothing is acknowledged until it works")
      }
      #expect(engine.process.talk.contains("The disk is full"))
      for charger in chargers { try charger.isClosed() }
      for charger in chargers { try charger.isSilent() }
      let status = try journey.swell("status", "--db", database, "--format", "json").object()
      let told = try #require(status["engine"] as? [String: Any])
      let fault = try #require(told["storageFault"] as? [String: Any], "\(engine.process.talk)")
      #expect((fault["reason"] as? String)?.contains("disk is full") == true)
      disk.empty()
      try engine.process.wait(for: "its recovery") { $0.talk.contains("storing works again") }
      for charger in chargers { try charger.acknowledges() }
      let after = try journey.swell("status", "--db", database, "--format", "json").object()
      let engineNow = try #require(after["engine"] as? [String: Any])
      #expect(engineNow["storageFault"] is NSNull && engineNow["connections"] as? Int == 3)
      for charger in chargers { try charger.isWhole() }
    }

    @Test(
      "a file of an older release is not touched where no copy of it has room",
      .enabled(if: getuid() == 0, "only root can make a small disk"))
    func noRoomForCopy() throws {
      let journey = try Journey()
      let disk = try SmallDisk(journey, megabytes: 8)
      let database = disk.path + "/fleet.db"
      try OldInventory.make(database, chargers: 100)
      // The log and its index have room, a copy has none.
      try disk.fill(leaving: 24)
      let refused = try journey.swell("serve", "--listen", "127.0.0.1:0", "--db", database)
      #expect(refused.code == 1 && refused.talk.contains("disk is full"), "\(refused)")
      #expect(refused.talk.contains("Nothing was changed; make room there"), "\(refused)")
      #expect(try OldInventory.state(database) == "1 old ok")
      #expect(try !disk.contents().keys.contains { $0.contains("before") })
      disk.empty()
      let engine = try journey.engine("--db", database)
      #expect(engine.process.talk.contains("kept at \(database).before-0002"))
      #expect(try OldInventory.state(database + ".before-0002") == "1 old ok")
    }

    @Test("an engine killed while it brings a file up to date leaves the old schema or the new")
    func killedMigration() throws {
      let journey = try Journey()
      let pristine = journey.path("pristine.db")
      try OldInventory.make(pristine, chargers: 20_000)
      let copy = journey.database + ".before-0002"
      let log = journey.database + "-wal"
      var states: [String] = []
      // Within the copy, within the migration, while its commit is written, and behind it.
      for (file, delay) in [(copy + ".part", 0), (copy + ".part", 20)]
        + [0, 10, 40, 160, 1000].map({ (copy, $0) }) + [0, 0, 1, 2].map({ (log, $0) })
      {
        for end in ["", "-wal", "-shm", ".before-0002", ".before-0002.part"] {
          unlink(journey.database + end)
        }
        try FileManager.default.copyItem(atPath: pristine, toPath: journey.database)
        let process = try journey.start(Places.binary, ["serve", "--listen", "127.0.0.1:0"])
        try process.wait(for: file) { _ in access(file == log ? copy : file, F_OK) == 0 }
        // No pause: a commit takes a few milliseconds.
        let end = Date().addingTimeInterval(10)
        while file == log, Self.size(log) == 0, Date() < end {}
        usleep(UInt32(delay) * 1000)
        process.send(SIGKILL)
        _ = try process.exitCode()
        states.append(try OldInventory.state(journey.database))
        // A file under the copy's own name is a whole one.
        if access(copy, F_OK) == 0 { #expect(try OldInventory.state(copy) == "1 old ok") }
      }
      // Each step is a transaction of its own.
      let newest = StockContent.migrations.count
      let whole = ["1 old ok"] + (2...newest).map { "\($0) new ok" }
      #expect(Set(states).isSubset(of: whole), "\(states)")
      #expect(states.contains("1 old ok"), "\(states)")
      let engine = try journey.engine()
      #expect(try OldInventory.state(journey.database) == "\(newest) new ok")
      #expect(try journey.swell("campaigns", "list").output.contains("Demo"))
      _ = engine
    }

    private static func size(_ path: String) -> Int {
      var status = stat()
      return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
  }
}
