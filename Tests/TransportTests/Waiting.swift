import CLinux
import Glibc
import Patience
import Testing
import Threads

@testable import Transport

/// A value that loops write and a test waits for.
///
/// It need not be Sendable: a connection that a test takes out is used on its loop only.
final class Watched<Value>: Sendable {
  private let monitor: Monitor<Unchecked<Value>>

  init(_ value: Value) { monitor = Monitor(Unchecked(value: value)) }

  var value: Value { monitor.withLock { $0 }.value }

  @discardableResult
  func update<Result>(_ body: (inout Value) -> Result) -> Result {
    monitor.withLock { Unchecked(value: body(&$0.value)) }.value
  }

  /// Waits until a condition holds, 20 s of patience at most; false when it did not come.
  func wait(until condition: (Value) -> Bool) -> Bool {
    let deadline = EventLoop.clock() + UInt64(Patience.seconds(20) * 1000)
    while EventLoop.clock() < deadline {
      if holds(condition) { return true }
      sched_yield()
      usleep(200)
    }
    return holds(condition)
  }

  /// Asked under the lock: of an array that left it the loop would go on changing what the test reads,
  /// as far as a sanitizer can see that does not follow reference counts.
  private func holds(_ condition: (Value) -> Bool) -> Bool {
    monitor.withLock { condition($0.value) }
  }
}

/// What `Watched` guards.
///
/// `@unchecked Sendable`: it is reached under a lock only.
private struct Unchecked<Value>: @unchecked Sendable {
  var value: Value
}

/// A loop that ends with the test.
func withLoop<Result>(_ body: (EventLoop) throws -> Result) throws -> Result {
  let loop = try EventLoop(name: "test")
  defer { loop.stop() }
  return try body(loop)
}

/// Runs `body` on the loop and waits for its result.
func on<Result>(_ loop: EventLoop, _ body: @escaping @Sendable () -> Result) throws -> Result {
  let box = Watched<Result?>(nil)
  loop.submit {
    let result = body()
    box.update { $0 = result }
  }
  try #require(box.wait { $0 != nil })
  return try #require(box.value)
}

/// What a server's test delegate does, and what it saw.
final class Script: Sendable {
  struct Seen {
    var opened = 0
    var texts: [String] = []
    var reasons: [CloseReason] = []
    var progress = 0
    var done: [Bool] = []
    var largestQueue = 0
    var failures: [TLSFailure] = []
  }

  let seen = Watched(Seen())
  let onUpgrade: @Sendable (ServerConnection, UpgradeRequest) -> Void
  let onRequest: @Sendable (ServerConnection, RequestHead, Script) -> Void
  let onText: @Sendable (ServerConnection, UnsafeBufferPointer<UInt8>) -> Void

  init(
    onUpgrade: @escaping @Sendable (ServerConnection, UpgradeRequest) -> Void = {
      $0.accept(subprotocol: $1.offeredSubprotocols.first)
    },
    onRequest: @escaping @Sendable (ServerConnection, RequestHead, Script) -> Void = {
      connection, _, _ in connection.respond(HTTPResponse(404, "Not Found", text: "nothing"))
    },
    onText: @escaping @Sendable (ServerConnection, UnsafeBufferPointer<UInt8>) -> Void = {
      $0.send(text: UnsafeRawBufferPointer($1))
    }
  ) {
    self.onUpgrade = onUpgrade
    self.onRequest = onRequest
    self.onText = onText
  }

  func listen(
    on loop: EventLoop, port: UInt16 = 0,
    configuration: ServerConfiguration = ServerConfiguration(), tls: ServerTLS? = nil,
    isShared: Bool = false
  ) throws -> Listener {
    try Listener.start(
      on: loop, host: "127.0.0.1", port: port, configuration: configuration, tls: tls,
      isShared: isShared
    ) { Server(self) }
  }

  private final class Server: ServerDelegate {
    let script: Script
    init(_ script: Script) { self.script = script }

    func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest) {
      script.onUpgrade(connection, request)
    }
    func requested(_ connection: ServerConnection, _ head: RequestHead) {
      script.onRequest(connection, head, script)
    }
    func opened(_ connection: ServerConnection) { script.seen.update { $0.opened += 1 } }
    func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
      script.onText(connection, text)
      script.seen.update {
        $0.texts.append(String(decoding: text, as: UTF8.self))
        $0.largestQueue = max($0.largestQueue, connection.queuedBytes)
      }
    }
    func closed(_ connection: ServerConnection, _ reason: CloseReason) {
      script.seen.update { $0.reasons.append(reason) }
    }
    func handshakeFailed(peer: (host: String, port: UInt16), _ failure: TLSFailure) {
      script.seen.update { $0.failures.append(failure) }
    }
  }
}

/// A client that greets, keeps what comes, and can be told what to do.
final class Caller: WebSocketClientDelegate {
  struct Seen: Sendable {
    var subprotocols: [String?] = []
    var texts: [String] = []
    var reasons: [CloseReason] = []
  }

  let seen: Watched<Seen>
  let onOpen: (WebSocketClient) -> Void
  let onText: (WebSocketClient, String) -> Void

  init(
    _ seen: Watched<Seen>, onOpen: @escaping (WebSocketClient) -> Void = { _ in },
    onText: @escaping (WebSocketClient, String) -> Void = { _, _ in }
  ) {
    self.seen = seen
    self.onOpen = onOpen
    self.onText = onText
  }

  func opened(_ client: WebSocketClient, subprotocol: String?) {
    seen.update { $0.subprotocols.append(subprotocol) }
    onOpen(client)
  }
  func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>) {
    let text = String(decoding: text, as: UTF8.self)
    onText(client, text)
    seen.update { $0.texts.append(text) }
  }
  func closed(_ client: WebSocketClient, _ reason: CloseReason) {
    seen.update { $0.reasons.append(reason) }
  }
}

/// A blocking socket that says whatever a test wants said.
struct RawPeer: ~Copyable {
  let descriptor: Int32

  init(port: UInt16, receiveBuffer: Int32? = nil) throws {
    let address = try #require(
      try SocketAddress.resolve(host: "127.0.0.1", port: port, passive: false).first)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if let receiveBuffer { setOption(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
    var time = timeval(tv_sec: Int(Patience.seconds(20)), tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    let code = address.withPointer { connect(descriptor, $0, $1) }
    try #require(code == 0)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func say(_ text: String) { say(Array(text.utf8)) }
  func say(_ bytes: [UInt8]) {
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Tells the other side that no more comes.
  func endSaying() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Reads until the stream ends or `enough` says so.
  func hear(until enough: ([UInt8]) -> Bool = { _ in false }) -> [UInt8] {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while !enough(all) {
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { break }
      all.append(contentsOf: piece[..<count])
    }
    return all
  }

  /// Upgrades, and returns once the 101 has come.
  func upgrade() {
    say(
      "GET /raw HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    _ = hear { $0.suffix(4) == [13, 10, 13, 10] }
  }
}
