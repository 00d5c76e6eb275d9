import Fleet
import Testing

@testable import Rollout

@Suite("Storms of events")
struct StormTests {
  @Test("whatever happens in whatever order, the invariants hold")
  func storm() {
    for seed in 0..<400 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let bench = Bench(.good, id: Int64(seed + 1))
      bench.isStorm = true
      if random.below(3) == 0 { bench.hops = [Bench.between, Bench.firmware] }
      if random.below(4) == 0 { bench.charger.firmware = "2.4.0" }
      if random.below(2) == 0 { bench.playbook.steps = Self.steps(&random) }
      bench.deliver(.leased)
      var requests: [Int] = [1]
      for _ in 0..<300 {
        shake(bench, &random, &requests)
      }
      #expect(bench.broken.first == nil, "seed \(seed)")
      bench.broken = []
      // Calm at last: it comes to rest, and the connectors are the drivers' again.
      bench.charger.sessions = 0
      bench.charger.isHeld = false
      bench.charger.states = [.available, .unavailable]
      bench.isStorm = false
      bench.dropAll()
      for happening in bench.charger.reboot(after: .seconds(1), down: .seconds(1)) {
        bench.enqueue(happening)
      }
      bench.run()
      #expect(bench.broken.first == nil, "seed \(seed)")
      #expect(bench.upgrade.phase.isEnd || bench.upgrade.phase == .planned, "seed \(seed)")
      #expect(!bench.upgrade.memory.owesConnectors, "seed \(seed) \(bench.upgrade.phase)")
      #expect(!bench.upgrade.holdsLease, "seed \(seed) \(bench.upgrade.phase)")
    }
  }

  private static let variable = ReportedVariable(
    component: "C", variable: "a", instance: nil, value: "1", isWritable: true)

  /// One at each point, of every kind.
  private static func steps(_ random: inout SplitMix) -> [CustomStep] {
    CustomStep.Point.allCases.filter { _ in random.below(3) > 0 }.map { point in
      let actions = ["Reset", "ChangeConfiguration", "ClearCache"]
      var step = CustomStep(
        name: point.rawValue, point: point, action: actions[random.below(3)],
        payload: #"{"key":"BackendUrl"}"#)
      if random.below(2) == 0 { step.expect = .init(path: "status", .equals("Accepted")) }
      step.otherwise = [.fail, .skip, .goOn][random.below(point.isInNewVersion ? 1 : 3)]
      if point.isInNewVersion, random.below(2) == 0 { step.otherwise = .goOn }
      step.retries = random.below(3)
      return step
    }
  }

  private func shake(_ bench: Bench, _ random: inout SplitMix, _ requests: inout [Int]) {
    let me = bench.charger
    let jump: [Span] = [
      .milliseconds(1), .seconds(1), .seconds(95), .minutes(3), .minutes(16), .hours(5),
    ]
    bench.now = bench.now + jump[min(random.below(8), random.below(6))]
    switch random.below(26) {
    case 24:
      me.isHeld = random.below(3) == 0
      if random.below(4) == 0 { bench.deliver(.recall(reason: "storm")) }
    case 25:
      // Comes anew at once, over a connection that was not seen to end.
      guard me.online else { return }
      bench.deliver(.connected(me.speaks))
      if random.below(2) == 0 { bench.deliver(.booted(me.boot(), me.speaks)) }
    case 0, 1, 2:
      me.online = true
      me.speaks = me.released.contains(.ocpp201) && random.below(3) > 0 ? .ocpp201 : .ocpp16
      bench.deliver(.connected(me.speaks))
    case 3:
      me.online = false
      bench.deliver(.disconnected)
    case 4, 5:
      guard me.online else { return }
      if bench.upgrade.phase.updates, random.below(3) > 0 {
        me.firmware = bench.upgrade.image == Bench.between.id ? "2.3.9" : "2.4.0"
      }
      bench.deliver(.booted(me.boot(), me.speaks))
    case 6:
      me.sessions = random.below(2)
      let states: [ConnectorState] = [.available, .charging, .unavailable, .preparing, .faulted]
      me.states = random.below(6) == 0 ? [] : [states[random.below(5)], states[random.below(5)]]
      bench.deliver(.status)
    case 7:
      me.sessions = 0
      me.states = [.unavailable, .unavailable]
      me.lastSessionEnd = bench.now
      bench.deliver(.sessionStopped(completed: random.below(2) == 0))
    case 8, 9:
      guard me.online else { return }
      let all = FirmwareStatus.allCases
      bench.deliver(
        .firmwareStatus(
          all[random.below(all.count)],
          requestID: random.below(2) == 0 ? nil : bench.upgrade.memory.requestID))
    case 10: bench.deliver(.served(bytes: Int64(random.below(40)) * 1_000_000, of: 38_000_000))
    case 11: if random.below(4) == 0 { bench.deliver(.restarted) }
    case 12:
      if random.below(30) == 0 { bench.deliver(.cancel(reason: "storm")) }
    case 13:
      if random.below(30) == 0 { bench.deliver(.rollBack(reason: "storm")) }
    case 14:
      bench.deliver(.leased)
      let id = bench.upgrade.memory.requestID ?? 0
      bench.deliver(
        .report(requestID: id, variables: [Self.variable], isLast: random.below(2) == 0))
    case 15, 16:
      me.states = [.available, .unavailable]
      me.sessions = 0
      bench.deliver(.due)
    default:
      guard let id = bench.sent.randomElement(using: &random), me.online else { return }
      let last = bench.upgrade.pending?.messageID ?? id
      let answers: [Answer] = [
        .accepted, .accepted, .accepted, .accepted, .scheduled, .rejected("no"),
        .notSupported("what?"), .timedOut, .timedOut, .lost, .needsReboot,
        .configuration(["a": "1"]), .configuration(["a": "2", "b": "1"], readOnly: ["b"]),
        .written(taken: [], afterReboot: [Self.variable], refused: []),
        .custom(#"{"status":"Accepted"}"#), .custom(#"{"status":"Rejected"}"#), .custom("{"),
        .variables([
          .init(
            component: "F", variable: "V", instance: nil, value: "2.4.0", isWritable: false)
        ]),
      ]
      bench.deliver(
        .answered(
          messageID: random.below(8) == 0 ? id : last, answers[random.below(answers.count)]))
    }
  }
}
