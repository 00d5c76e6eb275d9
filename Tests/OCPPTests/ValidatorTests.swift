import OCPP
import Testing

@Suite struct ValidatorTests {
  @Test("A valid payload breaks no rule", arguments: Samples16.all + Samples2.all)
  func valid(sample: Sample) throws {
    for version in sample.versions {
      #expect(try sample.violation(in: version) == nil, "\(version)")
    }
  }

  @Test("A message both ways of every action of the samples is there")
  func coverage() {
    for (versions, samples) in [(OCPPVersion.v16, Samples16.all), (.v201, Samples2.all)] {
      for action in Set(samples.map(\.action)) {
        let sides = samples.filter { $0.action == action && $0.versions.contains(versions) }
        #expect(sides.contains { $0.side == .request } && sides.contains { $0.side == .response })
      }
    }
  }

  @Test("A valid payload stays valid with its fields in another order, a changed one is told")
  func reordered() throws {
    let forward = Sample(
      [.v16], "ChangeAvailability", .request, #"{"type":"Operative","connectorId":1}"#)
    #expect(try forward.violation(in: .v16) == nil)
    let escaped = Sample(
      [.v16], "ChangeAvailability", .request, #"{"t\u0079pe":"Oper\u0061tive","connectorId":1}"#)
    #expect(try escaped.violation(in: .v16) == nil)
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var sample: Sample
    var kind: Violation.Kind
    var path: String
    var codes: [String]
    var testDescription: String { "\(sample.action) \(kind) \(path)" }

    init(
      _ versions: [OCPPVersion], _ action: String, _ side: Sample.Side, _ json: String,
      _ kind: Violation.Kind, _ path: String, _ codes: String...
    ) {
      sample = Sample(versions, action, side, json)
      self.kind = kind
      self.path = path
      self.codes = codes
    }
  }

  private static func replacing(_ text: String, _ old: String, _ new: String) -> String {
    var parts: [Substring] = []
    var rest = text[...]
    while let range = rest.firstRange(of: old) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    parts.append(rest)
    return parts.joined(separator: new)
  }

  static func limits16(_ rate: String, _ limit: String) -> String {
    #"""
    {"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,
    "chargingProfilePurpose":"TxProfile","chargingProfileKind":"Absolute","chargingSchedule":
    {"chargingRateUnit":"A","minChargingRate":\#(rate),
    "chargingSchedulePeriod":[{"startPeriod":0,"limit":\#(limit)}]}}}
    """#
  }

  static let broken: [Broken] = [
    Broken(
      [.v16], "BootNotification", .request, #"{"chargePointVendor":"Acme"}"#,
      .missing, "chargePointModel", "OccurenceConstraintViolation"),
    Broken(
      [.v16], "Authorize", .request, "null", .missing, "idTag", "OccurenceConstraintViolation"),
    Broken(
      [.v16], "BootNotification", .request,
      #"{"chargePointVendor":"Acme","chargePointModel":"AC11","extra":1}"#,
      .unknownField, "extra", "FormationViolation"),
    Broken(
      [.v16], "BootNotification", .request,
      #"{"chargePointVendor":"123456789012345678901","chargePointModel":"AC11"}"#,
      .length, "chargePointVendor", "PropertyConstraintViolation"),
    Broken(
      [.v16], "StatusNotification", .request,
      #"{"connectorId":"1","errorCode":"NoError","status":"Available"}"#,
      .type, "connectorId", "TypeConstraintViolation"),
    Broken(
      [.v16], "StatusNotification", .request,
      #"{"connectorId":1,"errorCode":"NoError","status":"Sleeping"}"#,
      .enumeration, "status", "PropertyConstraintViolation"),
    Broken(
      [.v16], "StopTransaction", .request,
      #"{"meterStop":9000.5,"timestamp":"2026-11-23T01:02:03Z","transactionId":42}"#,
      .type, "meterStop", "TypeConstraintViolation"),
    Broken(
      [.v16], "StopTransaction", .request,
      #"{"meterStop":9000,"timestamp":"2026-11-23T01:02:03","transactionId":42}"#,
      .looseTime, "timestamp", "PropertyConstraintViolation"),
    Broken(
      [.v16], "StopTransaction", .request,
      #"{"meterStop":9000,"timestamp":"yesterday","transactionId":42}"#,
      .format, "timestamp", "PropertyConstraintViolation"),
    Broken(
      [.v16], "MeterValues", .request, replacing(Samples16.meterValues, #""31""#, "31"),
      .type, "meterValue[0].sampledValue[1].value", "TypeConstraintViolation"),
    Broken(
      [.v16], "MeterValues", .request, replacing(Samples16.meterValues, #""A""#, #""Hertz""#),
      .enumeration, "meterValue[0].sampledValue[3].unit", "PropertyConstraintViolation"),
    Broken(
      [.v16], "MeterValues", .request, #"{"connectorId":1,"meterValue":{}}"#,
      .type, "meterValue", "TypeConstraintViolation"),
    Broken(
      [.v16], "UpdateFirmware", .request,
      #"{"location":"no uri","retrieveDate":"2026-11-23T01:02:03Z"}"#,
      .format, "location", "PropertyConstraintViolation"),
    Broken(
      [.v16], "SetChargingProfile", .request, limits16("7.3", "16.15"),
      .multipleOf, "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit",
      "PropertyConstraintViolation"),
    Broken(
      [.v16], "SignedUpdateFirmware", .request,
      replacing(Samples16.firmware, #""MEUCIQ==""#, "null"),
      .type, "firmware.signature", "TypeConstraintViolation"),
    Broken(
      [.v16], "BootNotification", .response,
      #"{"status":"Accepted","currentTime":"2026-11-23T01:02:03Z"}"#,
      .missing, "interval", "OccurenceConstraintViolation"),
    Broken(
      [.v201, .v21], "BootNotification", .request,
      #"{"reason":"PowerUp","chargingStation":{"model":"AC11"}}"#,
      .missing, "chargingStation.vendorName", "OccurrenceConstraintViolation",
      "OccurrenceConstraintViolation"),
    Broken(
      [.v201, .v21], "Heartbeat", .request, #"{"extra":1}"#,
      .unknownField, "extra", "ProtocolError", "ProtocolError"),
    Broken(
      [.v201, .v21], "Heartbeat", .request, #"{"customData":{"free":1}}"#,
      .missing, "customData.vendorId", "OccurrenceConstraintViolation",
      "OccurrenceConstraintViolation"),
    Broken(
      [.v201, .v21], "Heartbeat", .request, "null",
      .type, "", "TypeConstraintViolation", "TypeConstraintViolation"),
    Broken(
      [.v201, .v21], "MeterValues", .request, #"{"evseId":1,"meterValue":[]}"#,
      .itemCount, "meterValue", "OccurrenceConstraintViolation", "OccurrenceConstraintViolation"),
    Broken(
      [.v201, .v21], "TransactionEvent", .request,
      replacing(Samples2.transactionEvent, "12345.6", #""12345.6""#),
      .type, "meterValue[0].sampledValue[0].value", "TypeConstraintViolation",
      "TypeConstraintViolation"),
    Broken(
      [.v201, .v21], "TransactionEvent", .request,
      replacing(Samples2.transactionEvent, #""Updated""#, #""Changed""#),
      .enumeration, "eventType", "PropertyConstraintViolation", "PropertyConstraintViolation"),
    Broken(
      [.v21], "TransactionEvent", .request,
      replacing(Samples2.transactionEvent, #""numberOfPhasesUsed":3"#, #""numberOfPhasesUsed":4"#),
      .bounds, "numberOfPhasesUsed", "PropertyConstraintViolation"),
    Broken(
      [.v21], "StatusNotification", .request,
      #"{"timestamp":"2026-11-23T01:02:03Z","connectorStatus":"Occupied","evseId":-1,"connectorId":1}"#,
      .bounds, "evseId", "PropertyConstraintViolation"),
    Broken(
      [.v201], "Reset", .request, #"{"type":"ImmediateAndResume"}"#,
      .enumeration, "type", "PropertyConstraintViolation"),
    Broken(
      [.v201], "SetVariables", .request,
      #"{"setVariableData":[{"attributeValue":""# + String(repeating: "x", count: 1001)
        + #"","component":{"name":"A"},"variable":{"name":"B"}}]}"#,
      .length, "setVariableData[0].attributeValue", "PropertyConstraintViolation"),
  ]

  @Test("A broken payload tells rule, path and the code of its version", arguments: broken)
  func invalid(broken: Broken) throws {
    for (version, code) in zip(broken.sample.versions, broken.codes) {
      let violation = try #require(try broken.sample.violation(in: version))
      #expect(violation.kind == broken.kind, "\(violation)")
      #expect(violation.path == broken.path)
      let found = Catalogue.shared.codes.code(for: violation.kind, in: version)
      #expect(found.spelling(in: version) == code)
    }
  }

  @Test(
    "Tenths are counted in decimals",
    arguments: [
      ("7.3", true), ("16.1", true), ("0.30000000000000004", false), ("32", true), ("0", true),
      ("161e-1", true), ("1.61E1", true), ("16.10000", true), ("0.05", false), ("1e-2", false),
      ("99999999999999999999999.1", true), ("99999999999999999999999.15", false),
    ])
  func tenths(limit: String, isValid: Bool) throws {
    let sample = Sample([.v16], "SetChargingProfile", .request, Self.limits16(limit, limit))
    #expect(try sample.violation(in: .v16)?.kind == (isValid ? nil : .multipleOf))
  }

  @Test("A length is counted in Unicode scalars, escaped or not")
  func lengths() throws {
    for (text, isValid) in [
      (String(repeating: "é", count: 20), true), (String(repeating: "é", count: 21), false),
      (String(repeating: #"\u00e9"#, count: 20), true),
      (String(repeating: #"\uD83D\uDE00"#, count: 20), true),
      (String(repeating: #"\uD83D\uDE00"#, count: 21), false),
    ] {
      let sample = Sample([.v16], "Authorize", .request, #"{"idTag":"\#(text)"}"#)
      #expect(try sample.violation(in: .v16)?.kind == (isValid ? nil : .length))
    }
  }

  @Test("A field's name from outside is cut where it is told")
  func longName() throws {
    let name = String(repeating: "x", count: 5000)
    let violation = try Sample([.v21], "Heartbeat", .request, #"{"\#(name)":1}"#)
      .violation(in: .v21)
    #expect(violation?.kind == .unknownField)
    #expect(violation?.path == String(repeating: "x", count: 64) + "…")
  }

  @Test("A payload made here is validated like one received")
  func outgoing() throws {
    let reset = try #require(Catalogue.shared.action(named: "Reset", version: .v16))
    #expect(Catalogue.shared.validate(request: ["type": "Hard"], of: reset) == nil)
    #expect(Catalogue.shared.validate(request: ["type": "Warm"], of: reset)?.path == "type")
    #expect(Catalogue.shared.validate(response: [:], of: reset)?.kind == .missing)
  }
}
