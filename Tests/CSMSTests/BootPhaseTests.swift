import Control
import Fleet
import OCPP
import Testing

@testable import CSMS

/// What may be said before a boot is accepted, and what is answered to the rest.
struct BootPhaseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var action: String
    var registration: AnswerPolicy.Registration
    var wasAsked = false
    var kind: Violation.Kind?
    var quirk: String?
    var verdict: String
    var testDescription: String {
      "\(action) while \(registration)\(wasAsked ? ", asked for" : "")"
        + (kind.map { " with \($0)" } ?? "") + (quirk == nil ? "" : ", by a quirk") + ": \(verdict)"
    }
  }

  private static let early = "SecurityError"

  static let cases: [Case] = [
    Case(action: "Heartbeat", registration: .none, verdict: "taken"),
    Case(action: "Heartbeat", registration: .accepted, verdict: "taken"),
    Case(action: "Heartbeat", registration: .pending, verdict: early),
    Case(action: "Heartbeat", registration: .rejected, verdict: early),
    Case(action: "BootNotification", registration: .pending, verdict: "taken"),
    Case(action: "BootNotification", registration: .rejected, verdict: "taken"),
    Case(action: "NotifyReport", registration: .pending, verdict: early),
    Case(action: "NotifyReport", registration: .pending, wasAsked: true, verdict: "taken"),
    Case(
      action: "NotifyReport", registration: .rejected, wasAsked: true, verdict: early),
    Case(action: "TransactionEvent", registration: .pending, verdict: "tolerated"),
    Case(action: "TransactionEvent", registration: .rejected, verdict: "tolerated"),
    Case(action: "StartTransaction", registration: .pending, verdict: "tolerated"),
    Case(action: "StopTransaction", registration: .accepted, verdict: "taken"),
    Case(action: "MeterValues", registration: .none, kind: .type, verdict: "tolerated"),
    Case(action: "StatusNotification", registration: .none, kind: .looseTime, verdict: "tolerated"),
    Case(
      action: "StatusNotification", registration: .pending, kind: .looseTime,
      verdict: early),
    Case(
      action: "StatusNotification", registration: .none, kind: .type,
      verdict: "TypeConstraintViolation"),
    Case(
      action: "StatusNotification", registration: .none, kind: .type, quirk: "numbers",
      verdict: "tolerated by numbers"),
    Case(
      action: "BootNotification", registration: .none, kind: .missing,
      verdict: "OccurrenceConstraintViolation"),
  ]

  @Test("a call is taken, let pass or refused", arguments: cases)
  func verdicts(_ input: Case) {
    let violation = input.kind.map { Violation(kind: $0, path: "x", detail: "wrong") }
    let verdict = AnswerPolicy.verdict(
      on: input.action, in: .v201, Messages.catalogue.codes, input.registration,
      wasAsked: input.wasAsked, violation,
      quirk: { _ in input.quirk })
    let word =
      switch verdict {
      case .take: "taken"
      case .tolerate(_, let quirk): quirk.isEmpty ? "tolerated" : "tolerated by \(quirk)"
      case .refuse(let code, _): code.rawValue
      }
    #expect(word == input.verdict)
  }

  @Test("what the engine asks for is known by the message that brings it")
  func asked() {
    let cases: [(String, JSON, String?)] = [
      ("TriggerMessage", ["requestedMessage": "MeterValues"], "MeterValues"),
      (
        "ExtendedTriggerMessage", ["requestedMessage": "SignChargePointCertificate"],
        "SignCertificate"
      ),
      (
        "TriggerMessage", ["requestedMessage": "SignV2G20Certificate"], "SignCertificate"
      ),
      ("GetBaseReport", [:], "NotifyReport"), ("GetReport", [:], "NotifyReport"),
      ("GetLog", [:], "LogStatusNotification"), ("GetVariables", [:], nil),
    ]
    for (action, payload, message) in cases {
      #expect(AnswerPolicy.asksFor(action, payload) == message, "\(action)")
    }
  }

  private static let events = [
    #"{"eventType":"Started","timestamp":"2026-11-23T01:02:03Z","triggerReason":"Authorized","seqNo":0,"transactionInfo":{"transactionId":"T1"},"evse":{"id":1}}"#,
    #"{"eventType":"Ended","timestamp":"2026-11-23T02:02:03Z","triggerReason":"EVDeparted","seqNo":1,"transactionInfo":{"transactionId":"T1"}}"#,
  ]

  @Test(
    "a stranger is told SecurityError for all but its boot and its sessions, until it is accepted",
    arguments: OCPPVersion.allCases)
  func strangers(version: OCPPVersion) throws {
    let bench = try Workbench { $0.admit = .pending }
    let station = try Station("NEW", port: bench.port, offers: version.subprotocol)
    func heartbeat() throws -> String? {
      let frame = try station.ask("Heartbeat", "{}").array
      return frame?.first?.int == 4 ? frame?[2].string : nil
    }
    #expect(try heartbeat() == "SecurityError")
    #expect(try station.boot()["status"]?.string == "Pending")
    #expect(try heartbeat() == "SecurityError")
    // An error would cost billing data.
    if version == .v16 {
      try station.call(
        "StartTransaction",
        #"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-11-23T01:02:03Z"}"#)
    } else {
      for event in Self.events { try station.call("TransactionEvent", event) }
    }
    #expect(try bench.sessions().count == 1)
    try bench.perform(.accept(charger: "NEW"))
    // Some never boot again.
    #expect(try eventually { try heartbeat() == nil })
    #expect(try station.boot()["status"]?.string == "Accepted")
  }

  @Test("while a boot is Pending what a person asks for is answered, and nothing else")
  func askedWhilePending() throws {
    let bench = try Workbench { $0.admit = .pending }
    let station = try Station("NEW", port: bench.port, offers: "ocpp2.0.1")
    try station.boot()
    let status =
      #"{"timestamp":"2026-11-23T01:02:03Z","connectorStatus":"Available","evseId":1,"connectorId":1}"#
    #expect(try station.ask("StatusNotification", status).array?.first?.int == 4)
    try bench.look { core in
      try core.send(
        .send(
          charger: "NEW", action: "TriggerMessage",
          payload: #"{"requestedMessage":"StatusNotification"}"#, override: nil),
        by: Caller(name: "admin", role: .admin), into: AnswerSlot(), now: SystemClock.now)
    }
    let trigger = try station.expectCall("TriggerMessage")
    station.answer(trigger, #"{"status":"Accepted"}"#)
    try station.call("StatusNotification", status)
    #expect(try station.ask("Heartbeat", "{}").array?.first?.int == 4)
  }

  @Test("a connection without a boot is served: a station boots again only when it has news")
  func unbooted() throws {
    let bench = try Workbench("identity\nCP1\n")
    for offer in ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"] {
      let station = try Station("CP1", port: bench.port, offers: offer)
      try station.call("Heartbeat", "{}")
      try station.status()
    }
  }
}
