import Fleet
import Rollout

/// The engine as its clients see it.
package struct EngineInfo: Sendable, Equatable, Codable {
  package var process: Int32
  package var startedAt: Instant
  package var listening: [String]
  package var connections: Int
  package init(process: Int32, startedAt: Instant, listening: [String], connections: Int) {
    self.process = process
    self.startedAt = startedAt
    self.listening = listening
    self.connections = connections
  }
}

/// The manager's screen.
package struct Dashboard: Sendable, Equatable, Codable {
  package struct VersionCount: Sendable, Equatable, Codable {
    /// `1.6`, `2.0.1`, `2.1`, or `never seen`.
    package var label: String
    package var count: Int
    package init(label: String, count: Int) { (self.label, self.count) = (label, count) }
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
  package struct Attention: Sendable, Equatable, Codable {
    /// What happened and what it waits for, in one sentence.
    package var text: String
    package var campaign: String
    package var since: Instant
    package init(text: String, campaign: String, since: Instant) {
      (self.text, self.campaign, self.since) = (text, campaign, since)
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
  package var needsYou: [Attention]
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

package struct FleetRow: Sendable, Equatable, Codable {
  package var identity: String
  package var site: String
  package var vendor: String
  package var model: String
  package var firmware: String
  package var flashFree: Int?
  package var ramFree: Int?
  package var speaks: ProtocolVersion?
  package var online: Bool
  package var verdict: Readiness.Verdict
  package var reason: String
  /// Phase of its upgrade in a running campaign, as people say it.
  package var upgrade: String?
  package init(
    identity: String, site: String, vendor: String, model: String, firmware: String,
    flashFree: Int?, ramFree: Int?, speaks: ProtocolVersion?, online: Bool,
    verdict: Readiness.Verdict, reason: String, upgrade: String?
  ) {
    self.identity = identity
    self.site = site
    self.vendor = vendor
    self.model = model
    self.firmware = firmware
    self.flashFree = flashFree
    self.ramFree = ramFree
    self.speaks = speaks
    self.online = online
    self.verdict = verdict
    self.reason = reason
    self.upgrade = upgrade
  }
}

package struct FleetPage: Sendable, Equatable, Codable {
  package var at: Instant
  package var query: FleetQuery
  /// Chargers that match the filter, and all there are.
  package var matching: Int
  package var total: Int
  package var rows: [FleetRow]
  package init(at: Instant, query: FleetQuery, matching: Int, total: Int, rows: [FleetRow]) {
    self.at = at
    self.query = query
    self.matching = matching
    self.total = total
    self.rows = rows
  }
}

/// Everything about one charger.
package struct ChargerDetail: Sendable, Equatable, Codable {
  package struct Known: Sendable, Equatable, Codable {
    /// `firmware`, `flash free`, …
    package var name: String
    package var claimed: String?
    package var claimedBy: String?
    package var observed: String?
    package var observedBy: String?
    package init(
      name: String, claimed: String?, claimedBy: String?, observed: String?, observedBy: String?
    ) {
      self.name = name
      self.claimed = claimed
      self.claimedBy = claimedBy
      self.observed = observed
      self.observedBy = observedBy
    }
  }
  package struct StoryLine: Sendable, Equatable, Codable {
    package var at: Instant
    package var text: String
    package init(at: Instant, text: String) { (self.at, self.text) = (at, text) }
  }
  package var row: FleetRow
  package var readiness: Readiness
  package var known: [Known]
  package var released: VersionSet
  package var connectors: [Connector]
  package var openSessions: Int
  package var endOfLife: EndOfLife?
  package var pin: Pin?
  package var lastSeen: Instant?
  package var story: [StoryLine]
  package init(
    row: FleetRow, readiness: Readiness, known: [Known], released: VersionSet,
    connectors: [Connector], openSessions: Int, endOfLife: EndOfLife?, pin: Pin?,
    lastSeen: Instant?, story: [StoryLine]
  ) {
    self.row = row
    self.readiness = readiness
    self.known = known
    self.released = released
    self.connectors = connectors
    self.openSessions = openSessions
    self.endOfLife = endOfLife
    self.pin = pin
    self.lastSeen = lastSeen
    self.story = story
  }
}

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

/// What a plan would do.
package struct PlanView: Sendable, Equatable, Codable {
  package struct StratumPlan: Sendable, Equatable, Codable {
    package var label: String
    /// Chargers in each wave.
    package var waves: [Int]
    /// Why its gate can't pass by itself, when it can't.
    package var warning: String?
    package init(label: String, waves: [Int], warning: String?) {
      (self.label, self.waves, self.warning) = (label, waves, warning)
    }
  }
  package struct LeftOut: Sendable, Equatable, Codable {
    package var verdict: Readiness.Verdict
    package var count: Int
    package init(verdict: Readiness.Verdict, count: Int) {
      (self.verdict, self.count) = (verdict, count)
    }
  }
  package var name: String
  package var planHash: String
  package var chargers: Int
  package var strata: [StratumPlan]
  package var leftOut: [LeftOut]
  package var warnings: [String]
  package init(
    name: String, planHash: String, chargers: Int, strata: [StratumPlan], leftOut: [LeftOut],
    warnings: [String]
  ) {
    self.name = name
    self.planHash = planHash
    self.chargers = chargers
    self.strata = strata
    self.leftOut = leftOut
    self.warnings = warnings
  }
}
