/// Validates UTF-8 piece by piece (RFC 3629: no overlong forms, surrogates, or beyond U+10FFFF).
struct UTF8Validator {
  /// Continuation bytes still due.
  private var due: UInt8 = 0
  /// Bounds of the next continuation byte.
  private var low: UInt8 = 0x80
  private var high: UInt8 = 0xBF

  /// Whether no character is half read.
  var isComplete: Bool { due == 0 }

  /// Takes a piece; false once it cannot be UTF-8 any more.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < bytes.count {
      if due == 0 {
        while index + 8 <= bytes.count,
          bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        { index += 8 }
        guard index < bytes.count else { return true }
      }
      guard takeByte(bytes[index]) else { return false }
      index += 1
    }
    return true
  }

  private mutating func takeByte(_ byte: UInt8) -> Bool {
    if due > 0 {
      guard byte >= low, byte <= high else { return false }
      due -= 1
      (low, high) = (0x80, 0xBF)
      return true
    }
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: due = 1
    case 0xE0: (due, low) = (2, 0xA0)
    case 0xED: (due, high) = (2, 0x9F)
    case 0xE1...0xEF: due = 2
    case 0xF0: (due, low) = (3, 0x90)
    case 0xF1...0xF3: due = 3
    case 0xF4: (due, high) = (3, 0x8F)
    default: return false
    }
    return true
  }

  /// Whether a whole string is UTF-8.
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var validator = UTF8Validator()
    return validator.take(bytes) && validator.isComplete
  }
}
