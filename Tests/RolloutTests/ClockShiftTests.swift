import Fleet
import Testing

@testable import Rollout

@Suite("The clock is set")
struct ClockShiftTests {
  private static let before = Instant(seconds: 1_000_000)

  /// Every moment set to one, in an upgrade in mid-flight.
  private static func upgrade() -> Upgrade {
    var upgrade = Upgrade(
      id: .init(rawValue: 1), campaign: .init(rawValue: 1), charger: .init(rawValue: 1), site: nil,
      wave: 1, stratum: 0, target: .init(rawValue: 1), enteredAt: before)
    let attempt = Attempt(
      upgrade: upgrade.id, step: "firmware", number: 1, messageID: "x", order: .triggerBoot,
      writtenAt: before)
    upgrade.deadline = before
    upgrade.pending = attempt
    upgrade.memory.open = attempt
    upgrade.memory.quietSince = before
    upgrade.memory.limit = before
    upgrade.memory.notBefore = before
    upgrade.memory.answerBy = before
    upgrade.memory.silentAt = before
    upgrade.memory.connectedAt = before
    upgrade.memory.offlineSince = before
    upgrade.memory.outageSince = before
    upgrade.memory.leaseNotBefore = before
    upgrade.memory.deferredSince = before
    upgrade.memory.fellBackAt = before
    upgrade.memory.retryNotBefore = before
    upgrade.memory.progressAt = before
    upgrade.memory.firstRebootAt = before
    upgrade.memory.patientUntil = before
    upgrade.memory.askedInVainSince = before
    return upgrade
  }

  /// The moments within a value, by their names; nil for those that are not set.
  private func moments(in value: Any, _ name: String = "") -> [(name: String, at: Instant?)] {
    if let at = value as? Instant { return [(name, at)] }
    if "\(type(of: value))" == "Optional<Instant>" {
      return [(name, Mirror(reflecting: value).children.first?.value as? Instant)]
    }
    return Mirror(reflecting: value).children.flatMap { child in
      moments(in: child.value, "\(name).\(child.label ?? "")")
    }
  }

  @Test("no moment of an upgrade is left behind", arguments: [3600.0, -3600.0])
  func allMoments(seconds: Double) {
    var upgrade = Self.upgrade()
    // A new moment must be set above, and moved.
    #expect(moments(in: upgrade).filter { $0.at != Self.before }.isEmpty)
    #expect(moments(in: upgrade).count >= 19)
    upgrade.followClock(by: .seconds(seconds))
    let after = Self.before + .seconds(seconds)
    #expect(moments(in: upgrade).filter { $0.at != after }.map(\.name) == [])
  }

  @Test("what is not set stays so")
  func unset() {
    var upgrade = Upgrade(
      id: .init(rawValue: 1), campaign: .init(rawValue: 1), charger: .init(rawValue: 1), site: nil,
      wave: 1, stratum: 0, target: .init(rawValue: 1), enteredAt: Self.before)
    upgrade.followClock(by: .hours(1))
    #expect(upgrade.pending == nil && upgrade.deadline == nil && upgrade.memory == .init())
    #expect(upgrade.enteredAt == Self.before + .hours(1))
  }
}
