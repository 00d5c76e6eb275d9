/// How a charger and the engine prove themselves to each other (OCPP 1.6 security white paper 2.1;
/// OCPP 2.0.1 A00).
package enum SecurityProfile: Int, Sendable, Codable, CaseIterable, Comparable {
  /// Nothing is proved; 1.6 only.
  case unsecured = 0
  /// A password over a plain connection.
  case password = 1
  /// TLS with a password.
  case tls = 2
  /// TLS with certificates on both sides.
  case clientCertificate = 3

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// What it takes, in a few words.
  package var label: String {
    switch self {
    case .unsecured: "0 (no password)"
    case .password: "1 (password, no TLS)"
    case .tls: "2 (TLS, password)"
    case .clientCertificate: "3 (TLS, client certificate)"
    }
  }
}

/// Leave to come back once with profile 2 although 3 was seen (OCPP 2.0.1 errata 2025-01 2.5,
/// AllowSecurityProfileDowngrade). No lower profile can be allowed.
package struct SecurityDowngrade: Sendable, Equatable, Codable {
  package var reason: String
  package var by: String
  package var at: Instant
  package init(reason: String, by: String, at: Instant) {
    (self.reason, self.by, self.at) = (reason, by, at)
  }
}

/// A certificate that a charger showed.
package struct ClientCertificate: Sendable, Equatable, Codable {
  package var commonName: String
  /// Hexadecimal.
  package var serialNumber: String
  package var notAfter: Instant
  package init(commonName: String, serialNumber: String, notAfter: Instant) {
    (self.commonName, self.serialNumber, self.notAfter) = (commonName, serialNumber, notAfter)
  }
}

extension Charger {
  /// The profile it is known to use, else the one it is said to.
  package var knownProfile: Int { profileSeen?.value.rawValue ?? securityProfile }

  /// Takes a new password's hash. The old one stays right until the charger comes with the new one
  /// for the first time: whether it took it over is known only then (the answer to the change can
  /// be lost).
  package mutating func takePassword(_ hash: String, atOnce: Bool) {
    if passwordHash == nil || atOnce {
      passwordHash = hash
      nextPasswordHash = nil
    } else {
      nextPasswordHash = hash
    }
  }
}
