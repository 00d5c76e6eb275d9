/// Limits of a listener and its connections. Times are milliseconds, sizes bytes.
package struct ServerConfiguration: Sendable {
  /// For the TLS handshake, and again for a whole request head.
  package var headTime: UInt64 = 10_000
  /// For the delegate's decision on a request.
  package var decisionTime: UInt64 = 30_000
  /// Without progress of a response.
  package var stallTime: UInt64 = 60_000
  /// In so much time a body must grow by `bodyLeast` bytes, or end.
  package var bodyTime: UInt64 = 30_000
  package var bodyLeast = 4096
  /// Connections per listener whose opening is not done, see `PendingTable` for what happens beyond.
  package var pendingLimit = 8192
  /// The same where TLS is spoken: OpenSSL takes 47 kB for a handshake that is under way.
  package var securePendingLimit = 2048
  /// Largest inbound message; beyond it the connection is closed with 1009.
  package var messageLimit = 1 << 20
  /// Most bytes queued for one peer; beyond it the connection is dropped.
  package var queueLimit = 4 << 20
  /// Bytes queued for a peer from which on it is not read from until it has taken them.
  package var unreadLimit = 64 << 10
  /// For such a peer to take some; it is dropped when it takes none.
  package var unreadTime: UInt64 = 15_000
  package var keepAlive = KeepAlive()
  /// Whether `accept` may agree to permessage-deflate.
  package var compression = true

  /// Tells listeners apart that share a delegate; connections have it.
  package var number = 0

  package init() {}
}

/// What a server decides. Confined to its loop; listeners of one loop may share it.
package protocol ServerDelegate: AnyObject {
  /// A valid upgrade request. Answer now or later, on the loop, with `accept` or `refuse`.
  func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest)
  /// A plain HTTP request. Answer now or later, on the loop, with `respond`, `sendFile` or
  /// `serveFile`. A body is not read unless `receiveBody` is called.
  func requested(_ connection: ServerConnection, _ head: RequestHead)
  /// The WebSocket is open: `accept` was called.
  func opened(_ connection: ServerConnection)
  /// A text message, UTF-8 checked; the bytes are valid only during the call.
  func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>)
  /// A binary message; the bytes are valid only during the call.
  func received(_ connection: ServerConnection, binary: UnsafeBufferPointer<UInt8>)
  /// The last call for a connection that any other call named, made exactly once and never from
  /// within another.
  func closed(_ connection: ServerConnection, _ reason: CloseReason)
  /// A TLS handshake failed, of a connection that no other call names. Every stranger can cause as
  /// many as it likes: bound what is kept and logged of them.
  func handshakeFailed(peer: (host: String, port: UInt16), _ failure: TLSFailure)
}

extension ServerDelegate {
  package func handshakeFailed(peer: (host: String, port: UInt16), _ failure: TLSFailure) {}
}

extension ServerDelegate {
  /// Who knows no binary messages closes with 1003.
  package func received(_ connection: ServerConnection, binary: UnsafeBufferPointer<UInt8>) {
    connection.refuseBinary()
  }
}
