/// WebSocket owns the bytes of RFC 6455 and of the HTTP/1.1 heads in front of it: parsing request
/// and response heads, the upgrade on both sides, refusals, ranges, frames, close codes, and the
/// compression of messages (RFC 7692).
///
/// It refuses I/O, clocks and randomness: bytes come in, events and bytes go out, and whoever needs
/// a mask or a digest passes it in. It imports `CZlib` alone.

/// What a head or a handshake did wrong, with the answer it gets.
package enum HandshakeError: Error, Equatable, Sendable {
  case headTooLarge(limit: Int)
  case tooManyFields(limit: Int)
  case malformedStartLine
  case unsupportedVersion
  /// The zero-based number of the field line.
  case malformedField(line: Int)
  /// A field continued on the next line (RFC 9112 §5.2).
  case foldedField(line: Int)
  case missingHost
  case wrongMethod(String)
  case notAnUpgrade
  case unsupportedWebSocketVersion(String)
  case malformedKey
  /// Sec-WebSocket-Extensions is not of its grammar.
  case malformedExtensions
  /// The server answered an upgrade with this status instead of 101.
  case refused(status: Int)
  /// The server's 101 lacks or contradicts what was asked for.
  case invalidAcceptance(String)

  /// The refusal that a server sends.
  package var response: HTTPResponse {
    switch self {
    case .headTooLarge, .tooManyFields:
      HTTPResponse(431, "Request Header Fields Too Large", text: "The head is too large.")
    case .unsupportedVersion:
      HTTPResponse(505, "HTTP Version Not Supported", text: "HTTP/1.1 is spoken here.")
    case .malformedStartLine:
      HTTPResponse(400, "Bad Request", text: "The request line is malformed.")
    case .malformedField(let line), .foldedField(let line):
      HTTPResponse(400, "Bad Request", text: "Header line \(line + 1) is malformed.")
    case .missingHost:
      HTTPResponse(400, "Bad Request", text: "Exactly one Host header is needed.")
    case .wrongMethod:
      HTTPResponse(
        405, "Method Not Allowed", headers: [("Allow", "GET")], text: "Upgrades are made with GET.")
    case .unsupportedWebSocketVersion:
      // RFC 6455 §4.4; Upgrade by RFC 9110 §15.5.22.
      HTTPResponse(
        426, "Upgrade Required",
        headers: [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")],
        text: "WebSocket version 13 is spoken here.")
    case .malformedKey:
      HTTPResponse(400, "Bad Request", text: "Sec-WebSocket-Key must be 16 bytes in base64.")
    case .malformedExtensions:
      HTTPResponse(400, "Bad Request", text: "Sec-WebSocket-Extensions is malformed.")
    case .notAnUpgrade:
      HTTPResponse(
        400, "Bad Request",
        text: "This is no WebSocket upgrade: Upgrade: websocket and Connection: Upgrade are wanted."
      )
    case .refused, .invalidAcceptance:
      HTTPResponse(400, "Bad Request", text: "This is not a WebSocket upgrade.")
    }
  }
}
