import Fleet

/// An upgrade's row in this inventory.
package struct UpgradeID: RawRepresentable, Sendable, Hashable, Comparable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One charger's way through one campaign.
package struct Upgrade: Sendable, Equatable, Codable {
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
  }

  package struct Failure: Sendable, Equatable, Codable {
    /// Classes that gates and dashboards count.
    package enum Class: String, Sendable, CaseIterable, Codable {
      case rejected = "refused by the charger"
      case downloadFailed = "download failed"
      case badSignature = "signature refused"
      case installFailed = "install failed"
      case noBoot = "no boot after install"
      case wrongFirmware = "boots the old image"
      case noSwitch = "did not come back in the new version"
      case notProved = "new version not proved"
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
  package var target: FirmwareID
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
  /// Connectors that were Inoperative before the drain; they stay so.
  package var wasInoperative: [ConnectorID]
  /// Evidence gathered in the current phase: facts the machine itself needs to remember.
  package var memory: Memory
  /// Compare-and-set version.
  package var revision: Int

  /// Facts of the current outage.
  package struct Memory: Sendable, Equatable, Codable {
    /// Since when every connector is free and unavailable to drivers.
    package var quietSince: Instant?
    package var bootedSinceOrder = false
    package var disconnectedSinceOrder = false
    package var bytesServed: Int64 = 0
    /// Size of the image, once some of it was served.
    package var bytesTotal: Int64?
    /// False when the image lies elsewhere, so that nobody here sees it leave.
    package var isCounted: Bool?
    package var reportedVariables = 0
    package var carriedKeys = 0
    package var refusedKeys = 0
    package var unmappedKeys = 0
    package var sessionProved = false

    /// Latest end of the current phase; `deadline` is the earliest of this and smaller timers.
    package var limit: Instant?
    /// Nothing is sent before this: a charger that has just connected, or a retry.
    package var notBefore: Instant?
    /// When the answer that is awaited counts as missing.
    package var answerBy: Instant?
    /// When silence after a question becomes an answer.
    package var silentAt: Instant?
    package var connectedAt: Instant?
    package var offlineSince: Instant?
    /// Since when the current outage runs.
    package var outageSince: Instant?
    /// No lease before this: drivers were disturbed without success.
    package var leaseNotBefore: Instant?
    /// Deferred since.
    package var deferredSince: Instant?
    /// Connectors were taken from drivers and must be given back, whatever happens.
    package var owesConnectors = false
    /// The charger took the drain's order on this connection.
    package var isClosed = false
    package var restoreTries = 0
    package var drainTries = 0
    package var triedSnapshot = false
    package var askedStatus = false
    package var askedReport = false
    package var askedBoot = false
    package var askedFirmwareStatus = false
    package var sawFirmwareStatus = false
    /// The charger itself said that it has the image; bytes counted here do not say that.
    package var saidDownloaded: Bool?
    /// The disruptive attempt whose effect is not settled; no other of its step may follow it.
    package var open: Attempt?
    /// Of the last firmware order.
    package var requestID: Int?
    /// Forms of the firmware order that the charger does not know.
    package var refusedForms = 0
    /// Boots in the target version that were answered Pending.
    package var pendingBoots = 0
    /// The charger does not know Reset.
    package var resetUnknown = false
    package var reportDone = false
    package var writes: [ReportedVariable] = []
    package var writesDone = false
    package var mappedKeys = 0
    /// The firmware version that the device model gave in the target version.
    package var readFirmware: String?
    /// Since when it speaks an older version although the target is released and was spoken.
    package var fellBackAt: Instant?
    /// A person or the campaign wants an end at the next safe point.
    package var cancelled: String?
    package var rollBackReason: String?
    package init() {}
  }

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

/// What Swell asks a charger to do, in no version's words; adapters spell it.
package enum Order: Sendable, Equatable, Codable {
  /// All connectors; when they are given back, all but the upgrade's `wasInoperative`.
  case setAvailability(operative: Bool)
  case readConfiguration
  case updateFirmware(FirmwareID, signed: Bool, requestID: Int)
  case reset
  case triggerBoot
  case triggerFirmwareStatus
  case triggerStatus
  /// Full inventory of the device model.
  case readReport(requestID: Int)
  case writeVariables([ReportedVariable])
  /// Reads the firmware version from the device model: proof that the version is really spoken.
  case readFirmwareVersion

  /// Ends sessions or takes the charger down: at most one send an attempt, and no second attempt
  /// without evidence that the first had no effect.
  package var isDisruptive: Bool {
    switch self {
    case .updateFirmware, .reset: true
    default: false
    }
  }

  /// Short word for tables: also the step that attempts are counted by.
  package var step: String {
    switch self {
    case .setAvailability(let operative): operative ? "operative" : "inoperative"
    case .readConfiguration: "read configuration"
    case .updateFirmware: "update firmware"
    case .reset: "reset"
    case .triggerBoot: "trigger boot"
    case .triggerFirmwareStatus: "trigger firmware status"
    case .triggerStatus: "trigger status"
    case .readReport: "read report"
    case .writeVariables: "write variables"
    case .readFirmwareVersion: "read firmware version"
    }
  }
}

/// One durable intent to send one command.
package struct Attempt: Sendable, Equatable, Codable {
  package enum State: String, Sendable, Codable, CaseIterable {
    /// Written, perhaps sent: without an outcome it is Unknown after a restart.
    case intent
    /// Handed to the connection.
    case sent
    case accepted
    case rejected
    /// The charger does not know this form.
    case notSupported
    /// No answer in time.
    case timedOut
    /// Evidence shows that it had no effect; another attempt may follow.
    case noEffect
    /// Evidence shows that it took effect.
    case tookEffect

    package var label: String {
      switch self {
      case .intent: "not sent yet"
      case .sent: "sent"
      case .accepted: "accepted"
      case .rejected: "rejected"
      case .notSupported: "not supported"
      case .timedOut: "no answer in time"
      case .noEffect: "had no effect"
      case .tookEffect: "took effect"
      }
    }
  }
  package var upgrade: UpgradeID
  /// `Order.step`, with `firmware` or `switch` or `roll back` in front for disruptive orders.
  package var step: String
  /// From 1.
  package var number: Int
  /// The OCPP message id.
  package var messageID: String
  package var order: Order
  package var state: State
  package var writtenAt: Instant
  package var evidence: String
  package init(
    upgrade: UpgradeID, step: String, number: Int, messageID: String, order: Order,
    writtenAt: Instant
  ) {
    self.upgrade = upgrade
    self.step = step
    self.number = number
    self.messageID = messageID
    self.order = order
    self.writtenAt = writtenAt
    state = .intent
    evidence = ""
  }
}

/// What reaches an upgrade's machine.
package enum UpgradeEvent: Sendable, Equatable {
  /// A place at the site was granted: outage 1 or 2 may begin.
  case leased
  /// The engine has just started; nothing sent before can be answered any more.
  case restarted
  case connected(ProtocolVersion)
  case disconnected
  case booted(Boot, ProtocolVersion)
  case status
  case sessionStarted
  case sessionStopped(completed: Bool)
  case firmwareStatus(FirmwareStatus, requestID: Int?)
  /// The depot served bytes of the image to this charger; totals.
  case served(bytes: Int64, of: Int64)
  case sent(messageID: String)
  /// The answer to an order. `configuration` for readConfiguration, `variables` for
  /// writeVariables (value nil: refused) and readFirmwareVersion.
  case answered(messageID: String, Answer)
  case report(requestID: Int, variables: [ReportedVariable], isLast: Bool)
  /// The deadline passed.
  case due
  /// A person or the campaign wants it to end at its next safe point.
  case cancel(reason: String)
  /// A person or a policy wants it back on 1.6.
  case rollBack(reason: String)
}

/// How an order was answered.
package enum Answer: Sendable, Equatable {
  case accepted
  /// Will happen when the charger is free (ChangeAvailability, Reset).
  case scheduled
  case rejected(String)
  case notSupported(String)
  case timedOut
  /// The connection closed before an answer.
  case lost
  case configuration([String: String])
  case variables([ReportedVariable])
}

/// What the live charger looks like at the moment an event is reduced.
package struct ChargerView: Sendable, Equatable {
  package var identity: String
  package var online: Bool
  package var speaks: ProtocolVersion?
  package var firmware: String?
  package var connectors: [Connector]
  package var openSessions: Int
  package var lastSessionEnd: Instant?
  package var supportsSigned: Bool?
  /// A person holds the campaign: nothing new is sent.
  package var isHeld = false
  package init(
    identity: String, online: Bool, speaks: ProtocolVersion?, firmware: String?,
    connectors: [Connector], openSessions: Int, lastSessionEnd: Instant?, supportsSigned: Bool?
  ) {
    self.identity = identity
    self.online = online
    self.speaks = speaks
    self.firmware = firmware
    self.connectors = connectors
    self.openSessions = openSessions
    self.lastSessionEnd = lastSessionEnd
    self.supportsSigned = supportsSigned
  }
}

/// What an upgrade's machine wants done, in the transaction that stores its new state.
package enum UpgradeCommand: Sendable, Equatable {
  /// Write the attempt, and send it after the commit.
  case send(Attempt)
  /// Record what became of an attempt.
  case settle(Attempt)
  /// Set the versions the engine may select for this charger.
  case release(VersionSet)
  /// The charger does or does not know the signed form.
  case recordSigned(Bool)
  /// A version was proved; readiness changes.
  case proved(ProtocolVersion)
  /// A sentence for the charger's story.
  case tell(String)
  /// The charger's connection must be closed so that it negotiates anew.
  case disconnect
}

/// Counts by phase are an object in JSON, not a list.
extension Upgrade.Phase: CodingKeyRepresentable {}
