import Control
import Fleet
import OCPP
import Testing

@testable import CSMS

/// What chargers say, and what they are answered.
struct MessageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var version: OCPPVersion
    var action: String
    var payload: String
    var testDescription: String { "\(action) in OCPP \(version.label)" }
    init(_ version: OCPPVersion, _ action: String, _ payload: String) {
      (self.version, self.action, self.payload) = (version, action, payload)
    }
  }

  private static let time = "2026-11-23T01:02:03Z"

  static let cases16: [Case] = [
    ("BootNotification", #"{"chargePointVendor":"Volta","chargePointModel":"AC22"}"#),
    ("Heartbeat", "{}"), ("Heartbeat", "null"),
    ("StatusNotification", #"{"connectorId":0,"errorCode":"NoError","status":"Available"}"#),
    ("Authorize", #"{"idTag":"04A1"}"#),
    (
      "StartTransaction",
      #"{"connectorId":1,"idTag":"04A1","meterStart":0,"timestamp":"\#(time)"}"#
    ),
    ("StopTransaction", #"{"meterStop":9,"timestamp":"\#(time)","transactionId":1}"#),
    (
      "StopTransaction", #"{"idTag":"04A1","meterStop":9,"timestamp":"\#(time)","transactionId":7}"#
    ),
    (
      "MeterValues",
      #"{"connectorId":1,"meterValue":[{"timestamp":"\#(time)","sampledValue":[{"value":"1"}]}]}"#
    ),
    (
      "MeterValues",
      #"{"connectorId":1,"transactionId":99,"meterValue":[{"timestamp":"\#(time)","sampledValue":[{"value":"1"}]}]}"#
    ),
    ("DataTransfer", #"{"vendorId":"acme"}"#),
    ("FirmwareStatusNotification", #"{"status":"Downloading"}"#),
    ("SignedFirmwareStatusNotification", #"{"status":"SignatureVerified","requestId":7}"#),
    ("DiagnosticsStatusNotification", #"{"status":"Uploaded"}"#),
    ("SecurityEventNotification", #"{"type":"SettingSystemTime","timestamp":"\#(time)"}"#),
  ].map { Case(.v16, $0, $1) }

  private static func event(_ type: String, _ sequence: Int, _ more: String = "") -> String {
    #"{"eventType":"\#(type)","timestamp":"\#(time)","triggerReason":"Authorized","seqNo":\#(sequence),"transactionInfo":{"transactionId":"T1"}\#(more)}"#
  }

  static let cases2: [Case] = [OCPPVersion.v201, .v21].flatMap { version in
    [
      (
        "BootNotification",
        #"{"reason":"PowerUp","chargingStation":{"model":"AC22","vendorName":"Volta"}}"#
      ),
      ("Heartbeat", "{}"),
      (
        "StatusNotification",
        #"{"timestamp":"\#(time)","connectorStatus":"Available","evseId":1,"connectorId":1}"#
      ),
      ("Authorize", #"{"idToken":{"idToken":"04A1","type":"ISO14443"}}"#),
      (
        "TransactionEvent",
        event("Started", 0, #","idToken":{"idToken":"04A1","type":"ISO14443"},"evse":{"id":1}"#)
      ),
      ("TransactionEvent", event("Updated", 1)), ("TransactionEvent", event("Ended", 2)),
      (
        "MeterValues",
        #"{"evseId":1,"meterValue":[{"timestamp":"\#(time)","sampledValue":[{"value":1}]}]}"#
      ),
      (
        "NotifyReport", #"{"requestId":1,"generatedAt":"\#(time)","seqNo":0}"#
      ),
      (
        "NotifyEvent",
        #"{"generatedAt":"\#(time)","seqNo":0,"eventData":[{"eventId":1,"timestamp":"\#(time)","trigger":"Alerting","actualValue":"x","component":{"name":"C"},"variable":{"name":"V"},"eventNotificationType":"HardWiredNotification"}]}"#
      ),
      ("DataTransfer", #"{"vendorId":"acme"}"#),
      ("FirmwareStatusNotification", #"{"status":"Downloading","requestId":3}"#),
      ("SecurityEventNotification", #"{"type":"SettingSystemTime","timestamp":"\#(time)"}"#),
    ].map { Case(version, $0, $1) }
  }

  private static func station(_ version: OCPPVersion, _ bench: Workbench) throws -> Station {
    let station = try Station("CP1", port: bench.port, offers: version.subprotocol)
    try #require(station.version == version)
    return station
  }

  @Test(
    "every message that a charger may send is answered by its schema, before and after its boot",
    arguments: cases16 + cases2)
  func answers(message: Case) throws {
    let bench = try Workbench("identity\nCP1\n", tokens: "id,group,expires\n04A1,G1,2099-01-01\n")
    let station = try Self.station(message.version, bench)
    for _ in 0..<2 {
      let answer = try station.call(message.action, message.payload)
      let violation = try Messages.violation(
        response: answer, to: message.action, in: message.version)
      #expect(violation == nil, "\(answer.text)")
      try station.boot()
    }
  }

  @Test("what is answered is in the ledger as it came, but for heartbeats and questions")
  func ledger() throws {
    for version in [OCPPVersion.v16, .v201] {
      let bench = try Workbench("identity\nCP1\n")
      let station = try Self.station(version, bench)
      var seen: Set<String> = []
      for message in Self.cases16 + Self.cases2 where message.version == version {
        if ["Heartbeat", "Authorize"].contains(message.action) { continue }
        // The second is a repeat of a stop, or a stop of a session that never was.
        guard seen.insert(message.payload).inserted else { continue }
        let before = try bench.ledger.count
        try station.call(message.action, message.payload)
        let entry = try #require(try bench.ledger.last)
        #expect(try bench.ledger.count == before + 1, "\(message.action)")
        #expect(entry.action == message.action)
        #expect(String(decoding: entry.body, as: UTF8.self) == message.payload)
        #expect(entry.version?.wire == version)
      }
    }
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var version: OCPPVersion
    var action: String
    var payload: String
    var code: String
    var path: String
    var testDescription: String { "\(action) \(payload) in \(version.label): \(code)" }
    init(
      _ version: OCPPVersion, _ action: String, _ payload: String, _ code: String,
      _ path: String = ""
    ) {
      (self.version, self.action, self.payload, self.code, self.path) =
        (version, action, payload, code, path)
    }
  }

  @Test(
    "what can't be served is answered with the code of its version and the path of the field",
    arguments: [
      Wrong(.v16, "Nonsense", "{}", "NotImplemented"),
      Wrong(.v201, "Nonsense", "{}", "NotImplemented"),
      Wrong(.v16, "bootnotification", "{}", "NotImplemented"),
      Wrong(.v16, "TransactionEvent", "{}", "NotImplemented"),
      Wrong(.v201, "StartTransaction", "{}", "NotImplemented"),
      Wrong(.v16, "Reset", #"{"type":"Soft"}"#, "NotSupported"),
      Wrong(.v201, "GetVariables", "{}", "NotSupported"),
      Wrong(
        .v16, "BootNotification", #"{"chargePointVendor":"V"}"#, "OccurenceConstraintViolation",
        "chargePointModel"),
      Wrong(
        .v201, "BootNotification", #"{"reason":"PowerUp","chargingStation":{"model":"A"}}"#,
        "OccurrenceConstraintViolation", "chargingStation.vendorName"),
      Wrong(.v16, "Authorize", #"{"idTag":4}"#, "TypeConstraintViolation", "idTag"),
      Wrong(
        .v16, "Authorize", #"{"idTag":"123456789012345678901"}"#, "PropertyConstraintViolation",
        "idTag"),
      Wrong(
        .v201, "StatusNotification",
        #"{"timestamp":"x","connectorStatus":"Available","evseId":1,"connectorId":1}"#,
        "PropertyConstraintViolation", "timestamp"),
      Wrong(
        .v16, "StatusNotification",
        #"{"connectorId":1,"errorCode":"NoError","status":"Occupied"}"#,
        "PropertyConstraintViolation", "status"),
      Wrong(.v16, "Heartbeat", #"{"x":1}"#, "FormationViolation", "x"),
      Wrong(.v201, "Heartbeat", #"{"x":1}"#, "ProtocolError", "x"),
      Wrong(.v21, "Heartbeat", #"{"x":1}"#, "ProtocolError", "x"),
    ])
  func violations(wrong: Wrong) throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(wrong.version, bench)
    let before = try bench.ledger.count
    let frame = try #require(try station.ask(wrong.action, wrong.payload).array)
    try #require(frame.count == 5)
    #expect(frame[0].int == 4)
    #expect(frame[2].string == wrong.code)
    #expect(frame[3].string?.hasPrefix(wrong.path) == true, "\(frame[3].text)")
    #expect(frame[4] == [:])
    #expect(try bench.ledger.count == before)
    try station.boot()
  }

  @Test(
    "billing messages against a rule get their result all the same, and are kept",
    arguments: [
      Case(.v16, "StartTransaction", "{}"), Case(.v16, "StartTransaction", "null"),
      Case(
        .v16, "StartTransaction", #"{"connectorId":"1","idTag":5,"meterStart":1.5,"timestamp":""}"#),
      Case(
        .v16, "StartTransaction",
        #"{"connectorId":1,"idTag":"a token that is far too long to be one","meterStart":0,"timestamp":"2026-11-23 01:02"}"#
      ),
      Case(.v16, "StopTransaction", "{}"),
      Case(.v16, "StopTransaction", #"{"transactionId":"4","meterStop":9.75,"timestamp":7}"#),
      Case(.v16, "MeterValues", "{}"),
      Case(
        .v16, "MeterValues",
        #"{"connectorId":1,"transactionId":9223372036854775807,"meterValue":{"timestamp":"2026-11-23T01:02:03Z","sampledValue":[{"value":""}]}}"#
      ),
      Case(.v16, "MeterValues", #"{"connectorId":1,"meterValue":[{"sampledValue":[]}],"x":1}"#),
      Case(.v201, "TransactionEvent", "{}"),
      Case(.v201, "TransactionEvent", #"{"eventType":"Begun","seqNo":"0","transactionInfo":[]}"#),
      Case(
        .v201, "TransactionEvent",
        #"{"eventType":"Started","timestamp":"?","triggerReason":"x","seqNo":-1,"transactionInfo":{"transactionId":17},"evse":1}"#
      ),
      Case(.v201, "MeterValues", #"{"evseId":-1,"meterValue":[]}"#),
      Case(
        .v21, "TransactionEvent", #"{"eventType":"Ended","transactionInfo":{"transactionId":"T"}}"#),
    ])
  func billing(message: Case) throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(message.version, bench)
    for _ in 0..<2 {
      let answer = try station.call(message.action, message.payload)
      let violation = try Messages.violation(
        response: answer, to: message.action, in: message.version)
      #expect(violation == nil, "\(answer.text)")
    }
    let kept = try bench.ledger(message.action)
    #expect(!kept.isEmpty)
    #expect(kept.allSatisfy { String(decoding: $0.body, as: UTF8.self) == message.payload })
  }

  @Test("events without a transaction's name are kept raw and make no session")
  func nameless() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(.v201, bench)
    for type in ["Started", "Updated", "Ended"] {
      try station.call(
        "TransactionEvent",
        #"{"eventType":"\#(type)","timestamp":"2026-11-23T01:02:03Z","triggerReason":"Trigger","seqNo":0,"transactionInfo":{}}"#
      )
    }
    #expect(try bench.sessions().isEmpty)
    #expect(
      try bench.ledger("TransactionEvent").map(\.kind) == [.unreadable, .unreadable, .unreadable])
  }

  @Test("a boot says what the charger is, and an empty field does not unsay it")
  func boots() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(.v16, bench)
    let answer = try station.boot("2.3.1")
    #expect(answer["interval"]?.int == 300)
    try station.call(
      "BootNotification",
      #"{"chargePointVendor":"Volta","chargePointModel":"","firmwareVersion":""}"#)
    let charger = try bench.charger("CP1")
    #expect(charger.model.observed?.value == "AC22")
    #expect(charger.firmware.observed?.value == "2.3.1")
    #expect(charger.firmware.observed?.source == "BootNotification 1.6")
    // Written back within a second.
    #expect(try eventually { try bench.stored("CP1").model.observed?.value == "AC22" })
  }

  @Test("a late report of a connector does not overwrite a newer one")
  func lateStatus() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(.v16, bench)
    func say(_ status: String, _ time: String) throws {
      try station.call(
        "StatusNotification",
        #"{"connectorId":1,"errorCode":"NoError","status":"\#(status)","timestamp":"\#(time)"}"#)
    }
    try say("Charging", "2026-11-23T02:00:00Z")
    try say("Available", "2026-11-23T01:00:00Z")
    let id = try bench.charger("CP1").id
    func states() throws -> [ConnectorState]? {
      try bench.look { $0.live[id]?.connectors.all.map(\.state) }
    }
    #expect(try states() == [.charging])
    // A clock that runs ahead does not outweigh what follows.
    try say("Faulted", "2099-01-01T00:00:00Z")
    #expect(try states() == [.faulted])
    try station.status("Available")
    #expect(try states() == [.available])
  }
}
