import WebSocket

/// Why a connection is over.
package enum CloseReason: Sendable, Equatable {
  /// The peer began the closing handshake.
  case peer(CloseCode?, reason: String)
  /// This side began it.
  case local(CloseCode, reason: String)
  /// The peer broke RFC 6455 and was told so.
  case protocolFailure(CloseCode, reason: String)
  /// The stream ended without a closing handshake; the errno, 0 when it just ended.
  case lost(Int32)
  /// The peer took too little of what was sent; the bytes that were queued.
  case slowReader(queued: Int)
  /// No sign of life after the pings that the configuration allows.
  case noPong
  /// Server: the delegate did not decide in time. Client: the server did not answer in time.
  case timedOut
  /// A plain HTTP exchange, or a refused upgrade, ended with this status.
  case answered(Int)
  /// Client: connecting or upgrading failed.
  case refused(HandshakeError)
  /// TLS could not be agreed on.
  case insecure(TLSFailure)
  /// `abort` was called.
  case aborted
  /// The loop was stopped.
  case stopped
}
