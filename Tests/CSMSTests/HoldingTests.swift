import Control
import Fleet
import FleetStore
import OCPP
import Stock
import Testing

@testable import CSMS

/// What a charger holds, by what it tells and by what it was given.
struct HoldingTests {
  private static func reader(of bench: Workbench) throws -> Reader {
    try Reader(
      bench.directory + "/fleet.db", schema: Stock.files(below: "Inventory/migrations/").count)
  }

  private static func held(_ bench: Workbench, _ topic: Holding.Topic) throws -> [HoldingRow] {
    let answer = try reader(of: bench).answer(.charger("CP1"), at: SystemClock.now)
    guard case .charger(let detail) = answer else { return [] }
    return try #require(detail).holdings.filter { $0.topic == topic.rawValue }
  }

  struct Told: Sendable, CustomTestStringConvertible {
    var topic: Holding.Topic
    var version: OCPPVersion
    /// What is told, and what is held after it: keys and summaries.
    var steps: [(action: String, payload: String, held: [String])]
    var testDescription: String { "\(topic.rawValue) in \(version.label)" }
    init(
      _ topic: Holding.Topic, _ version: OCPPVersion,
      _ steps: [(action: String, payload: String, held: [String])]
    ) {
      (self.topic, self.version, self.steps) = (topic, version, steps)
    }
  }

  private static let component =
    #""component":{"name":"Connector","evse":{"id":1,"connectorId":1}},"variable":{"name":"Temperature"}"#

  private static func event(_ more: String) -> String {
    #"{"generatedAt":"2026-11-23T01:02:03Z","seqNo":0,"eventData":[{"eventId":1,"timestamp":"2026-11-23T01:02:03Z","trigger":"Alerting","actualValue":"92","eventNotificationType":"CustomMonitor",\#(component)\#(more)}]}"#
  }

  private static func needs(_ control: String) -> String {
    #"{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC"\#(control)}}"#
  }

  private static let battery =
    #""idToken":{"idToken":"T","type":"Central"},"requestId":1,"batteryData":[{"evseId":3,"serialNumber":"B-1","soC":50,"soH":98}]"#

