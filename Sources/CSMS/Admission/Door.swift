import Fleet

/// Decides with which security profile a charger is let in, or why it is not: what its connection
/// proves, against what is asked of it. Pure; the table of its tests holds every case.
enum Door {
  /// What the password of the connection proves.
  enum Password: Sendable, CaseIterable {
    /// None is kept for this charger: whatever came proves nothing.
    case notKept
    case missing
    case wrong
    case right
  }

  /// Whose the client certificate is.
  enum Certificate: Sendable, CaseIterable {
    case none
    /// Its CN is the charger's serial number (OCPP 2.0.1 A00.FR.405).
    case serial
    /// Its CN is the charger's identity.
    case identity
    /// Its CN is neither.
    case another
    /// Its CN is not the identity, and nobody has said what the serial number is.
    case unknown
  }

  /// What a connection proves.
  struct Shown: Sendable {
    var isEncrypted: Bool
    var password: Password
    var certificate = Certificate.none
    var isExpired = false
    /// The Basic header names somebody else.
    var isAnotherUser = false
  }

  /// What is asked of it.
  struct Asked: Sendable {
    /// Of everybody at this address.
    var minimum: SecurityProfile
    /// Of this charger, by the inventory.
    var claimed: Int
    /// What it was let in with before: a lower one is refused for ever (security white paper
    /// A05.FR.09; OCPP 2.0.1 A05).
    var seen: SecurityProfile?
    /// It may come back with 2 after 3 (OCPP 2.0.1 errata 2025-01 2.5); never lower.
    var mayStepDown = false
    /// Expired certificates are let in as Pending (OCPP 2.0.1 A00.FR.429).
    var letsExpiredWait = false
    /// Everybody is let in as it is (`--admit any`), and nobody said what this address asks for: TLS
    /// without a password is then as good as nothing without TLS.
    var takesAnybody = false

    /// Of this charger, wherever it comes in.
    var own: Int {
      let own = max(claimed, seen?.rawValue ?? 0)
      return mayStepDown ? min(own, SecurityProfile.tls.rawValue) : own
    }
  }

  /// How it comes in.
  struct Entry: Sendable, Equatable {
    var profile: SecurityProfile
    /// Its boots are answered Pending.
    var isExpired = false
    /// The leave to come with 2 after 3 is used up.
    var stepsDown = false
  }

  static func decide(_ shown: Shown, _ asked: Asked) throws(EntryRefusal) -> Entry {
    if shown.isAnotherUser { throw .anotherUser }
    switch shown.certificate {
    case .none: break
    case .another: throw .certificateOfAnother
    case .unknown: throw .serialUnknown
    case .serial, .identity:
      if shown.isExpired, !asked.letsExpiredWait { throw .certificateExpired }
      return Entry(profile: .clientCertificate, isExpired: shown.isExpired)
    }
    let needed = max(asked.own, asked.minimum.rawValue)
    guard shown.isEncrypted || needed < SecurityProfile.tls.rawValue else { throw .tlsNeeded }
    guard needed < SecurityProfile.clientCertificate.rawValue else { throw .certificateNeeded }
    switch shown.password {
    case .wrong: throw .wrongPassword
    case .missing: throw .passwordNeeded
    case .right:
      let profile = shown.isEncrypted ? SecurityProfile.tls : .password
      let before = max(asked.claimed, asked.seen?.rawValue ?? 0)
      return Entry(profile: profile, stepsDown: profile.rawValue < before)
    case .notKept:
      // TLS alone says nothing of who it is: no profile consists of it.
      guard asked.own == 0, shown.isEncrypted ? asked.takesAnybody : needed == 0 else {
        throw .passwordUnset
      }
      return Entry(profile: .unsecured)
    }
  }
}

/// Why a known charger is not let in.
enum EntryRefusal: Error, Sendable, Equatable, CaseIterable {
  case wrongPassword
  case passwordNeeded
  /// Its profile needs a password, and none is kept for it.
  case passwordUnset
  /// The password that is kept can't be read.
  case passwordUnreadable
  /// URL and Basic header name different chargers.
  case anotherUser
  case tlsNeeded
  case certificateNeeded
  case certificateExpired
  case certificateOfAnother
  case serialUnknown
  /// Too many passwords wait to be checked.
  case busy
}
