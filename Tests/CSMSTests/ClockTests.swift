import Fleet
import OCPP
import Testing

@testable import CSMS

/// Times that charge points get wrong, and what becomes of them.
struct ClockTests {
  private static func notes(_ bench: Workbench) throws -> [String] {
    try bench.ledger("clock").map { String(decoding: $0.body, as: UTF8.self) }
  }

  private static func start(_ time: String, meter: Int) -> String {
    #"{"connectorId":1,"idTag":"A","meterStart":\#(meter),"timestamp":"\#(time)"}"#
  }

  private static func say(_ station: Station, _ status: String, _ time: String?) throws {
    let time = time.map { #","timestamp":"\#($0)""# } ?? ""
    try station.call(
      "StatusNotification",
      #"{"connectorId":1,"errorCode":"NoError","status":"\#(status)"\#(time)}"#)
  }

  private static func states(_ bench: Workbench) throws -> [ConnectorState]? {
    let id = try bench.charger("CP1").id
    return try bench.look { core in core.live[id]?.plugs.map(\.state) }
  }

  @Test("times without a zone are UTC, and no message is refused for them")
  func noZone() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.authorize = .any }
    let station = try Station("CP1", port: bench.port)
    try Self.say(station, "Available", "2026-03-01T10:00:00")
    let number = try #require(
      try station.call("StartTransaction", Self.start("2026-03-01 10:01:00", meter: 5))[
        "transactionId"]?.int)
    try station.call(
      "StopTransaction",
      #"{"transactionId":\#(number),"meterStop":9,"timestamp":"2026-03-01T11:00:00.5"}"#)
    let session = try #require(try bench.sessions().first)
    #expect(DateTime.format(session.startedAt.milliseconds) == "2026-03-01T10:01:00Z")
    #expect(
      session.stoppedAt.map { DateTime.format($0.milliseconds) } == "2026-03-01T11:00:00.500Z")
    #expect(try Self.notes(bench) == ["gives times without a zone: read as UTC"])
    let raw = try #require(try bench.ledger("StatusNotification").first)
    #expect(String(decoding: raw.body, as: UTF8.self).contains("2026-03-01T10:00:00\""))
  }

  @Test("nor is one of 2.0.1 refused for them")
  func noZoneIn2x() throws {
    let bench = try Workbench("identity,versions\nCP1,2.0.1\n")
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    try station.call(
      "StatusNotification",
      #"{"timestamp":"2026-03-01T10:00:00","connectorStatus":"Available","evseId":1,"connectorId":1}"#
    )
    #expect(try Self.states(bench) == [.available])
    #expect(try Self.notes(bench).count == 1)
  }

  @Test(
    "a clock that can't be right gives way to the time of receipt",
    arguments: ["1970-01-01T00:00:07Z", "2015-09-30T23:59:59Z", "2099-01-01T00:00:00Z"])
  func impossible(time: String) throws {
    let bench = try Workbench("identity\nCP1\n") { $0.authorize = .any }
    let station = try Station("CP1", port: bench.port)
    let before = SystemClock.now
    for meter in 0..<3 {
      let number = try #require(
        try station.call("StartTransaction", Self.start(time, meter: meter))["transactionId"]?.int)
      try station.call(
        "StopTransaction",
        #"{"transactionId":\#(number),"meterStop":900,"timestamp":"\#(time)"}"#)
    }
    let sessions = try bench.sessions()
    #expect(sessions.count == 3)
    for session in sessions {
      let stopped = try #require(session.stoppedAt)
      #expect(session.startedAt >= before && session.startedAt <= stopped)
      #expect(stopped <= SystemClock.now)
    }
    // Told once, however often it happens.
    #expect(try Self.notes(bench).count == 1)
    #expect(try Self.notes(bench).first?.contains("the time of receipt is taken") == true)
  }

  @Test("a state is as new as the charger says, not as it arrives")
  func late() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    try Self.say(station, "Available", "2026-03-01T12:00:00Z")
    try Self.say(station, "Charging", "2026-03-01T11:00:00Z")
    #expect(try Self.states(bench) == [.available])
    #expect(try bench.ledger("StatusNotification").count == 2)
  }

  @Test("times that are none are not compared with the charger's own")
  func mixed() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try Self.say(station, "Charging", nil)
    // Its clock is behind, so that the time of receipt of the first is later.
    try Self.say(station, "Finishing", "2026-03-01T11:00:00Z")
    #expect(try Self.states(bench) == [.finishing])
    try Self.say(station, "Available", "1970-01-01T00:00:00Z")
    #expect(try Self.states(bench) == [.available])
    try Self.say(station, "Preparing", "2026-03-01T11:30:00Z")
    #expect(try Self.states(bench) == [.preparing])
  }

  @Test("after a reboot the first state counts, whatever its time")
  func reboot() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    try Self.say(station, "Charging", "2026-03-01T12:00:00Z")
    station.hangUp()
    let again = try Station("CP1", port: bench.port)
    try again.boot()
    try Self.say(again, "Available", "2026-03-01T09:00:00Z")
    #expect(try Self.states(bench) == [.available])
    // A boot that repeats on its connection is no reboot.
    try again.boot()
    try Self.say(again, "Charging", "2026-03-01T08:00:00Z")
    #expect(try Self.states(bench) == [.available])
  }
}
