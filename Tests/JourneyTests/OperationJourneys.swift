import Foundation
import Testing

extension JourneyTests {
  /// Running it for years: systemd, backups, other users, a full disk.
  @Suite(.serialized)
  struct Operation {
    @Test("a backup beside a running engine is whole, and an engine starts on it")
    func backup() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", journey.write("f.csv", Supplies.fleet(50))).code == 0)
      let engine = try journey.engine()
      let writing = try journey.start(
        "/bin/sh",
        [
          "-c",
          "for i in 1 2 3 4 5 6 7 8; do '\(Places.binary)' chargers pin SIM-$i --reason x; done",
        ])
      let copy = journey.path("copy.db")
      let made = try journey.swell("backup", copy)
      #expect(made.code == 0 && made.output.contains("checked"), "\(made.talk)")
      #expect(try writing.exitCode() == 0)
      var status = stat()
      #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let refused = try journey.swell("backup", copy)
      #expect(refused.code == 1 && refused.talk.contains("is there already"))
      #expect(try journey.swell("backup", copy, "--force").code == 0)
      #expect(try journey.swell("backup", journey.database, "--force").code == 1)
      let second = try journey.engine("--db", copy)
      let rows = try journey.swell("chargers", "list", "--db", copy, "--format", "json").rows()
      #expect(rows.count == 50)
      _ = (engine, second)
    }

    @Test("systemd is told when it serves and when it stops", arguments: [false, true])
    func notify(abstract: Bool) throws {
      let journey = try Journey()
      let name = abstract ? "@swell-\(getpid())-\(UUID().uuidString)" : journey.path("notify")
      let socket = try DatagramSocket(name)
      let process = try journey.start(
        Places.binary, ["serve", "--listen", "127.0.0.1:0"],
        ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "900000"])
      try process.wait(for: "READY=1") { _ in
        socket.heard.contains { $0.hasPrefix("READY=1\nSTATUS=") }
      }
      try process.wait(for: "signs of life") { _ in
        socket.heard.filter { $0 == "WATCHDOG=1" }.count >= 3
      }
      process.send(SIGTERM)
      #expect(try process.exitCode() == 0)
      #expect(socket.heard.contains { $0.hasPrefix("STOPPING=1") })
    }

    @Test("a unit for systemd names this binary, inventory and options, and systemd can read it")
    func unit() throws {
      let journey = try Journey()
      let made = try journey.swell("service", "--listen", "127.0.0.1:8181", "--admit", "pending")
      #expect(made.code == 0)
      #expect(made.output.contains("\nType=notify\n") && made.output.contains("WatchdogSec="))
      #expect(made.output.contains("--db \(journey.database) --listen 127.0.0.1:8181"))
      #expect(made.output.contains("--admit pending"))
      #expect(try journey.swell("service", "--listen", "nowhere").code == 2)
      guard access("/usr/bin/systemd-analyze", X_OK) == 0 else { return }
      let file = try journey.write("swell.service", made.output)
      let verdict = try journey.start("/usr/bin/systemd-analyze", ["verify", file])
      #expect(try verdict.exitCode() == 0, "\(verdict.talk)")
    }

    @Test(
      "another user may do nothing until a role is given, and at once what it allows",
      .enabled(if: getuid() == 0, "only root can become another user"))
    func otherUser() throws {
      let journey = try Journey()
      chmod(journey.directory, 0o755)
      #expect(try journey.swell("import", journey.write("f.csv", Supplies.fleet(2))).code == 0)
      let engine = try journey.engine()
      func asStranger(_ words: String...) throws -> (code: Int32, talk: String) {
        let process = try journey.start(
          "/usr/bin/setpriv",
          ["--reuid=65533", "--regid=65532", "--groups=65531", Places.binary] + words)
        return (try process.exitCode(), process.talk + process.output)
      }
      let refused = try asStranger("status")
      #expect(refused.code == 1 && refused.talk.contains("needs the role viewer"), "\(refused)")
      #expect(refused.talk.contains("Only an admin may"))
      #expect(try journey.swell("status").output.contains("root, admin"))
      _ = engine
    }

    @Test(
      "on a full disk nothing is acknowledged, the status says so, and it recovers by itself",
      .enabled(if: getuid() == 0, "only root can make a small disk"))
    func fullDisk() throws {
      let journey = try Journey()
      let disk = journey.path("disk")
      mkdir(disk, 0o755)
      let mount = try journey.start("/bin/mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk])
      try #require(try mount.exitCode() == 0, "\(mount.talk)")
      defer { umount2(disk, Int32(MNT_DETACH)) }
      let database = disk + "/fleet.db"
      let fleet = try journey.write("f.csv", Supplies.fleet(20))
      #expect(try journey.swell("import", fleet, "--db", database).code == 0)
      let engine = try journey.engine("--db", database)
      _ = FileManager.default.createFile(atPath: disk + "/ballast", contents: nil)
      let ballast = try #require(FileHandle(forWritingAtPath: disk + "/ballast"))
      while (try? ballast.write(contentsOf: Data(count: 4096))) != nil {}
      var refused: Journey.Result?
      for number in 1...20 {
        // The log's file has room for some more.
        let result = try journey.swell(
          "chargers", "pin", "SIM-\(number)", "--reason", String(repeating: "x", count: 9000),
          "--db", database)
        if result.code != 0 {
          refused = result
          break
        }
      }
      #expect(refused?.talk.contains("The disk is full") == true, "\(refused?.talk ?? "never")")
      let status = try journey.swell("status", "--db", database)
      #expect(status.output.contains("STORAGE FAILED since"), "\(status.output)\(status.talk)")
      #expect(status.output.contains("disk is full"))
      unlink(disk + "/ballast")
      try ballast.close()
      try engine.process.wait(for: "its recovery") { $0.talk.contains("storing works again") }
      #expect(try !journey.swell("status", "--db", database).output.contains("STORAGE FAILED"))
      #expect(
        try journey.swell("chargers", "pin", "SIM-20", "--reason", "x", "--db", database).code == 0)
    }

    @Test("every message of a charger can be written down and read, without its secrets")
    func trace() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", journey.write("f.csv", Supplies.fleet(2))).code == 0)
      let engine = try journey.engine("--log-format", "json")
      #expect(try journey.swell("trace", "SIM-1").talk.contains("--on"))
      #expect(try journey.swell("trace", "SIM-1", "--on").code == 0)
      let simulation = try journey.start(
        Places.binary,
        ["simulate", "--csv", journey.path("f.csv"), "--url", engine.url, "--seconds", "4"])
      #expect(try simulation.exitCode() == 0)
      let shown = try journey.swell("trace", "SIM-1")
      #expect(shown.output.contains("<-  1.6  [2,") && shown.output.contains("BootNotification"))
      #expect(shown.output.contains("->  1.6  [3,"))
      #expect(try journey.swell("trace", "SIM-2").output.isEmpty)
      #expect(try journey.swell("trace", "SIM-1", "--off").code == 0)
      #expect(try journey.swell("status").output.contains("the message trace takes"))
      for line in engine.process.talk.split(separator: "\n") where line.hasPrefix("{") {
        _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
      }
    }
  }
}

/// A socket as systemd has one.
final class DatagramSocket {
  private let descriptor: Int32
  private var lines: [String] = []

  init(_ name: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = MemoryLayout<sa_family_t>.size + bytes.count + (bytes[0] == 0 ? 0 : 1)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(length))
      }
    }
    try #require(bound == 0)
  }

  deinit { close(descriptor) }

  /// What was told so far.
  var heard: [String] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return lines }
      lines.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }
}
