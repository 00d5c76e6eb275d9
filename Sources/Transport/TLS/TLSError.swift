/// Why a TLS configuration can't be used. Its text says what, where and how to mend it.
package enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system does not let the file be read.
  case unreadable(path: String, message: String)
  case noCertificate(path: String)
  /// The key can't be read: encrypted, or no key at all.
  case noKey(path: String)
  case keyMismatch(chain: String, key: String)
  /// OpenSSL refuses the pair, such as a key that is too short.
  case unusable(path: String, message: String)
  /// Two certificates of one kind of key, of which only one could be served.
  case twice(kind: String)
  case noCertificates
  case noAuthority(path: String)
  case noRevocationList(path: String)
  /// The list names an authority of the file as its issuer, and that one did not sign it.
  case forgedRevocationList(path: String, issuer: String)
  /// Client certificates are wanted, and no authority to check them by is named.
  case authoritiesNeeded
  /// OpenSSL failed where only a broken installation can.
  case openSSL(String)

  package var description: String {
    switch self {
    case .unreadable(let path, let message): "\(path) can't be read: \(message)."
    case .noCertificate(let path):
      "\(path) holds no certificate: it wants PEM, the server's own first, then its chain."
    case .noKey(let path):
      "\(path) holds no private key that can be read: it wants PEM without a password."
    case .keyMismatch(let chain, let key):
      "The key in \(key) is not that of the first certificate in \(chain): "
        + "put the server's own certificate first, and name its key."
    case .unusable(let path, let message):
      "\(path) can't be served: \(message). OCPP wants RSA of 2048 bits or more, or ECDSA."
    case .twice(let kind):
      "Two certificates have a key of the kind \(kind): give one RSA and one ECDSA certificate."
    case .noCertificates: "TLS wants a certificate with its key, and none was named."
    case .noAuthority(let path):
      "\(path) holds no authority's certificate: it wants PEM, of those that sign clients."
    case .noRevocationList(let path): "\(path) holds no revocation list: it wants PEM (X509 CRL)."
    case .forgedRevocationList(let path, let issuer):
      "The revocation list in \(path) is not signed by \(issuer), which it names: get it anew."
    case .authoritiesNeeded:
      "Client certificates can't be checked: name the file of the authorities that sign them."
    case .openSSL(let message): "OpenSSL failed: \(message)."
    }
  }
}

/// Versions of TLS that are spoken; older ones are broken (RFC 8996).
package enum TLSVersion: Int32, Sendable, Comparable {
  case tls12 = 0x0303
  case tls13 = 0x0304

  package static func < (a: TLSVersion, b: TLSVersion) -> Bool { a.rawValue < b.rawValue }
}
