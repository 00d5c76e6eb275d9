import Fleet

/// What has to hold before a charger is planned, and again when its turn comes.
package enum Requirement: String, Sendable, CaseIterable, Codable {
  /// Every system that takes data of its site has signed off.
  case integrations

  var words: String {
    switch self {
    case .integrations: "the sign-off of every integration of the charger's site"
    }
  }
}

extension Requirement {
  /// Reads `requires`, a list of words.
  static func list(reading value: JSON5Value) throws(PlaybookError) -> [Requirement] {
    guard case .list(let elements) = value.kind else {
      throw value.error("`requires` is a list in brackets")
    }
    var requirements: [Requirement] = []
    for element in elements {
      let word = try element.asWord(among: Self.allCases.map(\.rawValue))
      guard let requirement = Self(rawValue: word), !requirements.contains(requirement) else {
        throw element.error("\"\(word)\" is given twice")
      }
      requirements.append(requirement)
    }
    return requirements
  }
}

extension UpgradeTurn {
  /// Whose sign-off is missing, as far as the playbook requires it.
  var unsigned: [String] { playbook.requires.contains(.integrations) ? view.unsigned : [] }

  /// Whether a requirement of the playbook keeps it from beginning an outage now. It is looked at
  /// again a little later; nothing counts as a try.
  mutating func waitsForSignOff() -> Bool {
    guard !unsigned.isEmpty else { return false }
    if upgrade.phase == .planned {
      upgrade.deferral = .signOff
      memory.deferredSince = memory.deferredSince ?? now
    }
    memory.leaseNotBefore = now + limits.answer
    return true
  }
}
