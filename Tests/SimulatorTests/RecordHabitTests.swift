import OCPP
import Testing

@testable import Simulator

@Suite("Habits with sessions and their records")
struct RecordHabitTests {
  @Test("a session of the new image, offline, is sent afterwards and stays in the ledger")
  func offlineQueue() throws {
    var bench = habitual([.offlineQueue])
    bench.update()
    #expect(bench.run { !$0.station.hasUnacknowledged })
    #expect(bench.actions("StartTransaction").count == 1)
    let stop = try #require(bench.actions("StopTransaction").first)
    #expect(stop.payload["transactionId"]?.int == 4711)
    let session = try #require(bench.station.ledger.sessions.first)
    #expect(session.id == 4711)
    #expect(session.meterStop == stop.payload["meterStop"]?.int)
    let boot = try #require(bench.calls.lastIndex { $0.action == "BootNotification" })
    let start = try #require(bench.calls.firstIndex { $0.action == "StartTransaction" })
    #expect(boot < start)
  }

  @Test("the end of an offline session is sent twice, with the same content and another id")
  func doubleStop() {
    var bench = habitual([.doubleStop])
    bench.update()
    #expect(bench.run { !$0.station.hasUnacknowledged })
    let stops = bench.actions("StopTransaction")
    #expect(stops.count == 2)
    #expect(Set(stops.map(\.id)).count == 2)
    #expect(stops.first?.payload == stops.last?.payload)
    #expect(bench.station.ledger.sessions.count == 1)
  }

  @Test("a car crosses the first update and the first reset, and both wait for it")
  func lateSession() throws {
    var bench = habitual([.lateSession])
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.station.isCharging)
    #expect(bench.actions("StartTransaction").count == 1)
    #expect(bench.firmwareStatuses == ["Downloading", "Downloaded"])
    #expect(bench.run { $0.station.firmware == "2.0.0" && $0.station.isAccepted })
    let order = bench.calls.map { $0.payload["status"]?.string ?? $0.action }
    let stop = try #require(order.firstIndex(of: "StopTransaction"))
    #expect(stop < order.firstIndex(of: "Installing") ?? 0)
    #expect(bench.status("Reset", ["type": "Soft"]) == "Accepted")
    #expect(bench.station.isCharging && bench.actions("StartTransaction").count == 2)
    #expect(bench.run { $0.boots.count == 3 })
    #expect(bench.actions("StopTransaction").last?.payload["reason"]?.string == "EVDisconnected")
    #expect(bench.station.ledger.sessions.allSatisfy { $0.ended != nil && $0.id != nil })
    #expect(bench.status("Reset", ["type": "Soft"]) == "Accepted")
    #expect(!bench.station.isCharging)
  }

  @Test("the start that crosses a command leaves before its answer")
  func startBeforeAnswer() {
    var station = Station(profile: profile { $0.habits = [.lateSession] }, timing: .demo, seed: 1)
    func hear(_ text: String) -> [String] {
      station.handle(.received(Array(text.utf8)), now: 0).compactMap {
        if case .send(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
      }
    }
    func answerAll(_ frames: [String]) {
      var open = frames
      while let frame = open.popLast() {
        let id = frame.split(separator: "\"")[1]
        let boot = #"{"status":"Accepted","currentTime":"2026-11-23T00:00:00Z","interval":300}"#
        open += hear("[3,\"\(id)\",\(frame.contains("BootNotification") ? boot : "{}")]")
      }
    }
    _ = station.handle(.powerOn, now: 0)
    let first = station.handle(.connected(subprotocol: "ocpp1.6"), now: 0)
    answerAll(
      first.compactMap {
        if case .send(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
      })
    let said = hear(#"[2,"x","Reset",{"type":"Soft"}]"#)
    #expect(said.count == 2)
    #expect(said.first?.contains("StartTransaction") == true)
    #expect(said.last == #"[3,"x",{"status":"Accepted"}]"#)
  }

  @Test("Charging is told when the session is over, with its own time", arguments: [1, 2])
  func lateStatus(family: Int) throws {
    let version = family == 1 ? OCPPVersion.v16 : .v201
    var bench = habitual([.lateStatus], released: [version]) { $0.versions = [version] }
    #expect(bench.station.isCharging)
    #expect(bench.run { !$0.station.isCharging && !$0.station.hasUnacknowledged })
    bench.pass(100)
    #expect(bench.statuses(1).suffix(2) == ["Available", family == 1 ? "Charging" : "Occupied"])
    let times = bench.actions("StatusNotification").suffix(2).compactMap {
      $0.payload["timestamp"]?.string.flatMap(DateTime.parse)?.ms
    }
    #expect(times.count == 2 && times[1] < times[0])
    #expect(bench.station.ledger.sessions.count == 1)
  }

  @Test("the whole station is EVSE 0 at each boot in 2.x, and in 1.6 nothing special")
  func wholeStation() {
    var bench = habitual([.wholeStationStatus], released: [.v201]) { $0.versions = [.v201] }
    #expect(bench.statuses(0) == ["Available"])
    bench.ask("Reset", ["type": "Immediate"])
    #expect(bench.run { $0.statuses(0).count == 2 })
    #expect(habitual([.wholeStationStatus]).actions("StatusNotification").count == 2)
  }

  @Test(
    "timestamps have no zone, or are from 1970",
    arguments: [(Habit.noZone, false), (.from1970, true)])
  func timestamps(habit: Habit, isEarly: Bool) {
    for version in [OCPPVersion.v16, .v201] {
      var bench = habitual([habit, .busy], released: [version], isStrict: false) {
        $0.versions = [version]
      }
      #expect(bench.run { !$0.station.isCharging && !$0.station.hasUnacknowledged })
      let stamps = bench.calls.compactMap { $0.payload["timestamp"]?.string }
      #expect(stamps.count >= 3)
      #expect(
        stamps.allSatisfy { $0.hasPrefix("1970-") == isEarly && $0.hasSuffix("Z") == isEarly })
      #expect(stamps.allSatisfy { DateTime.parse($0) != nil })
    }
  }

  @Test("all habits together make a station that still runs", arguments: 0..<40)
  func mixed(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let habits = Set(Habit.allCases.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 })
    var bench = habitual(habits, released: [.v16, .v201], seed: seed, isStrict: false)
    bench.update()
    for _ in 0..<20 {
      bench.pass(Int64.random(in: 0...3000, using: &generator))
      bench.ask("Reset", ["type": bench.station.version == .v16 ? "Soft" : "Immediate"])
      if bench.offers.count % 5 == 0 { bench.feed(.closed) }
    }
    bench.pass(HabitTiming.demo.absence * 2)
    let isLost = habits.contains(.bricked) || habits.contains(.gone)
    let isThere = bench.run { $0.station.isOnline || $0.station.isBricked }
    #expect(isThere, "seed \(seed): \(habits.map(\.rawValue))")
    if bench.station.isBricked { #expect(isLost, "seed \(seed): \(habits.map(\.rawValue))") }
  }
}
