import Control
import Fleet

/// What people decide of how chargers prove who they are.
extension Core {
  func setPassword(_ name: String, _ hashed: String?, endsOldAtOnce: Bool) throws -> Outcome {
    let charger = try named(name)
    let identity = charger.charger.identity
    guard let hashed else {
      if let seen = charger.charger.profileSeen?.value, seen > .password {
        throw ControlError.refused(
          "\(identity) was seen with security profile \(seen.rawValue), and without a password it "
            + "could come with profile 3 only. When its hardware was replaced: "
            + "swell chargers reset-security \(identity).")
      }
      guard charger.charger.securityProfile != SecurityProfile.tls.rawValue else {
        throw ControlError.refused(
          "Security profile 2 is asked of \(identity), which is TLS with a password. To ask for less: "
            + "swell chargers reset-security \(identity) --profile 0 --reason TEXT, then --remove.")
      }
      charger.charger.passwordHash = nil
      charger.charger.nextPasswordHash = nil
      // Whoever takes the password away lets it in without.
      if charger.charger.profileSeen?.value == .password { charger.charger.profileSeen = nil }
      if charger.charger.securityProfile < SecurityProfile.clientCertificate.rawValue {
        charger.charger.securityProfile = 0
      }
      try store.save(charger.charger)
      return Outcome(message: "\(identity) needs no password any more.")
    }
    let hadOne = charger.charger.passwordHash != nil
    charger.charger.takePassword(hashed, atOnce: endsOldAtOnce)
    try store.save(charger.charger)
    return Outcome(
      message: hadOne && !endsOldAtOnce
        ? "\(identity) has a new password; the old one is right until it comes with the new one."
        : "\(identity) must now authenticate.")
  }

  func allowDowngrade(
    _ name: String, _ reason: String, _ caller: Caller, _ now: Instant
  ) throws -> Outcome {
    guard !reason.isEmpty else { throw ControlError.invalid("Such a leave needs a reason.") }
    let charger = try named(name)
    let identity = charger.charger.identity
    guard max(charger.charger.knownProfile, charger.charger.securityProfile) == 3 else {
      throw ControlError.refused(
        "\(identity) is not asked for security profile 3. Only the step from 3 to 2 can be allowed "
          + "(OCPP 2.0.1 A05); a lower profile is never taken again.")
    }
    charger.charger.downgrade = SecurityDowngrade(reason: reason, by: caller.name, at: now)
    try store.save(charger.charger)
    let password =
      charger.charger.passwordHash == nil
      ? " It needs a password for that: swell chargers password \(identity)." : ""
    return Outcome(
      message: "\(identity) may come back with security profile 2, once; then 2 is asked of it."
        + password)
  }

  func resetSecurity(
    _ name: String, _ profile: SecurityProfile?, _ reason: String, _ now: Instant
  ) throws -> Outcome {
    guard !reason.isEmpty else { throw ControlError.invalid("A reset needs a reason.") }
    let charger = try named(name)
    charger.charger.profileSeen = nil
    charger.charger.downgrade = nil
    charger.charger.certificate = nil
    // What the hardware before said of itself.
    charger.charger.serial.observed = nil
    if let profile { charger.charger.securityProfile = profile.rawValue }
    try store.save(charger.charger)
    try note(
      charger.charger.id, .security, "security reset",
      "what was seen of it is forgotten, security profile \(charger.charger.securityProfile) is "
        + "asked of it: \(reason)", at: now)
    let identity = charger.charger.identity
    let password =
      charger.charger.passwordHash == nil
      ? ""
      : " Its password is still asked for: swell chargers password \(identity) gives it another, or "
        + "takes it away with --remove."
    return Outcome(
      message: "\(identity) may come with security profile \(charger.charger.securityProfile) or "
        + "higher." + password)
  }
}
