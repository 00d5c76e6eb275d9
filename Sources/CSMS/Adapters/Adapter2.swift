import Fleet
import OCPP
import Rollout

/// OCPP 2.0.1 and 2.1, which spell everything the engine acts on alike.
struct Adapter2: Adapter {
  let version: OCPPVersion

  func event(
    _ action: String, _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent? {
    switch action {
    case "Heartbeat":
      return .heartbeat
    case "BootNotification":
      let station = p["chargingStation"]
      return .booted(
        Boot(
          vendor: Reading.text(station?["vendorName"]) ?? "",
          model: Reading.text(station?["model"]) ?? "",
          serial: Reading.text(station?["serialNumber"]),
          firmware: Reading.text(station?["firmwareVersion"]), reason: p["reason"]?.string))
    case "StatusNotification":
      guard let state = p["connectorStatus"]?.string.flatMap(Self.state) else { return .noted }
      return .status(
        Connector(
          id: ConnectorID(
            evse: Reading.whole(p["evseId"]) ?? 0, connector: Reading.whole(p["connectorId"]) ?? 0),
          state: state, at: Reading.past(p["timestamp"], receivedAt: receivedAt, &flaws)))
    case "Authorize":
      return .authorize(token: Reading.text(p["idToken"]?["idToken"]) ?? "")
    case "TransactionEvent":
      return SessionReading2.transactionEvent(
        p, ProtocolVersion(version), receivedAt: receivedAt, &flaws)
    case "MeterValues":
      return .meter(
        ConnectorID(evse: Reading.whole(p["evseId"]) ?? 0, connector: 0),
        register: Registers(p["meterValue"], ProtocolVersion(version)).last?.value)
    case "NotifyReport":
      return .report(
        requestID: Reading.whole(p["requestId"]) ?? 0, variables: reported(p["reportData"]),
        isLast: p["tbc"]?.bool != true)
    case "FirmwareStatusNotification":
      guard let status = p["status"]?.string.flatMap(FirmwareStatus.init) else { return .noted }
      return .firmwareStatus(status, requestID: Reading.whole(p["requestId"]))
    case "SecurityEventNotification":
      return .security(
        kind: Reading.text(p["type"]) ?? "",
        at: Reading.instant(p["timestamp"], receivedAt: receivedAt, &flaws),
        detail: Reading.text(p["techInfo"]) ?? "")
    case "NotifyEvent", "DataTransfer", "LogStatusNotification", "NotifyChargingLimit",
      "ClearedChargingLimit", "ReservationStatusUpdate":
      // Said without being asked, and answered with an empty payload.
      return .noted
    default:
      return nil
    }
  }

  private func reported(_ data: JSONValue?) -> [ReportedVariable] {
    var variables: [ReportedVariable] = []
    for item in Reading.items(data) {
      guard let component = item["component"]?["name"]?.string,
        let variable = item["variable"]?["name"]?.string
      else { continue }
      // A component of one EVSE is not the station's own: only the latter is written back.
      let local = item["component"]?["evse"] != nil || item["component"]?["instance"] != nil
      let attribute = item["variableAttribute"]?.elements.first {
        ($0["type"]?.string ?? "Actual") == "Actual"
      }
      variables.append(
        ReportedVariable(
          component: component, variable: variable,
          instance: item["variable"]?["instance"]?.string,
          value: Reading.text(attribute?["value"]),
          isWritable: !local
            && attribute.map { ($0["mutability"]?.string ?? "ReadWrite") != "ReadOnly" } == true))
    }
    return variables
  }

  func answer(_ facts: ReplyFacts, now: Instant) -> JSON {
    switch facts {
    case .empty:
      [:]
    case .boot(let registration, let interval):
      [
        "currentTime": .string(DateTime.format(now.milliseconds)),
        "interval": .int(Int64(interval)),
        "status": .string(
          registration == .accepted ? "Accepted" : registration == .pending ? "Pending" : "Rejected"
        ),
      ]
    case .heartbeat:
      ["currentTime": .string(DateTime.format(now.milliseconds))]
    case .authorize(let verdict):
      ["idTokenInfo": info(verdict)]
    case .sessionStarted(_, let verdict):
      ["idTokenInfo": info(verdict)]
    case .session(let verdict):
      .compact([("idTokenInfo", verdict.map(info))])
    case .dataTransferUnknownVendor:
      ["status": "UnknownVendorId"]
    }
  }

  private func info(_ verdict: TokenVerdict) -> JSON {
    .compact([
      ("status", .string(verdict.status.rawValue)),
      ("cacheExpiryDateTime", verdict.expires.map { .string(DateTime.format($0.milliseconds)) }),
      ("groupIdToken", verdict.group.map { ["idToken": .string($0), "type": "Central"] }),
    ])
  }

  func order(_ order: Order, _ context: OrderContext) -> (action: String, payload: JSON)? {
    switch order {
    case .setAvailability(let operative):
      return (
        "ChangeAvailability",
        ["operationalStatus": .string(operative ? "Operative" : "Inoperative")]
      )
    case .readConfiguration, .writeConfiguration:
      return nil
    case .updateFirmware(_, let signed, let requestID):
      var firmware: [(String, JSON)] = [
        ("location", .string(context.location)),
        ("retrieveDateTime", .string(DateTime.format(context.now.milliseconds))),
      ]
      if signed, let signature = context.signature, let pem = context.signingCertificate {
        firmware.append(("signingCertificate", .string(pem)))
        firmware.append(("signature", .string(signature)))
      }
      return (
        "UpdateFirmware",
        ["requestId": .int(Int64(requestID)), "firmware": .object(firmware)]
      )
    case .reset:
      return ("Reset", ["type": "OnIdle"])
    case .triggerBoot:
      return ("TriggerMessage", ["requestedMessage": "BootNotification"])
    case .triggerFirmwareStatus:
      return ("TriggerMessage", ["requestedMessage": "FirmwareStatusNotification"])
    case .triggerStatus:
      return ("TriggerMessage", ["requestedMessage": "StatusNotification"])
    case .readReport(let requestID):
      return (
        "GetBaseReport", ["requestId": .int(Int64(requestID)), "reportBase": "FullInventory"]
      )
    case .writeVariables(let variables):
      return (
        "SetVariables", ["setVariableData": .array(variables.map { Self.data($0, write: true) })]
      )
    case .readVariables(let variables):
      return (
        "GetVariables", ["getVariableData": .array(variables.map { Self.data($0, write: false) })]
      )
    case .readFirmwareVersion:
      // FirmwareVersion is a generic variable that a station may keep elsewhere; the heartbeat
      // interval is one that every station has, so that a refusal of the first proves nothing.
      let read = [
        ReportedVariable(
          component: "ChargingStation", variable: "FirmwareVersion", instance: nil, value: nil,
          isWritable: false),
        ReportedVariable(
          component: "OCPPCommCtrlr", variable: "HeartbeatInterval", instance: nil, value: nil,
          isWritable: false),
      ]
      return ("GetVariables", ["getVariableData": .array(read.map { Self.data($0, write: false) })])
    }
  }

  func close(_ connector: ConnectorID) -> (action: String, payload: JSON) {
    (
      "ChangeAvailability",
      [
        "operationalStatus": "Inoperative",
        "evse": [
          "id": .int(Int64(connector.evse)), "connectorId": .int(Int64(connector.connector)),
        ],
      ]
    )
  }

  func reading(_ p: JSONValue, of order: Order) -> Answer {
    switch order {
    case .writeVariables: written(p["setVariableResult"])
    case .readFirmwareVersion, .readVariables: .variables(results(p["getVariableResult"]))
    default: StatusReading.answer(p["status"]?.string)
    }
  }

  /// A value is there when the station accepted.
  private func results(_ list: JSONValue?) -> [ReportedVariable] {
    Reading.items(list).compactMap { item in
      let taken = item["attributeStatus"]?.string == "Accepted"
      return Self.variable(item, value: taken ? Reading.text(item["attributeValue"]) ?? "" : nil)
    }
  }

  private func written(_ list: JSONValue?) -> Answer {
    var taken: [ReportedVariable] = []
    var afterReboot: [ReportedVariable] = []
    var refused: [ReportedVariable] = []
    for item in Reading.items(list) {
      guard let variable = Self.variable(item, value: nil) else { continue }
      switch item["attributeStatus"]?.string {
      case "Accepted": taken.append(variable)
      case "RebootRequired": afterReboot.append(variable)
      default: refused.append(variable)
      }
    }
    return .written(taken: taken, afterReboot: afterReboot, refused: refused)
  }

  private static func variable(_ item: JSONValue, value: String?) -> ReportedVariable? {
    guard let component = item["component"]?["name"]?.string,
      let variable = item["variable"]?["name"]?.string
    else { return nil }
    return ReportedVariable(
      component: component, variable: variable, instance: item["variable"]?["instance"]?.string,
      value: value, isWritable: true)
  }

  private static func data(_ v: ReportedVariable, write: Bool) -> JSON {
    var variable: [(String, JSON)] = [("name", .string(v.variable))]
    if let instance = v.instance { variable.append(("instance", .string(instance))) }
    var members: [(String, JSON)] = []
    if write { members.append(("attributeValue", .string(v.value ?? ""))) }
    members.append(("component", ["name": .string(v.component)]))
    members.append(("variable", .object(variable)))
    return .object(members)
  }

  /// ConnectorStatusEnumType.
  private static func state(_ word: String) -> ConnectorState? {
    switch word {
    case "Available": .available
    case "Occupied": .occupied
    case "Reserved": .reserved
    case "Unavailable": .unavailable
    case "Faulted": .faulted
    default: nil
    }
  }
}
