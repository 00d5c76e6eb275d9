import Control
import Fleet
import Foundation
import Synchronization
import Testing

@testable import ControlLink

/// Answers with what it was given and remembers who asked.
private final class Desk: Answering, Commanding, Sendable {
  let asked = Mutex<[Question]>([])
  let performed = Mutex<[(Command, Caller)]>([])

  func answer(_ question: Question, at now: Instant) throws -> Reply {
    asked.withLock { $0.append(question) }
    if case .campaign(let name) = question { throw ControlError.unknownCampaign(name) }
    let entry = AuditEntry(
      at: now, who: "Jürgen", action: "pin", subject: "CP1", reason: "", outcome: "done")
    return .audit(.init(at: now, query: .init(), matching: 1, entries: [entry]))
  }

  func perform(_ command: Command, by caller: Caller) throws -> Outcome {
    performed.withLock { $0.append((command, caller)) }
    return Outcome(message: "done")
  }
}

@Suite("The link between engine and console")
struct ControlLinkTests {
  private let path = "/tmp/swell-link-\(UUID().uuidString.prefix(8)).sock"
  private let desk = Desk()

  private func server() throws -> ControlServer {
    try ControlServer(
      path: path, answering: desk, commanding: desk,
      info: {
        EngineInfo(
          process: 1, startedAt: Instant(seconds: 5), listening: ["ws://x/ocpp"], connections: 3)
      }, clock: { Instant(seconds: 7) })
  }

  @Test("questions, commands and the engine's own state go both ways")
  func roundTrip() throws {
    let server = try server()
    defer { server.stop() }
    let client = try ControlClient(path: path)
    #expect(try client.engine().connections == 3)
    let reply = try client.answer(.audit(.init(limit: 1)), at: Instant(seconds: 0))
    guard case .audit(let page) = reply else {
      Issue.record("another reply")
      return
    }
    #expect(page.entries.first?.who == "Jürgen")
    #expect(page.entries.first?.at == Instant(seconds: 7))
    let command = Command.pin(charger: "CP1", reason: "look at it")
    let caller = Caller(name: "somebody else", role: .viewer)
    #expect(try client.perform(command, by: caller).message == "done")
    let (done, by) = try #require(desk.performed.withLock { $0.first })
    #expect(done == command)
    // Who asks is what the socket says, not what the client claims.
    #expect(by == ControlServer.ownCaller)
    #expect(by.role == .admin)
  }

  @Test("an error of the engine is the same error at the console")
  func errors() throws {
    let server = try server()
    defer { server.stop() }
    let client = try ControlClient(path: path)
    #expect(throws: ControlError.unknownCampaign("Autumn")) {
      try client.answer(.campaign("Autumn"), at: Instant(seconds: 0))
    }
    #expect(try client.engine().process == 1)
  }

  @Test("whoever is neither the engine's user nor root may only look")
  func roles() {
    #expect(ControlServer.caller(uid: 0).role == .admin)
    #expect(ControlServer.caller(uid: getuid()).role == .admin)
    #expect(ControlServer.caller(uid: 65_533).role == .viewer)
  }

  @Test("with no engine there is an error that names the path")
  func noEngine() {
    #expect(throws: LinkError.noEngine(path: path)) { try ControlClient(path: path) }
  }

  @Test("a client finds the engine again after a restart, and nothing is sent twice meanwhile")
  func restart() throws {
    var server = try server()
    let client = try ControlClient(path: path)
    _ = try client.engine()
    server.stop()
    server = try self.server()
    defer { server.stop() }
    // The old connection lives on in the old server's thread; a broken one is replaced.
    #expect(
      try client.perform(.holdEverything(reason: ""), by: ControlServer.ownCaller).message == "done"
    )
    #expect(desk.performed.withLock { $0.count } == 1)
  }

  @Test("a socket file that a killed engine left is replaced")
  func staleSocket() throws {
    #expect(FileManager.default.createFile(atPath: path, contents: Data()))
    let server = try server()
    defer { server.stop() }
    #expect(try ControlClient(path: path).engine().process == 1)
  }

  @Test(
    "a torn or absurd frame ends that connection only",
    arguments: [[0, 0], [0x7f, 255, 255, 255], [0, 0, 0, 2, 0x7b]])
  func hostileFrames(bytes: [UInt8]) throws {
    let server = try server()
    defer { server.stop() }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = try UnixSocket.address(path)
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(connected == 0)
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    #expect(try ControlClient(path: path).engine().process == 1)
  }
}
