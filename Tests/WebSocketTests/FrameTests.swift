import Testing

@testable import WebSocket

struct FrameCase: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let seen: [Seen]
  var role = EndpointRole.server
  var limit = 1 << 20

  var testDescription: String { name }

  static let all: [FrameCase] = valid + refused

  static let valid: [FrameCase] = [
    FrameCase(
      name: "RFC 6455 §5.7: a masked Hello",
      bytes: [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
      seen: [.text("Hello")]),
    FrameCase(
      name: "RFC 6455 §5.7: an unmasked Hello to a client",
      bytes: [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], seen: [.text("Hello")], role: .client),
    FrameCase(name: "an empty text", bytes: frame(0x81, ""), seen: [.text("")]),
    FrameCase(name: "125 bytes", bytes: frame(0x82, long(125)), seen: [.binary(long(125))]),
    FrameCase(name: "126 bytes", bytes: frame(0x82, long(126)), seen: [.binary(long(126))]),
    FrameCase(name: "65535 bytes", bytes: frame(0x82, long(65535)), seen: [.binary(long(65535))]),
    FrameCase(name: "65536 bytes", bytes: frame(0x82, long(65536)), seen: [.binary(long(65536))]),
    FrameCase(
      name: "fragments with a ping between them",
      bytes: frame(0x01, "Hel") + frame(0x89, "?") + frame(0x00, "") + frame(0x80, "lo"),
      seen: [.ping([0x3F]), .text("Hello")]),
    FrameCase(
      name: "a character torn over fragments",
      bytes: frame(0x01, [0xE2, 0x82]) + frame(0x80, [0xAC]) + frame(0x81, "x"),
      seen: [.text("€"), .text("x")]),
    FrameCase(
      name: "a close with code and reason, and nothing behind it",
      bytes: frame(0x88, [0x03, 0xE8] + Array("bye".utf8)) + frame(0x81, "late"),
      seen: [.close(1000, "bye")]),
    FrameCase(name: "a close without a body", bytes: frame(0x88, ""), seen: [.close(nil, "")]),
    FrameCase(name: "a pong nobody asked for", bytes: frame(0x8A, "x"), seen: [.pong([0x78])]),
    FrameCase(
      name: "a message at the limit", bytes: frame(0x81, "12345"), seen: [.text("12345")], limit: 5),
  ]

  static let refused: [FrameCase] = [
    FrameCase(
      name: "unmasked to a server", bytes: frame(0x81, "x", mask: nil), seen: [.failure(1002)]),
    FrameCase(
      name: "masked to a client", bytes: frame(0x81, "x"), seen: [.failure(1002)], role: .client),
    FrameCase(name: "RSV1", bytes: frame(0xC1, "x"), seen: [.failure(1002)]),
    FrameCase(name: "RSV3", bytes: frame(0x91, "x"), seen: [.failure(1002)]),
    FrameCase(name: "reserved data opcode", bytes: frame(0x83, "x"), seen: [.failure(1002)]),
    FrameCase(name: "reserved control opcode", bytes: frame(0x8B, "x"), seen: [.failure(1002)]),
    FrameCase(name: "fragmented ping", bytes: frame(0x09, "x"), seen: [.failure(1002)]),
    FrameCase(name: "ping of 126 bytes", bytes: frame(0x89, long(126)), seen: [.failure(1002)]),
    FrameCase(name: "continuation of nothing", bytes: frame(0x80, "x"), seen: [.failure(1002)]),
    FrameCase(
      name: "text inside a fragmented text", bytes: frame(0x01, "x") + frame(0x81, "y"),
      seen: [.failure(1002)]),
    FrameCase(
      name: "16-bit length of 125",
      bytes: [0x81, 0xFE, 0, 125] + [UInt8](repeating: 0, count: 129),
      seen: [.failure(1002)]),
    FrameCase(
      name: "64-bit length of 65535",
      bytes: [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0],
      seen: [.failure(1002)]),
    FrameCase(
      name: "length with the top bit", bytes: [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      seen: [.failure(1002)]),
    FrameCase(
      name: "a message over the limit", bytes: frame(0x81, "123456"), seen: [.failure(1009)],
      limit: 5),
    FrameCase(
      name: "fragments over the limit", bytes: frame(0x01, "123") + frame(0x80, "456"),
      seen: [.failure(1009)], limit: 5),
    FrameCase(
      name: "a length that no memory holds",
      bytes: [0x82, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
      seen: [.failure(1009)]),
    FrameCase(name: "text that is not UTF-8", bytes: frame(0x81, [0xFF]), seen: [.failure(1007)]),
    FrameCase(
      name: "text that ends in a character", bytes: frame(0x81, [0xE2, 0x82]),
      seen: [.failure(1007)]),
    FrameCase(name: "a surrogate", bytes: frame(0x81, [0xED, 0xA0, 0x80]), seen: [.failure(1007)]),
    FrameCase(name: "an overlong slash", bytes: frame(0x81, [0xC0, 0xAF]), seen: [.failure(1007)]),
    FrameCase(
      name: "beyond U+10FFFF", bytes: frame(0x81, [0xF4, 0x90, 0x80, 0x80]), seen: [.failure(1007)]),
    FrameCase(
      name: "a fragment that cannot become UTF-8, before its end comes",
      bytes: frame(0x01, [0xE2]) + frame(0x00, [0x28]), seen: [.failure(1007)]),
    FrameCase(name: "a close of one byte", bytes: frame(0x88, [3]), seen: [.failure(1002)]),
    FrameCase(name: "close code 1005", bytes: frame(0x88, [0x03, 0xED]), seen: [.failure(1002)]),
    FrameCase(name: "close code 2999", bytes: frame(0x88, [0x0B, 0xB7]), seen: [.failure(1002)]),
    FrameCase(
      name: "close reason not UTF-8", bytes: frame(0x88, [0x03, 0xE8, 0xFF]), seen: [.failure(1007)]
    ),
  ]

  static func long(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
}

@Suite struct FrameTests {
  @Test("a stream of frames in one piece", arguments: FrameCase.all)
  func whole(_ test: FrameCase) {
    #expect(decode([test.bytes], role: test.role, limit: test.limit).seen == test.seen)
  }

  @Test("a stream of frames byte by byte", arguments: FrameCase.all)
  func byteByByte(_ test: FrameCase) {
    let result = decode(test.bytes.map { [$0] }, role: test.role, limit: test.limit)
    #expect(result.seen == test.seen)
  }

  @Test("a stream of frames torn at every place", arguments: FrameCase.all)
  func everySplit(_ test: FrameCase) {
    for cut in stride(from: 0, through: test.bytes.count, by: max(1, test.bytes.count / 300)) {
      let pieces = [Array(test.bytes[..<cut]), Array(test.bytes[cut...])]
      #expect(decode(pieces, role: test.role, limit: test.limit).seen == test.seen, "cut at \(cut)")
    }
  }

  @Test("between messages the decoder owns nothing", arguments: FrameCase.valid)
  func idle(_ test: FrameCase) {
    #expect(decode(test.bytes.map { [$0] }, role: test.role, limit: test.limit).isIdle)
  }

  @Test("an oversized frame is refused by its header alone")
  func early() {
    #expect(decode([[0x82, 0xFE, 0xFF, 0xFF]], limit: 100).seen == [])
    #expect(decode([[0x82, 0xFE, 0xFF, 0xFF, 1, 2, 3, 4]], limit: 100).seen == [.failure(1009)])
  }

  @Test("random messages survive encoding, fragments and any tearing", arguments: 0..<40)
  func roundTrip(_ run: Int) {
    let seed = UInt64(run) &* 7919 &+ 1
    var random = Seeded(state: seed)
    let role: EndpointRole = run % 2 == 0 ? .server : .client
    var bytes: [UInt8] = []
    var expected: [Seen] = []
    for _ in 0..<50 {
      let mask = role == .server ? UInt32.random(in: 0...UInt32.max, using: &random) : nil
      let size = Int.random(in: 0...(Bool.random(using: &random) ? 200 : 70_000), using: &random)
      let text = String(repeating: "aä€😀", count: size / 10)
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        FrameEncoder.text(Array(text.utf8), mask: mask, into: &bytes)
        expected.append(.text(text))
      case 1:
        let payload = FrameCase.long(size)
        FrameEncoder.binary(payload, mask: mask, into: &bytes)
        expected.append(.binary(payload))
      case 2:
        let payload = FrameCase.long(size % 126)
        payload.withUnsafeBytes { FrameEncoder.ping($0, mask: mask, into: &bytes) }
        expected.append(.ping(payload))
      default:
        let all = Array(text.utf8)
        let cut = all.isEmpty ? 0 : Int.random(in: 0..<all.count, using: &random)
        bytes += frame(0x01, Array(all[..<cut]), mask: mask)
        bytes += frame(0x8A, "p", mask: mask)
        bytes += frame(0x80, Array(all[cut...]), mask: mask)
        expected += [.pong([0x70]), .text(text)]
      }
    }
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let largest = [1, 10, 1000, 65_536].randomElement(using: &random) ?? 1
      pieces.append(Array(rest.prefix(Int.random(in: 1...largest, using: &random))))
      rest = rest.dropFirst(pieces.last?.count ?? 1)
    }
    let result = decode(pieces, role: role)
    #expect(result.seen == expected, "seed \(seed)")
    #expect(result.isIdle, "seed \(seed)")
  }

  @Test("a close reason is cut at a character to what a control frame holds")
  func longReason() {
    var bytes: [UInt8] = []
    FrameEncoder.close(.normal, reason: String(repeating: "€", count: 60), mask: 7, into: &bytes)
    #expect(decode([bytes]).seen == [.close(1000, String(repeating: "€", count: 41))])
  }
}
