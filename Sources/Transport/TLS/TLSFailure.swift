/// Why a TLS handshake failed, for a log that people read.
package struct TLSFailure: Sendable, Equatable, CustomStringConvertible {
  package enum Reason: Sendable, Equatable {
    /// The certificate's chain ends at nobody who is trusted here.
    case unknownAuthority
    case revoked
    case expired
    case notYetValid
    /// The certificate is not for this use: not for a client, or not for a server.
    case wrongPurpose
    /// Client: the server's certificate is for another host.
    case wrongName
    /// The certificate has another flaw, in OpenSSL's words.
    case badCertificate(String)
    /// None was shown where one is required.
    case noCertificate
    /// No suite, group or signature that both sides know.
    case noSharedCipher
    case versionTooLow
    /// HTTP without TLS came to the TLS port.
    case plainHTTP
    /// What came is no TLS, or broken TLS, in OpenSSL's words.
    case malformed(String)
    /// The peer refused this side, with the alert of this name (RFC 8446 §6.2).
    case refusedByPeer(String)
    /// The peer ended the connection before the handshake was done.
    case left
    /// The connection was lost, with this errno.
    case lost(Int32)
    case timedOut
    /// Given up for newer connections while too many waited.
    case crowdedOut
    /// OpenSSL failed by itself, in its words.
    case openSSL(String)
  }

  package let reason: Reason
  /// Of the certificate that was shown, on one line; nil when none was.
  package var subject: String?
  /// Of the certificate that was shown, hexadecimal.
  package var serialNumber: String?
  /// That certificate is not the peer's own but of one that signed it.
  package var isAuthority = false

  package init(
    _ reason: Reason, subject: String? = nil, serialNumber: String? = nil,
    isAuthority: Bool = false
  ) {
    self.reason = reason
    self.subject = subject
    self.serialNumber = serialNumber
    self.isAuthority = isAuthority
  }

  package var description: String {
    guard let subject, let serialNumber else { return words }
    return "\(words) (\(subject), serial number \(serialNumber))"
  }

  private var whose: String {
    isAuthority ? "the certificate of one that signed its own" : "its certificate"
  }

  private var words: String {
    switch reason {
    case .unknownAuthority: "its certificate is signed by no authority that is trusted here"
    case .revoked: "\(whose) is revoked"
    case .expired: "\(whose) has expired"
    case .notYetValid: "\(whose) is not valid yet"
    case .wrongPurpose: "\(whose) is not made for this use"
    case .wrongName: "its certificate is for another host"
    case .badCertificate(let message): "\(whose) is refused: \(message)"
    case .noCertificate: "it showed no certificate"
    case .noSharedCipher: "it offers no cipher that is spoken here"
    case .versionTooLow: "it speaks no version of TLS that is allowed here"
    case .plainHTTP: "it spoke HTTP without TLS"
    case .malformed(let message): "what it sent is no TLS: \(message)"
    case .refusedByPeer(let alert): "it refused this side: \(alert)"
    case .left: "it left during the TLS handshake"
    case .lost(let code): "the connection was lost during the TLS handshake (errno \(code))"
    case .timedOut: "it took too long for the TLS handshake"
    case .crowdedOut: "too many handshakes were open, and it had not gone on with its own"
    case .openSSL(let message): "TLS failed here: \(message)"
    }
  }
}
