import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// A charger's whole way, in frames.
struct UpgradeTests {
  @Test("a charger moves from 1.6 to 2.0.1: image, reboot, soak, switch, report, proof")
  func migrates() throws {
    let campaign = try Campaigning()
    try campaign.start()
    let updated = try campaign.updated()
    #expect(updated.version == .v16)
    let reset = try campaign.serve(updated, until: "Reset")
    #expect(reset.payload == ["type": "Soft"])
    // Released before the reset left, in the transaction that wrote its intent.
    #expect(try campaign.bench.stored("CP1").released == [.ocpp16, .ocpp201])
    updated.answer(reset, #"{"status":"Accepted"}"#)
    updated.hangUp()

    let new = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
    #expect(new.version == .v201)
    #expect(try new.boot("2.4.0")["status"] == "Pending")
    let report = try campaign.serve(new, until: "GetBaseReport")
    new.answer(report, #"{"status":"Accepted"}"#)
    let id = try #require(report.payload["requestId"]?.int)
    try new.call(
      "NotifyReport",
      #"{"requestId":\#(id),"generatedAt":"2026-11-23T01:02:03Z","seqNo":0,"tbc":true,"reportData":[{"component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"},"variableAttribute":[{"value":"300","mutability":"ReadWrite"}]}]}"#
    )
    try new.call(
      "NotifyReport",
      #"{"requestId":\#(id),"generatedAt":"2026-11-23T01:02:03Z","seqNo":1,"reportData":[{"component":{"name":"ChargingStation"},"variable":{"name":"Model"},"variableAttribute":[{"value":"AC22","mutability":"ReadOnly"}]}]}"#
    )
    let write = try campaign.serve(new, until: "SetVariables")
    let data = try #require(write.payload["setVariableData"]?.array)
    #expect(data.map { $0["variable"]?["name"]?.string } == ["HeartbeatInterval"])
    #expect(data.map { $0["attributeValue"]?.string } == ["120"])
    new.answer(
      write,
      #"{"setVariableResult":[{"attributeStatus":"Accepted","component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}"#
    )
    let trigger = try campaign.serve(new, until: "TriggerMessage")
    #expect(trigger.payload["requestedMessage"] == "BootNotification")
    new.answer(trigger, #"{"status":"Accepted"}"#)
    #expect(try new.boot("2.4.0")["status"] == "Accepted")
    let read = try campaign.serve(new, until: "GetVariables")
    new.answer(
      read,
      #"{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"2.4.0","component":{"name":"ChargingStation"},"variable":{"name":"FirmwareVersion"}},{"attributeStatus":"Accepted","attributeValue":"120","component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}"#
    )
    try campaign.restored(new)
    #expect(try campaign.reaches(.migrated))

    let charger = try campaign.bench.stored("CP1")
    #expect(charger.migration?.proved == .ocpp201)
    #expect(charger.firmware.observed?.value == "2.4.0")
    let upgrade = try campaign.bench.upgrade("CP1")
    #expect(!upgrade.holdsLease)
    #expect(!upgrade.memory.owesConnectors)
    let disruptive = try campaign.bench.attempts("CP1").filter(\.order.isDisruptive)
    #expect(disruptive.map(\.step) == ["firmware update firmware", "switch reset"])
    #expect(disruptive.allSatisfy { $0.state == .tookEffect })
    #expect(
      try eventually {
        try campaign.bench.look { try $0.store.campaigns().map(\.status) } == [.finished]
      })
  }

  @Test("what the depot served reaches the upgrade, a resumed download too")
  func counted() throws {
    let campaign = try Campaigning()
    try campaign.start()
    let station = try campaign.station()
    let order = try campaign.serve(station, until: "UpdateFirmware")
    // Its answer never comes; the first bytes are the answer.
    let url = try #require(order.payload["location"]?.string)
    let target = String(url.dropFirst("http://127.0.0.1:\(campaign.bench.port)".count))
    let size = DepotTests.image.count
    _ = try http(target, port: campaign.bench.port, ["Range": "bytes=0-99999"])
    #expect(try campaign.reaches(.downloading))
    #expect(try eventually { try campaign.bench.upgrade("CP1").memory.bytesServed == 100_000 })
    _ = try http(target, port: campaign.bench.port, ["Range": "bytes=100000-"])
    #expect(try campaign.reaches(.downloaded))
    #expect(try campaign.bench.upgrade("CP1").memory.bytesServed == Int64(size))
  }

  @Test("a charger that does not know the signed form gets the other one as a new attempt")
  func unsigned() throws {
    let campaign = try Campaigning(isSigned: true)
    try campaign.start()
    let station = try campaign.station()
    let signed = try campaign.serve(station, until: "SignedUpdateFirmware")
    let image = try #require(try campaign.bench.look { Array($0.catalogue.values) }.first)
    #expect(signed.payload["firmware"]?["signature"] == .string(try #require(image.signature)))
    station.refuse(signed, "NotSupported")
    let order = try campaign.serve(station, until: "UpdateFirmware")
    station.answer(order, "{}")
    #expect(try campaign.reaches(.ordered))
    let attempts = try campaign.bench.attempts("CP1").filter(\.order.isDisruptive)
    #expect(attempts.map(\.state) == [.notSupported, .accepted])
    #expect(attempts.map(\.number) == [1, 2])
    #expect(attempts.map(\.messageID) == [signed.id, order.id])
    #expect(try campaign.bench.stored("CP1").signedUpdates == false)
  }

  @Test("a charger whose download fails gets its connectors back and stays on 1.6")
  func failure() throws {
    let campaign = try Campaigning { $0.limits.answer = .milliseconds(300) }
    try campaign.start()
    let station = try campaign.station()
    for _ in 0..<2 {
      let order = try campaign.serve(station, until: "UpdateFirmware")
      station.answer(order, "{}")
      #expect(try campaign.reaches(.ordered))
      try station.call("FirmwareStatusNotification", #"{"status":"DownloadFailed"}"#)
    }
    try campaign.restored(station)
    #expect(try campaign.reaches(.failed))
    #expect(
      try eventually {
        let upgrade = try campaign.bench.upgrade("CP1")
        return !upgrade.holdsLease && !upgrade.memory.owesConnectors
      })
    #expect(try campaign.bench.stored("CP1").released == .ocpp16)
  }

  @Test("a charging car is waited for")
  func busy() throws {
    let campaign = try Campaigning()
    let station = try campaign.station()
    let number = try #require(
      try station.call(
        "StartTransaction",
        #"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-11-23T01:00:00Z"}"#)[
          "transactionId"]?.int)
    try station.status("Charging")
    try campaign.start()
    #expect(try campaign.staysQuiet(station))
    try station.call(
      "StopTransaction",
      #"{"transactionId":\#(number),"meterStop":9000,"timestamp":"2026-11-23T02:00:00Z"}"#)
    // The cable is still in.
    #expect(try campaign.staysQuiet(station))
    try station.status("Available")
    _ = try campaign.serve(station, until: "UpdateFirmware")
  }

  @Test("a charger is taken back to 1.6 in the middle of its switch")
  func rollBack() throws {
    let campaign = try Campaigning()
    try campaign.start()
    let updated = try campaign.updated()
    let reset = try campaign.serve(updated, until: "Reset")
    updated.answer(reset, #"{"status":"Accepted"}"#)
    try campaign.bench.perform(.rollBack(charger: "CP1", reason: "second thoughts"))
    updated.hangUp()
    let new = try Station("CP1", port: campaign.bench.port, offers: Campaigning.both)
    #expect(new.version == .v201)
    try new.boot("2.4.0")
    let back = try campaign.serve(new, until: "Reset")
    #expect(try campaign.bench.stored("CP1").released == .ocpp16)
    new.answer(back, #"{"status":"Accepted"}"#)
    new.hangUp()
    let old = try campaign.station(firmware: "2.4.0")
    #expect(old.version == .v16)
    try campaign.restored(old)
    #expect(try campaign.reaches(.rolledBack))
    #expect(try campaign.staysQuiet(old))
  }

  @Test("after a restart an unanswered order is looked into, not sent again")
  func restart() throws {
    let campaign = try Campaigning { $0.limits.answer = .milliseconds(300) }
    try campaign.start()
    let station = try campaign.station()
    _ = try campaign.serve(station, until: "UpdateFirmware")
    try campaign.bench.restart()
    let again = try campaign.station()
    let call = try campaign.serve(again, until: "TriggerMessage")
    #expect(call.payload["requestedMessage"] == "FirmwareStatusNotification")
    again.answer(call, #"{"status":"Accepted"}"#)
    try again.call("FirmwareStatusNotification", #"{"status":"Downloading"}"#)
    #expect(try campaign.reaches(.downloading))
    let attempts = try campaign.bench.attempts("CP1").filter(\.order.isDisruptive)
    #expect(attempts.map(\.state) == [.accepted])
    #expect(try campaign.staysQuiet(again))
  }
}
