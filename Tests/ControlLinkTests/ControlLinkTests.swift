import Control
import Dispatch
import Fleet
import Foundation
import Patience
import Synchronization
import Testing
import Threads

@testable import ControlLink

/// Answers with what it was given and remembers who asked.
private final class Desk: Answering, Commanding, Sendable {
  let asked = Monitor<[Question]>([])
  let performed = Monitor<[(Command, Caller)]>([])

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

/// Roles that a test gives and takes.
final class Grants: Sendable {
  private let held = Monitor<[RoleGrant]>([])
  var all: [RoleGrant] {
    get { held.withLock { $0 } }
    set { held.withLock { $0 = newValue } }
  }

  static func one(_ subject: RoleGrant.Subject, _ name: String, _ role: Role) -> RoleGrant {
    RoleGrant(subject: subject, name: name, role: role, by: "root", at: Instant(seconds: 0))
  }
}

@Suite("The link between engine and console")
struct ControlLinkTests {
  private let path = "/tmp/swell-link-\(UUID().uuidString.prefix(8)).sock"
  private let desk = Desk()
  private let changes = ChangeSignal()
  private let grants = Grants()

  /// - Parameter owner: another user than this one needs a role.
  private func server(owner: UInt32 = getuid()) throws -> ControlServer {
    try ControlServer(
      path: path,
      desk: .init(
        answering: desk, commanding: desk,
        info: {
          EngineInfo(
            process: 1, startedAt: Instant(seconds: 5), listening: ["ws://x/ocpp"], connections: 3)
        }, clock: { Instant(seconds: 7) }, roles: { [grants] in grants.all }, changes: changes),
      owner: owner)
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

  @Test("a watcher is told at once what it missed, and of each change after that")
  func changeFeed() throws {
    let server = try server()
    defer { server.stop() }
    let client = try ControlClient(path: path)
    let first = try client.waitForChange(after: 0)
    let told = Told()
    Thread.detachNewThread { told.add(Result { try client.waitForChange(after: first) }) }
    #expect(!told.comes(within: 300))
    changes.raise()
    #expect(told.comes(within: 5000))
    #expect(try told.last() == first &+ 1)
    // Questions are not held up by a wait.
    #expect(try client.engine().process == 1)
  }

  @Test("ten thousand changes a second are at most four answers a second")
  func calm() throws {
    let server = try server()
    defer { server.stop() }
    let client = try ControlClient(path: path)
    let isOver = Flag()
    let start = Date()
    var answers = 0
    try withThread({ [changes] in
      while !isOver.isSet {
        changes.raise()
        usleep(100)
      }
    }) {
      defer { isOver.set() }
      var seen: UInt64 = 0
      while Date().timeIntervalSince(start) < 1.1 {
        let now = try client.waitForChange(after: seen)
        #expect(now != seen)
        seen = now
        answers += 1
      }
    }
    #expect((3...6).contains(answers))
  }

  @Test("a watcher learns at once that the engine is gone")
  func engineGone() throws {
    let server = try server()
    let client = try ControlClient(path: path)
    let first = try client.waitForChange(after: 0)
    let told = Told()
    Thread.detachNewThread { told.add(Result { try client.waitForChange(after: first) }) }
    #expect(!told.comes(within: 100))
    #expect(server.watchers == 1)
    server.stop()
    #expect(told.comes(within: 2000))
    #expect(throws: LinkError.noEngine(path: path)) { try told.last() }
  }

  @Test("a watcher that left without a change leaves no thread behind")
  func watcherGone() throws {
    let server = try server()
    defer { server.stop() }
    let seen = try ControlClient(path: path).waitForChange(after: 0)
    do {
      let socket = try UnixSocket.connect(to: path)
      try socket.write(Request.watch(after: seen))
      #expect(eventually { server.watchers == 1 })
    }
    #expect(eventually { server.watchers == 0 })
  }

  @Test("a change that comes between two waits is not lost")
  func nothingLost() {
    let signal = ChangeSignal()
    let rounds = 20_000
    let done = DispatchSemaphore(value: 0)
    let last = signal.now &+ UInt64(rounds)
    Thread.detachNewThread {
      var seen: UInt64 = 0
      while seen != last { seen = signal.wait(after: seen) }
      done.signal()
    }
    for round in 0..<rounds {
      signal.raise()
      if round % 100 == 0 { usleep(50) }
    }
    #expect(done.wait(timeout: .now() + Patience.seconds(10)) == .success)
  }

  @Test("raising costs next to nothing while nobody waits")
  func cheap() {
    let signal = ChangeSignal()
    let start = Date()
    for _ in 0..<1_000_000 { signal.raise() }
    // Some nanoseconds each; a debug build on a busy machine takes some tens.
    #expect(Date().timeIntervalSince(start) < Patience.seconds(1))
  }

  @Test(
    "whoever was given no role is refused everything, and told who may",
    .enabled(if: getuid() != 0, "root needs no role"))
  func strangers() throws {
    let server = try server(owner: getuid() &+ 1)
    defer { server.stop() }
    let client = try ControlClient(path: path)
    let me = getuid()
    let refusal = ControlError.forbidden(
      needs: .viewer, has: nil, action: "looking at this engine", whoMay: [])
    #expect(throws: refusal) { try client.engine() }
    grants.all = [Grants.one(.user(me), "me", .technician)]
    #expect(try client.caller().role == .technician)
    #expect(try client.perform(.note(charger: "CP1", text: "x"), by: .none).message == "done")
    // What needs more is for the engine to refuse, which audits it: it gets the real role.
    _ = try client.perform(.start(campaign: "x"), by: .none)
    let (command, by) = try #require(desk.performed.withLock { $0.last })
    #expect(command == .start(campaign: "x") && by.role == .technician)
    grants.all = []
    #expect(throws: refusal) { try client.engine() }
  }
}

extension Caller {
  /// What a client claims, which counts for nothing.
  fileprivate static var none: Caller { Caller(name: "", role: .viewer) }
}

/// Set once, from any thread.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  func set() { value.store(true, ordering: .relaxed) }
  var isSet: Bool { value.load(ordering: .relaxed) }
}

/// What a thread was told.
final class Told: Sendable {
  private let results = Monitor<[Result<UInt64, any Error>]>([])
  private let came = DispatchSemaphore(value: 0)

  func add(_ result: Result<UInt64, any Error>) {
    results.withLock { $0.append(result) }
    came.signal()
  }

  func comes(within milliseconds: Int) -> Bool {
    came.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
  }

  func last() throws -> UInt64 { try #require(results.withLock { $0.last }).get() }
}

/// Runs `work` in a thread of its own beside `body`, and waits for its end.
func withThread(_ work: @escaping @Sendable () -> Void, _ body: () throws -> Void) rethrows {
  let ended = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    work()
    ended.signal()
  }
  defer { ended.wait() }
  try body()
}

/// Waits until a condition holds, 5 s at most.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<Int(Patience.seconds(5) * 500) {
    if condition() { return true }
    usleep(2000)
  }
  return condition()
}
