import Fleet
import Transport

extension EntryRefusal {
  /// What the charger is answered. 401 where a password would open the door (RFC 9110 §15.5.2), 403
  /// where no password would (§15.5.4). The body says what to do and nothing of what is stored.
  var response: HTTPResponse {
    switch self {
    case .wrongPassword, .passwordNeeded, .passwordUnreadable, .anotherUser:
      HTTPResponse(
        401, "Unauthorized", headers: [("WWW-Authenticate", "Basic realm=\"ocpp\"")],
        text: self == .passwordNeeded
          ? "Give the password of this charger; the user name is its identity.\n"
          : "Identity and password do not match.\n")
    case .tlsNeeded:
      HTTPResponse(
        403, "Forbidden", text: "This charger must use TLS: set a higher security profile.\n")
    case .certificateNeeded:
      HTTPResponse(
        403, "Forbidden", text: "This charger must show its certificate: security profile 3.\n")
    case .passwordUnset:
      HTTPResponse(
        403, "Forbidden", text: "No password is set for this charger; its operator must set one.\n")
    case .certificateExpired:
      HTTPResponse(403, "Forbidden", text: "The certificate has expired: install a new one.\n")
    case .certificateOfAnother, .serialUnknown:
      HTTPResponse(
        403, "Forbidden", text: "The certificate is not known to be of this charger.\n")
    case .busy:
      HTTPResponse(
        503, "Service Unavailable", headers: [("Retry-After", "10")],
        text: "Too many passwords are being checked.\n")
    }
  }

  /// For log and ledger: what is wrong and what would mend it. It tells no secret.
  func sentence(_ charger: Charger, _ knock: Knock) -> String {
    let name = charger.identity
    return switch self {
    case .wrongPassword: "wrong password"
    case .passwordNeeded: "no password"
    case .passwordUnreadable: "its stored password can't be read; set it again"
    case .passwordUnset:
      "no password is set for it, and \(reason(charger, knock)); set one: "
        + "swell chargers password \(name)"
    case .anotherUser:
      "it is \(name) by its address and another by its user name; if its kind does so, a row "
        + "user-name in the file of --quirks lets it in"
    case .tlsNeeded: "it comes without TLS, and \(reason(charger, knock))"
    case .certificateNeeded: "it shows no client certificate, and \(reason(charger, knock))"
    case .certificateExpired:
      "its certificate has expired; swell serve --expired-clients pending lets it in to get a new one"
    case .certificateOfAnother:
      "its certificate is for \(certificateName(knock)), its serial number is "
        + "\(charger.serial.value ?? "unknown")"
    case .serialUnknown:
      "its certificate is for \(certificateName(knock)), and its serial number is not known; if "
        + "that is it, import it in the column serial"
    case .busy: "too many passwords wait to be checked"
    }
  }

  private func certificateName(_ knock: Knock) -> String {
    "\"\((knock.certificate?.commonName ?? "").bounded(to: 64))\""
  }

  /// Who asks for a profile above the one that it came with.
  private func reason(_ charger: Charger, _ knock: Knock) -> String {
    let minimum = knock.entrance.minimum.rawValue
    let seen = charger.profileSeen?.value.rawValue ?? 0
    if minimum > max(charger.securityProfile, seen) {
      return "this address asks for security profile \(minimum)"
    }
    if charger.securityProfile > seen {
      return "the inventory asks for security profile \(charger.securityProfile)"
    }
    guard seen > 0 else { return "this address is for TLS" }
    let way =
      self == .certificateNeeded
      ? "swell chargers allow-downgrade \(charger.identity)"
      : "when its hardware was replaced, swell chargers reset-security \(charger.identity)"
    return "security profile \(seen) was seen before; an admin may allow it: \(way)"
  }
}
