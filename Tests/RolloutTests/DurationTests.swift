import Fleet
import Testing

@testable import Rollout

@Suite("Durations")
struct DurationTests {
  private let own = PlannerTests.stratum(1)
  private var other: Stratum {
    var other = own
    other.fromFirmware = "2.2.0"
    return other
  }
  private let limits = Limits()

  @Test("before anything is seen, the playbook's limits speak; then the stratum's own chargers do")
  func shrinks() {
    var durations = Durations()
    let before = durations.typical(outage: 0, of: own, limits: limits)
    #expect(before.half > .minutes(20) && before.half < .hours(2))
    #expect(before.long.seconds > 2 * before.half.seconds)
    for _ in 0..<60 { durations.add(.minutes(7), of: .outage(0), stratum: own) }
    let after = durations.typical(outage: 0, of: own, limits: limits)
    #expect(after.half == .minutes(7) && after.long == .minutes(7))
    // A sister of the same model borrows; the other outage knows nothing yet.
    #expect(durations.typical(outage: 0, of: other, limits: limits).half == .minutes(7))
    #expect(
      durations.typical(outage: 1, of: own, limits: limits).half
        == Durations().typical(outage: 1, of: own, limits: limits).half)
  }

  @Test("a few observations move what is expected only a part of the way")
  func few() {
    var durations = Durations()
    let before = durations.typical(outage: 0, of: own, limits: limits)
    durations.add(.minutes(3), of: .outage(0), stratum: own)
    let after = durations.typical(outage: 0, of: own, limits: limits)
    #expect(after.half < before.half && after.half > .minutes(15))
    #expect(after.long > .minutes(60))
  }

  @Test("limits follow what was seen, above a floor and below the playbook's")
  func learns() {
    var durations = Durations()
    for _ in 0..<19 { durations.add(.minutes(2), of: .phase(.installing), stratum: own) }
    #expect(durations.limits(for: own, playbook: limits).limits == limits)
    for _ in 0..<300 { durations.add(.minutes(2), of: .phase(.installing), stratum: own) }
    let learnt = durations.limits(for: own, playbook: limits)
    #expect(learnt.limits.install == .minutes(10))
    #expect(learnt.notes.count == 1 && learnt.limits.download == limits.download)
    for _ in 0..<500 { durations.add(.minutes(50), of: .phase(.installing), stratum: own) }
    #expect(durations.limits(for: own, playbook: limits).limits.install == limits.install)
  }

  @Test("an upgrade notes its phases and outages, and stored ones without stay readable")
  func observes() {
    var upgrade = Upgrade(
      id: .init(rawValue: 1), campaign: .init(rawValue: 1), charger: .init(rawValue: 1),
      site: nil, wave: 1, stratum: 0, target: .init(rawValue: 1),
      enteredAt: Instant(milliseconds: 0))
    func enter(_ phase: Upgrade.Phase, _ holds: Bool, at seconds: Int64) {
      let before = upgrade
      upgrade.phase = phase
      upgrade.holdsLease = holds
      upgrade.enteredAt = Instant(seconds: seconds)
      upgrade.observe(since: before, at: upgrade.enteredAt)
    }
    enter(.draining, true, at: 10)
    enter(.installing, true, at: 70)
    enter(.firmwareProved, true, at: 100)
    enter(.soakingOnFirmware, false, at: 110)
    enter(.drainingToSwitch, true, at: 500)
    enter(.readyToSwitch, false, at: 520)
    #expect(upgrade.observed?.phases[.installing] == .seconds(30))
    // The second came to nothing and gave its place back: it tells nothing of how long one takes.
    #expect(upgrade.observed?.outages.map(\.span) == [.seconds(100)])
    var durations = Durations()
    durations.add(upgrade, stratum: own)
    #expect(durations.observed(.outage(0), of: own) == 1)
  }
}
