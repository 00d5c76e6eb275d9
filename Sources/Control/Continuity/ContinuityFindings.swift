import Fleet

/// What whoever bills should look at, in sentences.
extension ContinuityTally {
  package var findings: [String] {
    var findings: [String] = []
    findings += remarkFindings
    if let sentence = frequencyFinding { findings.append(sentence) }
    if let sentence = energyFinding { findings.append(sentence) }
    if let sentence = tokenFinding { findings.append(sentence) }
    findings += registerFindings
    return findings
  }

  /// Flaws that became more frequent.
  private var remarkFindings: [String] {
    SessionRecord.Remark.allCases.compactMap { remark in
      let now = after.remarks[remark] ?? 0
      let then = before.remarks[remark] ?? 0
      guard now > then else { return nil }
      return
        "\(Continuity.count(now, "session")) since the switch \(remark.sentence(plural: now != 1)) (\(then) in the same time before)."
    }
  }

  /// Fewer sessions than chance explains. With equal spans each session falls on either side like a
  /// coin; three standard deviations of that come by chance once in 700 comparisons.
  private var frequencyFinding: String? {
    let (then, now) = (Double(before.sessions), Double(after.sessions))
    guard then - now > 3 * (then + now).squareRoot() else { return nil }
    let rate = days > 0 ? ", \(Self.tenths(then / days)) a day before" : ""
    if after.sessions == 0 {
      return "No session since the switch\(rate): see whether cars can start one."
    }
    return
      "\(Continuity.count(after.sessions, "session")) since the switch, \(before.sessions) in the same time before: "
      + "see whether some are missing."
  }

  /// Much less or much more energy in a session; a factor of 1000 is another unit.
  private var energyFinding: String? {
    guard before.sessions >= 10, after.sessions >= 10, before.energy > 0 else { return nil }
    let then = before.energy / Double(before.sessions)
    let now = after.energy / Double(after.sessions)
    guard now < then / 3 || now > then * 3 else { return nil }
    return
      "A session carries \(Self.kilowattHours(now)) since the switch and carried "
      + "\(Self.kilowattHours(then)) before: see whether the unit of the meter is another now."
  }

  /// None of those who came back again and again before has come since. Where strangers charge, as
  /// at a motorway, that says nothing.
  private var tokenFinding: String? {
    guard before.tokens.count >= 5, after.tokens.count >= 5,
      before.sessions >= 2 * before.tokens.count,
      before.tokens.isDisjoint(with: after.tokens)
    else { return nil }
    return
      "None of the \(before.tokens.count) tokens from before was seen since the switch: see whether "
      + "the charger spells them otherwise now."
  }

  private var registerFindings: [String] {
    registers.compactMap { step in
      let difference = step.after - step.before
      let name =
        "the register of \(step.charger) connector \(step.connector.evse).\(step.connector.connector)"
      let change =
        "from \(Self.kilowattHours(step.before)) to \(Self.kilowattHours(step.after)) at the switch"
      if difference < -1 {
        return
          "Back by \(Self.kilowattHours(-difference)): \(name) went \(change). Energy must not be "
          + "billed across it."
      }
      // A car may have charged a little without a session; more is a session that nobody told of.
      if difference > 1000 {
        return
          "Ahead by \(Self.kilowattHours(difference)): \(name) went \(change). A session may be "
          + "missing."
      }
      return nil
    }
  }

  /// `4.2`.
  static func tenths(_ value: Double) -> String {
    // No figure of billing is larger; beyond it a Double has no tenths.
    let all = Int((min(abs(value), 1e14) * 10).rounded())
    return "\(value < 0 ? "-" : "")\(all / 10).\(all % 10)"
  }

  /// `12.0 kWh`.
  package static func kilowattHours(_ wattHours: Double) -> String {
    "\(tenths(wattHours / 1000)) kWh"
  }
}

extension SessionRecord.Remark {
  /// As whoever bills reads it.
  package var label: String {
    switch self {
    case .startUnknown: "start unknown"
    case .endEstimated: "end estimated"
    case .messagesMissing: "messages missing"
    case .meterBackwards: "register runs backwards"
    case .beforeOnboarding: "began before the charger was known here"
    }
  }

  fileprivate func sentence(plural: Bool) -> String {
    switch self {
    case .startUnknown: plural ? "lack a start" : "lacks a start"
    case .endEstimated: plural ? "have an estimated end" : "has an estimated end"
    case .messagesMissing: plural ? "lack messages" : "lacks messages"
    case .meterBackwards:
      plural
        ? "end with a lower register than they began with"
        : "ends with a lower register than it began with"
    case .beforeOnboarding: "began before the charger was known here"
    }
  }
}

extension Continuity {
  /// `12 sessions, 84.0 kWh, 9 tokens`: one side in words.
  package static func words(_ span: Span) -> String {
    let remarked = span.remarked == 0 ? "" : ", \(span.remarked) with a remark"
    return
      "\(count(span.sessions, "session")), \(ContinuityTally.kilowattHours(span.energy)), "
      + "\(count(span.tokens, "token"))\(remarked)"
  }

  static func count(_ n: Int, _ word: String) -> String { n == 1 ? "1 \(word)" : "\(n) \(word)s" }

  /// The proof in lines of a name and a sentence, for every place that shows it.
  package var lines: [(name: String, text: String)] {
    var lines = [
      ("before", Self.words(before)), ("after", Self.words(after)),
    ]
    if newTokens + lostTokens > 0 {
      lines.append(("tokens", "\(newTokens) only after, \(lostTokens) only before"))
    }
    if let registerBefore, let registerAfter {
      lines.append(
        (
          "register",
          "\(ContinuityTally.kilowattHours(registerBefore)) last in 1.6, "
            + "\(ContinuityTally.kilowattHours(registerAfter)) first after"
        ))
    }
    for finding in findings { lines.append(("finding", finding)) }
    if findings.isEmpty {
      // No data never passes.
      let calm =
        after.sessions == 0
        ? "no session since the switch: nothing can be said yet"
        : "nothing that billing would notice"
      lines.append(("finding", calm))
    }
    return lines
  }
}
