import Fleet
import OCPP
import Rollout

/// OCPP 1.6 with its security extension.
struct Adapter16: Adapter {
  let version = OCPPVersion.v16

  func event(
    _ action: String, _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent? {
    switch action {
    case "Heartbeat":
      return .heartbeat
    case "BootNotification":
      return .booted(
        Boot(
          vendor: Reading.text(p["chargePointVendor"]) ?? "",
          model: Reading.text(p["chargePointModel"]) ?? "",
          serial: Reading.text(p["chargePointSerialNumber"])
            ?? Reading.text(p["chargeBoxSerialNumber"]),
          firmware: Reading.text(p["firmwareVersion"])))
    case "StatusNotification":
      let number = Reading.whole(p["connectorId"]) ?? 0
      guard let state = p["status"]?.string.flatMap(Self.state) else { return .noted }
      let error = p["errorCode"]?.string.flatMap { $0 == "NoError" ? nil : $0 }
      return .status(
        Connector(
          id: Self.connector(number), state: state,
          at: Reading.past(p["timestamp"], receivedAt: receivedAt, &flaws), error: error))
    case "Authorize":
      return .authorize(token: Reading.text(p["idTag"]) ?? "")
    case "StartTransaction":
      return SessionReading16.start(p, receivedAt: receivedAt, &flaws)
    case "StopTransaction":
      return SessionReading16.stop(p, receivedAt: receivedAt, &flaws)
    case "MeterValues":
      return SessionReading16.meterValues(p, receivedAt: receivedAt)
    case "FirmwareStatusNotification", "SignedFirmwareStatusNotification":
      guard let status = p["status"]?.string.flatMap(FirmwareStatus.init) else { return .noted }
      return .firmwareStatus(status, requestID: Reading.whole(p["requestId"]))
    case "SecurityEventNotification":
      return .security(
        kind: Reading.text(p["type"]) ?? "",
        at: Reading.instant(p["timestamp"], receivedAt: receivedAt, &flaws),
        detail: Reading.text(p["techInfo"]) ?? "")
    case "DataTransfer", "DiagnosticsStatusNotification", "LogStatusNotification":
      return .noted
    default:
      return nil
    }
  }

  func answer(_ facts: ReplyFacts, now: Instant) -> JSON {
    switch facts {
    case .empty:
      [:]
    case .boot(let registration, let interval):
      [
        "status": .string(Self.word(registration)),
        "currentTime": .string(DateTime.format(now.milliseconds)),
        "interval": .int(Int64(interval)),
      ]
    case .heartbeat:
      ["currentTime": .string(DateTime.format(now.milliseconds))]
    case .authorize(let verdict):
      ["idTagInfo": info(verdict)]
    case .sessionStarted(let number, let verdict):
      ["transactionId": .int(number), "idTagInfo": info(verdict)]
    case .session(let verdict):
      .compact([("idTagInfo", verdict.map(info))])
    case .dataTransferUnknownVendor:
      ["status": "UnknownVendorId"]
    }
  }

  private func info(_ verdict: TokenVerdict) -> JSON {
    .compact([
      ("status", .string(verdict.status.rawValue)),
      ("parentIdTag", verdict.group.map { .string(String($0.prefix(20))) }),
      ("expiryDate", verdict.expires.map { .string(DateTime.format($0.milliseconds)) }),
    ])
  }

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
    default:
      return StatusReading.answer(p["status"]?.string)
    }
  }

  private static func word(_ registration: ReplyFacts.Registration) -> String {
    switch registration {
    case .accepted: "Accepted"
    case .pending: "Pending"
    case .rejected: "Rejected"
    }
  }

  static func connector(_ number: Int) -> ConnectorID {
    ConnectorID(evse: number, connector: number == 0 ? 0 : 1)
  }

  private static func state(_ word: String) -> ConnectorState? {
    ConnectorState.allCases.first { $0 != .occupied && $0.label == word }
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
