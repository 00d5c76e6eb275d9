import Fleet

/// Who may charge.
extension Core {
  /// What the token list says, under the policy for tokens it does not hold.
  func verdict(on token: PresentedToken, at now: Instant) throws -> TokenVerdict {
    guard !token.hasCertificate else {
      // Not verified, so the token is not either, whatever the list says (OCPP 2.0.1 C07.FR.17).
      var verdict = TokenVerdict(.invalid)
      verdict.hasCertificate = true
      return verdict
    }
    let type = token.type?.lowercased()
    // A start button, a mechanical key: nobody can be asked (OCPP 2.0.1 C02.FR.02).
    if type == "noauthorization" { return .accepted }
    if let known = try store.token(token.id), known.isMeant(by: token.type) {
      return TokenVerdict(known, at: now)
    }
    if token.id.isEmpty, token.type == nil {
      var verdict = TokenVerdict(settings.authorize == .any ? .accepted : .invalid)
      verdict.isOfNone = true
      return verdict
    }
    // The payment service has approved the card; its reference is new each time (OCPP 2.1 C18).
    if settings.authorize == .any || type == "directpayment" { return .accepted }
    // Of key codes the text says Invalid (OCPP 2.0.1 C04.FR.01).
    return TokenVerdict(type == "keycode" ? .invalid : .unknown)
  }

  /// - Parameter type: its kind in 2.x; nil in 1.6.
  func verdict(on token: String, type: String? = nil, at now: Instant) throws -> TokenVerdict {
    try verdict(on: PresentedToken(id: token, type: type), at: now)
  }
}
