import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// When nothing can be stored, nothing is acknowledged.
struct StorageFailureTests {
  private static let start =
    #"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-11-23T01:00:00Z"}"#

  @Test(
    "no message is acknowledged while storing fails, and all goes on once it works",
    arguments: [false, true])
  func failure(total: Bool) throws {
    let bench = try Workbench("identity\nCP1\nCP2\n")
    let station = try Station("CP1", port: bench.port)
    let other = try Station("CP2", port: bench.port)
    try station.boot()
    try other.boot()
    // So that nothing is to be written back meanwhile.
    #expect(try eventually { try bench.stored("CP2").online })
    let before = try bench.ledger.count
    bench.fault.set(total ? .all : .commits)
    _ = station.send("StartTransaction", Self.start)
    #expect(station.end() == 1001)
    // Knocks are put off, too, where they want something stored.
    if total {
      #expect(try Station.status("CP1", port: bench.port) == 503)
      #expect(other.end() == 1001)
    }
    bench.fault.set(nil)
    let again = try Station("CP1", port: bench.port)
    let answer = try again.call("StartTransaction", Self.start)
    #expect(answer["transactionId"]?.int != nil)
    #expect(try bench.sessions().count == 1)
    #expect(try bench.ledger.filter { $0.kind == .session }.count == 1)
    #expect(try bench.ledger.count > before)
    #expect(try bench.charger("CP1").online)
    if total {
      #expect(try eventually { try !bench.stored("CP2").online })
    } else {
      try other.status()
    }
    #expect(eventually { bench.log.contains("storing works again") || !total })
  }

  @Test("a message that can't be stored does not take its neighbours along")
  func neighbours() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let ids = try bench.look { $0.lastLedger }
    try station.status()
    #expect(try bench.look { $0.lastLedger } > ids)
  }

  @Test(
    "a campaign goes on after a failure, on whatever connection comes", arguments: [false, true])
  func campaign(total: Bool) throws {
    let campaign = try Campaigning()
    try campaign.start()
    let station = try campaign.station()
    let order = try campaign.serve(station, until: "UpdateFirmware")
    campaign.bench.fault.set(total ? .all : .commits)
    station.answer(order, "{}")
    _ = station.send("FirmwareStatusNotification", #"{"status":"Downloading"}"#)
    #expect(station.end() == 1001)
    campaign.bench.fault.set(nil)
    let again = try campaign.station()
    try again.call("FirmwareStatusNotification", #"{"status":"Downloading"}"#)
    #expect(try campaign.reaches(.downloading))
    let attempts = try campaign.bench.attempts("CP1").filter(\.order.isDisruptive)
    #expect(attempts.count == 1)
    #expect(try campaign.staysQuiet(again))
  }

  @Test("an order is not sent when its intent can't be stored")
  func intent() throws {
    let campaign = try Campaigning()
    let station = try campaign.station()
    try station.status("Preparing")
    try campaign.start()
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.phase() == .draining)
    campaign.bench.fault.set(.commits)
    _ = station.send(
      "StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"Available"}"#)
    #expect(station.end() == 1001)
    campaign.bench.fault.set(nil)
    #expect(
      try campaign.bench.attempts("CP1").filter(\.order.isDisruptive).isEmpty)
    let again = try campaign.station()
    _ = try campaign.serve(again, until: "UpdateFirmware")
    #expect(
      try campaign.bench.attempts("CP1").filter(\.order.isDisruptive).count == 1)
  }

  @Test("a command that can't be stored is answered as failed and leaves nothing")
  func command() throws {
    let bench = try Workbench("identity\nCP1\n")
    bench.fault.set(.commits)
    #expect(throws: (any Error).self) {
      try bench.perform(.pin(charger: "CP1", reason: "x"))
    }
    bench.fault.set(nil)
    #expect(try bench.charger("CP1").pin == nil)
    #expect(try bench.stored("CP1").pin == nil)
    try bench.perform(.pin(charger: "CP1", reason: "x"))
    #expect(try bench.charger("CP1").pin?.reason == "x")
  }
}
