import Fleet
import Rollout

/// The manager's screen.
package struct Dashboard: Sendable, Equatable, Codable {
  package struct VersionCount: Sendable, Equatable, Codable {
    /// `1.6`, `2.0.1`, `2.1`, or `never seen`.
    package var label: String
    package var count: Int
    /// Against seven days ago; nil while the history is younger than that.
    package var change: Int?
    package init(label: String, count: Int, change: Int? = nil) {
      (self.label, self.count, self.change) = (label, count, change)
    }
  }
  package struct VerdictCount: Sendable, Equatable, Codable {
    package var verdict: Readiness.Verdict
    package var count: Int
    package init(verdict: Readiness.Verdict, count: Int) {
      (self.verdict, self.count) = (verdict, count)
    }
  }
  package struct FailureCount: Sendable, Equatable, Codable {
    package var reason: String
    package var count: Int
    package init(reason: String, count: Int) { (self.reason, self.count) = (reason, count) }
  }
  /// Something that waits for a person.
  package struct Attention: Sendable, Equatable, Codable {
    /// In the order of urgency.
    package enum Kind: String, Sendable, CaseIterable, Codable {
      case gateFailed = "gate failed"
      case gateUndecided = "gate undecided"
      /// A running campaign in which nobody can begin: held, or all of a site's places are taken by
      /// chargers that are away.
      case blocked
      case quarantined
      case pending
      /// A draft, which somebody has to approve.
      case awaitsApproval
      /// An approved campaign, which somebody has to start.
      case awaitsStart
    }
    package var kind: Kind
    /// What happened and what it waits for, in one sentence that names no key.
    package var text: String
    package var campaign: String
    package var since: Instant
    /// What to look at to decide: Enter or the item's number opens it.
    package var place: Place
    package init(kind: Kind, text: String, campaign: String, since: Instant, place: Place) {
      self.kind = kind
      self.text = text
      self.campaign = campaign
      self.since = since
      self.place = place
    }
  }
  /// How the fleet stood at a moment.
  package struct Sample: Sendable, Equatable, Codable {
    package var at: Instant
    /// Chargers by the version they speak, in the order of `ProtocolVersion.allCases`.
    package var speaking: [Int]
    /// Chargers that stay on 1.6: end of life, pinned, too small, without firmware.
    package var held: Int
    package init(at: Instant, speaking: [Int], held: Int) {
      (self.at, self.speaking, self.held) = (at, speaking, held)
    }
  }
  package var at: Instant
  package var chargers: Int
  package var online: Int
  package var versions: [VersionCount]
  package var verdicts: [VerdictCount]
  package var campaigns: [CampaignSummary]
  /// Failed upgrades of the last seven days, most frequent first.
  package var failures: [FailureCount]
  /// Most urgent first.
  package var needsYou: [Attention]
  /// Chargers that stay on 1.6 for a reason of their own, and their change in seven days.
  package var held = 0
  package var heldChange: Int?
  /// Oldest first; at most some hundreds, evenly enough spread for a chart.
  package var history: [Sample] = []
  package init(
    at: Instant, chargers: Int, online: Int, versions: [VersionCount], verdicts: [VerdictCount],
    campaigns: [CampaignSummary], failures: [FailureCount], needsYou: [Attention]
  ) {
    self.at = at
    self.chargers = chargers
    self.online = online
    self.versions = versions
    self.verdicts = verdicts
    self.campaigns = campaigns
    self.failures = failures
    self.needsYou = needsYou
  }
}
