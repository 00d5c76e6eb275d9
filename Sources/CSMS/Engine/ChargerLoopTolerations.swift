import OCPP

/// What is let pass although it breaks a rule.
extension ChargerLoop {
  /// The name of the quirk that lets a violation of this charger pass; nil when none does.
  func tolerates(
    _ violation: Violation, _ action: String, _ session: ChargerSession
  ) -> String? {
    nil
  }

  /// Called for everything against a rule that was let pass.
  /// - Parameters:
  ///   - action: empty where it is not known.
  ///   - quirk: what let it pass; empty: the answer policy.
  func noteToleration(
    _ session: ChargerSession, _ action: String, _ breach: AnswerPolicy.Breach, quirk: String
  ) {
    session.faults += 1
  }
}
