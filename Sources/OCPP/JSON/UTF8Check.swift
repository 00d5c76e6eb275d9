/// UTF-8 as RFC 3629 §4 defines it: shortest forms, no surrogates, at most U+10FFFF.
enum UTF8Check {
  /// Bytes of the sequence that starts at `text`, or 0 when there is none. The first byte is above
  /// 127; a zero byte follows the text, so a cut sequence fails on it.
  static func sequence(_ text: UnsafeMutablePointer<UInt8>) -> Int {
    let first = text[0]
    let second = text[1]
    switch first {
    case 0xC2...0xDF:
      return second & 0xC0 == 0x80 ? 2 : 0
    case 0xE0...0xEF:
      guard second & 0xC0 == 0x80, text[2] & 0xC0 == 0x80 else { return 0 }
      if first == 0xE0, second < 0xA0 { return 0 }
      if first == 0xED, second > 0x9F { return 0 }
      return 3
    case 0xF0...0xF4:
      guard second & 0xC0 == 0x80, text[2] & 0xC0 == 0x80, text[3] & 0xC0 == 0x80 else { return 0 }
      if first == 0xF0, second < 0x90 { return 0 }
      if first == 0xF4, second > 0x8F { return 0 }
      return 4
    default:
      return 0
    }
  }
}
