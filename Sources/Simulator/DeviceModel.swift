import OCPP

/// The device model of 2.x. A new image begins with its defaults: what was set in 1.6 is lost, as
/// it is with many chargers, unless the CSMS writes it again.
struct DeviceModel: Sendable {
  enum Mutability: String, Sendable {
    case readOnly = "ReadOnly"
    case writeOnly = "WriteOnly"
    case readWrite = "ReadWrite"
  }

  struct Variable: Sendable {
    var component: String
    var evse: Int64?
    var connector: Int64?
    var name: String
    var instance: String?
    var value: String
    /// DataEnumType.
    var type: String
    var mutability: Mutability
    var unit: String?
    /// Of a number its value, of a text its length.
    var limits: ClosedRange<Int64>?
    var values: String?
    var needsReboot = false
  }

  private(set) var variables: [Variable]

  init(profile: StationProfile) { variables = StockModel.variables(profile) }

  /// Sets a variable whatever it allows.
  mutating func set(
    _ component: String, _ name: String, evse: Int64? = nil, connector: Int64? = nil,
    _ value: String
  ) {
    let index = variables.firstIndex {
      $0.component == component && $0.name == name && $0.evse == evse && $0.connector == connector
    }
    if let index { variables[index].value = value }
  }

  func value(_ component: String, _ name: String) -> String? {
    variables.first { $0.component == component && $0.name == name && $0.evse == nil }?.value
  }

  var allowsSessionsPendingFirmware: Bool {
    value("ChargingStation", "AllowNewSessionsPendingFirmwareUpdate") == "true"
  }
  var sampleInterval: Int64 {
    value("SampledDataCtrlr", "TxUpdatedInterval").flatMap { Int64($0) } ?? 0
  }

  // MARK: Messages

  private enum Lookup {
    case found(Int)
    /// GetVariableStatusEnumType and SetVariableStatusEnumType share these.
    case missing(String)
  }

  private func find(_ item: JSON) -> Lookup {
    guard let component = item["component"], let variable = item["variable"],
      let componentName = component["name"]?.string?.lowercased(),
      let name = variable["name"]?.string?.lowercased()
    else { return .missing("UnknownComponent") }
    let evse = component["evse"]?["id"]?.int
    let connector = component["evse"]?["connectorId"]?.int
    let candidates = variables.indices.filter {
      variables[$0].component.lowercased() == componentName && variables[$0].evse == evse
        && variables[$0].connector == connector
    }
    guard !candidates.isEmpty, component["instance"] == nil else {
      return .missing("UnknownComponent")
    }
    let instance = variable["instance"]?.string?.lowercased()
    let index = candidates.first {
      variables[$0].name.lowercased() == name && variables[$0].instance?.lowercased() == instance
    }
    return index.map(Lookup.found) ?? .missing("UnknownVariable")
  }

  /// One entry of GetVariables (OCPP 2.0.1 B06).
  func get(_ item: JSON) -> JSON {
    var status = "NotSupportedAttributeType"
    var value: String?
    switch find(item) {
    case .missing(let reason): status = reason
    case .found(let index) where item["attributeType"]?.string ?? "Actual" == "Actual":
      if variables[index].mutability == .writeOnly {
        status = "Rejected"
      } else {
        status = "Accepted"
        value = variables[index].value
      }
    case .found: break
    }
    return .compact([
      ("attributeStatus", .string(status)), ("attributeType", item["attributeType"]),
      ("attributeValue", value.map(JSON.string)), ("component", item["component"]),
      ("variable", item["variable"]),
    ])
  }

  /// One entry of SetVariables (OCPP 2.0.1 B05). `changed` is told of the variable when it was set.
  mutating func set(_ item: JSON, changed: (Variable) -> Void) -> JSON {
    var status = "NotSupportedAttributeType"
    switch find(item) {
    case .missing(let reason): status = reason
    case .found(let index) where item["attributeType"]?.string ?? "Actual" == "Actual":
      let value = item["attributeValue"]?.string ?? ""
      if variables[index].mutability == .readOnly || !variables[index].takes(value) {
        status = "Rejected"
      } else {
        variables[index].value = value
        status = variables[index].needsReboot ? "RebootRequired" : "Accepted"
        changed(variables[index])
      }
    case .found: break
    }
    return .compact([
      ("attributeStatus", .string(status)), ("attributeType", item["attributeType"]),
      ("component", item["component"]), ("variable", item["variable"]),
    ])
  }

  /// The ReportDataType of what a report base covers; nil for one that does not exist
  /// (OCPP 2.0.1 B07).
  func report(_ base: String) -> [JSON]? {
    switch base {
    case "FullInventory": variables.map(\.report)
    case "ConfigurationInventory": variables.filter { $0.mutability != .readOnly }.map(\.report)
    case "SummaryInventory": variables.filter { $0.name == "AvailabilityState" }.map(\.report)
    default: nil
    }
  }
}

extension DeviceModel.Variable {
  func takes(_ value: String) -> Bool {
    switch type {
    case "boolean": return value == "true" || value == "false"
    case "integer": return Int64(value).map { limits?.contains($0) ?? true } ?? false
    case "decimal": return Double(value) != nil
    case "dateTime": return DateTime.parse(value) != nil
    case "OptionList":
      return values.map { $0.split(separator: ",").contains { $0 == value } } ?? true
    case "MemberList", "SequenceList":
      guard let values else { return true }
      let known = values.split(separator: ",")
      return value.split(separator: ",").allSatisfy(known.contains)
    default: return limits?.contains(Int64(value.unicodeScalars.count)) ?? true
    }
  }

  var report: JSON {
    let evse = evse.map { id -> JSON in
      .compact([("id", .int(id)), ("connectorId", connector.map(JSON.int))])
    }
    let shown = mutability == .writeOnly ? Optional<JSON>.none : .string(value)
    return [
      "component": .compact([("name", .string(component)), ("evse", evse)]),
      "variable": .compact([("name", .string(name)), ("instance", instance.map(JSON.string))]),
      "variableAttribute": [
        .compact([
          ("type", "Actual"), ("value", shown), ("mutability", .string(mutability.rawValue)),
          ("persistent", true), ("constant", false),
        ])
      ],
      "variableCharacteristics": .compact([
        ("unit", unit.map(JSON.string)), ("dataType", .string(type)),
        ("minLimit", limits.map { .int($0.lowerBound) }),
        ("maxLimit", limits.flatMap { $0.upperBound == .max ? nil : .int($0.upperBound) }),
        ("valuesList", values.map(JSON.string)), ("supportsMonitoring", false),
      ]),
    ]
  }
}
