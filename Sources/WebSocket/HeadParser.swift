/// Collects a head from pieces of a stream and parses it (RFC 9112).
///
/// A head that comes in one piece is parsed where it lies; only a torn one is copied. Bare line
/// feeds end lines (RFC 9112 §2.2); folded fields are refused (§5.2).
package struct HeadParser<Head: MessageHead> {
  /// Largest head in bytes, its blank line included.
  package static var sizeLimit: Int { 16_384 }
  /// Most field lines of a head.
  package static var fieldLimit: Int { 100 }

  private var collected: [UInt8] = []

  package init() {}

  /// Takes the next piece. Nil means that more is needed and the whole piece was taken; otherwise
  /// `consumed` bytes of the piece belonged to the head.
  package mutating func feed(
    _ bytes: UnsafeRawBufferPointer
  ) throws(HandshakeError) -> (head: Head, consumed: Int)? {
    if collected.isEmpty {
      guard let end = try Self.end(in: bytes, from: 0) else {
        collected.append(contentsOf: bytes)
        return nil
      }
      return (try Self.parse(UnsafeRawBufferPointer(rebasing: bytes[..<end])), end)
    }
    let before = collected.count
    collected.append(contentsOf: bytes)
    let whole = collected
    // Typed throws do not pass through withUnsafeBytes; a Result carries the error out.
    let result = whole.withUnsafeBytes { all -> Result<(Head, Int)?, HandshakeError> in
      do throws(HandshakeError) {
        guard let end = try Self.end(in: all, from: before) else { return .success(nil) }
        return .success((try Self.parse(UnsafeRawBufferPointer(rebasing: all[..<end])), end))
      } catch {
        return .failure(error)
      }
    }
    guard let (head, end) = try result.get() else { return nil }
    collected = []
    return (head, end - before)
  }

  /// The offset behind the blank line; looks only at what `from` on can have completed.
  private static func end(
    in bytes: UnsafeRawBufferPointer, from: Int
  ) throws(HandshakeError) -> Int? {
    let first = leadingBlankLines(bytes)
    // Any HTTP start line begins with a token; a TLS hello or noise need not wait for a time-out.
    if first < bytes.count, !bytes[first].isTokenCharacter { throw .malformedStartLine }
    let limit = Swift.min(bytes.count, sizeLimit)
    var index = Swift.max(first, from - 3)
    while index < limit {
      if bytes[index] == 0x0A {
        if index + 1 < limit, bytes[index + 1] == 0x0A { return index + 2 }
        if index + 2 < limit, bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A {
          return index + 3
        }
      }
      index += 1
    }
    if bytes.count >= sizeLimit { throw .headTooLarge(limit: sizeLimit) }
    return nil
  }

  /// Blank lines in front of a request line are ignored (RFC 9112 §2.2).
  private static func leadingBlankLines(_ bytes: UnsafeRawBufferPointer) -> Int {
    bytes.firstIndex { $0 != 0x0D && $0 != 0x0A } ?? bytes.count
  }

  private static func parse(_ bytes: UnsafeRawBufferPointer) throws(HandshakeError) -> Head {
    var cursor = leadingBlankLines(bytes)
    let startLine = nextLine(bytes, &cursor)
    var fields = HeaderFields()
    var number = 0
    while true {
      let line = nextLine(bytes, &cursor)
      if line.isEmpty { break }
      guard number < fieldLimit else { throw .tooManyFields(limit: fieldLimit) }
      if line[0].isBlank { throw .foldedField(line: number) }
      // No blank is allowed between name and colon (RFC 9112 §5.1).
      guard let colon = line.firstIndex(of: 0x3A), colon > 0,
        line[..<colon].allSatisfy(\.isTokenCharacter),
        line[(colon + 1)...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
      else { throw .malformedField(line: number) }
      fields.append(
        String(decoding: line[..<colon], as: UTF8.self),
        String(decoding: line[(colon + 1)...].trimmedBlanks, as: UTF8.self))
      number += 1
    }
    return try Head(startLine: startLine, fields: fields)
  }

  /// The line at `cursor` without its end; moves the cursor behind it.
  private static func nextLine(
    _ bytes: UnsafeRawBufferPointer, _ cursor: inout Int
  ) -> UnsafeRawBufferPointer {
    let start = cursor
    let feed = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    cursor = Swift.min(feed + 1, bytes.count)
    let end = feed > start && bytes[feed - 1] == 0x0D ? feed - 1 : feed
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }
}
