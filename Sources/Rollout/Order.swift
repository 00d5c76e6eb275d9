import Fleet

/// What Swell asks a charger to do, in no version's words; adapters spell it.
package enum Order: Sendable, Hashable, Codable {
  /// All connectors; when they are given back, all but the upgrade's `wasInoperative`.
  case setAvailability(operative: Bool)
  case readConfiguration
  /// One key of OCPP 1.6; one order each, so that each has its own row and its own answer.
  case writeConfiguration(key: String, value: String)
  case updateFirmware(FirmwareID, signed: Bool, requestID: Int)
  case reset
  case triggerBoot
  case triggerFirmwareStatus
  case triggerStatus
  /// Full inventory of the device model.
  case readReport(requestID: Int)
  case writeVariables([ReportedVariable])
  /// Reads values back; those of the argument are not meant.
  case readVariables([ReportedVariable])
  /// Reads the firmware version from the device model: proof that the version is really spoken.
  case readFirmwareVersion
  /// A message of the playbook's own.
  case custom(CustomOrder)

  /// Ends sessions or takes the charger down: at most one send an attempt, and no second attempt
  /// without evidence that the first had no effect.
  package var isDisruptive: Bool {
    switch self {
    case .updateFirmware, .reset: true
    case .custom(let custom): custom.isDisruptive
    default: false
    }
  }

  /// Short word for tables: also the step that attempts are counted by.
  package var step: String {
    switch self {
    case .setAvailability(let operative): operative ? "operative" : "inoperative"
    case .readConfiguration: "read configuration"
    case .writeConfiguration: "write configuration"
    case .updateFirmware: "update firmware"
    case .reset: "reset"
    case .triggerBoot: "trigger boot"
    case .triggerFirmwareStatus: "trigger firmware status"
    case .triggerStatus: "trigger status"
    case .readReport: "read report"
    case .writeVariables: "write variables"
    case .readVariables: "read variables"
    case .readFirmwareVersion: "read firmware version"
    case .custom(let custom): "step \(custom.name)"
    }
  }

  var isCustom: Bool {
    if case .custom = self { return true }
    return false
  }

  /// How long its answer may take, where the playbook's limit does not hold.
  package var patience: Span? {
    if case .custom(let custom) = self { return custom.within }
    return nil
  }
}

/// One durable intent to send one command.
package struct Attempt: Sendable, Hashable, Codable {
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
  /// `Order.step`, with `hop 2` in front for images of a longer way, and `firmware`, `switch`, `apply` or `roll back` in front for disruptive orders.
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
