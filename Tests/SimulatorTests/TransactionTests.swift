import OCPP
import Testing

@testable import Simulator

@Suite("Transactions, availability and resets")
struct TransactionTests {
  @Test("a busy station charges, samples and stops", arguments: OCPPVersion.allCases)
  func session(version: OCPPVersion) {
    var bench = Bench(profile { ($0.versions, $0.habits) = ([version], [.busy]) })
    bench.released = [version]
    bench.powerOn()
    #expect(bench.station.isCharging)
    #expect(bench.run { !$0.station.isCharging && !$0.station.hasUnacknowledged })
    if version == .v16 {
      let stop = bench.actions("StopTransaction").first
      #expect(stop?.payload["transactionId"]?.int == 4711)
      #expect(bench.actions("MeterValues").first?.payload["transactionId"]?.int == 4711)
    } else {
      let events = bench.actions("TransactionEvent").map(\.payload)
      #expect(events.compactMap { $0["seqNo"]?.int } == Array(0..<Int64(events.count)))
      #expect(events.first?["eventType"]?.string == "Started")
      #expect(events.last?["eventType"]?.string == "Ended")
      #expect(Set(events.compactMap { $0["transactionInfo"]?["transactionId"]?.string }).count == 1)
    }
    // The next car comes by itself.
    #expect(bench.run { $0.station.isCharging })
    #expect(bench.actions("Authorize").count == 1)
  }

  @Test("a refused token ends the session it began", arguments: [OCPPVersion.v16, .v201])
  func refused(version: OCPPVersion) {
    var bench = Bench(profile { ($0.versions, $0.habits) = ([version], [.busy]) })
    bench.released = [version]
    bench.reply = {
      switch $0.action {
      case "StartTransaction": ["transactionId": 1, "idTagInfo": ["status": "Blocked"]]
      case "TransactionEvent": ["idTokenInfo": ["status": "Blocked"]]
      default: Bench.accept($0)
      }
    }
    bench.powerOn()
    #expect(!bench.station.isCharging)
  }

  @Test("what a killed server has not answered is sent again, the same")
  func resent() {
    var bench = Bench(profile { $0.habits = [.busy] })
    bench.reply = { $0.action == "StartTransaction" ? nil : Bench.accept($0) }
    bench.powerOn()
    #expect(bench.actions("StartTransaction").count == 1)
    bench.killServer()
    // The session goes on and ends offline; its stop waits behind the start.
    #expect(bench.run { !$0.station.isCharging })
    bench.isReachable = true
    bench.reply = { Bench.accept($0) }
    #expect(bench.run { !$0.station.hasUnacknowledged })
    let starts = bench.actions("StartTransaction")
    #expect(starts.count == 2)
    #expect(starts.first?.bytes == starts.last?.bytes)
    let stops = bench.actions("StopTransaction")
    #expect(stops.first?.payload["transactionId"]?.int == 4711)
    #expect(bench.actions("BootNotification").count == 1)
  }

  @Test("silence is met by the same message after a growing wait, for ever")
  func silence() {
    var bench = Bench(profile { $0.habits = [.busy] })
    bench.reply = { $0.action == "StartTransaction" ? nil : Bench.accept($0) }
    bench.powerOn()
    #expect(bench.run(limit: 600_000) { $0.actions("StartTransaction").count == 6 })
    #expect(Set(bench.actions("StartTransaction").map(\.bytes)).count == 1)
    #expect(bench.actions("StopTransaction").isEmpty)
    bench.reply = { Bench.accept($0) }
    #expect(bench.run { $0.actions("StopTransaction").count >= 1 })
  }

