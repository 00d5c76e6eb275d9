import Foundation
import Synchronization
import Testing
import Transport

@testable import swell

extension JourneyTests {
  /// Who may do what, and what of all that is written down nobody may read.
  @Suite(.serialized)
  struct People {
    @Test(
      "another user may do what the role allows, is refused the rest by name, and both are audited",
      .enabled(if: getuid() == 0, "only root can become another user"))
    func roles() throws {
      let journey = try Journey()
      chmod(journey.directory, 0o755)
      #expect(try journey.swell("import", journey.write("f.csv", Supplies.fleet(2))).code == 0)
      let engine = try journey.engine()
      func asStranger(_ words: String...) throws -> Journey.Result {
        let process = try journey.start(
          "/usr/bin/setpriv",
          ["--reuid=65533", "--regid=65532", "--groups=65531", Places.binary] + words)
        return .init(code: try process.exitCode(), output: process.output, talk: process.talk)
      }
      let nobody = try asStranger("chargers", "list")
      #expect(nobody.code == 1 && nobody.talk.contains("nobody gave you one here"), "\(nobody)")
      #expect(nobody.talk.contains("An admin gives roles: swell roles grant USER viewer"))

      #expect(try journey.swell("roles", "grant", "65533", "viewer").code == 0)
      #expect(try asStranger("chargers", "list").output.contains("SIM-1"))
      let held = try asStranger("chargers", "pin", "SIM-1", "--reason", "x")
      #expect(held.code == 1 && held.talk.contains("needs the role technician"), "\(held)")
      #expect(held.talk.contains("you are viewer. Only an admin may."), "\(held)")

      #expect(try journey.swell("roles", "grant", "65533", "technician").code == 0)
      #expect(try asStranger("chargers", "pin", "SIM-1", "--reason", "a cable").code == 0)
      let refused = try asStranger("roles", "grant", "65533", "admin")
      #expect(refused.code == 1 && refused.talk.contains("needs the role admin"), "\(refused)")
      let status = try asStranger("status", "--format", "json").object()
      let told = try #require(status["engine"] as? [String: Any])
      #expect((told["caller"] as? [String: String])?["role"] == "technician")

      // A greater role of a group counts at once, too.
      #expect(try journey.swell("roles", "grant", "group:65531", "planner").code == 0)
      #expect(try asStranger("import", journey.path("f.csv")).code == 0)
      #expect(try journey.swell("roles", "revoke", "group:65531").code == 0)
      #expect(try asStranger("import", journey.path("f.csv")).code == 1)
      #expect(try journey.swell("roles", "revoke", "65533").code == 0)
      #expect(try asStranger("status").code == 1)

      let audit = try journey.swell("audit", "--format", "json").rows()
      let theirs = audit.filter { ($0["who"] as? String)?.contains("65533") == true }
      func tried(_ action: String) -> [String] {
        theirs.filter { $0["action"] as? String == action }.compactMap { $0["outcome"] as? String }
      }
      // The newest first.
      #expect(tried("pin").map { $0.hasPrefix("refused: ") } == [false, true], "\(audit)")
      #expect(tried("grant admin").map { $0.hasPrefix("refused: ") } == [true])
      #expect(tried("import chargers").map { $0.hasPrefix("refused: ") } == [true, false])
      _ = engine
    }

    @Test("a script reads from the status how the engine is")
    func status() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", journey.write("f.csv", Supplies.fleet(2))).code == 0)
      #expect(try journey.swell("status", "--format", "json").object()["engine"] is NSNull)
      let engine = try journey.engine()
      let charger = try Persistent(journey, engine, "SIM-1")
      try charger.acknowledges()
      let status = try journey.swell("status", "--format", "json").object()
      #expect(status["chargers"] as? Int == 2)
      let told = try #require(status["engine"] as? [String: Any])
      #expect(told["process"] as? Int == Int(engine.process.pid))
      #expect((told["listening"] as? [String])?.first?.hasPrefix(engine.url) == true)
      #expect(told["connections"] as? Int == 1)
      #expect(told["since"] != nil && !(told["since"] is NSNull))
      #expect(told["storageFault"] is NSNull)
      #expect(told["traceSize"] as? Int == 0 && told["watchers"] as? Int == 0)
      let caller = try #require(told["caller"] as? [String: String])
      #expect(caller["name"] != nil && caller["role"] == "admin")
    }

