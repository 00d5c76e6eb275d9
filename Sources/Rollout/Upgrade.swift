import Fleet

/// An upgrade's row in this inventory.
package struct UpgradeID: RawRepresentable, Sendable, Hashable, Comparable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One charger's way through one campaign.
package struct Upgrade: Sendable, Hashable, Codable {
  /// Where it is. Order follows the way; the last seven are ends.
  package enum Phase: String, Sendable, CaseIterable, Codable {
    case planned
    // Outage 1: firmware, under 1.6.
    case snapshot
    case draining
    /// UpdateFirmware intent written; no answer yet.
    case ordering
    /// Accepted; no sign of a download yet.
    case ordered
    case downloading
    case downloaded
    case installing
    case rebooting
    /// The target image runs; connectors are being given back.
    case firmwareProved
    case soakingOnFirmware
    /// Soaked on 1.6; waits for a lease for outage 2.
    case readyToSwitch
    // Outage 2: the version.
    case drainingToSwitch
    /// The version is released and a reset is ordered.
    case switching
    /// First boot in the new version was answered Pending: report, write, read back.
    case provisioning
    /// Provisioned; the boot that will be Accepted is awaited.
    case accepting
    case verifying
    /// Proved; connectors are being given back.
    case restoring
    case soaking
    /// The version was taken back and a reset ordered; waits to see it on 1.6.
    case rollingBack
    // Ends.
    case migrated
    case rolledBack
    case quarantined
    case heldOn16
    case failed
    case skipped
    case cancelled

    /// As people write it: `rolled back`, `held on 1.6`.
    package var label: String {
      if self == .heldOn16 { return "held on 1.6" }
      return rawValue.reduce(into: "") { text, letter in
        text += letter.isUppercase ? " \(letter.lowercased())" : String(letter)
      }
    }

    package var isEnd: Bool {
      switch self {
      case .migrated, .rolledBack, .quarantined, .heldOn16, .failed, .skipped, .cancelled: true
      default: false
      }
    }
  }

  /// Why a planned upgrade did not start when it could have.
  package enum Deferral: String, Sendable, CaseIterable, Codable {
    case busy
    case offline
    case window
    case budget
    case atRisk = "at risk"
    /// A system that takes its site's data has not signed off.
    case signOff = "sign-off"
  }

  package struct Failure: Sendable, Hashable, Codable {
    /// Classes that gates and dashboards count.
    package enum Class: String, Sendable, CaseIterable, Codable {
      case rejected = "refused by the charger"
      case downloadFailed = "download failed"
      case downloadStalled = "download stalled"
      case badSignature = "signature refused"
      case installFailed = "install failed"
      case noBoot = "no boot after install"
      case wrongFirmware = "boots the old image"
      case bootLoop = "boots again and again"
      case noSwitch = "did not come back in the new version"
      case notProved = "new version not proved"
      case notBack = "did not come back in the old version"
      case step = "a step of the playbook failed"
      case silent = "no answer"
      case drainTimeout = "never free"
      case byPerson = "taken back by a person"
    }
    package var phase: Phase
    package var reason: Class
    package var detail: String
    package init(phase: Phase, reason: Class, detail: String) {
      (self.phase, self.reason, self.detail) = (phase, reason, detail)
    }
  }

  package var id: UpgradeID
  package var campaign: CampaignID
  package var charger: ChargerID
  package var site: SiteID?
  package var wave: Int
  /// Index into the campaign's strata.
  package var stratum: Int
  /// The image it ends on.
  package var target: FirmwareID
  /// All images of its way in their order, `target` last; nil where that is the only one.
  package var hops: [FirmwareID]?
  /// How many of `hops` are proved and soaked; nil: none.
  package var hopsDone: Int?
  /// Custom steps that are behind it, by the names that attempts are counted by; nil: none.
  package var stepsDone: Set<String>?
  package var phase: Phase
  package var enteredAt: Instant
  /// When the machine wants to be called although nothing happened.
  package var deadline: Instant?
  /// Holds one of its site's places; survives a restart, ends only by the machine.
  package var holdsLease: Bool
  package var deferral: Deferral?
  /// An order went out and nothing tells its outcome yet.
  package var isUnknown: Bool
  /// A disruptive order of this upgrade has been written: from here it counts for the gate.
  package var countsForGate: Bool
  /// Sends so far, by step.
  package var sends: [String: Int]
  /// The attempt whose outcome is awaited.
  package var pending: Attempt?
  /// Whether the signed form of the update is used.
  package var signed: Bool
  package var failure: Failure?
  /// The 1.6 configuration before the move.
  package var snapshot: [String: String]
  /// Keys of the snapshot that the charger calls read-only; nil in rows from before it was kept.
  package var readOnlyKeys: Set<String>?
  /// Connectors that were Inoperative before the drain; they stay so.
  package var wasInoperative: [ConnectorID]
  /// Evidence gathered in the current phase: facts the machine itself needs to remember.
  package var memory: Memory
  /// How long its phases and outages took; nil in rows from before it was kept.
  package var observed: Observed?
  /// Compare-and-set version.
  package var revision: Int

  package init(
    id: UpgradeID, campaign: CampaignID, charger: ChargerID, site: SiteID?, wave: Int,
    stratum: Int, target: FirmwareID, enteredAt: Instant
  ) {
    self.id = id
    self.campaign = campaign
    self.charger = charger
    self.site = site
    self.wave = wave
    self.stratum = stratum
    self.target = target
    self.enteredAt = enteredAt
    phase = .planned
    holdsLease = false
    isUnknown = false
    countsForGate = false
    sends = [:]
    signed = false
    snapshot = [:]
    wasInoperative = []
    memory = Memory()
    revision = 0
  }
}

/// Counts by phase are an object in JSON, not a list.
extension Upgrade.Phase: CodingKeyRepresentable {}
