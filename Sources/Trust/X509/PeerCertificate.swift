/// The certificate of a peer whose chain was verified, kept in place of OpenSSL's own.
package struct PeerCertificate: Sendable, Equatable {
  /// The subject's most specific common name as it stands; empty when it has none. A name that an
  /// authority certified, but still foreign text.
  package let commonName: String
  package let organization: String?
  /// Hexadecimal, lower case, without leading zeros.
  package let serialNumber: String
  /// Seconds since 1970.
  package let notBefore: Int64
  /// Seconds since 1970.
  package let notAfter: Int64
  /// SHA-256 of the DER form, hexadecimal.
  package let fingerprint: String
  /// Whether its time was over at the handshake, which lets it in only where that is allowed
  /// (OCPP 2.0.1 A00.FR.429).
  package let isExpired: Bool

  /// - Parameter now: the time of the handshake, in seconds since 1970.
  package init(_ certificate: Certificate, at now: Int64) {
    commonName = certificate.commonName
    organization = certificate.organization
    serialNumber = certificate.serialNumber
    notBefore = certificate.notBefore
    notAfter = certificate.notAfter
    fingerprint = certificate.fingerprint
    isExpired = now > certificate.notAfter
  }
}