  static let told: [Told] = [
    Told(
      .chargingLimit, .v201,
      [
        (
          "NotifyChargingLimit",
          #"{"evseId":1,"chargingLimit":{"chargingLimitSource":"EMS","isGridCritical":true},"chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}]}"#,
          ["EMS EVSE 1: EMS, EVSE 1, grid critical, 16 A"]
        ),
        (
          "NotifyChargingLimit", #"{"chargingLimit":{"chargingLimitSource":"SO"}}"#,
          ["SO: SO", "EMS EVSE 1: EMS, EVSE 1, grid critical, 16 A"]
        ),
        (
          "ClearedChargingLimit", #"{"chargingLimitSource":"SO"}"#,
          ["EMS EVSE 1: EMS, EVSE 1, grid critical, 16 A"]
        ),
        ("ClearedChargingLimit", #"{"chargingLimitSource":"EMS","evseId":1}"#, []),
      ]),
    Told(
      .alert, .v21,
      [
        (
          "NotifyEvent", event(#","severity":3,"techCode":"T9""#),
          ["Connector EVSE 1.Temperature: 92, severity 3, T9"]
        ),
        ("NotifyEvent", event(#","cleared":true"#), []),
      ]),
    Told(
      .logUpload, .v16,
      [
        ("DiagnosticsStatusNotification", #"{"status":"Uploading"}"#, ["diagnostics: Uploading"]),
        (
          "LogStatusNotification", #"{"status":"Uploaded","requestId":7}"#,
          ["7: Uploaded", "diagnostics: Uploading"]
        ),
      ]),
    Told(
      .eventStream, .v21,
      [
        (
          "OpenPeriodicEventStream",
          #"{"constantStreamData":{"id":4,"variableMonitoringId":9,"params":{"interval":60}}}"#,
          ["4: monitor 9, every 60 s"]
        ),
        ("ClosePeriodicEventStream", #"{"id":4}"#, []),
      ]),
    Told(
      .battery, .v21,
      [
        (
          "BatterySwap", #"{"eventType":"BatteryIn",\#(battery)}"#,
          ["B-1: slot 3, charged to 50 %, health 98 %"]
        ),
        ("BatterySwap", #"{"eventType":"BatteryOut",\#(battery)}"#, []),
      ]),
    Told(
      .derAlarm, .v21,
      [
        (
          "NotifyDERAlarm",
          #"{"controlType":"VoltVar","gridEventFault":"OverVoltage","timestamp":"2026-11-23T01:02:03Z"}"#,
          ["VoltVar: OverVoltage"]
        ),
        (
          "NotifyDERAlarm",
          #"{"controlType":"VoltVar","alarmEnded":true,"timestamp":"2026-11-23T01:02:03Z"}"#, []
        ),
      ]),
    Told(
      .priorityCharging, .v21,
      [
        ("NotifyPriorityCharging", #"{"transactionId":"T","activated":true}"#, ["T: active"]),
        ("NotifyPriorityCharging", #"{"transactionId":"T","activated":false}"#, []),
      ]),
    Told(
      .customerInformation, .v21,
      [
        (
          "NotifyCustomerInformation",
          #"{"data":"name: A. Driver","seqNo":0,"requestId":5,"generatedAt":"2026-11-23T01:02:03Z"}"#,
          ["5: part 1, 15 characters"]
        )
      ]),
  ]

  @Test("what a charger tells is held until it tells that it is over", arguments: told)
  func tells(_ told: Told) throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port, offers: told.version.subprotocol)
    for step in told.steps {
      let violation = try Messages.violation(
        request: try JSON(text: step.payload), of: step.action, in: told.version)
      #expect(violation == nil)
      try station.call(step.action, step.payload)
      let held = try Self.held(bench, told.topic).map { "\($0.key): \($0.summary)" }
      #expect(held == step.held, "\(step.action)")
    }
  }

  struct Given: Sendable, CustomTestStringConvertible {
    var action: String
    var request: String
    var answer: String
    var changes: [HoldingChange]
    var testDescription: String { "\(action) \(request) answered \(answer)" }
    init(_ action: String, _ request: String, _ answer: String, _ changes: [HoldingChange]) {
      (self.action, self.request, self.answer, self.changes) = (action, request, answer, changes)
    }
  }

  private static let accepted = #"{"status":"Accepted"}"#

  static let given: [Given] = [
    Given(
      "ReserveNow",
      #"{"connectorId":2,"expiryDate":"2026-11-23T08:00:00Z","idTag":"T1","reservationId":7}"#,
      accepted,
      [
        .put(
          Holding(
            .reservation, key: "7", ["connector 2", "for T1"],
            ends: Instant(seconds: 1_795_420_800)))
      ]),
    Given(
      "ReserveNow", #"{"connectorId":2,"idTag":"T1","reservationId":7}"#,
      #"{"status":"Occupied"}"#, []),
    Given(
      "ReserveNow",
      #"{"id":8,"expiryDateTime":"2026-11-23T08:00:00Z","idToken":{"idToken":"T1","type":"Local"},"evseId":1}"#,
      accepted,
      [
        .put(
          Holding(
            .reservation, key: "8", ["EVSE 1", "for T1"], ends: Instant(seconds: 1_795_420_800)))
      ]),
    Given(
      "CancelReservation", #"{"reservationId":7}"#, #"{"status":"Rejected"}"#,
      [.remove(.reservation, key: "7")]),
    Given(
      "SetChargingProfile",
      #"{"connectorId":0,"csChargingProfiles":{"chargingProfileId":3,"stackLevel":1,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":13.5}]}}}"#,
      accepted,
      [
        .removeAll(
          .chargingProfile, having: ["TxDefaultProfile", "stack 1", "connector 0"]),
        .put(
          Holding(
            .chargingProfile, key: "3",
            ["TxDefaultProfile", "stack 1", "connector 0", "Relative", "13.5 A"])),
      ]),
    Given(
      "ClearChargingProfile", #"{"id":3}"#, #"{"status":"Unknown"}"#,
      [.remove(.chargingProfile, key: "3")]),
    Given(
      "ClearChargingProfile",
      #"{"chargingProfileCriteria":{"evseId":1,"chargingProfilePurpose":"TxProfile"}}"#, accepted,
      [.removeAll(.chargingProfile, having: ["TxProfile", "EVSE 1"])]),
    Given(
      "ClearChargingProfile", "{}", accepted, [.removeAll(.chargingProfile, having: [])]),
    Given(
      "SetVariableMonitoring",
      #"{"setMonitoringData":[{"value":90,"type":"UpperThreshold","severity":4,"component":{"name":"C"},"variable":{"name":"V"}},{"value":1,"type":"Delta","severity":9,"component":{"name":"C"},"variable":{"name":"W"}}]}"#,
      #"{"setMonitoringResult":[{"id":11,"status":"Accepted","type":"UpperThreshold","severity":4,"component":{"name":"C"},"variable":{"name":"V"}},{"status":"Rejected","type":"Delta","severity":9,"component":{"name":"C"},"variable":{"name":"W"}}]}"#,
      [.put(Holding(.monitor, key: "11", ["C.V", "UpperThreshold", "90", "severity 4"]))]),
    Given(
      "ClearVariableMonitoring", #"{"id":[11,12]}"#,
      #"{"clearMonitoringResult":[{"id":11,"status":"Accepted"},{"id":12,"status":"Rejected"}]}"#,
      [.remove(.monitor, key: "11")]),
    Given(
      "ClearDERControl", #"{"isDefault":true,"controlType":"VoltVar"}"#, accepted,
      [.removeAll(.derControl, having: ["VoltVar", "default"])]),
    Given(
      "SetDefaultTariff", #"{"evseId":1,"tariff":{"tariffId":"T9","currency":"EUR"}}"#, accepted,
      [
        .removeAll(.tariff, having: ["EVSE 1"]),
        .put(Holding(.tariff, key: "T9", ["EVSE 1", "EUR"])),
      ]),
    Given(
      "ClearTariffs", "{}", #"{"clearTariffsResult":[{"status":"Accepted"}]}"#,
      [.removeAll(.tariff, having: [])]),
    Given("Reset", #"{"type":"Soft"}"#, accepted, []),
    Given("ReserveNow", "{}", "{}", []),
  ]

  @Test("what a charger was given, it holds when it has accepted it", arguments: given)
  func gives(_ given: Given) throws {
    let request = try JSONDocument(text: given.request)
    let answer = try JSONDocument(text: given.answer)
    #expect(GivenHoldings.changes(given.action, request.root, answer.root) == given.changes)
  }

  @Test("a reservation made by a person is held until a session takes it up")
  func reservation() throws {
    let bench = try Workbench("identity\nCP1\n", tokens: "id\nT1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let slot = AnswerSlot()
    let payload =
      #"{"connectorId":1,"expiryDate":"2099-11-23T08:00:00Z","idTag":"T1","reservationId":7}"#
    try bench.look { core in
      try core.send(
        .send(charger: "CP1", action: "ReserveNow", payload: payload, override: nil),
        by: Caller(name: "admin", role: .admin), into: slot, now: SystemClock.now)
    }
    station.answer(try station.expectCall("ReserveNow"), Self.accepted)
    _ = try slot.wait()
    #expect(try eventually { try Self.held(bench, .reservation).map(\.key) == ["7"] })
    try station.call(
      "StartTransaction",
      #"{"connectorId":1,"idTag":"T1","meterStart":0,"reservationId":7,"timestamp":"2026-11-23T01:02:03Z"}"#
    )
    #expect(try eventually { try Self.held(bench, .reservation).isEmpty })
  }

  @Test("connectors whose states come as events are known like others, after a restart too")
  func availability() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.1")
    try station.boot()
    try station.call(
      "NotifyEvent",
      #"{"generatedAt":"2026-11-23T01:02:03Z","seqNo":0,"eventData":[{"eventId":1,"timestamp":"2026-11-23T01:02:03Z","trigger":"Delta","actualValue":"Occupied","eventNotificationType":"HardWiredNotification","component":{"name":"Connector","evse":{"id":2,"connectorId":1}},"variable":{"name":"AvailabilityState"}}]}"#
    )
    func states() throws -> [Connector] {
      let id = try bench.charger("CP1").id
      return try bench.look { core in
        if let live = core.live[id] { return live.plugs }
        return try core.store.connectors(of: id)
      }
    }
    #expect(try states().map(\.state) == [.occupied])
    try bench.restart()
    #expect(try states().map(\.id) == [ConnectorID(evse: 2, connector: 1)])
  }

  @Test("of one kind a charger fills a hundred rows and no more, however much it tells")
  func bounded() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.1")
    let long = String(repeating: "x", count: 300)
    for page in 0..<3 {
      let messages = (0..<80).map { index in
        #"{"id":\#(page * 80 + index),"priority":"InFront","message":{"format":"UTF8","content":"\#(long)"}}"#
      }
      try station.call(
        "NotifyDisplayMessages",
        #"{"requestId":1,"messageInfo":[\#(messages.joined(separator: ","))]}"#)
    }
    let held = try Self.held(bench, .displayMessage)
    #expect(held.count == Holding.limit)
    // The newest stay.
    #expect(held.contains { $0.key == "239" })
    #expect(!held.contains { $0.key == "0" })
    #expect(held.allSatisfy { $0.summary.count <= Holding.summaryLimit })
  }

  @Test("the answer to a car's needs tells the kinds of ISO 15118 apart")
  func needs() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.1")
    let plain = try station.call("NotifyEVChargingNeeds", Self.needs(""))
    #expect(plain["status"]?.string == "Rejected")
    let scheduled = try station.call(
      "NotifyEVChargingNeeds", Self.needs(#","controlMode":"ScheduledControl""#))
    #expect(scheduled["status"]?.string == "NoChargingProfile")
  }
}
