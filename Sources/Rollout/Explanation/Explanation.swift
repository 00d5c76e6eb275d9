import Fleet

/// An upgrade explained in sentences, for a person who did not watch it.
package struct UpgradeExplanation: Sendable, Equatable, Codable {
  /// Where it stands and since when.
  package var now: String
  /// What happens next, by when, and what it waits for; empty when nothing will.
  package var next: [String]
  package init(now: String, next: [String]) { (self.now, self.next) = (now, next) }
}

/// A gate explained with its numbers.
package struct GateExplanation: Sendable, Equatable, Codable {
  /// As it would be judged now.
  package var verdict: GateVerdict
  /// Begun and without an outcome.
  package var atRisk: Int
  /// Most that may be at risk at once, with the evidence so far.
  package var allowance: Int
  /// Not begun.
  package var planned: Int
  /// In the order in which a person would explain it.
  package var sentences: [String]
  package init(
    verdict: GateVerdict, atRisk: Int, allowance: Int, planned: Int, sentences: [String]
  ) {
    self.verdict = verdict
    self.atRisk = atRisk
    self.allowance = allowance
    self.planned = planned
    self.sentences = sentences
  }
}
