import Control
import Fleet
import FleetStore
import OCPP
import Stock
import Testing

@testable import CSMS

/// What the engine makes of messages about sessions, both versions over real sockets, as whoever
/// bills gets it.
struct SessionRecordTests {
  private static let both = "identity\nCP1\n"

  private static func bench(_ edit: (inout EngineSettings) -> Void = { _ in }) throws -> Workbench {
    try Workbench(both) {
      $0.authorize = .any
      edit(&$0)
    }
  }

  private static func start(_ time: String = "2026-11-23T01:00:00Z", meter: Int = 100) -> String {
    #"{"connectorId":1,"idTag":"A","meterStart":\#(meter),"timestamp":"\#(time)"}"#
  }

  /// A transaction's event of 2.x.
  private static func event(
    _ type: String, _ sequence: Int, meter: String? = nil, more: String = "", info: String = ""
  ) -> String {
    let values = meter.map {
      #","meterValue":[{"timestamp":"2026-11-23T01:00:00Z","sampledValue":[\#($0)]}]"#
    }
    return
      #"{"eventType":"\#(type)","timestamp":"2026-11-23T01:0\#(sequence):00Z","triggerReason":"Trigger","seqNo":\#(sequence),"transactionInfo":{"transactionId":"T1"\#(info)},"evse":{"id":1,"connectorId":1}\#(values ?? "")\#(more)}"#
  }

  private static func detail(_ bench: Workbench, _ number: Int64) throws -> SessionDetail {
    let migrations = Stock.files(below: "Inventory/migrations/").count
    let reader = try Reader(bench.directory + "/fleet.db", schema: migrations)
    guard
      case .session(var detail?) = try reader.answer(.session(number), at: SystemClock.now)
    else { throw ControlError.failed("no session \(number)") }
    detail.samples = SessionSamples.read(detail.entries)
    // The times of these tests are of the past: a test of its own looks at that.
    detail.record.remarks.removeAll { $0 == .beforeOnboarding }
    return detail
  }

