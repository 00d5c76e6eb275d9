import Fleet
import OCPP
import Rollout

/// What the engine does with a message, in a sentence: the one table behind `swell messages`.
/// Tests hold it to what is really answered and sent.
package struct Handling: Sendable, Equatable {
  /// What a message of a station is answered, where its payload follows the rules.
  package enum Reply: Sendable, Equatable {
    /// `{}`
    case empty
    /// A result whose status is always this one.
    case status(String)
    /// A result that depends on what was said and on what is known.
    case depends
    /// A SEND is never answered.
    case silence
    /// A station does not send it.
    case none
  }

  package var does: String
  package var reply: Reply

  package init(of action: ActionDescriptor) {
    var sentences: [String] = []
    reply = .none
    if action.mayBeSent(by: .station), let known = Self.received(action) {
      sentences.append("received: \(known.does)")
      reply = known.reply
    }
    if action.mayBeSent(by: .csms) {
      let orders = Self.orders(action.name, in: action.version)
      let upgrades = orders.isEmpty ? "" : " and by upgrades (\(orders.joined(separator: ", ")))"
      let harm = Self.mayHarm.contains(action.name) ? " under the guard rails" : ""
      sentences.append("sent: by a person\(harm)\(upgrades), checked before it leaves")
      if let holds = Self.given[action.name] { sentences.append("keeps \(holds)") }
    }
    does = sentences.joined(separator: "; ")
  }

  /// Messages that guard rails hold back (`MessageHarm`), some of them depending on their content.
  private static let mayHarm: Set<String> = [
    "UpdateFirmware", "SignedUpdateFirmware", "PublishFirmware", "SetNetworkProfile", "Reset",
    "ChangeConfiguration", "SetVariables",
  ]

  /// What is kept of an accepted message (`GivenHoldings`).
  private static let given: [String: String] = [
    "ReserveNow": "the reservation", "CancelReservation": "that the reservation is gone",
    "SetChargingProfile": "the charging profile", "ClearChargingProfile": "which profiles are gone",
    "SetDisplayMessage": "the message", "ClearDisplayMessage": "that the message is gone",
    "SetVariableMonitoring": "the monitors", "ClearVariableMonitoring": "which monitors are gone",
    "SetDERControl": "the control", "ClearDERControl": "which controls are gone",
    "SetDefaultTariff": "the tariff", "ClearTariffs": "which tariffs are gone",
    "UsePriorityCharging": "whether a session has priority",
    "GetLog": "that a log was asked for", "UnpublishFirmware": "that no firmware is published",
  ]

  /// The orders of upgrades that are spelled with this action.
  private static func orders(_ name: String, in version: OCPPVersion) -> [String] {
    let none = FirmwareID(rawValue: 0)
    let all: [Order] = [
      .setAvailability(operative: false), .setAvailability(operative: true), .readConfiguration,
      .writeConfiguration(key: "", value: ""),
      .updateFirmware(none, signed: false, requestID: 0),
      .updateFirmware(none, signed: true, requestID: 0), .reset, .triggerBoot,
      .triggerFirmwareStatus, .triggerStatus, .readReport(requestID: 0), .writeVariables([]),
      .readVariables([]), .readFirmwareVersion,
    ]
    var context = OrderContext(now: Instant(milliseconds: 0))
    var steps: [String] = []
    for isSigned in [false, true] {
      context.signed = isSigned
      (context.signature, context.signingCertificate) = isSigned ? ("", "") : (nil, nil)
      for order in all {
        guard let (action, _) = Adapters()[ProtocolVersion(version)].order(order, context),
          action == name, !steps.contains(order.step)
        else { continue }
        steps.append(order.step)
      }
    }
    return steps
  }
}
