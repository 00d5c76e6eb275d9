import Glibc
import Testing

@testable import Transport

@Suite("A loop that stops takes leave") struct LeavingTests {
  /// Whether somebody listens.
  private func isListening(_ port: UInt16) throws -> Bool {
    let address = try #require(
      try SocketAddress.resolve(host: "127.0.0.1", port: port, passive: false).first)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return address.withPointer { connect(descriptor, $0, $1) } == 0
  }

  @Test("peers are told 1001, may answer, and get every byte that was queued for them")
  func goodbye() throws {
    let message = [UInt8](repeating: 0x61, count: 1_000_000)
    let script = Script(onText: { connection, _ in
      for _ in 0..<3 { connection.send(text: message) }
    })
    let loop = try EventLoop(name: "leaves")
    let port = try script.listen(on: loop).port
    let peer = try RawPeer(port: port, receiveBuffer: 100_000)
    peer.upgrade()
    peer.say([0x81, 0x81, 0, 0, 0, 0, 0x78])
    try #require(script.seen.wait { $0.texts.count == 1 })
    loop.beginStop()
    while try isListening(port) { sched_yield() }
    // Bytes that the server will not read any more as messages must not reset what it has sent.
    peer.say([0x81, 0x81, 0, 0, 0, 0, 0x79])
    let heard = peer.hear { $0.suffix(4) == [0x88, 2, 0x03, 0xE9] }
    #expect(heard.count == 3 * (message.count + 10) + 4)
    peer.say([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE9])
    #expect(peer.hear() == [])
    shutdown(peer.descriptor, Int32(SHUT_WR))
    loop.stop()
    #expect(script.seen.value.reasons == [.stopped])
    #expect(script.seen.value.texts == ["x"])
  }

  @Test("a peer that neither reads nor answers keeps nobody, and nobody new is let in")
  func deafPeer() throws {
    let message = [UInt8](repeating: 0x61, count: 1_000_000)
    let script = Script(onText: { connection, _ in connection.send(text: message) })
    let loop = try EventLoop(name: "leaves")
    let port = try script.listen(on: loop).port
    let peer = try RawPeer(port: port, receiveBuffer: 4096)
    peer.upgrade()
    peer.say([0x81, 0x81, 0, 0, 0, 0, 0x78])
    try #require(script.seen.wait { $0.texts.count == 1 })
    loop.stop()
    #expect(script.seen.value.reasons == [.stopped])
    // The peer is still there: it is not its end that let the loop go.
    peer.say([0x81])
    #expect(try !isListening(port))
  }

  @Test("a loop that stopped is let go, with its listener and the connections that it had")
  func letGo() throws {
    weak var stopped: EventLoop?
    weak var left: Listener?
    do {
      let loop = try EventLoop(name: "leaves")
      let listener = try Script().listen(on: loop)
      (stopped, left) = (loop, listener)
      let peer = try RawPeer(port: listener.port)
      peer.upgrade()
      loop.stop()
    }
    #expect(left == nil)
    #expect(stopped == nil)
  }

  @Test("an upgrade that nobody has decided on is answered with 503")
  func undecided() throws {
    let asked = Watched(false)
    let script = Script(onUpgrade: { _, _ in asked.update { $0 = true } })
    let loop = try EventLoop(name: "leaves")
    let peer = try RawPeer(port: try script.listen(on: loop).port)
    peer.say(
      "GET /raw HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    try #require(asked.wait { $0 })
    loop.beginStop()
    #expect(String(decoding: peer.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 503 "))
    shutdown(peer.descriptor, Int32(SHUT_WR))
    loop.stop()
    #expect(script.seen.value.reasons == [.answered(503)])
  }
}
