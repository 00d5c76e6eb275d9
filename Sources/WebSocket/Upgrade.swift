/// An upgrade that passed every check of RFC 6455 §4.2.1.
package struct UpgradeRequest: Sendable {
  /// The raw request target, undecoded: `/ocpp/CP%201?x=y`.
  package let target: String
  /// In the client's order of preference.
  package let offeredSubprotocols: [String]
  /// The Authorization header as it came.
  package let authorization: String?
  /// The Sec-WebSocket-Key.
  package let key: String
  /// The compression that can be agreed to, nil when no offer of it fits (RFC 7692).
  package let deflate: Deflate?
  /// All fields, for what else a vendor says.
  package let fields: HeaderFields
}

/// The opening handshake of both sides (RFC 6455 §4).
package enum Upgrade {
  private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  /// Whether a request means to be an upgrade at all; one that does not is plain HTTP.
  package static func isRequested(_ head: RequestHead) -> Bool {
    head.fields.contains("websocket", in: "Upgrade") || head.fields["Sec-WebSocket-Key"] != nil
  }

  /// Checks a request (§4.2.1).
  package static func check(_ head: RequestHead) -> Result<UpgradeRequest, HandshakeError> {
    guard head.method == "GET" else { return .failure(.wrongMethod(head.method)) }
    guard head.minorVersion >= 1 else { return .failure(.unsupportedVersion) }
    let fields = head.fields
    guard fields.values(of: "Host").count == 1 else { return .failure(.missingHost) }
    guard fields.contains("websocket", in: "Upgrade"), fields.contains("upgrade", in: "Connection")
    else { return .failure(.notAnUpgrade) }
    let version = fields.values(of: "Sec-WebSocket-Version")
    guard version == ["13"] else {
      return .failure(.unsupportedWebSocketVersion(version.joined(separator: ", ")))
    }
    let keys = fields.values(of: "Sec-WebSocket-Key")
    guard keys.count == 1, let key = keys.first, isKey(key) else { return .failure(.malformedKey) }
    guard let extensions = WebSocketExtension.read(fields) else {
      return .failure(.malformedExtensions)
    }
    return .success(
      UpgradeRequest(
        target: head.target, offeredSubprotocols: fields.items(of: "Sec-WebSocket-Protocol"),
        authorization: fields["Authorization"], key: key,
        deflate: Deflate.agreement(to: extensions), fields: fields))
  }

  /// The 101 response (§4.2.2).
  /// - Parameters:
  ///   - deflate: what the request said can be agreed to, or nil to do without.
  ///   - sha1: SHA-1 of bytes; this target computes none.
  package static func response(
    key: String, subprotocol: String?, deflate: Deflate? = nil, sha1: ([UInt8]) -> [UInt8]
  ) -> [UInt8] {
    var text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    text += "Sec-WebSocket-Accept: \(accept(key: key, sha1: sha1))\r\n"
    if let subprotocol { text += "Sec-WebSocket-Protocol: \(subprotocol)\r\n" }
    if let deflate { text += "Sec-WebSocket-Extensions: \(deflate.answer)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  /// A client's request (§4.1).
  /// - Parameters:
  ///   - key: 16 random bytes in base64.
  ///   - compression: whether permessage-deflate is offered.
  package static func clientRequest(
    host: String, target: String, key: String, subprotocols: [String], authorization: String?,
    compression: Bool = false
  ) -> [UInt8] {
    var text = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n"
    text += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    text += "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n"
    if !subprotocols.isEmpty {
      text += "Sec-WebSocket-Protocol: \(subprotocols.joined(separator: ", "))\r\n"
    }
    if compression { text += "Sec-WebSocket-Extensions: \(Deflate.offer)\r\n" }
    if let authorization { text += "Authorization: \(authorization)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  /// Checks a server's response (§4.1): the subprotocol it chose, and the compression it agreed to,
  /// if any.
  package static func checkResponse(
    _ head: ResponseHead, key: String, offered: [String], compression: Bool = false,
    sha1: ([UInt8]) -> [UInt8]
  ) -> Result<(subprotocol: String?, deflate: Deflate?), HandshakeError> {
    guard head.status == 101 else { return .failure(.refused(status: head.status)) }
    let fields = head.fields
    guard fields.contains("websocket", in: "Upgrade"), fields.contains("upgrade", in: "Connection")
    else { return .failure(.invalidAcceptance("Upgrade")) }
    guard fields["Sec-WebSocket-Accept"] == accept(key: key, sha1: sha1) else {
      return .failure(.invalidAcceptance("Sec-WebSocket-Accept"))
    }
    guard let extensions = WebSocketExtension.read(fields), extensions.count <= 1 else {
      return .failure(.invalidAcceptance("Sec-WebSocket-Extensions"))
    }
    var deflate: Deflate?
    if let answer = extensions.first {
      guard compression, let accepted = Deflate.accepted(answer) else {
        return .failure(.invalidAcceptance("Sec-WebSocket-Extensions"))
      }
      deflate = accepted
    }
    let chosen = fields.values(of: "Sec-WebSocket-Protocol")
    guard chosen.count <= 1, chosen.allSatisfy(offered.contains) else {
      return .failure(.invalidAcceptance("Sec-WebSocket-Protocol"))
    }
    return .success((chosen.first, deflate))
  }

  /// Sec-WebSocket-Accept for a key (§4.2.2).
  package static func accept(key: String, sha1: ([UInt8]) -> [UInt8]) -> String {
    base64(sha1(Array((key + guid).utf8)))
  }

  /// Whether a text is base64 of 16 bytes: 22 characters of the alphabet and two of padding.
  /// Bits behind the last byte are not looked at; clients exist that set them.
  private static func isKey(_ key: String) -> Bool {
    let bytes = Array(key.utf8)
    return bytes.count == 24 && bytes[22] == 0x3D && bytes[23] == 0x3D
      && bytes[..<22].allSatisfy { alphabet.contains($0) }
  }

  private static let alphabet = [UInt8](
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Base64 without Trust's, which this target must not import.
  private static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).reduce(UInt32(0)) { sum, offset in
        sum << 8 | (start + offset < bytes.count ? UInt32(bytes[start + offset]) : 0)
      }
      for (place, shift) in [18, 12, 6, 0].enumerated() {
        text.append(
          start + place <= bytes.count ? alphabet[Int(group >> UInt32(shift) & 63)] : 0x3D)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
