import Fleet
import Testing

@testable import Rollout

extension FakeCharger {
  /// How long the order of a step takes that a window binds.
  func takes(_ step: String) -> Span? {
    switch step {
    case "firmware update firmware": expected.firmware
    case "switch reset": expected.version
    case "apply reset": expected.reset
    default: nil
    }
  }
}

@Suite("Windows at the intent")
struct WindowGuardTests {
  private func nights(_ hours: String) throws -> Openings {
    Openings(zone: .utc, windows: try Windows(label: hours), closed: ClosedDays([]))
  }

  @Test(
    "whatever a charger does, no order leaves that is not over before the window closes",
    arguments: FakeCharger.Habit.allCases)
  func everyHabit(habit: FakeCharger.Habit) throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    for _ in 0..<2 {
      let bench = Bench(habit)
      let from = Int.random(in: 0..<1440, using: &random)
      let length = Int.random(in: 90...400, using: &random)
      let window = try Window(
        days: Set(Weekday.allCases), from: from, until: (from + length) % 1440)
      bench.charger.openings = Openings(
        zone: .utc, windows: .weekly([window]), closed: ClosedDays([]))
      bench.deliver(.leased)
      bench.run(most: 6000, until: { bench.upgrade.phase.isEnd && !bench.upgrade.holdsLease })
      let text =
        "\(habit), \(window.label), seed \(seed): "
        + (bench.broken + bench.story).joined(separator: "\n")
      #expect(bench.broken == [], Comment(rawValue: text))
      if habit == .good {
        #expect(bench.upgrade.phase == .migrated, Comment(rawValue: text))
        #expect(!bench.upgrade.memory.owesConnectors, Comment(rawValue: text))
      }
    }
  }

  @Test(
    "a charger that is busy until the window is too short goes back to planned with its connectors")
  func tooLate() throws {
    let bench = Bench(.neverFree)
    bench.charger.openings = try nights("daily 00:00-02:00")
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .planned && !bench.upgrade.holdsLease })
    // One hour is needed, and a minute more was not left.
    #expect(bench.now.milliseconds <= Span.hours(1).milliseconds + 60_000)
    // Drivers kept it: that is a try.
    #expect(bench.upgrade.deferral == .busy)
    #expect(bench.upgrade.memory.drainTries == 1)
    #expect(!bench.upgrade.memory.owesConnectors)
    #expect(bench.upgrade.memory.leaseNotBefore == Instant(milliseconds: 0) + .hours(24))
    #expect(bench.upgrade.memory.outageSince == Instant(milliseconds: 0))
    #expect(bench.tells("the window of its site closes in"), bench.text)
    #expect(!bench.charger.inoperative)
  }

  @Test("a lease outside the window drains nobody")
  func shut() throws {
    let bench = Bench(.good)
    bench.charger.openings = try nights("daily 03:00-06:00")
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .planned })
    #expect(bench.upgrade.memory.leaseNotBefore == Instant(milliseconds: 0) + .hours(3))
    #expect(bench.upgrade.memory.drainTries == 0)
    #expect(bench.orders.allSatisfy { $0 == "read configuration" }, bench.text)
  }

  @Test("between two tries, drivers have the connectors while the window is shut")
  func retryNextNight() throws {
    let bench = Bench(.downloadFailsOnce)
    bench.charger.openings = try nights("daily 00:00-01:10")
    bench.charger.expected.firmware = .minutes(69)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .ordering && bench.upgrade.memory.open == nil })
    bench.run(until: { bench.now >= Instant(milliseconds: 0) + .hours(12) })
    #expect(bench.upgrade.phase == .ordering)
    #expect(!bench.charger.inoperative)
    bench.run(until: { bench.upgrade.phase == .soakingOnFirmware })
    #expect(bench.now > Instant(milliseconds: 0) + .hours(24), bench.text)
    #expect(bench.broken == [])
  }

  @Test("a sign-off that is taken back during a drain gives the connectors back until it is there")
  func signOff() throws {
    let bench = Bench(.good)
    bench.playbook.requires = [.integrations]
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .drainingToSwitch })
    bench.charger.unsigned = ["billing"]
    bench.run(until: { bench.tells("billing has not signed off") })
    #expect(bench.upgrade.phase == .readyToSwitch)
    #expect(!bench.charger.inoperative)
    bench.charger.unsigned = []
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
  }

  @Test("the way back is not kept waiting by a window")
  func wayBack() throws {
    let bench = Bench(.good, until: .soaking)
    bench.charger.openings = .never
    bench.deliver(.rollBack(reason: "drivers complain"))
    bench.run()
    #expect(bench.upgrade.phase == .rolledBack, bench.text)
  }

  @Test("what is expected comes from the playbook's limits until something was observed")
  func expected() {
    let stratum = Stratum(
      vendor: "V", model: "M", hardware: "", fromFirmware: "1", toFirmware: "2")
    let limits = Limits()
    let prior = ExpectedDurations(of: stratum, limits: limits)
    #expect(prior.firmware > prior.version)
    #expect(prior.firmware < limits.download + limits.install + limits.reboot)
    var seen = Durations()
    for _ in 0..<500 { seen.add(.minutes(10), of: .outage(0), stratum: stratum) }
    #expect(ExpectedDurations(seen, of: stratum, limits: limits).firmware == .minutes(10))
  }
}
