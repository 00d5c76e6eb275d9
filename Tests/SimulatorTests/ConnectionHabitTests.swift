import OCPP
import Testing

@testable import Simulator

@Suite("Habits with connections and answers")
struct ConnectionHabitTests {
  @Test("a liar negotiates 2.0.1, speaks 1.6 on it, and knows no reset of 2.x")
  func liar() {
    var bench = habitual([.liar201], isStrict: false)
    bench.update()
    #expect(bench.station.isAccepted)
    bench.released = [.v16, .v201]
    bench.reply = { $0.version == .v16 ? Bench.accept($0) : nil }
    #expect(bench.status("Reset", ["type": "Soft"]) == "Accepted")
    #expect(bench.run { $0.calls.last?.version == .v201 })
    #expect(bench.calls.last?.payload["chargePointModel"]?.string == "AC11")
    let reset = bench.ask("Reset", ["type": "OnIdle"])
    #expect(bench.errors[reset] != nil)
    // Taken back and closed, it is a good charger of 1.6.
    bench.released = [.v16]
    bench.feed(.closed)
    #expect(bench.run { $0.station.isAccepted })
  }

  @Test("a prober knocks with 1.6 alone before each connection, once its firmware knows more")
  func prober() {
    let probes = (UInt64(0)..<12).map { seed -> [String] in
      var bench = habitual([.prober], released: [.v16, .v201], seed: seed)
      #expect(bench.offers == [["ocpp1.6"]])
      bench.update()
      bench.run { $0.station.version == .v201 && $0.station.isAccepted }
      #expect(bench.offers == [["ocpp1.6"], ["ocpp1.6"], ["ocpp2.0.1", "ocpp1.6"]])
      #expect(bench.calls.last { $0.action == "BootNotification" }?.version == .v201)
      let boot = bench.calls.firstIndex { $0.version == .v201 } ?? 0
      return bench.calls[..<boot].filter { $0.payload["firmwareVersion"]?.string == "2.0.0" }
        .map(\.action)
    }
    #expect(Set(probes) == [[], ["BootNotification"]])
  }

  @Test("unreleased-only offers 2.0.1 alone, whatever its papers say")
  func unreleased() {
    #expect(habitual([.unreleasedOnly], released: [.v201]).offers == [["ocpp2.0.1"]])
  }

  @Test("an empty offer stands before the others")
  func emptyOffer() {
    var bench = habitual([.emptyOffer])
    #expect(bench.offers == [["", "ocpp1.6"]])
    bench.update()
    #expect(bench.offers.last == ["", "ocpp2.0.1", "ocpp1.6"])
  }

