import Fleet

extension Upgrade {
  /// Facts of the current outage.
  package struct Memory: Sendable, Hashable, Codable {
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

    // What follows came later; rows written before are without it.

    /// No disruptive order before this: the pause before a retry, which outlasts reconnects.
    package var retryNotBefore: Instant?
    /// Last sign of progress of a download.
    package var progressAt: Instant?
    /// A connection that no boot came on yet, after one that was lost: a boot on it is a reboot.
    package var isBackAnew: Bool?
    /// The engine has started since the last connection; it knows not why that one ended.
    package var isEngineNew: Bool?
    /// Reboots that nobody ordered, in the soak that runs.
    package var reboots: Int?
    package var firstRebootAt: Instant?
    /// Questions in a row on this connection that were not answered in time.
    package var silences: Int?
    /// No question before this, for a charger that did not answer the last ones.
    package var patientUntil: Instant?
    /// This connection was closed from here.
    package var closedHere: Bool?
    /// It came up in a version that was not released for it, and its story says so.
    package var toldUnreleased: Bool?
    /// Keys that the new image lost, and what became of them.
    package var lostKeys: LostKeys?
    /// Variables that take effect only with one more reset.
    package var apply: Apply?
    /// The question for a firmware status is not known in its signed form.
    package var asksPlainly: Bool?
    /// Since when nobody can be asked what became of the open order.
    package var askedInVainSince: Instant?
    /// Why it ended, where that is no failure.
    package var endReason: String?
    /// How `wasInoperative` counts; nil while nothing is in it.
    package var inoperativeAs: Numbering?
    /// Connectors given back that have not been reported open since: who is out of service among
    /// them is so because of this upgrade.
    package var givenBack: [ConnectorID]?
    /// Whose numbers the stored connectors have, where that is not the version spoken.
    package var numbering: ProtocolVersion?
    /// The custom step that is being sent, and how often it was sent again.
    package var step: String?
    package var stepTries: Int?
    package init() {}
  }

  /// How connectors are counted: 1.6 counts them through, 2.x by EVSE.
  package struct Numbering: Sendable, Hashable, Codable {
    package var version: ProtocolVersion
    /// All connectors, in order.
    package var connectors: [ConnectorID]
    package init(version: ProtocolVersion, connectors: [ConnectorID]) {
      (self.version, self.connectors) = (version, connectors)
    }
  }

  /// Whether a firmware status is asked for in the signed form.
  package var asksSigned: Bool { signed && memory.asksPlainly != true }

  /// The 1.6 configuration after the new image has started, held against the one before.
  package struct LostKeys: Sendable, Hashable, Codable {
    /// Keys to write, in the order of writing.
    package var left: [String]
    /// How many were lost in all.
    package var total: Int
    package var restored = 0
    /// Restored ones that take effect with the next reset.
    package var afterReset = 0
    /// Keys that the new image refused, does not know, or did not answer for.
    package var refused: [String] = []
    package init(left: [String]) { (self.left, total) = (left, left.count) }
  }

  /// Written variables that the charger takes up only with a reset.
  package struct Apply: Sendable, Hashable, Codable {
    package var variables: [ReportedVariable]
    /// Its time to become free runs.
    package var hasBegun = false
    /// No more resets for it: done, refused, or never free.
    package var isOver = false
    package init(variables: [ReportedVariable]) { self.variables = variables }
  }
}
