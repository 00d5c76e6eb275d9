import Control
import Fleet
import Glibc
import OCPP
import Rollout
import Testing
import Transport

@testable import CSMS

/// Messages against a rule that are taken all the same, and what is counted of them.
struct ToleranceTests {
  @Test("a message of a type that is not known is passed over and counted")
  func oldMessageType() throws {
    let bench = try Workbench.with(quirks: [])
    let station = try Station("CP1", port: bench.port)
    station.say(#"[1,"a","Heartbeat",{}]"#)
    try station.call("Heartbeat", "{}")
    #expect(try counted(bench) == ["  a message type that is not known : 1"])
  }

  private static let boot =
    #"{"chargePointVendor":"Volta","chargePointModel":"AC22","chargePointSerialNumber":17}"#

  @Test("a broken rule passes only for kinds that a row names, and is counted once for each time")
  func tolerance() throws {
    let strict = try Workbench.with(quirks: [])
    #expect(
      try Station("CP1", port: strict.port).ask("BootNotification", Self.boot).array?[2].string
        == "TypeConstraintViolation")
    let bench = try Workbench.with(quirks: ["numbers,Volta,tolerate,BootNotification *Serial* type"]
    )
    let station = try Station("CP1", port: bench.port)
    for _ in 0..<3 { try station.call("BootNotification", Self.boot) }
    #expect(try bench.charger("CP1").serial.observed?.value == "17")
    #expect(
      try station.ask(
        "StatusNotification",
        #"{"connectorId":"1","errorCode":"NoError","status":"Available"}"#
      ).array?.first?.int == 4)
    #expect(
      try counted(bench) == [
        "BootNotification chargePointSerialNumber wrong type numbers: 3"
      ])
  }

  private func counted(_ bench: Workbench, at least: Int = 1) throws -> [String] {
    let read = {
      try bench.look { core in
        guard let id = try core.store.charger(identity: "CP1")?.id else { return [String]() }
        return try core.store.tolerations(of: id).map {
          "\($0.kind.action) \($0.kind.path) \($0.kind.what) \($0.kind.quirk): \($0.count)"
        }
      }
    }
    #expect(try eventually { try read().count >= least })
    return try read()
  }

  @Test(
    "billing data against a rule is taken of every charger, counted, and stays so over a restart")
  func countsLast() throws {
    let bench = try Workbench.with(quirks: [])
    let meter =
      #"{"connectorId":1,"meterValue":[{"timestamp":"2026-11-23T01:00:00Z","sampledValue":[{"value":17}]},{"timestamp":"2026-11-23T01:01:00Z","sampledValue":[{"value":"1"},{"value":18}]}]}"#
    var station = try Station("CP1", port: bench.port)
    try station.call("MeterValues", meter)
    #expect(
      try counted(bench) == ["MeterValues meterValue.sampledValue.value wrong type : 1"])
    try bench.restart()
    station = try Station("CP1", port: bench.port)
    try station.call("MeterValues", meter)
    try station.call("MeterValues", meter)
    station.hangUp()
    #expect(
      try eventually {
        try counted(bench) == ["MeterValues meterValue.sampledValue.value wrong type : 3"]
      })
  }

  @Test("a charger that breaks new rules for ever is bounded")
  func endlessKinds() throws {
    let bench = try Workbench.with(quirks: ["extras,Volta,tolerate,* * unknown-field"])
    let station = try Station("CP1", port: bench.port)
    for number in 0..<200 { try station.call("Heartbeat", #"{"field\#(number)":1}"#) }
    station.hangUp()
    #expect(
      try eventually {
        try counted(bench).compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
          .reduce(0, +) == 200
      })
    let kinds = try counted(bench)
    #expect(kinds.count <= TolerationBook.limit + 1)
    #expect(kinds.contains { $0.hasPrefix("  other ") })
  }

  /// A time as a charger writes it whose clock is so far ahead.
  private func time(_ ahead: Span = .seconds(0)) -> String {
    DateTime.format((SystemClock.now + ahead).milliseconds)
  }

  @Test("a clock in local time is taken back by its offset until it is set, and messages stay raw")
  func localTime() throws {
    let bench = try Workbench.with(quirks: ["local,Volta,shift-clock,measured"])
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let started = time(.hours(2))
    let before = SystemClock.now
    try station.call(
      "StartTransaction",
      #"{"connectorId":1,"idTag":"T1","meterStart":100,"timestamp":"\#(started)"}"#)
    let session = try #require(try bench.sessions().first)
    #expect(abs((session.startedAt - before).milliseconds) < 5000)
    // Older than the start, in the same local time: the offset holds.
    try station.call(
      "StatusNotification",
      #"{"connectorId":2,"errorCode":"NoError","status":"Available","timestamp":"\#(time(.hours(1)))"}"#
    )
    let other = try bench.look { core in
      core.live.values.first?.connectors[ConnectorID(evse: 2, connector: 1)]?.at
    }
    #expect(abs((try #require(other) - before).milliseconds + 3_600_000) < 5000)
    // Set by the answer to a heartbeat: right from then on.
    try station.call(
      "StopTransaction",
      #"{"transactionId":\#(session.id.rawValue),"meterStop":900,"timestamp":"\#(time())"}"#)
    let ended = try #require(try bench.sessions().first?.stoppedAt)
    #expect(abs((ended - SystemClock.now).milliseconds) < 5000)
    let raw = try #require(try bench.ledger("StartTransaction").first)
    #expect(String(decoding: raw.body, as: UTF8.self).contains(started))
    #expect(
      try counted(bench, at: 2).sorted() == [
        "StartTransaction timestamp its clock is 2:00 ahead local: 1",
        "StatusNotification timestamp its clock is 2:00 ahead local: 1",
      ])
  }

  @Test("without a row the same clock is believed")
  func localTimeUnknown() throws {
    let bench = try Workbench.with(quirks: [])
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    try station.call(
      "StartTransaction",
      #"{"connectorId":1,"idTag":"T1","meterStart":100,"timestamp":"\#(time(.hours(2)))"}"#)
    let session = try #require(try bench.sessions().first)
    #expect((session.startedAt - SystemClock.now).milliseconds > 7_000_000)
  }

  @Test("a session without a token is that of the token which a row names")
  func freeToken() throws {
    let bench = try Workbench.with(quirks: ["free,Volta,free-token,FREE"]) { $0.authorize = .any }
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    for (token, taken) in [("", "FREE"), ("T1", "T1")] {
      try station.call(
        "StartTransaction",
        #"{"connectorId":1,"idTag":"\#(token)","meterStart":1,"timestamp":"\#(time())"}"#)
      #expect(try bench.sessions().last?.token == taken)
    }
  }
}
