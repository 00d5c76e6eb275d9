/// The head of an HTTP/1.1 message: a start line and fields.
package protocol MessageHead {
  /// Reads the start line; the fields are read for it.
  init(startLine: UnsafeRawBufferPointer, fields: HeaderFields) throws(HandshakeError)
}

/// A request's head. The target stays as it was on the wire, percent signs included.
package struct RequestHead: MessageHead, Sendable {
  package let method: String
  /// The raw request target: visible ASCII, undecoded; in origin form, whatever form it came in.
  package let target: String
  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  package let minorVersion: Int
  package let fields: HeaderFields

  package init(method: String, target: String, minorVersion: Int = 1, fields: HeaderFields) {
    self.method = method
    self.target = target
    self.minorVersion = minorVersion
    self.fields = fields
  }

  package init(startLine: UnsafeRawBufferPointer, fields: HeaderFields) throws(HandshakeError) {
    let parts = startLine.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty,
      parts[0].allSatisfy(\.isTokenCharacter),
      parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .malformedStartLine }
    minorVersion = try httpMinorVersion(parts[2])
    method = String(decoding: parts[0], as: UTF8.self)
    target = Self.originForm(String(decoding: parts[1], as: UTF8.self))
    self.fields = fields
  }

  /// A server must take the absolute form too (RFC 9112 §3.2.2); clients that know of a proxy send
  /// it. What it says of the authority is the same here as what Host says.
  private static func originForm(_ target: String) -> String {
    guard let slash = target.firstIndex(of: "/"), target[..<slash].last == ":",
      target[slash...].hasPrefix("//")
    else { return target }
    let path = target[slash...].dropFirst(2).drop { $0 != "/" && $0 != "?" }
    return path.first == "/" ? String(path) : "/" + path
  }
}

/// A response's head.
package struct ResponseHead: MessageHead, Sendable {
  package let status: Int
  package let reason: String
  package let fields: HeaderFields

  package init(startLine: UnsafeRawBufferPointer, fields: HeaderFields) throws(HandshakeError) {
    let parts = startLine.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2 else { throw .malformedStartLine }
    _ = try httpMinorVersion(parts[0])
    guard parts[1].count == 3, parts[1].allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .malformedStartLine
    }
    status = parts[1].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    reason = parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : ""
    self.fields = fields
  }
}

/// The minor version of `HTTP/1.x`.
private func httpMinorVersion(_ text: Slice<UnsafeRawBufferPointer>) throws(HandshakeError) -> Int {
  guard text.count == 8, text.starts(with: "HTTP/".utf8) else { throw .malformedStartLine }
  let digits = text.suffix(3)
  guard let minor = digits.last, (0x30...0x39).contains(minor) else { throw .malformedStartLine }
  guard digits.starts(with: "1.".utf8) else { throw .unsupportedVersion }
  return Int(minor - 0x30)
}
