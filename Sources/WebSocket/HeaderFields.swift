/// The fields of a head in their order, duplicates kept; names compare without case.
package struct HeaderFields: Sendable {
  /// Name as written, value without surrounding blanks.
  package private(set) var all: [(name: String, value: String)] = []

  package init() {}

  package mutating func append(_ name: String, _ value: String) {
    all.append((name, value))
  }

  /// The first value of a field.
  package subscript(_ name: String) -> String? {
    all.first { Self.sameName($0.name, name) }?.value
  }

  /// Every value of a field, in order.
  package func values(of name: String) -> [String] {
    all.filter { Self.sameName($0.name, name) }.map(\.value)
  }

  /// The items of a comma-separated list field over all its lines, trimmed, empty ones skipped
  /// (RFC 9110 §5.6.1).
  package func items(of name: String) -> [String] {
    var items: [String] = []
    for value in values(of: name) {
      for item in value.utf8.split(separator: UInt8(ascii: ",")) {
        let trimmed = item.trimmedBlanks
        if !trimmed.isEmpty { items.append(String(Substring(trimmed))) }
      }
    }
    return items
  }

  /// Whether a list field holds a token, without regard to case.
  package func contains(_ token: String, in name: String) -> Bool {
    items(of: name).contains { Self.sameName($0, token) }
  }

  /// ASCII equality without case.
  static func sameName(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count
      && zip(a.utf8, b.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
  }
}

extension UInt8 {
  var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
  var isBlank: Bool { self == 0x20 || self == 0x09 }

  /// A character of a token (RFC 9110 §5.6.2).
  var isTokenCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
  }
}

extension BidirectionalCollection<UInt8> {
  /// Without spaces and tabs at either end.
  var trimmedBlanks: SubSequence {
    guard let first = firstIndex(where: { !$0.isBlank }),
      let last = lastIndex(where: { !$0.isBlank })
    else { return self[startIndex..<startIndex] }
    return self[first...last]
  }
}
