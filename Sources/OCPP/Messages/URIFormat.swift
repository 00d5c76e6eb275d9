/// URIs by RFC 3986, as far as a schema's `format: uri` goes: a scheme, then only characters that a
/// URI may have, percent signs followed by two hexadecimal digits.
enum URIFormat {
  static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 0, isLetter(text[0]) else {
      return false
    }
    for byte in text[..<colon] where !isLetter(byte) && !isDigit(byte) {
      guard byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      else { return false }
    }
    var at = colon + 1
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "%") {
        guard at + 2 < text.count, hexDigit(text[at + 1]) != nil, hexDigit(text[at + 2]) != nil
        else { return false }
        at += 3
        continue
      }
      guard isLetter(byte) || isDigit(byte) || "-._~:/?#[]@!$&'()*+,;=".utf8.contains(byte) else {
        return false
      }
      at += 1
    }
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 32) &- UInt8(ascii: "a") < 26
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
