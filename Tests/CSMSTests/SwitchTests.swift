import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// What holds over the switch of version: connectors and sessions.
struct SwitchTests {
  /// Serves the engine until it gives the connectors back, then until this call.
  private static func restore(_ station: Station, of campaign: Campaigning) throws -> Station.Call {
    while true {
      let call = try station.nextCall()
      switch call.action {
      case "GetBaseReport":
        station.answer(call, #"{"status":"Accepted"}"#)
        let id = try #require(call.payload["requestId"]?.int)
        try station.call(
          "NotifyReport",
          #"{"requestId":\#(id),"generatedAt":"2026-11-23T01:02:03Z","seqNo":0}"#)
      case "GetVariables":
        station.answer(
          call,
          #"{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"2.4.0","component":{"name":"ChargingStation"},"variable":{"name":"FirmwareVersion"}}]}"#
        )
      case "ChangeAvailability" where call.payload["operationalStatus"] == "Operative":
        station.answer(call, #"{"status":"Accepted"}"#)
        return try station.nextCall()
      default: try campaign.answer(call, of: station)
      }
    }
  }

  @Test("a connector that was out of service before stays so under its new number")
  func outOfService() throws {
    let campaign = try Campaigning()
    func old(_ firmware: String) throws -> Station {
      let station = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
      try station.boot(firmware)
      try station.status(connector: 1)
      try station.status("Unavailable", connector: 2)
      return station
    }
    let before = try old("2.3.1")
    try campaign.start()
    let order = try campaign.serve(before, until: "UpdateFirmware")
    before.answer(order, "{}")
    try campaign.fetch(order, by: before)
    try before.call("FirmwareStatusNotification", #"{"status":"Installing"}"#)
    before.hangUp()
    let updated = try old("2.4.0")
    try campaign.restored(updated)
    let close = try updated.expectCall("ChangeAvailability")
    #expect(close.payload == ["connectorId": 2, "type": "Inoperative"])
    updated.answer(close, #"{"status":"Accepted"}"#)
    let reset = try campaign.serve(updated, until: "Reset")
    updated.answer(reset, #"{"status":"Accepted"}"#)
    updated.hangUp()

    let new = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
    #expect(new.version == .v201)
    try new.boot("2.4.0")
    // One EVSE with two connectors is what 1.6 counted through.
    for connector in 1...2 {
      try new.call(
        "StatusNotification",
        #"{"timestamp":"2026-11-23T01:02:03Z","connectorStatus":"Unavailable","evseId":1,"connectorId":\#(connector)}"#
      )
    }
    let kept = try Self.restore(new, of: campaign)
    #expect(kept.action == "ChangeAvailability")
    #expect(
      kept.payload == ["operationalStatus": "Inoperative", "evse": ["id": 1, "connectorId": 2]])
    new.answer(kept, #"{"status":"Accepted"}"#)
    #expect(try campaign.reaches(.migrated))
    #expect(try campaign.bench.ledger("connectors").isEmpty)
  }
}
