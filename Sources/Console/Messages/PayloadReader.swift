/// Reads JSON for the screen. Whether it is a good payload is judged elsewhere.
struct PayloadReader {
  /// Deeper than any message nests.
  private static let depth = 64

  private let text: [UInt8]
  private var at = 0

  init(_ text: String) { self.text = Array(text.utf8) }

  /// The one value that the text is.
  mutating func whole() -> PayloadValue? {
    guard let value = value(0) else { return nil }
    skip()
    return at == text.count ? value : nil
  }

  private mutating func skip() {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skip()
    guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func value(_ depth: Int) -> PayloadValue? {
    guard depth < Self.depth else { return nil }
    skip()
    guard at < text.count else { return nil }
    switch text[at] {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return list(depth)
    case UInt8(ascii: "\""): return string().map { .text($0) }
    default: return word()
    }
  }

  private mutating func object(_ depth: Int) -> PayloadValue? {
    at += 1
    var members: [PayloadValue.Member] = []
    if take("}") { return .object(members) }
    repeat {
      skip()
      guard let name = string(), take(":"), let value = value(depth + 1) else { return nil }
      members.append(.init(name: name, value: value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func list(_ depth: Int) -> PayloadValue? {
    at += 1
    var items: [PayloadValue] = []
    if take("]") { return .list(items) }
    repeat {
      guard let value = value(depth + 1) else { return nil }
      items.append(value)
    } while take(",")
    return take("]") ? .list(items) : nil
  }

  private mutating func string() -> String? {
    guard at < text.count, text[at] == UInt8(ascii: "\"") else { return nil }
    at += 1
    var bytes: [UInt8] = []
    while at < text.count {
      let byte = text[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        bytes += Array(String(scalar).utf8)
      case ..<0x20: return nil
      default: bytes.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Character? {
    guard at < text.count else { return nil }
    at += 1
    switch text[at - 1] {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "u"):
      guard var code = hex() else { return nil }
      if code & 0xFC00 == 0xD800 {
        guard at + 1 < text.count, text[at] == UInt8(ascii: "\\") else { return nil }
        at += 2
        guard let low = hex(), low & 0xFC00 == 0xDC00 else { return nil }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      return Unicode.Scalar(code).map { Character($0) }
    default: return nil
    }
  }

  private mutating func hex() -> UInt32? {
    guard at + 4 <= text.count else { return nil }
    let digits = String(decoding: text[at..<at + 4], as: UTF8.self)
    at += 4
    return UInt32(digits, radix: 16)
  }

  /// A number, or one of the three words.
  private mutating func word() -> PayloadValue? {
    let start = at
    while at < text.count, Self.isPartOfWord(text[at]) { at += 1 }
    let word = String(decoding: text[start..<at], as: UTF8.self)
    switch word {
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "null": return .null
    default: return PayloadValue.isNumber(word) ? .number(word) : nil
    }
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension PayloadValue {
  /// By RFC 8259 §6.
  static func isNumber(_ word: String) -> Bool {
    var rest = Substring(word)
    func digits() -> Int {
      let count = rest.utf8.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == "-" { rest = rest.dropFirst() }
    let hasLeadingZero = rest.first == "0"
    let whole = digits()
    if whole == 0 || hasLeadingZero && whole > 1 { return false }
    if rest.first == "." {
      rest = rest.dropFirst()
      if digits() == 0 { return false }
    }
    if rest.first == "e" || rest.first == "E" {
      rest = rest.dropFirst()
      if rest.first == "+" || rest.first == "-" { rest = rest.dropFirst() }
      if digits() == 0 { return false }
    }
    return rest.isEmpty
  }
}
