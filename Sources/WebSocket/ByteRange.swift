/// What a Range header asks of a file (RFC 9110 §14).
package enum ByteRange: Equatable, Sendable {
  /// No range, one that must be ignored (other unit, malformed), or several.
  case whole
  /// Answered with 206.
  case part(offset: Int, length: Int)
  /// Answered with 416.
  case unsatisfiable

  /// Reads a header's value for a file of `size` bytes. Several ranges in one header count as
  /// none: a server may ignore them (§14.2).
  package init(header: String?, size: Int) {
    self = .whole
    guard let header, let equals = header.firstIndex(of: "="),
      HeaderFields.sameName(String(header[..<equals]), "bytes")
    else { return }
    let spec = header[header.index(after: equals)...].utf8.trimmedBlanks
    let ends = spec.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard ends.count == 2, !(ends[0].isEmpty && ends[1].isEmpty) else { return }
    guard let first = Self.number(ends[0]), let last = Self.number(ends[1]) else { return }
    switch (first, last) {
    case (nil, let suffix?):
      let length = Swift.min(suffix, size)
      self = length == 0 ? .unsatisfiable : .part(offset: size - length, length: length)
    case (let first?, let last):
      if let last, last < first { return }
      guard first < size else {
        self = .unsatisfiable
        return
      }
      self = .part(offset: first, length: Swift.min(last ?? (size - 1), size - 1) - first + 1)
    case (nil, nil):
      return
    }
  }

  /// Outer nil: not a number. Inner nil: nothing there.
  private static func number(_ digits: Substring.UTF8View) -> Int?? {
    if digits.isEmpty { return .some(nil) }
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    // More than any file has is as good as the largest number: a last byte behind the end means the
    // end (§14.1.2).
    let significant = digits.drop { $0 == 0x30 }
    guard significant.count <= 18 else { return .some(.max) }
    return .some(significant.reduce(0) { $0 * 10 + Int($1 - 0x30) })
  }
}
