import Fleet
import Testing

@testable import Rollout

@Suite("Connectors that were given back")
struct GivenBackTests {
  private static let first = ConnectorID(evse: 1, connector: 1)
  private static let second = ConnectorID(evse: 2, connector: 1)

  /// Given back after the new image; that its connectors are open is not reported yet. `states` are
  /// those of the soak.
  private func soaked(_ states: [ConnectorState], before: [ConnectorState]) -> Bench {
    let bench = Bench(.good)
    bench.charger.states = before
    bench.deliver(.leased)
    bench.run { bench.upgrade.phase == .draining && bench.upgrade.pending != nil }
    bench.run { bench.upgrade.pending?.order == .setAvailability(operative: true) }
    bench.dropAll()
    bench.charger.states = [.unavailable, .unavailable]
    if let pending = bench.upgrade.pending {
      bench.deliver(.answered(messageID: pending.messageID, .accepted))
    }
    #expect(!bench.upgrade.memory.owesConnectors)
    bench.charger.states = states
    return bench
  }

  @Test("a connector whose word that it is open comes late is not taken for one out of service")
  func late() {
    let bench = soaked([.unavailable, .unavailable], before: [.available, .available])
    bench.run { bench.upgrade.phase == .drainingToSwitch }
    #expect(bench.upgrade.phase == .drainingToSwitch)
    #expect(bench.upgrade.wasInoperative == [])
  }

  @Test("one that was out of service before the upgrade is so in its second outage too")
  func before() {
    let bench = soaked([.unavailable, .unavailable], before: [.available, .unavailable])
    bench.run { bench.upgrade.phase == .drainingToSwitch }
    #expect(bench.upgrade.wasInoperative == [Self.second])
    #expect(bench.upgrade.memory.inoperativeAs?.version == .ocpp16)
    #expect(bench.upgrade.memory.inoperativeAs?.connectors == [Self.first, Self.second])
  }

  @Test("one that is taken out of service in the soak, after it was open, stays so")
  func taken() {
    let bench = soaked([.available, .available], before: [.available, .available])
    bench.deliver(.status)
    bench.charger.states = [.unavailable, .available]
    bench.deliver(.status)
    bench.run { bench.upgrade.phase == .drainingToSwitch }
    #expect(bench.upgrade.wasInoperative == [Self.first])
  }
}
