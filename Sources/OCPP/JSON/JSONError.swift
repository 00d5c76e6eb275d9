/// Why a text is not JSON that Swell accepts, and at which byte.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Reason: String, Sendable {
    case empty = "no value"
    case unexpectedByte = "unexpected byte"
    case unexpectedEnd = "text ends early"
    case trailingBytes = "text after the value"
    case invalidNumber = "not a number"
    case invalidEscape = "unknown escape"
    case loneSurrogate = "half of a surrogate pair"
    case controlCharacter = "control character in a string"
    case invalidUTF8 = "invalid UTF-8"
    case duplicateKey = "field given twice"
    case tooDeep = "nested too deeply"
    case tooLarge = "text too large"
  }

  package var reason: Reason
  /// Bytes from the start of the text.
  package var offset: Int

  package init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
