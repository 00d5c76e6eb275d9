import Fleet
import OCPP
import Rollout

/// Orders in the words of OCPP 2.0.1 and 2.1, and what their answers and reports say.
extension Adapter2 {
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
    case .custom(let custom):
      return (try? JSON(text: custom.payload)).map { (custom.action, $0) }
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
    case .custom: .custom(p.text)
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

  func reported(_ data: JSONValue?) -> [ReportedVariable] {
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
}