  @Test("who is away comes back and boots, who is gone does not", arguments: [Habit.away, .gone])
  func leaves(habit: Habit) {
    var bench = habitual([habit])
    #expect(bench.station.isAccepted)
    #expect(bench.run(limit: 1000) { !$0.station.isOnline })
    #expect(bench.drops == 1)
    #expect(!bench.run(limit: HabitTiming.demo.absence - 1000) { $0.station.isOnline })
    #expect(bench.run(limit: 10_000_000) { $0.boots.count == 2 } == (habit == .away))
    #expect(bench.station.hasBeenAccepted)
    // Once only.
    if habit == .away { #expect(!bench.run(limit: 100_000) { !$0.station.isOnline }) }
  }

  @Test("half-open reboots without a goodbye, and goes dead at the first Reset")
  func halfOpen() {
    var bench = habitual([.halfOpen])
    bench.update()
    #expect(bench.abandoned == 1 && bench.drops == 0)
    let boots = bench.boots.count
    let id = bench.ask("Reset", ["type": "Soft"])
    #expect(bench.results[id] == nil && bench.abandoned == 2)
    #expect(bench.run { $0.station.isOnline })
    // It has not rebooted: the reset had no effect.
    #expect(bench.boots.count == boots)
    #expect(bench.status("Reset", ["type": "Soft"]) == "Accepted")
    #expect(bench.run { $0.boots.count == boots + 1 })
  }

  @Test("an impatient charger knocks without a pause", arguments: [true, false])
  func impatient(isImpatient: Bool) {
    var bench = habitual(isImpatient ? [.impatient] : [])
    bench.killServer()
    bench.pass(1000)
    #expect((bench.offers.count > 50) == isImpatient)
    bench.isReachable = true
    #expect(bench.run { $0.station.isOnline })
  }

  @Test("a bootless charger boots once by itself, then only when triggered")
  func bootless() {
    var bench = habitual([.bootless])
    #expect(bench.boots.count == 1)
    bench.update()
    bench.pass(1000)
    #expect(bench.station.firmware == "2.0.0" && bench.boots.count == 1)
    #expect(bench.statuses(1).last == "Available")
    #expect(bench.status("TriggerMessage", ["requestedMessage": "BootNotification"]) == "Accepted")
    #expect(bench.boots.last?["firmwareVersion"]?.string == "2.0.0")
    // In 2.x nothing may be sent before a boot.
    bench.released = [.v201]
    #expect(bench.status("Reset", ["type": "Soft"]) == "Accepted")
    #expect(bench.run { $0.station.version == .v201 })
    bench.pass(5000)
    #expect(bench.calls.allSatisfy { $0.version == .v16 })
    #expect(bench.status("TriggerMessage", ["requestedMessage": "BootNotification"]) == "Accepted")
    #expect(bench.station.isAccepted && bench.calls.contains { $0.version == .v201 })
  }

  @Test("a boot is repeated under its old id", arguments: [OCPPVersion.v16, .v201])
  func repeatsBoot(version: OCPPVersion) {
    var bench = habitual([.repeatsBoot], released: [version]) { $0.versions = [version] }
    #expect(bench.run { $0.boots.count == 4 })
    #expect(Set(bench.actions("BootNotification").map(\.bytes)).count == 1)
    #expect(bench.status("Reset", ["type": version == .v16 ? "Soft" : "OnIdle"]) == "Accepted")
    #expect(bench.run { $0.boots.count == 6 })
    #expect(Set(bench.actions("BootNotification").map(\.id)).count == 2)
  }

  @Test("a touchy charger drops the connection when it is asked too early, and boots again")
  func touchy() {
    var bench = habitual([.touchyBoot])
    bench.ask("GetConfiguration", [:])
    #expect(bench.drops == 1 && bench.results.isEmpty)
    #expect(bench.run { $0.boots.count == 2 })
    bench.pass(100)
    let id = bench.ask("GetConfiguration", [:])
    #expect(bench.results[id] != nil)
    bench.reply = { $0.action == "BootNotification" ? nil : Bench.accept($0) }
    bench.ask("Reset", ["type": "Soft"])
    #expect(bench.run { $0.boots.count == 3 })
    bench.pass(1000)
    bench.ask("TriggerMessage", ["requestedMessage": "Heartbeat"])
    #expect(bench.run { $0.boots.count == 4 })
  }

  @Test("message ids start again with every reboot", arguments: [[Habit.reusedIDs], []])
  func reusedIDs(habits: [Habit]) {
    var bench = habitual(Set(habits))
    bench.ask("Reset", ["type": "Soft"])
    #expect(bench.run { $0.boots.count == 2 })
    let ids = bench.calls.map(\.id)
    #expect((Set(ids).count < ids.count) == !habits.isEmpty)
    #expect(bench.actions("BootNotification").first?.id == ids.first)
  }

  @Test("slow answers come in order, each after its time")
  func slowAnswers() {
    var bench = habitual([.slowAnswers])
    let first = bench.ask("GetConfiguration", [:])
    bench.pass(HabitTiming.demo.answer / 2)
    let second = bench.ask("GetLocalListVersion", [:])
    #expect(bench.results.isEmpty)
    #expect(bench.run { $0.results[first] != nil })
    #expect(bench.results[second] == nil)
    #expect(bench.run { $0.results[second] != nil })
    bench.ask("ClearCache", [:])
    bench.killServer()
    bench.isReachable = true
    bench.pass(5000)
    #expect(bench.results.count == 2)
  }

  @Test("a deaf charger goes on, but answers nothing until it has reconnected")
  func deaf() {
    var bench = habitual([.deaf])
    for _ in 0..<2 { #expect(bench.result("ClearCache") != nil) }
    let heartbeats = bench.actions("Heartbeat").count
    #expect(bench.result("ClearCache") == nil)
    #expect(bench.run { $0.actions("Heartbeat").count > heartbeats + 1 })
    bench.feed(.closed)
    #expect(bench.run { $0.station.isOnline })
    for _ in 0..<5 { #expect(bench.result("ClearCache") != nil) }
  }

  @Test("short errors have four elements", arguments: [[Habit.shortErrors], []])
  func shortErrors(habits: [Habit]) throws {
    var bench = habitual(Set(habits))
    let id = bench.ask("ClearChargingProfile", [:])
    #expect(bench.errors[id] == "NotImplemented")
    let frame = try JSON(text: String(decoding: bench.errorFrames[id] ?? [], as: UTF8.self))
    #expect(frame.array?.count == (habits.isEmpty ? 5 : 4))
  }

  @Test("GetConfiguration is not answered, or without keys")
  func configuration() {
    var silent = habitual([.noConfiguration])
    #expect(silent.result("GetConfiguration") == nil)
    #expect(silent.result("ClearCache") != nil)
    var empty = habitual([.emptyConfiguration])
    #expect(empty.result("GetConfiguration") == [:])
  }

  @Test("every trigger is refused", arguments: ["BootNotification", "StatusNotification"])
  func noTrigger(message: String) {
    var bench = habitual([.noTrigger])
    #expect(bench.status("TriggerMessage", ["requestedMessage": .string(message)]) == "Rejected")
    #expect(bench.boots.count == 1)
  }

  @Test("numbers want a reboot and show after it, all else is rejected")
  func rebootRequired() {
    var bench = habitual([.rebootRequired], released: [.v201]) { $0.versions = [.v201] }
    func item(_ component: String, _ name: String) -> [(String, JSON)] {
      [("component", ["name": .string(component)]), ("variable", ["name": .string(name)])]
    }
    func set(_ bench: inout Bench, _ place: [(String, JSON)], _ value: String) -> String? {
      let data = JSON.object(place + [("attributeValue", .string(value))])
      let id = bench.ask("SetVariables", ["setVariableData": [data]])
      return bench.results[id]?["setVariableResult"]?.array?.first?["attributeStatus"]?.string
    }
    func get(_ bench: inout Bench, _ place: [(String, JSON)]) -> String? {
      let id = bench.ask("GetVariables", ["getVariableData": [.object(place)]])
      return bench.results[id]?["getVariableResult"]?.array?.first?["attributeValue"]?.string
    }
    let interval = item("SampledDataCtrlr", "TxUpdatedInterval")
    let flag = item("AuthCtrlr", "LocalPreAuthorize")
    #expect(set(&bench, interval, "300") == "RebootRequired")
    #expect(set(&bench, flag, "true") == "Rejected")
    #expect(set(&bench, item("NoCtrlr", "Nothing"), "1") == "UnknownComponent")
    #expect(get(&bench, interval) == "60")
    bench.ask("Reset", ["type": "Immediate"])
    #expect(bench.run { $0.boots.count == 2 })
    #expect(get(&bench, interval) == "300")
    #expect(get(&bench, flag) == "false")
  }

  @Test("in 1.6, too, numbers want a reboot")
  func rebootRequired16() {
    var bench = habitual([.rebootRequired])
    func change(_ key: JSON, _ value: JSON) -> String {
      bench.status("ChangeConfiguration", ["key": key, "value": value])
    }
    #expect(change("ConnectionTimeOut", "90") == "RebootRequired")
    #expect(change("LocalPreAuthorize", "false") == "Rejected")
    #expect(change("NoSuchKey", "1") == "NotSupported")
    #expect(bench.station.configuration.key("ConnectionTimeOut")?.value == "120")
    bench.ask("Reset", ["type": "Soft"])
    #expect(bench.run { $0.boots.count == 2 })
    #expect(bench.station.configuration.key("ConnectionTimeOut")?.value == "90")
  }
}
