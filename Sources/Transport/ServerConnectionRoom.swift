import Glibc

/// What a listener's `PendingTable` asks of a connection.
extension ServerConnection {
  /// Whether its opening is not done.
  var isPending: Bool {
    guard !isShut, let exchange, !exchange.isSettled else { return false }
    return isBeforeDecision || exchange.step == .deciding
  }
  /// Whether its opening goes on only when the peer sends more.
  var waitsForPeer: Bool { isBeforeDecision && !isStepQueued }
  /// Whether it has sent anything, also what has not been read yet.
  var isHeard: Bool {
    if exchange?.isHeard ?? true { return true }
    var byte: UInt8 = 0
    return recv(wire.descriptor, &byte, 1, Int32(MSG_PEEK)) != -1
  }

  /// Since when its opening waits for the peer, at the earliest: this side's own delay is not its.
  func waits(since accepted: UInt64) -> UInt64 { max(accepted, exchange?.movedAt ?? 0) }

  /// Ends it for the sake of newer connections.
  func crowdOut() { giveUp(TLSFailure(.crowdedOut)) }
}
