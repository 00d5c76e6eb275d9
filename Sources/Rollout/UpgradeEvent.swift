import Fleet

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
  /// The answer to an order.
  case answered(messageID: String, Answer)
  case report(requestID: Int, variables: [ReportedVariable], isLast: Bool)
  /// The deadline passed.
  case due
  /// A person or the campaign wants it to end at its next safe point.
  case cancel(reason: String)
  /// A person or a policy wants it back on 1.6.
  case rollBack(reason: String)
  /// What can still be taken back is: an outage whose disruptive order is not written ends, without
  /// counting as a try.
  case recall(reason: String)
}

/// How an order was answered.
package enum Answer: Sendable, Hashable {
  case accepted
  /// Will happen when the charger is free (ChangeAvailability, Reset).
  case scheduled
  case rejected(String)
  case notSupported(String)
  case timedOut
  /// The connection closed before an answer.
  case lost
  /// Taken, and in effect after a reboot (ChangeConfiguration of 1.6).
  case needsReboot
  /// To a message of the playbook's own: the payload of its answer.
  case custom(String)
  /// To readConfiguration; `readOnly` names the keys that the charger calls so.
  case configuration([String: String], readOnly: Set<String> = [])
  /// To readFirmwareVersion and readVariables: value nil where the charger refused.
  case variables([ReportedVariable])
  /// To writeVariables. Those `afterReboot` were taken and are in effect after a reset (SetVariables
  /// of 2.x); only names count, not values.
  case written(
    taken: [ReportedVariable], afterReboot: [ReportedVariable], refused: [ReportedVariable])
}

/// What the live charger looks like at the moment an event is reduced.
package struct ChargerView: Sendable, Equatable {
  package var identity: String
  package var online: Bool
  package var speaks: ProtocolVersion?
  package var firmware: String?
  package var connectors: [Connector]
  /// The version whose numbers `connectors` have: after a switch they are the old ones until the
  /// first report. Nil where that is not known.
  package var numbering: ProtocolVersion?
  package var openSessions: Int
  package var lastSessionEnd: Instant?
  package var supportsSigned: Bool?
  /// A person holds the campaign: nothing new is sent.
  package var isHeld = false
  /// The firmware that its stratum was planned from; nil where that is not known.
  package var plannedFrom: String?
  /// Nil where installs may run at any time.
  package var window: SiteWindow?
  /// What orders of its stratum take; nil where nobody knows, and no window binds.
  package var expected: ExpectedDurations?
  /// Systems of its site that have not signed off what its chargers will send after the switch.
  package var unsigned: [String] = []
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

  /// Connectors were reported in this version, or one that counts them alike.
  package func hasConnectors(in version: ProtocolVersion) -> Bool {
    guard !connectors.isEmpty else { return false }
    return numbering.map { ($0 == .ocpp16) == (version == .ocpp16) } ?? true
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
  /// The upgrade ended quarantined: the charger needs a technician.
  case quarantine(reason: String)
}
