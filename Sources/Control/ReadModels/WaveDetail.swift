import Fleet
import Rollout

/// One wave of a campaign, live.
package struct WaveDetail: Sendable, Equatable, Codable {
  /// How many of the wave are in a phase; every phase that is worth a line, in the order of the way.
  package struct Step: Sendable, Equatable, Codable {
    /// `waiting`, `draining`, `downloading`, …
    package var label: String
    package var count: Int
    package init(label: String, count: Int) { (self.label, self.count) = (label, count) }
  }
  package var at: Instant
  package var summary: CampaignSummary
  package var number: Int
  package var size: Int
  /// Gates of the strata that have chargers in this wave.
  package var gates: [GateDetail]
  package var funnel: [Step]
  package var failed: [UpgradeRow]
  /// Planned and kept waiting, with why.
  package var deferred: [UpgradeRow]
  /// An order went out and its outcome is not known.
  package var unknown: [UpgradeRow]
  /// How many there are; the lists may be cut after some hundreds.
  package var failedCount: Int
  package var deferredCount: Int
  package var unknownCount: Int
  package init(
    at: Instant, summary: CampaignSummary, number: Int, size: Int, gates: [GateDetail],
    funnel: [Step], failed: [UpgradeRow], deferred: [UpgradeRow], unknown: [UpgradeRow]
  ) {
    self.at = at
    self.summary = summary
    self.number = number
    self.size = size
    self.gates = gates
    self.funnel = funnel
    self.failed = failed
    self.deferred = deferred
    self.unknown = unknown
    failedCount = failed.count
    deferredCount = deferred.count
    unknownCount = unknown.count
  }
}

/// A stratum's gate with all its numbers.
package struct GateDetail: Sendable, Equatable, Codable {
  package var stratum: String
  package var state: StratumProgress.State
  package var explanation: GateExplanation
  package var decisions: [Decision]
  package init(
    stratum: String, state: StratumProgress.State, explanation: GateExplanation,
    decisions: [Decision]
  ) {
    self.stratum = stratum
    self.state = state
    self.explanation = explanation
    self.decisions = decisions
  }
}
