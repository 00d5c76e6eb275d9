import Fleet
import Testing

@testable import CSMS

/// The wall clock is set while an engine runs.
struct ClockSetTests {
  @Test("a clock that is set is told from one that runs, also over a suspended machine")
  func watch() {
    var watch = ClockWatch(wall: Instant(seconds: 1000), elapsed: .seconds(50))
    #expect(watch.jump(wall: Instant(seconds: 1007), elapsed: .seconds(57)) == nil)
    #expect(watch.jump(wall: Instant(seconds: 1010), elapsed: .seconds(57)) == nil)
    #expect(watch.jump(wall: Instant(seconds: 4607), elapsed: .seconds(57)) == .hours(1))
    #expect(watch.jump(wall: Instant(seconds: -2593), elapsed: .seconds(57)) == .hours(-1))
    // Eight hours asleep are eight hours.
    #expect(watch.jump(wall: Instant(seconds: 29_800), elapsed: .seconds(28_850)) == nil)
    watch.trust(wall: Instant(seconds: 4607), elapsed: .seconds(57))
    #expect(watch.jump(wall: Instant(seconds: 4608), elapsed: .seconds(58)) == nil)
    #expect(watch.jump(wall: Instant(seconds: 1008), elapsed: .seconds(58)) == .hours(-1))
  }

  @Test(
    "an hour forward or back in mid-campaign fails nobody and sends nothing twice",
    arguments: [3600.0, -3600.0])
  func inCampaign(seconds: Double) throws {
    let campaign = try Campaigning()
    try campaign.start()
    let station = try campaign.station()
    let order = try campaign.serve(station, until: "UpdateFirmware")
    station.answer(order, "{}")
    try station.call("FirmwareStatusNotification", #"{"status":"Downloading"}"#)
    #expect(try campaign.reaches(.downloading))
    let before = try campaign.bench.upgrade("CP1")
    // The next rounds run at the true time again: set there and back.
    try campaign.bench.look { $0.tick(now: SystemClock.now + .seconds(seconds)) }
    #expect(try campaign.phase() == .downloading)
    try station.status()
    let after = try campaign.bench.upgrade("CP1")
    #expect(after.phase == .downloading && after.failure == nil)
    #expect(after.holdsLease == before.holdsLease)
    let waits = try #require(before.deadline) - before.enteredAt
    #expect(try #require(after.deadline) - after.enteredAt == waits)
    let slip = abs((after.enteredAt - before.enteredAt).milliseconds)
    #expect(slip < 5000, "\(slip) ms")
    let told = try campaign.bench.ledger("clock").map { String(decoding: $0.body, as: UTF8.self) }
    #expect(told.count == 2)
    #expect(told.contains { $0.contains(seconds > 0 ? "set forward by" : "set back by") })
    #expect(campaign.bench.log.contains("the clock of this machine was set"))
    // It goes on to the end of the outage as if nothing had been.
    try station.call("FirmwareStatusNotification", #"{"status":"Downloaded"}"#)
    try station.call("FirmwareStatusNotification", #"{"status":"Installing"}"#)
    station.hangUp()
    let again = try campaign.station(firmware: "2.4.0")
    #expect(try campaign.serve(again, until: "Reset").action == "Reset")
    let orders = try campaign.bench.attempts("CP1").filter(\.order.isDisruptive)
    #expect(orders.count == 2)
  }
}
