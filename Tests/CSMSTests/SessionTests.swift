import Control
import Fleet
import OCPP
import Testing

@testable import CSMS

/// Charging sessions: what billing rests on.
struct SessionTests {
  private static let tokens = """
    id,status,expires
    GOOD,Accepted,2099-01-01
    BAD,Blocked,
    OLD,Accepted,2020-01-01
    """

  private static func start(
    _ time: String = "2026-11-23T01:00:00Z", meter: Int = 100, token: String = "GOOD",
    connector: Int = 1
  ) -> String {
    #"{"connectorId":\#(connector),"idTag":"\#(token)","meterStart":\#(meter),"timestamp":"\#(time)"}"#
  }

  private static func stop(
    _ number: Int64, _ time: String = "2026-11-23T02:00:00Z", meter: Int = 9100,
    token: String? = "GOOD"
  ) -> String {
    let token = token.map { #","idTag":"\#($0)""# } ?? ""
    return #"{"transactionId":\#(number),"timestamp":"\#(time)","meterStop":\#(meter)\#(token)}"#
  }

  private static func event(
    _ type: String, _ sequence: Int, id: String = "T1", meter: Int? = nil
  ) -> String {
    let value = meter.map {
      #","meterValue":[{"timestamp":"2026-11-23T01:00:00Z","sampledValue":[{"value":\#($0)}]}]"#
    }
    return
      #"{"eventType":"\#(type)","timestamp":"2026-11-23T01:0\#(sequence):00Z","triggerReason":"Trigger","seqNo":\#(sequence),"transactionInfo":{"transactionId":"\#(id)"},"evse":{"id":1,"connectorId":1}\#(value ?? "")}"#
  }

  @Test("a start that is sent again is the same transaction, after a restart too")
  func repeatedStart() throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    var station = try Station("CP1", port: bench.port)
    let first = try station.call("StartTransaction", Self.start(), id: "a")
    let number = try #require(first["transactionId"]?.int)
    #expect((1...Int64(Int32.max)).contains(number))
    #expect(
      try station.call("StartTransaction", Self.start(), id: "a")["transactionId"]?.int == number)
    #expect(
      try station.call("StartTransaction", Self.start(), id: "b")["transactionId"]?.int == number)
    try bench.restart()
    station = try Station("CP1", port: bench.port)
    #expect(
      try station.call("StartTransaction", Self.start(), id: "a")["transactionId"]?.int == number)
    #expect(try bench.sessions().count == 1)
    #expect(try bench.ledger("StartTransaction").count == 1)
    // Nor does it open again what has ended.
    try station.call("StopTransaction", Self.stop(number))
    #expect(
      try station.call("StartTransaction", Self.start(), id: "c")["transactionId"]?.int == number)
    let session = try #require(try bench.sessions().first)
    #expect(!session.isOpen)
    #expect(session.meterStart == 100)
    #expect(session.meterStop == 9100)
  }

  @Test("a stop that is sent again ends nothing twice", arguments: [false, true])
  func repeatedStop(restarts: Bool) throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    var station = try Station("CP1", port: bench.port)
    let number = try #require(
      try station.call("StartTransaction", Self.start())["transactionId"]?.int)
    try station.call("StopTransaction", Self.stop(number))
    let next = try #require(
      try station.call("StartTransaction", Self.start("2026-11-23T03:00:00Z", meter: 9100))[
        "transactionId"]?.int)
    if restarts {
      try bench.restart()
      station = try Station("CP1", port: bench.port)
    }
    #expect(
      try station.call("StopTransaction", Self.stop(number))["idTagInfo"]?["status"] == "Accepted")
    let sessions = try bench.sessions()
    #expect(sessions.map(\.id.rawValue) == [number, next])
    #expect(sessions.map(\.isOpen) == [false, true])
    #expect(try bench.ledger("StopTransaction").count == 1)
  }

  @Test("a stop without a number means the one open session that fits", arguments: [-1, 0])
  func numberless(number: Int64) throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    var station = try Station("CP1", port: bench.port)
    try station.call("StartTransaction", Self.start())
    let stop = Self.stop(number)
    try station.call("StopTransaction", stop)
    #expect(try bench.sessions().map(\.meterStop) == [9100])
    // Again, and again after a restart, and while the next car charges with the same card.
    try station.call("StopTransaction", stop)
    try bench.restart()
    station = try Station("CP1", port: bench.port)
    try station.call("StartTransaction", Self.start("2026-11-23T03:00:00Z", meter: 9100))
    try station.call("StopTransaction", stop)
    #expect(try bench.sessions().map(\.isOpen) == [false, true])
    #expect(try bench.ledger("StopTransaction").count == 1)
  }

  @Test("a stop of a session that never began here is kept, once")
  func orphan() throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    let station = try Station("CP1", port: bench.port)
    for _ in 0..<2 { try station.call("StopTransaction", Self.stop(4711)) }
    for _ in 0..<2 {
      try station.call("StopTransaction", Self.stop(-1, "2026-11-23T05:00:00Z", token: nil))
    }
    let sessions = try bench.sessions()
    #expect(sessions.count == 2)
    #expect(sessions.allSatisfy { !$0.isOpen && $0.meterStart == nil && $0.meterStop == 9100 })
  }

  @Test("a charger can't end another charger's session")
  func foreignStop() throws {
    let bench = try Workbench("identity\nCP1\nCP2\n", tokens: Self.tokens)
    let mine = try Station("CP1", port: bench.port)
    let number = try #require(try mine.call("StartTransaction", Self.start())["transactionId"]?.int)
    let other = try Station("CP2", port: bench.port)
    try other.call("StopTransaction", Self.stop(number))
    let session = try #require(try bench.sessions().first { $0.id.rawValue == number })
    #expect(session.isOpen)
  }

  @Test("a second start on a busy connector ends the first at its register")
  func busyConnector() throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    let station = try Station("CP1", port: bench.port)
    try station.call("StartTransaction", Self.start())
    try station.call("StartTransaction", Self.start(connector: 2))
    try station.call("StartTransaction", Self.start("2026-11-23T03:00:00Z", meter: 5000))
    let sessions = try bench.sessions()
    #expect(sessions.map(\.isOpen) == [false, true, true])
    #expect(sessions[0].meterStop == 5000)
    #expect(sessions[0].stopReason == "next session began")
  }

  @Test("meter values of a session reach it, in kWh or Wh, and survive a restart")
  func meterValues() throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    let station = try Station("CP1", port: bench.port)
    let number = try #require(
      try station.call("StartTransaction", Self.start())["transactionId"]?.int)
    try station.call(
      "MeterValues",
      #"{"connectorId":1,"transactionId":\#(number),"meterValue":[{"timestamp":"2026-11-23T01:30:00Z","sampledValue":[{"value":"1.5","unit":"kWh"},{"value":"230","measurand":"Voltage"}]}]}"#
    )
    try bench.restart()
    #expect(try bench.sessions().map(\.meterLast) == [1500])
  }

  @Test("an event that is sent again is not taken again, after a restart too")
  func repeatedEvent() throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    var station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    let events = [
      Self.event("Started", 0, meter: 100), Self.event("Updated", 1, meter: 500),
      Self.event("Updated", 2, meter: 900), Self.event("Ended", 3, meter: 1000),
    ]
    for event in events {
      for _ in 0..<2 { try station.call("TransactionEvent", event) }
      try bench.restart()
      station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
      try station.call("TransactionEvent", event)
    }
    for event in events { try station.call("TransactionEvent", event) }
    let session = try #require(try bench.sessions().first)
    #expect(try bench.sessions().count == 1)
    #expect(try bench.ledger("TransactionEvent").count == 4)
    #expect(session.sequence.text == "0-3")
    #expect(session.meterStart == 100)
    #expect(session.meterStop == 1000)
    #expect(!session.isOpen)
  }

  @Test("events in any order make one session", arguments: [[2, 0, 1], [1, 2, 0], [2, 1, 0]])
  func disorder(order: [Int]) throws {
    let bench = try Workbench("identity\nCP1\n", tokens: Self.tokens)
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    let types = ["Started", "Updated", "Ended"]
    for n in order {
      try station.call("TransactionEvent", Self.event(types[n], n, meter: 100 + 1000 * n))
    }
    let session = try #require(try bench.sessions().first)
    #expect(try bench.sessions().count == 1)
    #expect(!session.isOpen)
    #expect(session.sequence.text == "0-2")
    #expect(session.meterStart == 100)
    #expect(session.meterStop == 2100)
    #expect(try bench.ledger("TransactionEvent").count == 3)
    let id = try bench.charger("CP1").id
    #expect(try bench.look { $0.live[id]?.openSessions.isEmpty } == true)
  }

  struct Verdict: Sendable {
    var token: String
    var policy: EngineSettings.AuthorizePolicy
    var status: String
  }

  @Test(
    "a token gets the list's word, under the policy for those it does not hold",
    arguments: [
      Verdict(token: "GOOD", policy: .known, status: "Accepted"),
      Verdict(token: "good", policy: .known, status: "Accepted"),
      Verdict(token: "NONE", policy: .known, status: "Invalid"),
      Verdict(token: "NONE", policy: .any, status: "Accepted"),
      Verdict(token: "BAD", policy: .known, status: "Blocked"),
      Verdict(token: "BAD", policy: .any, status: "Blocked"),
      Verdict(token: "OLD", policy: .known, status: "Expired"),
      Verdict(token: "OLD", policy: .any, status: "Expired"),
    ])
  func verdicts(verdict: Verdict) throws {
    let bench = try Workbench("identity\nA\nB\n", tokens: Self.tokens) {
      $0.authorize = verdict.policy
    }
    let old = try Station("A", port: bench.port)
    let answer = try old.call("Authorize", #"{"idTag":"\#(verdict.token)"}"#)
    #expect(answer["idTagInfo"]?["status"]?.string == verdict.status)
    // It charges or not, but it has a number.
    let start = try old.call("StartTransaction", Self.start(token: verdict.token))
    #expect(start["idTagInfo"]?["status"]?.string == verdict.status)
    #expect(start["transactionId"]?.int != nil)
    let new = try Station("B", port: bench.port, offers: "ocpp2.0.1")
    let other = try new.call(
      "Authorize", #"{"idToken":{"idToken":"\#(verdict.token)","type":"ISO14443"}}"#)
    // 1.6 has one word for what is not known and what is not valid.
    let word = verdict.status == "Invalid" ? "Unknown" : verdict.status
    #expect(other["idTokenInfo"]?["status"]?.string == word)
  }
}