    @Test("a stuck writer gives no signs of life, and takes them up when it goes on")
    func stuckWriter() throws {
      let signs = Signs()
      let watchdog = Watchdog()
      let worker = try WorkerThread(name: "stuck")
      defer { worker.stop() }
      let way = DispatchSemaphore(value: 0)
      watchdog.pat(worker, every: 5000) { signs.add() }
      defer { watchdog.stop() }
      try Deadline.wait("signs of life", #_sourceLocation) { signs.count >= 3 }
      let isStuck = DispatchSemaphore(value: 0)
      worker.submit {
        isStuck.signal()
        way.wait()
      }
      // Signs are given on that thread, so from here on there can be none.
      isStuck.wait()
      let stuck = signs.count
      usleep(300_000)
      #expect(signs.count == stuck)
      way.signal()
      try Deadline.wait("more signs of life", #_sourceLocation) { signs.count >= stuck + 3 }
      // They did not pile up meanwhile: 300 ms have room for sixty.
      #expect(signs.count < stuck + 30)
    }

    @Test("no password, key, header or link of a run is in its log, its trace or its audit")
    func secrets() throws {
      let journey = try Journey()
      let secret = "HUSH-0123456789-HUSH"
      let header = Data("SIM-1:\(secret)".utf8).base64EncodedString()
      #expect(try journey.swell("import", journey.write("f.csv", Supplies.fleet(2))).code == 0)
      let engine = try journey.engine("--log", "debug", "--trace", "all")
      #expect(try journey.swell("chargers", "password", "SIM-1", input: secret + "\n").code == 0)
      let station = try journey.start(
        try Places.python(), [Places.stations + "secretive.py", engine.url, "SIM-1", secret])
      try station.wait(for: "the charger") { $0.output.contains("ready") }
      func send(_ action: String, _ payload: String) throws {
        let sent = try journey.swell(
          "send", "SIM-1", action, payload, "--override", "a test of what is written down")
        #expect(sent.code == 0, "\(sent)")
      }
      try send("ChangeConfiguration", #"{"key":"AuthorizationKey","value":"\#(secret)"}"#)
      try send("GetConfiguration", #"{"key":["AuthorizationKey"]}"#)
      try send(
        "UpdateFirmware",
        #"{"location":"http://u:\#(secret)@host/firmware/\#(secret)/x.bin","#
          + #""retrieveDate":"2026-11-23T00:00:00Z"}"#)
      station.send(SIGTERM)
      _ = try station.exitCode()
      // Turned away with another password.
      let stranger = try journey.start(
        try Places.python(),
        [Places.stations + "secretive.py", engine.url, "SIM-1", "wrong" + secret])
      #expect(try stranger.exitCode() == 1)
      engine.process.send(SIGTERM)
      #expect(try engine.process.exitCode() == 0)

      let audit = try journey.swell("audit", "--format", "json").output
      #expect(audit.contains("AuthorizationKey") && audit.contains("(redacted)"))
      let log = engine.process.talk
      #expect(log.contains("level=debug") || log.contains("is sent ChangeConfiguration"))
      var trace = ""
      let directory = journey.database + ".trace"
      for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
        trace += String(
          decoding: FileManager.default.contents(atPath: directory + "/" + name) ?? Data(),
          as: UTF8.self)
      }
      #expect(trace.contains("ChangeConfiguration") && trace.contains("StartTransaction"))
      for (place, text) in [("audit", audit), ("log", log), ("trace", trace)] {
        for hidden in [secret, "HUSH", header] {
          #expect(!text.contains(hidden), "\(hidden) in the \(place)")
        }
      }
      // Who charged is for billing and support; the log is read by many.
      #expect(trace.contains("04A1B2C3D4E5F6") && !log.contains("04A1B2C3D4E5F6"))
      #expect(try journey.swell("trace", "SIM-1").output.contains("04A1B2C3D4E5F6"))
    }
  }
}

/// Signs of life that were given on a worker's thread.
private final class Signs: Sendable {
  private let given = Atomic<Int>(0)

  func add() { given.add(1, ordering: .relaxed) }
  var count: Int { given.load(ordering: .relaxed) }
}
