/// What happens to a station.
package enum StationEvent: Sendable {
  case powerOn
  /// The handshake is done; the subprotocol that the server selected.
  case connected(subprotocol: String?)
  /// The connection is gone, or could not be made.
  case closed
  /// One WebSocket text message.
  case received([UInt8])
  case downloaded(SimulatedImage.Received)
  case downloadFailed(String)
  /// What was to be uploaded is there, or is not.
  case uploaded(Bool)
  case timer(StationTimer)
}

/// The timers of a station; there is one of a kind.
package enum StationTimer: Hashable, Sendable {
  case reconnect, powerUp, boot, heartbeat, answer, transactionRetry, sample, sessionStart
  case sessionEnd(connector: Int)
  case retrieve, downloadRetry, install, reboot
  // Of habits.
  case probe, leave, crash, selfUpdate, bootRepetition, delayedCall
}

/// What a station wants done.
package enum StationAction: Sendable, Equatable {
  /// Open a connection that offers these subprotocols in this order.
  case connect(offers: [String])
  /// Send one text message.
  case send([UInt8])
  /// Close the connection behind what was sent.
  case drop
  /// Forget the connection and leave it open: nobody is there any more.
  case abandon
  /// Fetch a simulated image.
  case download(url: String, bytesPerSecond: Int?)
  case cancelDownload
  /// Leave bytes at a URL, with PUT.
  case upload(url: String, body: [UInt8])
  /// Set the timer of that kind, in milliseconds; an earlier setting is void.
  case schedule(StationTimer, after: Int64)
  case cancel(StationTimer)
  case log(StationLogLine)
}
