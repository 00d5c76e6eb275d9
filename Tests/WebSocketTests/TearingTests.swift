import Testing

@testable import WebSocket

/// A stream of frames, good or broken somewhere, drawn from a seed.
struct DrawnStream {
  private(set) var bytes: [UInt8] = []
  private var random: Seeded
  private let role: EndpointRole
  private let deflater: MessageDeflater?

  init(seed: UInt64, role: EndpointRole, deflater: MessageDeflater?) {
    random = Seeded(state: seed)
    self.role = role
    self.deflater = deflater
    for _ in 0..<Int.random(in: 1...25, using: &random) { addMessage() }
    if Bool.random(using: &random), !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    }
    if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...min(9, bytes.count))) }
  }

  private mutating func addMessage() {
    let size = [0, 3, 130, 700, 9000].randomElement(using: &random) ?? 0
    let isText = Bool.random(using: &random)
    var payload: [UInt8] = []
    while payload.count < size {
      if isText {
        payload += Array("aäß€😀 charge".utf8)
      } else {
        payload.append(UInt8.random(in: 0...255, using: &random))
      }
    }
    var first: UInt8 = isText ? 0x1 : 0x2
    if let deflater, Bool.random(using: &random) {
      var compressed: [UInt8] = []
      let isShorter = payload.withUnsafeBytes {
        deflater.deflate($0, windowBits: Int.random(in: 9...15, using: &random)) {
          compressed = Array($0)
        }
      }
      if isShorter { (payload, first) = (compressed, first | 0x40) }
    }
    let cuts = Int.random(in: 0...3, using: &random)
    for cut in 0...cuts {
      let isLast = cut == cuts
      let taken = isLast ? payload.count : Int.random(in: 0...payload.count, using: &random)
      add((isLast ? 0x80 : 0) | first, Array(payload.prefix(taken)))
      payload.removeFirst(taken)
      first = 0
      if Int.random(in: 0..<4, using: &random) == 0 {
        add([0x89, 0x8A].randomElement(using: &random) ?? 0x89, [1, 2, 3])
      }
    }
  }

  private mutating func add(_ first: UInt8, _ payload: [UInt8]) {
    let mask = role == .server ? UInt32.random(in: 0...UInt32.max, using: &random) : nil
    bytes += frame(first, payload, mask: mask)
  }

  /// The stream torn into pieces of drawn sizes.
  mutating func torn() -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    let largest = [1, 2, 9, 300, 5000].randomElement(using: &random) ?? 1
    while !rest.isEmpty {
      pieces.append(Array(rest.prefix(Int.random(in: 1...largest, using: &random))))
      rest = rest.dropFirst(pieces.last?.count ?? 1)
    }
    return pieces
  }
}

@Suite("Torn frames") struct TearingTests {
  @Test("any tearing of any stream, good or broken, says what the whole says", arguments: 0..<120)
  func anyTearing(_ run: Int) {
    let seed = UInt64(run) &* 104_729 &+ 17
    let role: EndpointRole = run % 3 == 0 ? .client : .server
    let inflater = run % 2 == 0 ? MessageInflater() : nil
    let deflater = inflater.map { _ in MessageDeflater() }
    var stream = DrawnStream(seed: seed, role: role, deflater: deflater)
    let whole = decode([stream.bytes], role: role, limit: 7000, inflater: inflater)
    for _ in 0..<4 {
      let torn = decode(stream.torn(), role: role, limit: 7000, inflater: inflater)
      #expect(torn.seen == whole.seen, "seed \(seed)")
      #expect(torn.isIdle == whole.isIdle, "seed \(seed)")
    }
  }

  @Test("text that cannot become UTF-8 fails in the middle of its frame")
  func failsFast() {
    // Autobahn 6.4.3: behind the second piece nothing can be saved, and 6 bytes are still to come.
    let text: [UInt8] = Array("κόσμε".utf8) + [0xF4, 0x90, 0x80, 0x80] + Array("edited".utf8)
    let bytes = frame(0x81, text)
    let good = bytes.count - 6 - 4
    #expect(decode([Array(bytes[..<good])]).seen == [])
    #expect(decode([Array(bytes[..<(good + 1)])]).seen == [])
    #expect(decode([Array(bytes[..<(good + 2)])]).seen == [.failure(1007)])
    #expect(
      decode([Array(bytes[..<good]), Array(bytes[good..<(good + 4)])]).seen == [.failure(1007)])
  }

  @Test("65,536 fragments are one message, whatever comes in between")
  func manyFragments() {
    var bytes = frame(0x01, "a")
    for number in 0..<65_534 {
      bytes += frame(0x00, number % 2 == 0 ? "b" : "")
      if number % 1000 == 0 { bytes += frame(0x89, "?") }
    }
    bytes += frame(0x80, "c")
    let seen = decode([bytes]).seen
    #expect(seen.count == 67)
    #expect(seen.last == .text("a" + String(repeating: "b", count: 32_767) + "c"))
  }

  @Test("the mask goes on at any place of a frame", arguments: 0..<9)
  func maskOffset(_ cut: Int) {
    let bytes = frame(0x82, FrameCase.long(40), mask: 0x0403_0201)
    let pieces = [Array(bytes[..<(6 + cut)]), Array(bytes[(6 + cut)...])]
    #expect(decode(pieces).seen == [.binary(FrameCase.long(40))])
  }

  @Test("every length around the wide steps is unmasked and judged to its last byte")
  func everyLength() {
    for length in 0...140 {
      let good = [UInt8](repeating: 0x61, count: length)
      #expect(decode([frame(0x81, good)]).seen == [.text(String(repeating: "a", count: length))])
      for place in 0..<length {
        var bad = good
        bad[place] = 0xFF
        #expect(decode([frame(0x81, bad)]).seen == [.failure(1007)], "\(place) of \(length)")
      }
    }
  }
}
