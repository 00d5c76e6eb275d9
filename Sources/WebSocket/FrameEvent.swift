/// What a stream of frames amounts to. Payloads are valid only during the call that brings them.
package enum FrameEvent {
  case text(UnsafeBufferPointer<UInt8>)
  case binary(UnsafeBufferPointer<UInt8>)
  case ping(UnsafeBufferPointer<UInt8>)
  case pong(UnsafeBufferPointer<UInt8>)
  /// The peer's close frame; nothing follows it.
  case close(CloseCode?, reason: String)
  /// The peer broke the protocol: send this code and drop the connection. Nothing follows it.
  case failure(CloseCode, reason: String)
}

/// Which end decodes: a server takes masked frames only, a client unmasked ones (RFC 6455 §5.1).
package enum EndpointRole: UInt8, Sendable {
  case server, client
}
