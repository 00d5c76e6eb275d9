// Normalization is in the standard library but not in its public interface, and Foundation would
// cost every process several megabytes for the few identities outside ASCII.
@_spi(_Unicode) import Swift

/// A charger's identity as a connection's URL names it (OCPP-J 1.6 §3.1.1, OCPP 2.0.1 part 4
/// §3.1.1).
package struct Identity: Sendable, Equatable {
  /// Something that works but should be put right at the charger.
  package enum Warning: String, Sendable, CaseIterable {
    /// `/ocpp/CP1/`.
    case trailingSlash
    /// `/ocpp/CP1/CP1`: the identity was typed into the URL and appended by the charger.
    case doubled
    /// OCPP 2.x does not allow it: too long, or a character outside identifierString.
    case invalidIn2x
  }

  /// Decoded once; not trimmed, not folded.
  package var text: String
  package var warnings: [Warning]

  package init(text: String, warnings: [Warning] = []) {
    (self.text, self.warnings) = (text, warnings)
  }

  /// Reads the identity from a raw request target: below `prefix` exactly one segment, percent
  /// escapes decoded once as UTF-8, `+` left alone, query and fragment ignored.
  package static func decode(
    target: String, prefix: String = "/ocpp"
  ) throws(IdentityError) -> Identity {
    let path = target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    let slash = UInt8(ascii: "/")
    let root = prefix.utf8.split(separator: slash)
    guard path.first == slash else { throw .notBelowPrefix(prefix) }
    var segments = path.dropFirst().split(separator: slash, omittingEmptySubsequences: false)[...]
    for part in root {
      guard let segment = segments.first, segment.elementsEqual(part) else {
        throw .notBelowPrefix(prefix)
      }
      segments = segments.dropFirst()
    }
    // Doubled slashes occur where the configured URL already ended in one.
    while segments.count > 1, segments.first?.isEmpty == true { segments = segments.dropFirst() }
    var warnings: [Warning] = []
    if segments.count > 1, segments.last?.isEmpty == true {
      segments = segments.dropLast()
      warnings.append(.trailingSlash)
    }
    guard let first = segments.first, !first.isEmpty else { throw .empty }
    let text = try decoded(first)
    if segments.count == 2, let second = segments.last, try decoded(second) == text {
      warnings.append(.doubled)
    } else if segments.count > 1 {
      throw .tooManySegments
    }
    if let flaw = flaw(of: text) { throw flaw }
    if !isValidIn2x(text) { warnings.append(.invalidIn2x) }
    return Identity(text: text, warnings: warnings)
  }

  /// Bytes of an identity. OCPP 1.6 sets no limit and 2.x one of 48; somebody whom nobody knows yet
  /// can say any name.
  package static var longest: Int { 255 }

  /// What forbids `text` as an identity in any version; nil when nothing does.
  package static func flaw(of text: String) -> IdentityError? {
    if text.isEmpty { return .empty }
    if text.utf8.count > longest { return .tooLong }
    if text == "." || text == ".." { return .dotSegment }
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar == "/"
        || scalar == "\\"
      {
        return .forbiddenCharacter(scalar.value)
      }
    }
    return nil
  }

  /// OCPP 2.0.1 part 2 §2.1.4: identifierString of at most 48 characters; part 4 §3.1.1 excludes
  /// the colon.
  package static func isValidIn2x(_ text: String) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= 48
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"),
          UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "|"),
          UInt8(ascii: "@"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  /// What identities are compared by: without regard to case (OCPP 2.0.1 part 2 §2.1.4) and to the
  /// way letters are composed. For comparison only; never shown, never sent.
  package static func key(for text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.lowercased()._nfd)
    return String(scalars)
  }

  private static func decoded(_ raw: some Sequence<UInt8>) throws(IdentityError) -> String {
    var bytes: [UInt8] = []
    var iterator = raw.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = iterator.next().flatMap(hexadecimal),
        let low = iterator.next().flatMap(hexadecimal)
      else { throw .malformedEscape }
      bytes.append(high << 4 | low)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
    return text
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// Why a request target names no charger.
package enum IdentityError: Error, Sendable, Equatable {
  /// The path does not start with the endpoint.
  case notBelowPrefix(String)
  case empty
  /// More than one segment below the endpoint.
  case tooManySegments
  case malformedEscape
  case invalidUTF8
  /// Longer than `Identity.longest`.
  case tooLong
  /// `.` or `..`.
  case dotSegment
  /// A control character, `/` or `\`, by its code point.
  case forbiddenCharacter(UInt32)

  /// Status of the HTTP answer: 404 where nothing is found, 400 where nothing could be.
  package var httpStatus: Int {
    switch self {
    case .notBelowPrefix, .empty, .tooManySegments: 404
    case .malformedEscape, .invalidUTF8, .tooLong, .dotSegment, .forbiddenCharacter: 400
    }
  }

  package var message: String {
    switch self {
    case .notBelowPrefix(let prefix): "the path is not below \(prefix)"
    case .empty: "the identity is empty"
    case .tooManySegments: "more than one path segment where the identity should be"
    case .malformedEscape: "a percent escape is malformed"
    case .invalidUTF8: "the identity is not UTF-8"
    case .tooLong: "the identity is longer than \(Identity.longest) bytes"
    case .dotSegment: "\".\" and \"..\" are no identities"
    case .forbiddenCharacter(let value):
      "the character U+\(String(repeating: "0", count: max(0, 4 - String(value, radix: 16).count)))"
        + "\(String(value, radix: 16, uppercase: true)) is not allowed in an identity"
    }
  }
}