  /// Waits until rows have what memory has.
  private static func writtenBack(_ bench: Workbench) throws {
    #expect(
      try eventually {
        try bench.look { core in core.live.values.allSatisfy { $0.dirtySessions.isEmpty } }
      })
  }

  @Test("a session of 1.6 has its messages and meter values, after a restart in its middle too")
  func whole16() throws {
    let bench = try Self.bench { $0.flushEvery = .hours(1) }
    var station = try Station("CP1", port: bench.port)
    let number = try #require(
      try station.call("StartTransaction", Self.start())["transactionId"]?.int)
    for n in 1...3 {
      try station.call(
        "MeterValues",
        #"{"connectorId":1,"transactionId":\#(number),"meterValue":[{"timestamp":"2026-11-23T01:1\#(n):00Z","sampledValue":[{"value":"\#(n).5","unit":"kWh"},{"value":"3600","measurand":"Power.Active.Import","unit":"W","phase":"L1"},{"value":"AQID","format":"SignedData"}]}]}"#
      )
      // The ledger has them, rows do not yet: what an engine that dies leaves behind.
      if n == 2 {
        try bench.restart()
        station = try Station("CP1", port: bench.port)
      }
    }
    try station.call(
      "StopTransaction",
      #"{"transactionId":\#(number),"idTag":"A","timestamp":"2026-11-23T02:00:00Z","meterStop":9100,"reason":"EVDisconnected"}"#
    )
    let detail = try Self.detail(bench, number)
    #expect(
      detail.entries.map(\.action) == [
        "StartTransaction", "MeterValues", "MeterValues", "MeterValues", "StopTransaction",
      ])
    #expect(detail.record.energy == 9000 && detail.record.remarks == [])
    #expect(detail.record.stopReason == "EVDisconnected")
    let register = "\(Registers.register)"
    let energy = detail.samples.filter { $0.measurand == register && $0.value != nil }
    #expect(energy.map(\.value) == [1500, 2500, 3500] && energy.map(\.unit) == ["Wh", "Wh", "Wh"])
    #expect(detail.samples.filter { $0.phase == "L1" }.map(\.value) == [3600, 3600, 3600])
    #expect(detail.samples.compactMap(\.signed) == ["AQID", "AQID", "AQID"])
    #expect(detail.note == nil)
  }

  @Test("a session of 2.1 has its kind of token, tariff, cost and units with a multiplier")
  func whole21() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.1")
    let unit = #""unitOfMeasure":{"unit":"kWh","multiplier":-1}"#
    let token = #","idToken":{"idToken":"VID:1","type":"MacAddress"}"#
    let cost =
      #","costDetails":{"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","total":{"exclTax":4.0,"inclTax":4.76}},"totalUsage":{"energy":1,"chargingTime":1,"idleTime":0}}"#
    try station.call(
      "TransactionEvent",
      Self.event("Started", 0, meter: #"{"value":10,\#(unit)}"#, more: token))
    try station.call(
      "TransactionEvent",
      Self.event(
        "Updated", 1, meter: #"{"value":2500.5}"#, info: #","tariffId":"night-1","remoteStartId":7"#
      ))
    try station.call(
      "TransactionEvent",
      Self.event(
        "Ended", 2,
        meter:
          #"{"value":4,"unitOfMeasure":{"multiplier":3},"signedMeterValue":{"signedMeterData":"c2ln","encodingMethod":"OCMF"}}"#,
        more: cost, info: #","stoppedReason":"EVDisconnected""#))
    let detail = try Self.detail(bench, 1)
    let record = detail.record
    #expect(record.transactionID == "T1" && record.version == .ocpp21)
    #expect(record.token == "VID:1" && record.tokenType == "MacAddress")
    #expect(record.meterStart == 1000 && record.meterStop == 4000 && record.energy == 3000)
    #expect(record.tariff == "night-1" && record.cost == 4.76 && record.currency == "EUR")
    #expect(record.stopReason == "EVDisconnected" && record.remarks == [])
    #expect(detail.entries.count == 3)
    #expect(detail.samples.map(\.value) == [1000, 2500.5, 4000])
    #expect(detail.samples.last?.signed == "c2ln")
  }

  @Test("a late event never hides a newer register, after a restart either")
  func late() throws {
    let bench = try Self.bench()
    var station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    for (type, n, meter) in [("Started", 0, 100), ("Updated", 3, 3000), ("Updated", 1, 1000)] {
      try station.call(
        "TransactionEvent", Self.event(type, n, meter: #"{"value":\#(meter)}"#))
    }
    try bench.restart()
    #expect(try bench.sessions().map(\.meterLast) == [3000])
    station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    try station.call("TransactionEvent", Self.event("Updated", 2, meter: #"{"value":2000}"#))
    try Self.writtenBack(bench)
    #expect(try bench.sessions().map(\.meterLast) == [3000])
    #expect(try bench.sessions().map(\.entries.ids.count) == [4])
  }

  @Test("meter values of a session that began elsewhere make a record where a car charges")
  func begunElsewhere() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    func values(_ meter: Int) throws {
      try station.call(
        "MeterValues",
        #"{"connectorId":1,"transactionId":4711,"meterValue":[{"timestamp":"2026-11-23T01:30:00Z","sampledValue":[{"value":"\#(meter)"}]}]}"#
      )
    }
    try station.status("Available")
    try values(500)
    #expect(try bench.sessions().isEmpty)
    try station.status("Charging")
    for meter in [1000, 2000] { try values(meter) }
    try station.call(
      "StopTransaction",
      #"{"transactionId":4711,"timestamp":"2026-11-23T02:00:00Z","meterStop":3000}"#)
    // What trails behind belongs to it too, and opens nothing.
    try values(3000)
    let sessions = try bench.sessions()
    #expect(sessions.count == 1)
    let session = try #require(sessions.first)
    #expect(!session.isOpen && session.meterStop == 3000 && session.flaws == .startUnknown)
    let detail = try Self.detail(bench, session.id.rawValue)
    #expect(detail.entries.count == 4 && detail.record.remarks == [.startUnknown])
    #expect(detail.record.energy == nil)
  }

  struct Odd: Sendable, CustomTestStringConvertible {
    var name: String
    var stop: String
    var meterStop: Double
    var remarks: [SessionRecord.Remark] = []
    var testDescription: String { name }
  }

  @Test(
    "an odd end is taken as well as it can be",
    arguments: [
      Odd(name: "a fraction", stop: #""meterStop":9100.7"#, meterStop: 9100),
      Odd(name: "a number as text", stop: #""meterStop":"9100""#, meterStop: 9100),
      Odd(
        name: "none but in the samples",
        stop:
          #""transactionData":[{"timestamp":"2026-11-23T01:00:00Z","sampledValue":[{"value":"100","context":"Transaction.Begin"}]},{"timestamp":"2026-11-23T02:00:00Z","sampledValue":[{"value":"9.1","unit":"kWh","context":"Transaction.End"}]}]"#,
        meterStop: 9100),
      Odd(
        name: "0 beside samples",
        stop:
          #""meterStop":0,"transactionData":[{"timestamp":"2026-11-23T02:00:00Z","sampledValue":[{"value":"9100"}]}]"#,
        meterStop: 9100),
      Odd(name: "0 alone", stop: #""meterStop":0"#, meterStop: 100, remarks: [.endEstimated]),
      Odd(
        name: "less than at the start", stop: #""meterStop":40"#, meterStop: 40,
        remarks: [.meterBackwards]),
      Odd(name: "an empty token", stop: #""meterStop":9100,"idTag":"""#, meterStop: 9100),
    ])
  func oddEnds(odd: Odd) throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    let number = try #require(
      try station.call("StartTransaction", Self.start())["transactionId"]?.int)
    try station.call(
      "StopTransaction",
      #"{"transactionId":\#(number),"timestamp":"2026-11-23T02:00:00Z",\#(odd.stop)}"#)
    let record = try Self.detail(bench, number).record
    #expect(record.meterStop == odd.meterStop)
    #expect(record.remarks == odd.remarks && record.token == "A")
  }

  @Test("a stop alone is a session with what its samples tell of the beginning")
  func onlyStop() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    try station.call(
      "StopTransaction",
      #"{"transactionId":-1,"idTag":"A","timestamp":"2026-11-23T02:00:00Z","meterStop":9100,"transactionData":[{"timestamp":"2026-11-23T01:00:00Z","sampledValue":[{"value":"100","context":"Transaction.Begin"}]}]}"#
    )
    let record = try Self.detail(bench, 1).record
    #expect(DateTime.format(record.startedAt.milliseconds) == "2026-11-23T01:00:00Z")
    #expect(record.energy == 9000 && record.remarks == [.startUnknown])
  }

  @Test("what a charger tells of sessions before it was first heard of is marked for review")
  func history() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    let now = SystemClock.now
    // Its rows know when it was first heard of once they are written.
    #expect(try eventually { try bench.stored("CP1").lastSeen != nil })
    for at in [now + .hours(-3), now] {
      try station.call("StartTransaction", Self.start(DateTime.format(at.milliseconds)))
    }
    let reader = try Reader(
      bench.directory + "/fleet.db", schema: Stock.files(below: "Inventory/migrations/").count)
    guard case .sessions(let page) = try reader.answer(.sessions(SessionQuery()), at: now) else {
      return
    }
    let marked = page.sessions.map { $0.remarks.contains(.beforeOnboarding) }
    #expect(marked == [false, true])
  }

  @Test("the stop of a session that the next one had ended still counts")
  func stopAfterNext() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    let number = try #require(
      try station.call("StartTransaction", Self.start())["transactionId"]?.int)
    try station.call("StartTransaction", Self.start("2026-11-23T03:00:00Z", meter: 5000))
    #expect(try Self.detail(bench, number).record.remarks == [.endEstimated])
    let stop =
      #"{"transactionId":\#(number),"timestamp":"2026-11-23T02:00:00Z","meterStop":4900}"#
    for _ in 0..<2 { try station.call("StopTransaction", stop) }
    let record = try Self.detail(bench, number).record
    #expect(record.remarks == [] && record.meterStop == 4900)
    #expect(try bench.ledger("StopTransaction").count == 1)
  }

  @Test("numbers and names without measure break nothing that is kept")
  func hostile() throws {
    let bench = try Self.bench()
    var station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    let long = String(repeating: "x", count: 5000)
    for number in ["-5", "-3", "9223372036854775807", "4294967296"] {
      try station.call(
        "TransactionEvent",
        #"{"eventType":"Updated","timestamp":"2026-11-23T01:00:00Z","triggerReason":"Trigger","seqNo":\#(number),"transactionInfo":{"transactionId":"T1"},"idToken":{"idToken":"\#(long)","type":"\#(long)"}}"#
      )
    }
    try station.call(
      "TransactionEvent",
      #"{"eventType":"Started","timestamp":"2026-11-23T01:00:00Z","triggerReason":"Trigger","seqNo":0,"transactionInfo":{"transactionId":"\#(long)"}}"#
    )
    try bench.restart()
    station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    try station.call("TransactionEvent", Self.event("Ended", 4, meter: #"{"value":10}"#))
    let sessions = try bench.sessions()
    #expect(sessions.count == 1)
    #expect(sessions.allSatisfy { $0.token.utf8.count <= 255 && !$0.isOpen })
    #expect(sessions.allSatisfy { ($0.terms.tokenType ?? "").utf8.count <= 20 })
  }
}
