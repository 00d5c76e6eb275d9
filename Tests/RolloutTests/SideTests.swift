import Fleet
import Testing

@testable import Rollout

extension Bench {
  /// Granted, and run until it enters `phase`.
  convenience init(_ habit: FakeCharger.Habit, until phase: Upgrade.Phase) {
    self.init(habit)
    deliver(.leased)
    run(until: { upgrade.phase == phase })
  }

  var text: Comment { Comment(rawValue: story.joined(separator: "\n")) }
  func tells(_ part: String) -> Bool { story.contains { $0.contains(part) } }
  var disconnects: Int { commands.count { $0 == .disconnect } }

  /// The engine starts anew and the charger comes back to it with a boot.
  func restartEngine() {
    charger.online = false
    deliver(.restarted)
    now = now + .seconds(10)
    charger.online = true
    deliver(.connected(.ocpp16))
    deliver(.booted(charger.boot(), .ocpp16))
  }

  /// The connection is lost and comes again, with or without a boot.
  func reconnect(boots: Bool) {
    charger.online = false
    deliver(.disconnected)
    now = now + .seconds(20)
    charger.online = true
    deliver(.connected(charger.speaks))
    now = now + .seconds(1)
    if boots { deliver(.booted(charger.boot(), charger.speaks)) }
  }
}

@Suite("Downloads that stand still")
struct StallTests {
  @Test("a stalled download is asked about once, and fails in the time for downloads")
  func stalls() {
    let bench = Bench(.stalls, until: .ordered)
    let told = bench.now
    bench.run()
    #expect(bench.orders.filter { $0 == "trigger firmware status" }.count == 1)
    #expect(bench.upgrade.enteredAt - told <= bench.playbook.limits.download + .minutes(5))
    #expect(bench.upgrade.failure?.detail.hasSuffix("fetched 10.0 MB") == true)
    #expect(bench.charger.speaks == .ocpp16)
    #expect(!bench.charger.inoperative)
  }

  @Test("what a stalled charger finishes by itself after its failure is logged, not obeyed")
  func finishesLater() {
    let bench = Bench(.stalls)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .failed)
    let (orders, story) = (bench.orders, bench.story)
    bench.now = bench.now + .hours(5)
    bench.deliver(.served(bytes: 38_200_000, of: 38_200_000))
    for status in [FirmwareStatus.downloaded, .installing, .installed] {
      bench.deliver(.firmwareStatus(status, requestID: bench.upgrade.memory.requestID))
    }
    bench.charger.firmware = "2.4.0"
    bench.reconnect(boots: true)
    bench.run()
    #expect(bench.upgrade.phase == .failed)
    #expect(bench.orders == orders)
    #expect(bench.story == story)
    #expect(bench.broken == [])
  }

  @Test("bytes that go on coming are no stall, however slow")
  func slow() {
    let bench = Bench(.stallsUncounted, until: .downloading)
    for n in 1...10 {
      bench.now = bench.now + .minutes(11)
      bench.deliver(.served(bytes: Int64(n) * 3_000_000, of: 38_200_000))
    }
    #expect(!bench.orders.contains("trigger firmware status"))
    #expect(bench.upgrade.phase == .downloading)
    bench.run()
    #expect(bench.upgrade.failure?.reason == .downloadFailed, bench.text)
  }
}

