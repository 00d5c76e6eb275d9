import Fleet
import Rollout

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
  package var quarantine: Quarantine?
  package var notes = ""
  /// Newest first.
  package var sessions: [SessionRow] = []
  /// Newest first: what the ledger holds of messages to and from it.
  package var messages: [MessageRow] = []
  /// Its upgrade in a campaign, explained; nil when it never had one.
  package var upgrade: UpgradeDetail?
  /// Rows of the quirk table that apply to it.
  package var quirks: [QuirkRow] = []
  /// Messages against a rule that were let pass, most frequent first.
  package var tolerations: [TolerationRow] = []
  package var holdings: [HoldingRow] = []
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

package struct SessionRow: Sendable, Equatable, Codable {
  package var startedAt: Instant
  package var stoppedAt: Instant?
  package var connector: ConnectorID
  package var version: ProtocolVersion
  package var token: String
  /// Wh; nil while a register is missing.
  package var energy: Double?
  package var stopReason: String?
  package init(
    startedAt: Instant, stoppedAt: Instant?, connector: ConnectorID, version: ProtocolVersion,
    token: String, energy: Double?, stopReason: String?
  ) {
    self.startedAt = startedAt
    self.stoppedAt = stoppedAt
    self.connector = connector
    self.version = version
    self.token = token
    self.energy = energy
    self.stopReason = stopReason
  }
}

package struct MessageRow: Sendable, Equatable, Codable {
  package var at: Instant
  /// From the charger to the engine.
  package var isInbound: Bool
  package var version: ProtocolVersion?
  /// OCPP action.
  package var action: String
  /// What it said, or what became of it, in a few words.
  package var gist: String
  package init(
    at: Instant, isInbound: Bool, version: ProtocolVersion?, action: String, gist: String
  ) {
    self.at = at
    self.isInbound = isInbound
    self.version = version
    self.action = action
    self.gist = gist
  }
}
