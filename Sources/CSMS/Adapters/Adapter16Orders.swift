import Fleet
import OCPP
import Rollout

/// Orders in the words of OCPP 1.6, and what their answers say.
extension Adapter16 {
  func order(_ order: Order, _ context: OrderContext) -> (action: String, payload: JSON)? {
    switch order {
    case .setAvailability(let operative):
      return (
        "ChangeAvailability",
        ["connectorId": 0, "type": .string(operative ? "Operative" : "Inoperative")]
      )
    case .readConfiguration:
      return ("GetConfiguration", [:])
    case .writeConfiguration(let key, let value):
      return ("ChangeConfiguration", ["key": .string(key), "value": .string(value)])
    case .updateFirmware(_, let signed, let requestID):
      let now = JSON.string(DateTime.format(context.now.milliseconds))
      guard signed, let signature = context.signature, let pem = context.signingCertificate else {
        return ("UpdateFirmware", ["location": .string(context.location), "retrieveDate": now])
      }
      return (
        "SignedUpdateFirmware",
        [
          "requestId": .int(Int64(requestID)),
          "firmware": [
            "location": .string(context.location), "retrieveDateTime": now,
            "signingCertificate": .string(pem), "signature": .string(signature),
          ],
        ]
      )
    case .reset:
      return ("Reset", ["type": "Soft"])
    case .triggerBoot:
      return ("TriggerMessage", ["requestedMessage": "BootNotification"])
    case .triggerFirmwareStatus:
      // Only the extended trigger is answered in the signed form (security white paper §4.3.4).
      return (
        context.signed ? "ExtendedTriggerMessage" : "TriggerMessage",
        ["requestedMessage": "FirmwareStatusNotification"]
      )
    case .triggerStatus:
      return ("TriggerMessage", ["requestedMessage": "StatusNotification"])
    case .custom(let custom):
      return (try? JSON(text: custom.payload)).map { (custom.action, $0) }
    case .readReport, .writeVariables, .readVariables, .readFirmwareVersion:
      return nil
    }
  }

  func close(_ connector: ConnectorID) -> (action: String, payload: JSON) {
    ("ChangeAvailability", ["connectorId": .int(Int64(connector.evse)), "type": "Inoperative"])
  }

  func reading(_ p: JSONValue, of order: Order) -> Answer {
    switch order {
    case .readConfiguration:
      var configuration: [String: String] = [:]
      var readOnly: Set<String> = []
      // Missing and empty both mean none (lbbrhzn/ocpp#1300).
      for item in Reading.items(p["configurationKey"]) {
        guard let key = item["key"]?.string else { continue }
        configuration[key] = Reading.text(item["value"]) ?? ""
        if item["readonly"]?.bool == true { readOnly.insert(key) }
      }
      return .configuration(configuration, readOnly: readOnly)
    case .updateFirmware(_, signed: false, _):
      return .accepted
    case .custom:
      return .custom(p.text)
    default:
      return StatusReading.answer(p["status"]?.string)
    }
  }
}

/// Statuses in answers to orders, the same words in every version.
enum StatusReading {
  static func answer(_ status: String?) -> Answer {
    switch status {
    case "Accepted": .accepted
    case "AcceptedCanceled": .accepted
    case "Scheduled": .scheduled
    case "RebootRequired": .needsReboot
    case "NotImplemented", "NotSupported": .notSupported(status ?? "")
    default: .rejected(status ?? "no status in the answer")
    }
  }
}
