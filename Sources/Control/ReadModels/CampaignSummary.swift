import Fleet
import Rollout

package struct CampaignSummary: Sendable, Equatable, Codable {
  package var id: CampaignID
  package var name: String
  package var status: Campaign.Status
  package var target: ProtocolVersion
  package var planHash: String
  package var total: Int
  package var migrated: Int
  package var inFlight: Int
  /// Planned and not begun.
  package var toGo: Int
  package var failed: Int
  package var quarantined: Int
  /// Wave number and how far it is.
  package var waves: [WaveSummary]
  /// Ended without a verdict on the build: held on 1.6, skipped, cancelled.
  package var leftOut = 0
  /// Selected, and not taken by its plan; not part of `total`.
  package var staying: Int?
  package var startedAt: Instant?
  /// When the last of its chargers came to an end; nil while it is not over.
  package var endedAt: Instant?
  /// When it will be done at its present pace; nil while nothing runs.
  package var forecast: Forecast?
  /// Why nothing begins although it runs, in a few words; nil when something can.
  package var stalled: String?
  /// Its failures by reason, most frequent first.
  package var failures: [Dashboard.FailureCount] = []
  package init(
    id: CampaignID, name: String, status: Campaign.Status, target: ProtocolVersion,
    planHash: String, total: Int, migrated: Int, inFlight: Int, toGo: Int, failed: Int,
    quarantined: Int, waves: [WaveSummary]
  ) {
    self.id = id
    self.name = name
    self.status = status
    self.target = target
    self.planHash = planHash
    self.total = total
    self.migrated = migrated
    self.inFlight = inFlight
    self.toGo = toGo
    self.failed = failed
    self.quarantined = quarantined
    self.waves = waves
  }
}

package struct WaveSummary: Sendable, Equatable, Codable {
  package var number: Int
  package var size: Int
  package var ended: Int
  package var inFlight: Int
  /// A stratum of this wave waits for a person.
  package var waiting: Bool
  /// Who let a stratum go on after this wave although its gate had not passed.
  package var overriddenBy: String?
  package init(number: Int, size: Int, ended: Int, inFlight: Int, waiting: Bool) {
    self.number = number
    self.size = size
    self.ended = ended
    self.inFlight = inFlight
    self.waiting = waiting
  }
}

package struct CampaignDetail: Sendable, Equatable, Codable {
  package struct StratumRow: Sendable, Equatable, Codable {
    package var label: String
    package var state: StratumProgress.State
    package var size: Int
    /// Count of upgrades by phase.
    package var phases: [Upgrade.Phase: Int]
    package var verdict: GateVerdict?
    /// What people decided at its gates, the oldest first.
    package var decisions: [Decision] = []
    package init(
      label: String, state: StratumProgress.State, size: Int, phases: [Upgrade.Phase: Int],
      verdict: GateVerdict?
    ) {
      self.label = label
      self.state = state
      self.size = size
      self.phases = phases
      self.verdict = verdict
    }
  }
  package var summary: CampaignSummary
  package var author: String
  package var approver: String?
  package var selection: String
  package var strata: [StratumRow]
  package init(
    summary: CampaignSummary, author: String, approver: String?, selection: String,
    strata: [StratumRow]
  ) {
    self.summary = summary
    self.author = author
    self.approver = approver
    self.selection = selection
    self.strata = strata
  }
}

/// When a campaign will be done, and what that rests on.
package struct Forecast: Sendable, Equatable, Codable {
  /// nil: can't be said; `basis` says why.
  package var done: Instant?
  /// `31 in the last 24 h`, `a person must decide on wave 2 first`.
  package var basis: String
  /// Nine of ten replays are done by then; nil: none were made.
  package var late: Instant?
  package init(done: Instant?, basis: String, late: Instant? = nil) {
    (self.done, self.basis, self.late) = (done, basis, late)
  }
}
