import Testing

@testable import WebSocket

private func deflated(_ payload: [UInt8], bits: Int = 15, by deflater: MessageDeflater) -> [UInt8]?
{
  var result: [UInt8]?
  _ = payload.withUnsafeBytes { raw in
    deflater.deflate(raw, windowBits: bits) { result = Array($0) }
  }
  return result
}

private func inflated(
  _ payload: [UInt8], limit: Int = 1 << 20, by inflater: MessageInflater = MessageInflater()
) -> Result<[UInt8], MessageInflater.Failure> {
  var result: [UInt8] = []
  let failure = payload.withUnsafeBytes { raw in
    inflater.inflate(raw, limit: limit) { result = Array($0) }
  }
  return failure.map { .failure($0) } ?? .success(result)
}

@Suite("permessage-deflate") struct DeflateTests {
  @Test("what is deflated inflates to itself, with every window", arguments: 9...15)
  func roundTrip(bits: Int) {
    let seed = UInt64(bits) &* 31 &+ 5
    var random = Seeded(state: seed)
    let deflater = MessageDeflater()
    let inflater = MessageInflater()
    for _ in 0..<20 {
      let size = Int.random(in: 256...20_000, using: &random)
      let letters = Int.random(in: 2...60, using: &random)
      let payload = (0..<size).map { _ in UInt8.random(in: 0..<UInt8(letters), using: &random) }
      guard let small = deflated(payload, bits: bits, by: deflater) else {
        Issue.record("seed \(seed): \(size) bytes of \(letters) letters did not shrink")
        continue
      }
      #expect(small.count < size)
      #expect(inflated(small, by: inflater) == .success(payload), "seed \(seed)")
    }
  }

  @Test("what would not shrink, is small, or wants a window of 8 bits, is sent as it is")
  func notCompressed() {
    var random = Seeded(state: 99)
    let noise = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let deflater = MessageDeflater()
    #expect(deflated(noise, by: deflater) == nil)
    #expect(deflated([UInt8](repeating: 0x61, count: 255), by: deflater) == nil)
    #expect(deflated([UInt8](repeating: 0x61, count: 256), by: deflater) != nil)
    #expect(deflated([UInt8](repeating: 0x61, count: 9000), bits: 8, by: deflater) == nil)
  }

  @Test(
    "the examples of RFC 7692 §7.2.3 are Hello",
    arguments: [
      [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
      [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
      [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
      [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
    ] as [[UInt8]])
  func examples(_ bytes: [UInt8]) {
    #expect(inflated(bytes) == .success(Array("Hello".utf8)))
    let seen = decode([frame(0xC1, bytes)], inflater: MessageInflater()).seen
    #expect(seen == [.text("Hello")])
  }

  @Test("corrupt data is refused, and the next message is none the worse")
  func corrupt() {
    let inflater = MessageInflater()
    let good = deflated(FrameCase.long(5000), by: MessageDeflater()) ?? []
    for bad in [
      // A block type that does not exist, a distance before the message, a stored block cut short,
      // a message cut in its middle, one without the byte behind its last block.
      [0x06], [0x4B, 0x04, 0x02], [0x00, 0x0A, 0x00, 0xF5, 0xFF, 0x48], Array(good.dropLast(9)),
      [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
    ] as [[UInt8]] {
      #expect(inflated(bad, by: inflater) == .failure(.corrupt), "\(bad.prefix(10))")
      #expect(inflated(good, by: inflater) == .success(FrameCase.long(5000)))
    }
  }

  @Test("a message that inflates beyond the limit is refused at the limit")
  func bomb() {
    let payload = [UInt8](repeating: 0, count: 1_000_000)
    let bomb = deflated(payload, by: MessageDeflater()) ?? []
    #expect(bomb.count < 10_000)
    #expect(inflated(bomb, limit: 999_999) == .failure(.tooLarge))
    #expect(inflated(bomb, limit: 1_000_000) == .success(payload))
    #expect(inflated(bomb, limit: 10) == .failure(.tooLarge))
    let inflater = MessageInflater()
    #expect(
      decode([frame(0xC2, bomb)], limit: 500_000, inflater: inflater).seen == [.failure(1009)])
    #expect(decode([frame(0xC2, bomb)], inflater: inflater).seen == [.binary(payload)])
  }

  static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

  @Test("a compressed message may be fragmented, and has its mark on the first frame alone")
  func fragments() {
    let inflater = MessageInflater()
    let first = Array(Self.hello[..<3])
    let last = Array(Self.hello[3...])
    func seen(_ bytes: [UInt8]) -> [Seen] { decode([bytes], inflater: inflater).seen }
    #expect(
      seen(frame(0x41, first) + frame(0x89, "?") + frame(0x80, last))
        == [.ping([0x3F]), .text("Hello")])
    #expect(seen(frame(0x41, first) + frame(0xC0, last)) == [.failure(1002)])
    #expect(seen(frame(0xC9, "?")) == [.failure(1002)])
    #expect(seen(frame(0xC8, [])) == [.failure(1002)])
    #expect(seen(frame(0xE1, Self.hello)) == [.failure(1002)])
    #expect(seen(frame(0xC1, []) + frame(0x81, "plain")) == [.text(""), .text("plain")])
    #expect(decode([frame(0xC1, Self.hello)]).seen == [.failure(1002)])
  }

  @Test("text is judged when it is inflated")
  func invalidText() {
    let stored: [UInt8] = [0x00, 0x02, 0x00, 0xFD, 0xFF, 0xC3, 0x28, 0x00]
    let inflater = MessageInflater()
    #expect(decode([frame(0xC1, stored)], inflater: inflater).seen == [.failure(1007)])
    #expect(decode([frame(0xC2, stored)], inflater: inflater).seen == [.binary([0xC3, 0x28])])
  }
}
