import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// Sessions that are open while the version changes.
struct SwitchSessionTests {
  /// A charger that has accepted its reset, and at which a car starts before the reset takes effect.
  private static func started() throws -> (campaign: Campaigning, station: Station, session: Int64)
  {
    let campaign = try Campaigning()
    try campaign.start()
    let station = try campaign.updated()
    let reset = try campaign.serve(station, until: "Reset")
    station.answer(reset, #"{"status":"Accepted"}"#)
    let session = try #require(
      try station.call(
        "StartTransaction",
        #"{"connectorId":1,"idTag":"A","meterStart":100,"timestamp":"2026-11-23T01:00:00Z"}"#)[
          "transactionId"]?.int)
    try station.call(
      "MeterValues",
      #"{"connectorId":1,"transactionId":\#(session),"meterValue":[{"timestamp":"2026-11-23T01:30:00Z","sampledValue":[{"value":"4000"}]}]}"#
    )
    station.hangUp()
    return (campaign, station, session)
  }

  private static func stop(_ session: Int64) -> String {
    #"{"transactionId":\#(session),"meterStop":9000,"timestamp":"2026-11-23T02:00:00Z","reason":"Local"}"#
  }

  @Test("one that comes back with an open session stays on 1.6 until it has ended")
  func staysOnOld() throws {
    let (campaign, _, session) = try Self.started()
    #expect(try campaign.bench.stored("CP1").released == [.ocpp16, .ocpp201])
    for _ in 0..<2 {
      let again = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
      #expect(again.version == .v16)
      again.hangUp()
    }
    let told = try campaign.bench.ledger("session")
    #expect(told.count == 1)
    #expect(told.first?.kind == .upgrade)
    let again = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
    try again.boot("2.4.0")
    try again.call("StopTransaction", Self.stop(session))
    #expect(try campaign.bench.sessions().map(\.meterStop) == [9000])
    #expect(try campaign.bench.sessions().map(\.stopReason) == ["Local"])
    // Nothing keeps it there any more, and nothing but a new connection changes a version.
    #expect(again.end() != nil)
    let new = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
    #expect(new.version == .v201)
    try new.boot("2.4.0")
    #expect(try campaign.reaches(.provisioning))
  }

  @Test("one that offers only 2.x comes in: its session ends as estimated, and a late stop counts")
  func leftBehind() throws {
    let (campaign, _, session) = try Self.started()
    let new = try Station("CP1", port: campaign.bench.port, offers: "ocpp2.0.1")
    #expect(new.version == .v201)
    try new.boot("2.4.0")
    var ended = try #require(try campaign.bench.sessions().first)
    #expect(!ended.isOpen)
    #expect(ended.meterStop == 4000)
    #expect(ended.stopReason == "estimated: the version changed")
    new.hangUp()
    // Back in 1.6 for a moment, it delivers what it had kept; twice.
    let old = try Station("CP1", port: campaign.bench.port, offers: "ocpp1.6")
    for _ in 0..<2 { try old.call("StopTransaction", Self.stop(session)) }
    #expect(try campaign.bench.sessions().count == 1)
    ended = try #require(try campaign.bench.sessions().first)
    #expect(ended.meterStop == 9000)
    #expect(ended.stopReason == "Local")
    let at = ended.stoppedAt.map { DateTime.format($0.milliseconds).prefix(16) }
    #expect(at == "2026-11-23T02:00")
    // An estimate does not come a second time.
    old.hangUp()
    try Station("CP1", port: campaign.bench.port, offers: "ocpp2.0.1").boot("2.4.0")
    #expect(try campaign.bench.sessions().map(\.stopReason) == ["Local"])
  }

  @Test("one that was proved on 2.0.1 is not held on 1.6 by a session")
  func proved() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.authorize = .any }
    let probe = try Station("CP1", port: bench.port, offers: "ocpp1.6")
    try probe.boot()
    try probe.call(
      "StartTransaction",
      #"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-11-23T01:00:00Z"}"#)
    try bench.look { core in
      for live in core.live.values {
        live.charger.released = [.ocpp16, .ocpp201]
        live.charger.migration = MigrationRecord(proved: .ocpp201, at: SystemClock.now)
      }
    }
    probe.hangUp()
    let real = try Station("CP1", port: bench.port, offers: Campaigning.both)
    #expect(real.version == .v201)
  }
}
