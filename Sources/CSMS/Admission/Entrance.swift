import Fleet
import Transport
import Trust

/// What a listener asks of everybody who comes in by it.
struct Entrance: Sendable {
  var isEncrypted = false
  var minimum = SecurityProfile.unsecured
  /// The operator said so, and it does not just follow from TLS.
  var isMinimumGiven = false
  var letsExpiredWait = false
}

/// A client certificate whose chain was found good in the handshake.
struct ShownCertificate: Sendable {
  var kept: ClientCertificate
  var isExpired: Bool
  var commonName: String { kept.commonName }
}

extension ShownCertificate {
  init(_ peer: PeerCertificate) {
    kept = ClientCertificate(
      commonName: peer.commonName.bounded(to: 64), serialNumber: peer.serialNumber.bounded(to: 40),
      notAfter: Instant(seconds: peer.notAfter))
    isExpired = peer.isExpired
  }
}

extension TLSFailure.Reason {
  /// A word for what a peer is reported for; nil where it only went away or was too slow, as
  /// anybody on the way may be.
  var offence: String? {
    switch self {
    case .unknownAuthority: "unknown authority"
    case .revoked: "revoked"
    case .expired: "expired"
    case .notYetValid: "not yet valid"
    case .wrongPurpose: "wrong purpose"
    case .wrongName: "wrong name"
    case .badCertificate: "bad certificate"
    case .noCertificate: "no certificate"
    case .noSharedCipher: "no shared cipher"
    case .versionTooLow: "version too low"
    case .plainHTTP: "plain HTTP"
    case .malformed: "malformed"
    case .refusedByPeer: "refused by peer"
    case .left, .lost, .timedOut, .crowdedOut, .openSSL: nil
    }
  }

  /// The certificate was signed by somebody who is trusted here, whatever else is wrong with it.
  var isOfTrustedChain: Bool { self == .revoked || self == .expired || self == .notYetValid }
}
