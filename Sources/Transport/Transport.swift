import WebSocket

/// Transport owns event loops, sockets and the moving of bytes: WebSocket servers and clients, plain
/// HTTP with files, and worker threads.
///
/// It refuses to know OCPP, to route targets, to judge credentials, to catch signals, and to block a
/// loop. It imports `WebSocket` (what the bytes mean), `Trust` (digests, certificates,
/// randomness), `COpenSSL` (TLS) and `CLinux`. A connection's byte path is `Wire`: TLS is there, and
/// nowhere else.
///
/// Threads: everything that hangs on an `EventLoop` is used on that loop only, except where a
/// declaration says otherwise. Writes use MSG_NOSIGNAL; sendfile(2) has no such flag, so the process
/// must ignore SIGPIPE before it serves files.

/// What the operating system or a peer's address did not allow.
package enum TransportError: Error, Equatable, Sendable {
  /// A system call failed with this errno.
  case system(call: String, code: Int32)
  /// getaddrinfo(3) knows no such host; `message` is its own.
  case unknownHost(String, message: String)
  /// Not an `http[s]://host[:port]/path` URL.
  case malformedURL(String)
  /// The URL of this host wants TLS, and nobody said whom to trust.
  case tlsNeeded(host: String)
}

// Names of WebSocket that are part of this target's surface, for targets above that import only
// Transport.
package typealias ByteRange = WebSocket.ByteRange
package typealias CloseCode = WebSocket.CloseCode
package typealias HandshakeError = WebSocket.HandshakeError
package typealias HTTPResponse = WebSocket.HTTPResponse
package typealias HeaderFields = WebSocket.HeaderFields
package typealias RequestHead = WebSocket.RequestHead
package typealias ResponseHead = WebSocket.ResponseHead
package typealias UpgradeRequest = WebSocket.UpgradeRequest
