import Fleet
import Testing

@testable import Rollout

@Suite("Requirements of a playbook")
struct RequirementTests {
  @Test("a charger whose site has not signed off does not begin, and begins when it has")
  func planned() {
    let bench = Bench(.good)
    bench.playbook.requires = [.integrations]
    bench.charger.unsigned = ["billing"]
    bench.deliver(.leased)
    #expect(bench.upgrade.phase == .planned)
    #expect(bench.upgrade.deferral == .signOff)
    #expect(!bench.upgrade.holdsLease)
    #expect(bench.orders == [])
    bench.charger.unsigned = []
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.upgrade.deferral == nil)
    #expect(bench.broken == [])
  }

  @Test("a sign-off that is taken back keeps it from the switch, not from its soak")
  func takenBack() {
    let bench = Bench(.good)
    bench.playbook.requires = [.integrations]
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .readyToSwitch })
    bench.charger.unsigned = ["billing"]
    bench.deliver(.leased)
    #expect(bench.upgrade.phase == .readyToSwitch)
    #expect(!bench.upgrade.holdsLease)
    #expect(!bench.orders.contains("reset"))
    bench.charger.unsigned = []
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
  }

  @Test("without the requirement nobody asks for a sign-off")
  func none() {
    let bench = Bench(.good)
    bench.charger.unsigned = ["billing"]
    bench.deliver(.leased)
    #expect(bench.upgrade.phase == .snapshot)
  }

  @Test("it is read, told, and part of what is approved")
  func read() throws {
    let playbook = try Playbook.read("{ swell: 1, name: 'a', requires: ['integrations'] }")
    #expect(playbook.requires == [.integrations])
    #expect(playbook.needs.hasSuffix("; the sign-off of every integration of the charger's site"))
    #expect(playbook.canonicalLine.hasSuffix(" requires integrations"))
    #expect(
      throws: PlaybookError(
        line: 1, column: 35,
        message: "\"integration\" is none of \"integrations\"; did you mean \"integrations\"?")
    ) {
      try Playbook.read("{ swell: 1, name: 'a', requires: ['integration'] }")
    }
    #expect(throws: PlaybookError.self) {
      try Playbook.read("{ swell: 1, name: 'a', requires: ['integrations', 'integrations'] }")
    }
  }
}
