import Fleet

/// Questions that are not answered although the charger is connected. That alone is no failure.
extension UpgradeTurn {
  /// Unanswered questions in a row after which a connection counts as deaf.
  private static let deafAfter = 2

  /// What an answer, or its absence, says of the connection it came or did not come on.
  mutating func hear(_ answer: Answer) {
    switch answer {
    case .lost: break
    case .timedOut:
      guard view.online else { return }
      noteSilence()
    default:
      memory.silences = nil
      memory.patientUntil = nil
    }
  }

  mutating func noteSilence() {
    let silences = (memory.silences ?? 0) + 1
    memory.silences = silences
    guard silences >= Self.deafAfter else { return }
    // Each pause between questions is twice the one before, up to eight times the first.
    let pauses = min(silences - Self.deafAfter + 1, 4)
    memory.patientUntil = now + pause(limits.answer, after: pauses)
    // An update goes on without the connection on some chargers, and starts anew on others; and
    // what a reset did is seen by the connection that it closes.
    if upgrade.phase.updates, upgrade.phase != .ordering { return }
    if let open = memory.open, upgrade.phase.mayReset || open.order.isCustom { return }
    close("answers nothing: connection closed so that it comes anew")
  }

  /// Closes the connection, once, so that the charger comes anew and negotiates again.
  mutating func close(_ why: String) {
    guard view.online, memory.closedHere != true else { return }
    memory.closedHere = true
    commands.append(.disconnect)
    tell("closed", why)
  }
}
