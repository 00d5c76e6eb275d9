/// A whole, short HTTP/1.1 response. The connection closes behind it.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var reason: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(
    _ status: Int, _ reason: String, headers: [(String, String)] = [], body: [UInt8] = []
  ) {
    self.status = status
    self.reason = reason
    self.headers = headers.map { (name: $0.0, value: $0.1) }
    self.body = body
  }

  /// A plain-text body.
  package init(_ status: Int, _ reason: String, headers: [(String, String)] = [], text: String) {
    self.init(
      status, reason, headers: headers + [("Content-Type", "text/plain; charset=utf-8")],
      body: Array((text + "\n").utf8))
  }

  /// The bytes on the wire; `Content-Length` and `Connection: close` are added.
  /// - Parameter withBody: false for the answer to HEAD.
  package func serialized(withBody: Bool = true) -> [UInt8] {
    let head = Self.head(status, reason, headers, length: body.count)
    return withBody ? head + body : head
  }

  /// A head for a body of `length` bytes that follows by other means.
  package static func head(
    _ status: Int, _ reason: String, _ headers: [(name: String, value: String)], length: Int
  ) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(reason)\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    // Whoever sends Upgrade names it here too (RFC 9110 §7.8).
    let isUpgrade = headers.contains { $0.name == "Upgrade" }
    text += "Content-Length: \(length)\r\nConnection: \(isUpgrade ? "upgrade, close" : "close")"
    text += "\r\n\r\n"
    return Array(text.utf8)
  }
}
