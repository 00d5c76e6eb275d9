import Fleet
import Testing

@testable import Rollout

@Suite("Routes")
struct RouteTests {
  static func bench(
    _ route: Route, _ habit: FakeCharger.Habit = .good, target: ProtocolVersion = .ocpp201
  ) -> Bench {
    let bench = Bench(habit)
    bench.playbook = Playbook(name: route.rawValue, title: "", target: target)
    bench.playbook.route = route
    bench.charger.newVersion = target == .ocpp16 ? .ocpp201 : target
    return bench
  }

  /// A charger that migrated: on the new image, in the new version, released for it.
  static func migrated(_ habit: FakeCharger.Habit = .good) -> Bench {
    let bench = bench(.rollBack, habit, target: .ocpp16)
    bench.charger.firmware = "2.4.0"
    bench.charger.plannedFrom = "2.4.0"
    bench.charger.released = [.ocpp16, .ocpp201]
    bench.charger.speaks = .ocpp201
    return bench
  }

  @Test("switch only: one outage, no image")
  func switchOnly() {
    let bench = Self.bench(.switchOnly)
    bench.charger.firmware = "2.4.0"
    bench.charger.plannedFrom = "2.4.0"
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.orders == UpgradeTests.outage2)
    #expect(bench.broken == [])
  }

  @Test("switch only: a charger that turns out to need an image is skipped, and nothing is sent")
  func switchOnlyWithoutImage() {
    let bench = Self.bench(.switchOnly)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .skipped)
    #expect(bench.upgrade.outcome == .noEvidence)
    #expect(bench.orders == [])
    #expect(bench.tells("runs 2.3.1; this campaign installs nothing"))
  }

  @Test("straight to 2.1: what is released, proved and told is 2.1, and 1.6 stays for the way back")
  func straightTo21() {
    let bench = Self.bench(.inPlace, target: .ocpp21)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.charger.speaks == .ocpp21)
    #expect(bench.charger.released == [.ocpp16, .ocpp21])
    #expect(bench.commands.contains(.proved(.ocpp21)))
    #expect(bench.broken == [])
  }

  @Test("a charger that will not stay on 2.1 goes back to 1.6")
  func backFrom21() {
    let bench = Self.bench(.inPlace, .lies, target: .ocpp21)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .rolledBack, bench.text)
    #expect(bench.charger.speaks == .ocpp16)
    #expect(bench.charger.released == .ocpp16)
    #expect(bench.broken == [])
  }

  @Test("roll back: drained, un-released with the reset, seen on 1.6, connectors given back")
  func rollBack() {
    let bench = Self.migrated()
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .rolledBack, bench.text)
    #expect(bench.upgrade.failure == nil)
    #expect(bench.upgrade.outcome == .succeeded)
    #expect(bench.orders == ["inoperative", "reset", "operative"])
    #expect(bench.charger.speaks == .ocpp16)
    #expect(bench.charger.released == .ocpp16)
    #expect(!bench.charger.inoperative)
    #expect(!bench.upgrade.holdsLease)
    #expect(bench.broken == [])
    // Un-released before the reset can take effect.
    let release = bench.commands.firstIndex(of: .release(.ocpp16))
    let reset = bench.commands.firstIndex {
      if case .send(let attempt) = $0 { attempt.order == .reset } else { false }
    }
    #expect(release.map { at in reset.map { at < $0 } ?? false } == true)
  }

  @Test("roll back: the release stays while a car charges, and the charger is tried again later")
  func rollBackBusy() {
    let bench = Self.migrated(.neverFree)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .planned })
    #expect(bench.upgrade.deferral == .busy)
    #expect(bench.charger.released == [.ocpp16, .ocpp201])
    bench.run()
    #expect(bench.upgrade.phase == .skipped, bench.text)
    #expect(bench.charger.released == [.ocpp16, .ocpp201])
    #expect(bench.broken == [])
  }

  @Test("roll back: one that stands half-way needs no reset")
  func rollBackHalfWay() {
    let bench = Self.migrated()
    bench.charger.speaks = .ocpp16
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .rolledBack, bench.text)
    #expect(bench.upgrade.outcome == .succeeded)
    #expect(bench.orders == [])
    #expect(bench.charger.released == .ocpp16)
    #expect(!bench.upgrade.holdsLease)
  }

  @Test(
    "roll back: a charger that refuses the reset comes back by a new connection",
    arguments: [FakeCharger.Habit.rejectsReset, .unknownReset, .rejectsResetOnce])
  func rollBackWithoutReset(_ habit: FakeCharger.Habit) {
    let bench = Self.migrated(habit)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .rolledBack, bench.text)
    #expect(bench.charger.speaks == .ocpp16)
    #expect(!bench.charger.inoperative)
    #expect(bench.broken == [])
  }

  @Test("roll back: one that does not come back is a technician's, and a failure of its wave")
  func rollBackLost() {
    let bench = Self.migrated()
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .rollingBack })
    bench.dropAll()
    bench.charger.online = false
    bench.charger.life += 1
    bench.deliver(.disconnected)
    bench.run()
    #expect(bench.upgrade.phase == .quarantined, bench.text)
    #expect(bench.upgrade.failure?.reason == .notBack)
    #expect(bench.upgrade.outcome == .failed)
    #expect(bench.broken == [])
  }

  @Test("roll back: cancelled or recalled before the reset, nothing has changed")
  func rollBackTakenBack() {
    let cancelled = Self.migrated(.busy)
    cancelled.deliver(.leased)
    cancelled.deliver(.cancel(reason: "no more"))
    cancelled.run()
    #expect(cancelled.upgrade.phase == .cancelled)
    #expect(cancelled.charger.released == [.ocpp16, .ocpp201])
    let recalled = Self.migrated(.busy)
    recalled.deliver(.leased)
    recalled.deliver(.recall(reason: "later"))
    #expect(recalled.upgrade.phase == .planned)
    #expect(recalled.charger.released == [.ocpp16, .ocpp201])
  }

  @Test("the canonical text of an old playbook is what it was; another route is another text")
  func canonical() {
    var playbook = Bench.playbook
    let before = playbook.canonicalLine
    #expect(!before.contains("route"))
    playbook.route = .switchOnly
    #expect(playbook.canonicalLine == before + " route switch-only")
  }
}
