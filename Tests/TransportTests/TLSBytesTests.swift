import CLinux
import Glibc
import Testing
import Trust

@testable import Transport

/// Bytes over TLS, in pieces of every size.
@Suite struct TLSBytesTests {
  @Test(
    "a message larger than every buffer arrives whole, both ways",
    arguments: [TLSVersion.tls12, .tls13])
  func large(_ version: TLSVersion) throws {
    let ground = try TLSGround()
    let seen = Watched(Caller.Seen())
    let text = String(repeating: "€", count: 300_000)
    let client = try ground.client { $0.maximumVersion = version }
    try withLoop { loop in
      let port = try Script().listen(on: loop, tls: try ground.server()).port
      TLSTests.call(
        loop, port, seen, tls: client, onOpen: { $0.send(text: Array(text.utf8)) },
        onText: { _, _ in })
      #expect(seen.wait { $0.texts.count == 1 })
    }
    #expect(seen.value.texts == [text])
  }

  @Test("records torn into single bytes change nothing", arguments: [TLSVersion.tls12, .tls13])
  func torn(_ version: TLSVersion) throws {
    let ground = try TLSGround()
    let seen = Watched(Caller.Seen())
    let text = String(repeating: "torn ", count: 300)
    let client = try ground.client { $0.maximumVersion = version }
    try withLoop { loop in
      let port = try Script().listen(on: loop, tls: try ground.server()).port
      let relay = try TearingRelay(to: port)
      TLSTests.call(
        loop, relay.port, seen, tls: client, onOpen: { $0.send(text: Array(text.utf8)) })
      #expect(seen.wait { $0.reasons == [.local(.normal, reason: "done")] })
    }
    #expect(seen.value.texts == [text])
  }

  @Test("a peer that reads nothing is dropped at the limit of its queue")
  func slowReader() throws {
    let ground = try TLSGround()
    var configuration = ServerConfiguration()
    configuration.queueLimit = 300_000
    let script = Script(onText: { connection, _ in
      let piece = [UInt8](repeating: 0x61, count: 50_000)
      for _ in 0..<1000 { connection.send(text: piece) }
    })
    let seen = Watched(Caller.Seen())
    let client = try ground.client()
    try withLoop { loop in
      let port = try script.listen(
        on: loop, configuration: configuration, tls: try ground.server()
      ).port
      TLSTests.call(
        loop, port, seen, tls: client,
        onOpen: {
          $0.send(text: [0x78])
          $0.pauseReading()
        })
      #expect(script.seen.wait { !$0.reasons.isEmpty })
    }
    guard case .slowReader? = script.seen.value.reasons.first else {
      Issue.record("\(script.seen.value.reasons)")
      return
    }
  }

  private final class Sink: HTTPSink {
    struct Seen: Sendable {
      var status = 0
      var bytes: [UInt8] = []
      var outcome: HTTPOutcome?
    }

    let seen: Watched<Seen>
    init(_ seen: Watched<Seen>) { self.seen = seen }
    func began(_ download: HTTPClient, _ head: ResponseHead) {
      seen.update { $0.status = head.status }
    }
    func received(_ download: HTTPClient, _ bytes: UnsafeRawBufferPointer) {
      seen.update { $0.bytes.append(contentsOf: bytes) }
    }
    func ended(_ download: HTTPClient, _ outcome: HTTPOutcome) {
      seen.update { $0.outcome = outcome }
    }
  }

  @Test(
    "a file comes over https as it is, to a fast reader and to a slow one, whose bytes wait in TLS",
    arguments: [nil, 4_000_000])
  func file(_ rate: Int?) throws {
    let ground = try TLSGround()
    let content = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let path = try ground.file("")
    let descriptor = open(path, O_RDWR)
    #expect(pwrite(descriptor, content, content.count, 0) == content.count)
    close(descriptor)
    let script = Script(onRequest: { connection, head, script in
      connection.serveFile(
        open(path, O_RDONLY | O_CLOEXEC), size: content.count, for: head,
        progress: { count in script.seen.update { $0.progress += count } },
        done: { isWhole in script.seen.update { $0.done.append(isWhole) } })
    })
    let seen = Watched(Sink.Seen())
    let client = try ground.client()
    try withLoop { loop in
      let port = try script.listen(on: loop, tls: try ground.server()).port
      let url = try HTTPURL("https://127.0.0.1:\(port)/firmware.bin")
      loop.submit { [loop] in
        var options = HTTPClient.Options()
        options.bytesPerSecond = rate
        _ = try? HTTPClient.get(url, on: loop, to: Sink(seen), options: options, tls: client)
      }
      #expect(seen.wait { $0.outcome == .complete(bytes: content.count) })
      #expect(script.seen.wait { $0.done == [true] })
    }
    #expect(seen.value.bytes == content)
    #expect(script.seen.value.progress == content.count)
  }

  @Test("without anybody to trust, an https URL is not followed")
  func needsTrust() throws {
    let url = try HTTPURL("https://127.0.0.1:1/x")
    try withLoop { loop in
      let failed = try on(loop) { [loop] in
        do throws(TransportError) {
          _ = try HTTPClient.get(url, on: loop, to: Sink(Watched(Sink.Seen())))
          return false
        } catch { return error == .tlsNeeded(host: "127.0.0.1") }
      }
      #expect(failed)
    }
  }
}

/// Passes one connection on, a byte at a time each way.
final class TearingRelay: Sendable {
  let port: UInt16
  private let thread: Thread

  init(to target: UInt16) throws {
    let address = try #require(
      try SocketAddress.resolve(host: "127.0.0.1", port: 0, passive: true).first)
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(address.withPointer { bind(listening, $0, $1) } == 0)
    try #require(listen(listening, 1) == 0)
    port = try #require(SocketAddress(of: listening, peer: false)).numeric.port
    let server = try #require(
      try SocketAddress.resolve(host: "127.0.0.1", port: target, passive: false).first)
    thread = try Thread.start(named: "relay") {
      let near = accept(listening, nil, nil)
      let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      _ = server.withPointer { connect(far, $0, $1) }
      for descriptor in [near, far] {
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
      }
      var watched = [
        pollfd(fd: near, events: Int16(POLLIN), revents: 0),
        pollfd(fd: far, events: Int16(POLLIN), revents: 0),
      ]
      // An end of either side ends both: the closing handshake is through by then.
      relaying: while poll(&watched, 2, 20_000) > 0 {
        for side in 0..<2 where watched[side].revents != 0 {
          var byte: UInt8 = 0
          guard recv(watched[side].fd, &byte, 1, 0) == 1 else { break relaying }
          _ = Glibc.send(watched[1 - side].fd, &byte, 1, Int32(MSG_NOSIGNAL))
        }
      }
      for descriptor in [near, far, listening] { close(descriptor) }
    }
  }

  deinit { thread.join() }
}
