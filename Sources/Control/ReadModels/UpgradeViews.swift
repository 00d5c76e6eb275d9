import Fleet
import Rollout

package struct UpgradeRow: Sendable, Equatable, Codable {
  package var identity: String
  package var site: String
  package var wave: Int
  package var stratum: String
  package var phase: Upgrade.Phase
  package var since: Instant
  /// Deferral, failure or progress in a few words.
  package var detail: String
  package init(
    identity: String, site: String, wave: Int, stratum: String, phase: Upgrade.Phase,
    since: Instant, detail: String
  ) {
    self.identity = identity
    self.site = site
    self.wave = wave
    self.stratum = stratum
    self.phase = phase
    self.since = since
    self.detail = detail
  }
}

/// One charger's upgrade: what happened, where it stands and what happens next.
package struct UpgradeDetail: Sendable, Equatable, Codable {
  package var row: UpgradeRow
  package var campaign: String
  package var online: Bool
  package var failure: Upgrade.Failure?
  package var explanation: UpgradeExplanation
  package var attempts: [Attempt]
  /// The sentences of this charger's ledger, oldest first.
  package var story: [ChargerDetail.StoryLine]
  /// Whether billing noticed; nil before the charger migrated.
  package var continuity: Continuity?
  package init(
    row: UpgradeRow, campaign: String, online: Bool, failure: Upgrade.Failure?,
    explanation: UpgradeExplanation, attempts: [Attempt], story: [ChargerDetail.StoryLine]
  ) {
    self.row = row
    self.campaign = campaign
    self.online = online
    self.failure = failure
    self.explanation = explanation
    self.attempts = attempts
    self.story = story
  }
}