@Suite("Boots that nobody ordered")
struct BootLoopTests {
  @Test("as many as the playbook tolerates are no loop", arguments: [3, 4])
  func tolerated(_ boots: Int) {
    for phase in [Upgrade.Phase.soakingOnFirmware, .soaking] {
      let bench = Bench(.good, until: phase)
      for _ in 0..<boots { bench.reconnect(boots: true) }
      bench.run()
      #expect(bench.broken == [])
      let loops = bench.upgrade.failure?.reason == .bootLoop
      #expect(loops == (boots > 3), bench.text)
      if !loops { #expect(bench.upgrade.phase == .migrated) }
    }
  }

  @Test("repeated boots on one connection, and lost connections without a boot, are none")
  func none() {
    let bench = Bench(.good, until: .soakingOnFirmware)
    for _ in 0..<10 { bench.reconnect(boots: false) }
    for _ in 0..<10 { bench.deliver(.booted(bench.charger.boot(), .ocpp16)) }
    #expect(bench.upgrade.memory.reboots == 1)
    bench.run()
    #expect(bench.upgrade.phase == .migrated)
  }

  @Test("a boot repeated while the image is being installed says nothing of what will run")
  func duringInstall() {
    let bench = Bench(.good, until: .installing)
    bench.deliver(.booted(bench.charger.boot(), .ocpp16))
    bench.reconnect(boots: true)
    #expect(bench.upgrade.phase == .installing)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
  }

  @Test("the boots after restarts of the engine are none")
  func restarts() {
    let bench = Bench(.good, until: .soakingOnFirmware)
    for _ in 0..<10 { bench.restartEngine() }
    #expect(bench.upgrade.memory.reboots == nil)
    bench.run()
    #expect(bench.upgrade.phase == .migrated)
  }

  @Test("a loop on 2.0.1 is taken back; one that goes on over it is a technician's")
  func takenBack() {
    let calm = Bench(.bootLoopInNew)
    calm.deliver(.leased)
    calm.run()
    #expect(calm.upgrade.phase == .rolledBack)
    #expect(calm.charger.speaks == .ocpp16)
    let loops = Bench(.bootLoopFromNew)
    loops.deliver(.leased)
    loops.run(until: { loops.upgrade.phase.isEnd })
    #expect(loops.upgrade.phase == .quarantined, loops.text)
    #expect(loops.upgrade.failure?.reason == .bootLoop)
  }
}

@Suite("Chargers that answer nothing")
struct DeafTests {
  @Test(
    "a deaf charger gets its connection closed, comes anew and migrates",
    arguments: [
      Upgrade.Phase.snapshot, .draining, .firmwareProved, .soakingOnFirmware, .drainingToSwitch,
      .switching, .provisioning, .verifying, .restoring,
    ])
  func deaf(_ phase: Upgrade.Phase) {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == phase })
    bench.charger.isDeaf = true
    bench.dropAnswers()
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
    #expect(bench.disconnects <= 2)
    let asksTwice: [Upgrade.Phase] = [
      .draining, .firmwareProved, .drainingToSwitch, .verifying, .restoring,
    ]
    if asksTwice.contains(phase) {
      #expect(bench.disconnects > 0, bench.text)
    }
    #expect(
      bench.disconnects == 0
        || bench.tells("answers nothing: connection closed so that it comes anew"))
  }

  @Test("no connection is closed while an image is fetched or installed")
  func notWhileUpdating() {
    for phase in [Upgrade.Phase.ordered, .downloading, .downloaded, .installing] {
      let bench = Bench(.stalls, until: .ordered)
      bench.upgrade.phase = phase
      bench.charger.isDeaf = true
      bench.run()
      let closed = bench.commands.firstIndex(of: .disconnect)
      let ended = bench.commands.firstIndex {
        guard case .tell(let text) = $0 else { return false }
        return text.hasPrefix("failed") || text.hasPrefix("quarantined")
      }
      if let closed { #expect(ended.map { $0 < closed } ?? false, bench.text) }
    }
  }

  @Test("the pauses between questions double, and an answer ends them")
  func pauses() {
    let bench = Bench(.good, until: .verifying)
    bench.upgrade.memory.limit = bench.now + .hours(40)
    bench.charger.isDeaf = true
    // It stays connected, and nothing else happens.
    bench.isStorm = true
    bench.dropAll()
    var asked: [Instant] = []
    for _ in 0..<6 {
      let before = bench.sent.count
      while bench.sent.count == before, let next = bench.upgrade.deadline { bench.step(to: next) }
      asked.append(bench.now)
      bench.step(to: bench.now + bench.playbook.limits.answer)
    }
    let gaps = zip(asked.dropFirst(), asked).map { $0.0 - $0.1 }
    #expect(gaps.count == 5 && gaps == gaps.sorted(), bench.text)
    #expect(gaps[4] > gaps[0])
    let asks = bench.sent.count
    bench.charger.isDeaf = false
    bench.deliver(.answered(messageID: bench.sent[asks - 1], .rejected("busy")))
    #expect(bench.upgrade.memory.patientUntil == nil || bench.upgrade.pending == nil)
    #expect(bench.disconnects == 1)
    #expect((gaps.last ?? .seconds(0)) <= bench.playbook.limits.answer * 9)
  }
}

extension Span {
  fileprivate static func * (span: Span, n: Int64) -> Span {
    Span(milliseconds: span.milliseconds * n)
  }
}
