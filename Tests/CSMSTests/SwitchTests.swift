import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// What holds over the switch of version: connectors and sessions.
struct SwitchTests {
  /// When the engine is restarted in the second outage.
  enum Restart { case never, beforeNewNumbers, afterNewNumbers }

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

  @Test(
    "a connector that was out of service before stays so under its new number",
    arguments: [Restart.never, .beforeNewNumbers, .afterNewNumbers])
  func outOfService(restart: Restart) throws {
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

    // One EVSE with two connectors is what 1.6 counted through. While its boot is Pending a charger
    // may not report them.
    func connect(reporting: Bool) throws -> Station {
      let new = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
      #expect(new.version == .v201)
      for connector in 1...2 where reporting {
        try new.call(
          "StatusNotification",
          #"{"timestamp":"2026-11-23T01:02:03Z","connectorStatus":"Unavailable","evseId":1,"connectorId":\#(connector)}"#
        )
      }
      try new.boot("2.4.0")
      return new
    }
    var new = try connect(reporting: restart != .beforeNewNumbers)
    if restart == .beforeNewNumbers {
      // Its row says 2.0.1 by now, and its connectors are still those of 1.6.
      #expect(try eventually { try campaign.bench.stored("CP1").speaks == .ocpp201 })
      try campaign.bench.restart()
      new = try connect(reporting: true)
    }
    if restart == .afterNewNumbers {
      let id = try campaign.bench.charger("CP1").id
      #expect(
        try eventually {
          try campaign.bench.look { core in
            try core.store.connectors(of: id).contains { $0.id.connector == 2 }
          }
        })
      try campaign.bench.restart()
      new = try connect(reporting: false)
    }
    let kept = try Self.restore(new, of: campaign)
    #expect(kept.action == "ChangeAvailability")
    #expect(
      kept.payload == ["operationalStatus": "Inoperative", "evse": ["id": 1, "connectorId": 2]])
    new.answer(kept, #"{"status":"Accepted"}"#)
    #expect(try campaign.reaches(.migrated))
    #expect(try campaign.bench.ledger("connectors").isEmpty)
  }

  @Test("verified rests on connectors reported in the new version, not on those of the old")
  func verified() throws {
    let campaign = try Campaigning()
    try campaign.start()
    let updated = try campaign.updated()
    let reset = try campaign.serve(updated, until: "Reset")
    updated.answer(reset, #"{"status":"Accepted"}"#)
    updated.hangUp()
    let new = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
    // The whole charger is no connector.
    try new.call(
      "StatusNotification",
      #"{"timestamp":"2026-11-23T01:02:03Z","connectorStatus":"Available","evseId":0,"connectorId":0}"#
    )
    try new.boot("2.4.0")
    let report = try campaign.serve(new, until: "GetBaseReport")
    new.answer(report, #"{"status":"NotSupported"}"#)
    let boot = try campaign.serve(new, until: "TriggerMessage")
    #expect(boot.payload["requestedMessage"] == "BootNotification")
    try campaign.answer(boot, of: new)
    let read = try campaign.serve(new, until: "GetVariables")
    new.answer(
      read,
      #"{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"2.4.0","component":{"name":"ChargingStation"},"variable":{"name":"FirmwareVersion"}}]}"#
    )
    let ask = try campaign.serve(new, until: "TriggerMessage")
    #expect(ask.payload["requestedMessage"] == "StatusNotification")
    #expect(try campaign.phase() == .verifying)
    try campaign.answer(ask, of: new)
    try campaign.restored(new)
    #expect(try campaign.reaches(.migrated))
  }
}
