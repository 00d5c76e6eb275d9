import Glibc
import Testing
import WebSocket

@testable import Transport

@Suite("Compression on the wire") struct CompressionTests {
  private let text = String(repeating: "{\"status\":\"Available\",\"wert\":\"€\"}", count: 200)

  /// What a server that compresses or not, and a client that offers it or not, make of a text.
  private func exchange(
    offered: Bool, agreed: Bool, allowed: Bool = true
  ) throws -> (isCompressed: Bool, echo: [String]) {
    var configuration = ServerConfiguration()
    configuration.compression = allowed
    let wasCompressed = Watched<Bool?>(nil)
    let script = Script(
      onUpgrade: { $0.accept(subprotocol: $1.offeredSubprotocols.first, compress: agreed) },
      onText: { connection, bytes in
        wasCompressed.update { $0 = connection.isCompressed }
        connection.send(text: UnsafeRawBufferPointer(bytes))
      })
    let seen = Watched(Caller.Seen())
    let text = self.text
    try withLoop { loop in
      let port = try script.listen(on: loop, configuration: configuration).port
      loop.submit { [loop] in
        var limits = WebSocketClientConfiguration()
        limits.compression = offered
        _ = try? WebSocketClient.connect(
          on: loop, host: "127.0.0.1", port: port, target: "/", subprotocols: ["ocpp2.0.1"],
          configuration: limits,
          delegate: Caller(seen, onOpen: { $0.send(text: Array(text.utf8)) }))
      }
      #expect(seen.wait { $0.texts.count == 1 })
    }
    return (try #require(wasCompressed.value as Bool?), seen.value.texts)
  }

  @Test(
    "messages are compressed when the client offers it and the server agrees, and the same anyhow",
    arguments: [
      (true, true, true, true), (true, true, false, false), (true, false, true, false),
      (false, true, true, false),
    ])
  func agreement(_ offered: Bool, _ agreed: Bool, _ allowed: Bool, _ expected: Bool) throws {
    let result = try exchange(offered: offered, agreed: agreed, allowed: allowed)
    #expect(result.isCompressed == expected)
    #expect(result.echo == [text])
  }

  /// The bytes of the server's answers to frames behind an upgrade with an offer.
  private func answers(
    to frames: [UInt8], limit: Int = 1 << 20, offer: String = "permessage-deflate",
    until enough: ([UInt8]) -> Bool
  ) throws -> (head: String, bytes: [UInt8]) {
    var configuration = ServerConfiguration()
    configuration.messageLimit = limit
    let script = Script(onUpgrade: { connection, _ in
      connection.accept(subprotocol: nil, compress: true)
    })
    return try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop, configuration: configuration).port)
      peer.say(
        "GET /raw HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Extensions: \(offer)\r\n\r\n")
      let head = String(
        decoding: peer.hear { $0.suffix(4) == [13, 10, 13, 10] }, as: UTF8.self)
      peer.say(frames)
      return (head, peer.hear(until: enough))
    }
  }

  @Test("a compressed Hello is understood, and its short echo is sent as it is")
  func hello() throws {
    let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    let (head, bytes) = try answers(to: [0xC1, 0x87, 0, 0, 0, 0] + hello) { $0.count >= 7 }
    #expect(head.contains("Sec-WebSocket-Extensions: permessage-deflate; server_no_context"))
    #expect(bytes == [0x81, 5] + Array("Hello".utf8))
  }

  @Test("a window of 8 bits is agreed to, and nothing compressed is sent into it")
  func smallestWindow() throws {
    let long = Array(String(repeating: "a", count: 400).utf8)
    let (head, bytes) = try answers(
      to: [0x81, 0xFE, 0x01, 0x90, 0, 0, 0, 0] + long,
      offer: "permessage-deflate; server_max_window_bits=8"
    ) { $0.count >= 404 }
    #expect(head.contains("server_max_window_bits=8"))
    #expect(bytes == [0x81, 126, 0x01, 0x90] + long)
  }

  @Test("a message that inflates beyond the limit is closed with 1009, corrupt data with 1007")
  func refused() throws {
    var bomb: [UInt8] = []
    let zeros = [UInt8](repeating: 0x61, count: 100_000)
    zeros.withUnsafeBytes {
      FrameEncoder.message(
        $0, isText: true, deflater: MessageDeflater(), windowBits: 15, mask: 1, into: &bomb)
    }
    #expect(bomb.count < 1000)
    #expect(
      try answers(to: bomb, limit: 50_000) { $0.count >= 4 }.bytes.dropFirst(2).prefix(2)
        == [0x03, 0xF1])
    #expect(
      try answers(to: [0xC1, 0x81, 0, 0, 0, 0, 0x06]) { $0.count >= 4 }.bytes.dropFirst(2).prefix(2)
        == [0x03, 0xEF])
  }
}
