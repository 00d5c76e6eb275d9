import Glibc
import Trust

extension ServerConnection {
  package var isEncrypted: Bool { wire.tls != nil }
  /// `TLSv1.2` or `TLSv1.3`; nil without TLS, and once the connection is gone.
  package var tlsVersion: String? { wire.tls?.version }
  /// The suite in OpenSSL's notation; nil without TLS, and once the connection is gone.
  package var cipher: String? { wire.tls?.cipher }
  /// The certificate of a client whose whole chain was verified; nil when it showed none, and once
  /// the connection is gone.
  package var peerCertificate: PeerCertificate? { wire.tls?.peer }
  /// Whether the handshake was spared by an earlier one's ticket.
  package var isResumed: Bool { wire.tls?.isResumed ?? false }

  func securingTimedOut() {
    // A step that waits for this side's turn is not the peer's delay.
    if isStepQueued { return loop.arm(self, at: loop.now + listener.configuration.headTime) }
    giveUp(TLSFailure(.timedOut))
  }

  /// The time that a step waited for its turn is this side's: with every one that gets on, the
  /// peer's time begins anew. There are few of them in a handshake.
  func noteStep(from state: Int32) {
    guard phase == .opening, let exchange, exchange.step == .securing, wire.tls?.progress != state
    else { return }
    exchange.movedAt = loop.now
    loop.arm(self, at: loop.now + listener.configuration.headTime)
  }

  func giveUp(_ failure: TLSFailure) {
    if exchange?.step == .securing { report(failure) }
    isUnknown = true
    end(.insecure(failure), abruptly: true)
  }

  func report(_ failure: TLSFailure) {
    let peer = peerAddress
    let delegate = listener.delegate
    loop.defer { delegate.handshakeFailed(peer: peer, failure) }
  }
}
