/// Frames spoiled at random, below the level of any rule.
extension MessageSampler {
  /// One to four mutations of the bytes: bits turned, stretches cut, doubled or taken from `other`,
  /// values put in the place of others, nesting, bytes that no text has.
  package mutating func mutated(_ frame: [UInt8], with other: [UInt8] = []) -> [UInt8] {
    var bytes = frame
    for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, other) }
    return bytes
  }

  private mutating func mutate(_ bytes: inout [UInt8], _ other: [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = Array("[".utf8)
      return
    }
    let at = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1: bytes[at] = Self.special.randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(stretch(of: bytes, from: at))
    case 3: bytes.removeSubrange(at...)
    case 4: bytes.insert(contentsOf: Array(bytes[stretch(of: bytes, from: at)]), at: at)
    case 5 where !other.isEmpty:
      let from = Int.random(in: 0..<other.count, using: &random)
      bytes.replaceSubrange(at..., with: other[from...])
    case 6: nest(&bytes, at: at)
    default: replaceToken(&bytes, near: at)
    }
  }

  private mutating func stretch(of bytes: [UInt8], from start: Int) -> Range<Int> {
    start..<min(bytes.count, start + Int.random(in: 1...16, using: &random))
  }

  private static let special: [UInt8] =
    [0, 1, 0x1F, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFE, 0xFF] + Array("\"\\{}[],:-+.eE019tfn ".utf8)

  private mutating func nest(_ bytes: inout [UInt8], at: Int) {
    let depth = [2, 63, 64, 65, 5000].randomElement(using: &random) ?? 2
    let open = Bool.random(using: &random) ? "[" : #"{"a":"#
    bytes.insert(contentsOf: Array(String(repeating: open, count: depth).utf8), at: at)
  }

  private static let tokens = [
    "null", "true", "false", "0", "-0", "-1", "1e999", "-1e-999", "9223372036854775807",
    "9223372036854775808", "1.0", "0.1", #""""#, #""text""#, #""\ud800""#, #""\u0000""#, "[]", "{}",
    "[[]]", #"{"a":1,"a":2}"#, "NaN", "-", "01", "'x'", #""2026-13-45T99:99:99Z""#, "2", "3", "6",
  ]

  /// Puts some value where the next one begins after `at`.
  private mutating func replaceToken(_ bytes: inout [UInt8], near at: Int) {
    let isBefore = { (byte: UInt8) in byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") }
    let isAfter = { (byte: UInt8) in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
    let start = (bytes[at...].firstIndex(where: isBefore) ?? 0) + 1
    let end = start < bytes.count ? bytes[start...].firstIndex(where: isAfter) : nil
    let token = Self.tokens.randomElement(using: &random) ?? "null"
    bytes.replaceSubrange(min(start, bytes.count)..<(end ?? bytes.count), with: token.utf8)
  }
}
