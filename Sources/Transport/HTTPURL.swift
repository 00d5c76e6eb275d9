/// An `http://` or `https://` URL in the parts that a request needs.
package struct HTTPURL: Sendable, Equatable {
  /// Whether it wants TLS.
  package let isSecure: Bool
  package let host: String
  package let port: UInt16
  /// Path and query as written, `/` when there is none.
  package let target: String

  /// Reads `http[s]://host[:port][/path][?query]`; the host may be an IPv6 address in brackets.
  /// User names in URLs are refused.
  package init(_ text: String) throws(TransportError) {
    let isSecure = text.lowercased().hasPrefix("https://")
    let scheme = isSecure ? "https://" : "http://"
    guard text.lowercased().hasPrefix(scheme),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .malformedURL(text) }
    let rest = text.dropFirst(scheme.count)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let authority = rest[..<end]
    let path = rest[end...].prefix { $0 != "#" }
    var host = authority
    var portText: Substring?
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { throw .malformedURL(text) }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let behind = authority[authority.index(after: close)...]
      if !behind.isEmpty {
        guard behind.first == ":" else { throw .malformedURL(text) }
        portText = behind.dropFirst()
      }
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      portText = authority[authority.index(after: colon)...]
    }
    guard !host.isEmpty, !host.contains("@"),
      let port = UInt16(portText ?? (isSecure ? "443" : "80"))
    else { throw .malformedURL(text) }
    self.isSecure = isSecure
    self.host = String(host)
    self.port = port
    target = path.first == "/" ? String(path) : "/" + path
  }
}