  @Test("what happens offline is told as such in 2.x")
  func offline() {
    var bench = Bench(profile { ($0.versions, $0.habits) = ([.v201], [.busy]) })
    bench.released = [.v201]
    bench.powerOn()
    bench.killServer()
    #expect(bench.run { !$0.station.isCharging })
    bench.isReachable = true
    #expect(bench.run { !$0.station.hasUnacknowledged })
    let last = bench.actions("TransactionEvent").last?.payload
    #expect(last?["eventType"]?.string == "Ended")
    #expect(last?["offline"]?.bool == true)
  }

  @Test(
    "Inoperative waits for the session, and outlives a reboot", arguments: [OCPPVersion.v16, .v201])
  func availability(version: OCPPVersion) {
    var bench = Bench(profile { ($0.versions, $0.habits) = ([version], [.busy]) })
    bench.released = [version]
    bench.powerOn()
    let change: (String) -> JSON = {
      version == .v16
        ? ["connectorId": 1, "type": .string($0)]
        : ["evse": ["id": 1], "operationalStatus": .string($0)]
    }
    #expect(bench.status("ChangeAvailability", change("Inoperative")) == "Scheduled")
    #expect(bench.run { $0.statuses(1).last == "Unavailable" })
    #expect(!bench.station.isCharging)
    #expect(bench.status("Reset", ["type": version == .v16 ? "Soft" : "Immediate"]) == "Accepted")
    #expect(bench.run { $0.actions("BootNotification").count == 2 })
    #expect(bench.statuses(1).last == "Unavailable")
    // No car comes while it is.
    #expect(!bench.run(limit: 20_000) { $0.station.isCharging })
    #expect(bench.status("ChangeAvailability", change("Operative")) == "Accepted")
    #expect(bench.statuses(1).last == "Available")
    #expect(bench.run { $0.station.isCharging })
  }

  @Test(
    "a reset ends sessions first, or waits for them",
    arguments: [
      (OCPPVersion.v16, "Soft", "Accepted"), (.v16, "Hard", "Accepted"),
      (.v201, "Immediate", "Accepted"), (.v201, "OnIdle", "Scheduled"),
    ])
  func reset(version: OCPPVersion, type: String, answer: String) {
    var bench = Bench(profile { ($0.versions, $0.habits) = ([version], [.busy]) })
    bench.released = [version]
    bench.powerOn()
    #expect(bench.status("Reset", ["type": .string(type)]) == answer)
    #expect(bench.run { $0.actions("BootNotification").count == 2 })
    let order = bench.calls.map(\.action)
    let stop = version == .v16 ? "StopTransaction" : "TransactionEvent"
    let stopped = order.lastIndex(of: stop)
    let booted = order.lastIndex(of: "BootNotification")
    #expect(stopped != nil && booted != nil && (stopped ?? 0) < (booted ?? 0))
    if version != .v16 {
      #expect(bench.actions("BootNotification").last?.payload["reason"]?.string == "RemoteReset")
    }
    #expect(bench.drops == 1)
    #expect(bench.lines.contains(.command(action: "Reset", id: "s1", isCharging: true)))
  }

  @Test("a remote start and stop run a session", arguments: [OCPPVersion.v16, .v21])
  func remote(version: OCPPVersion) {
    var bench = Bench(profile { $0.versions = [version] })
    bench.released = [version]
    bench.powerOn()
    if version == .v16 {
      #expect(bench.status("RemoteStartTransaction", ["idTag": "AB12"]) == "Accepted")
      #expect(bench.status("RemoteStartTransaction", ["idTag": "AB12"]) == "Rejected")
      #expect(bench.status("RemoteStopTransaction", ["transactionId": 4711]) == "Accepted")
    } else {
      let id = bench.ask(
        "RequestStartTransaction",
        ["idToken": ["idToken": "AB12", "type": "Central"], "remoteStartId": 9])
      let name = bench.results[id]?["transactionId"] ?? .null
      #expect(bench.status("RequestStopTransaction", ["transactionId": name]) == "Accepted")
    }
    #expect(!bench.station.isCharging && !bench.station.hasUnacknowledged)
  }
}
