import Fleet
import FoundationEssentials
import Testing

@testable import Rollout

@Suite("Images that must be passed through")
struct HopTests {
  static func bench(_ habit: FakeCharger.Habit = .good) -> Bench {
    let bench = Bench(habit)
    bench.playbook.route = .overHops
    bench.playbook.soak.betweenHops = .hours(6)
    bench.hops = [Bench.between, Bench.firmware]
    return bench
  }

  @Test("each image is an outage of its own with its proof and its soak, then comes the switch")
  func twoHops() {
    let bench = Self.bench()
    bench.deliver(.leased)
    bench.run()
    #expect(bench.broken == [], bench.text)
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.orders == UpgradeTests.outage1 + UpgradeTests.outage1 + UpgradeTests.outage2)
    #expect(
      bench.phases == [
        .snapshot, .draining, .ordering, .ordered, .downloading, .downloaded, .installing,
        .firmwareProved, .soakingOnFirmware, .readyToSwitch, .snapshot, .draining, .ordering,
        .ordered, .downloading, .downloaded, .installing, .firmwareProved, .soakingOnFirmware,
        .readyToSwitch, .drainingToSwitch, .switching, .provisioning, .accepting, .verifying,
        .restoring, .soaking, .migrated,
      ])
    #expect(bench.upgrade.sends["hop 1 update firmware"] == 1)
    #expect(bench.upgrade.sends["hop 2 update firmware"] == 1)
    #expect(
      bench.story.filter { $0.hasPrefix("booted") || $0.hasPrefix("ready") } == [
        "booted      2.3.9, still 1.6: firmware proved",
        "ready       soaked 6 h on 2.3.9; next is 2.4.0",
        "booted      2.4.0, still 1.6: firmware proved",
        "ready       soaked 24 h on 2.4.0",
        "booted      in 2.0.1, back in 46 s",
      ])
    #expect(bench.tells("hop 2 of 2: place taken"))
    #expect(!bench.upgrade.holdsLease)
  }

  @Test("each order of an image has a number that no other has, and the right image")
  func requests() {
    let bench = Self.bench(.installFailsOnce)
    bench.deliver(.leased)
    bench.run()
    let orders = bench.commands.compactMap { command -> (FirmwareID, Int, String, Int)? in
      guard case .send(let attempt) = command,
        case .updateFirmware(let image, _, let request) = attempt.order
      else { return nil }
      return (image, request, attempt.step, attempt.number)
    }
    #expect(orders.map(\.0) == [Bench.between.id, Bench.between.id, Bench.firmware.id])
    #expect(Set(orders.map(\.1)).count == 3)
    #expect(
      orders.map { "\($0.2) \($0.3)" } == [
        "hop 1 update firmware 1", "hop 1 update firmware 2", "hop 2 update firmware 1",
      ])
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
  }

  @Test("a habit that ends one hop ends the way, and nothing goes on from there")
  func failures() {
    for (habit, end) in [
      (FakeCharger.Habit.wrongFirmware, Upgrade.Phase.quarantined), (.bricked, .quarantined),
      (.downloadFails, .failed), (.unknownUpdate, .failed),
    ] {
      let bench = Self.bench(habit)
      bench.deliver(.leased)
      bench.run()
      #expect(bench.upgrade.phase == end, bench.text)
      #expect(bench.upgrade.hopsDone == nil)
      #expect(!bench.orders.contains("reset"))
      #expect(bench.broken == [])
    }
  }

  @Test("an image that runs already is passed over")
  func alreadyBetween() {
    let bench = Self.bench()
    bench.charger.firmware = "2.3.9"
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.orders.filter { $0 == "update signed" }.count == 1)
    #expect(bench.upgrade.sends["hop 2 update firmware"] == 1)
    #expect(bench.broken == [])
    let last = Self.bench()
    last.charger.firmware = "2.4.0"
    last.deliver(.leased)
    last.run()
    #expect(last.upgrade.phase == .migrated, last.text)
    #expect(last.orders == UpgradeTests.outage2)
  }

  @Test("between the hops a charger that lost its image again is no place to install the next one")
  func lostBetween() {
    let bench = Self.bench()
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .readyToSwitch })
    bench.charger.firmware = "2.3.1"
    bench.reconnect(boots: true)
    #expect(bench.upgrade.phase == .quarantined, bench.text)
    #expect(bench.upgrade.failure?.reason == .wrongFirmware)
    bench.run()
    #expect(bench.orders.filter { $0 == "update signed" }.count == 1)
    #expect(bench.broken == [])
  }

  @Test("never free for the second image: it waits between, and in the end stays on 1.6")
  func neverFreeBetween() {
    let bench = Self.bench()
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .readyToSwitch })
    bench.charger.sessions = 1
    bench.charger.states[0] = .charging
    bench.run(until: { bench.upgrade.phase == .draining })
    bench.run(until: { bench.upgrade.phase != .draining })
    #expect(bench.upgrade.phase == .readyToSwitch, bench.text)
    bench.run()
    #expect(bench.upgrade.phase == .heldOn16, bench.text)
    #expect(bench.upgrade.outcome == .noEvidence)
    #expect(!bench.upgrade.holdsLease)
    #expect(bench.broken == [])
  }

  @Test(
    "a restart of the engine in any phase of the second hop repeats nothing that does harm",
    arguments: [
      Upgrade.Phase.snapshot, .draining, .ordering, .ordered, .downloading, .downloaded,
      .installing, .firmwareProved, .soakingOnFirmware, .readyToSwitch,
    ])
  func restart(_ phase: Upgrade.Phase) {
    let bench = Self.bench()
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.hopsDone == 1 && bench.upgrade.phase == phase })
    #expect(bench.upgrade.phase == phase)
    bench.charger.online = false
    bench.deliver(.restarted)
    bench.enqueue(
      .init(
        after: .seconds(60), life: nil, change: { $0.online = true },
        event: { .connected($0.speaks) }))
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.orders.filter { $0 == "update signed" }.count == 2, bench.text)
    #expect(bench.broken == [], bench.text)
  }

  @Test("recalled before the second order it waits between the hops and keeps its first image")
  func recalled() {
    let bench = Self.bench()
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.hopsDone == 1 && bench.upgrade.phase == .draining })
    bench.deliver(.recall(reason: "later"))
    #expect(bench.upgrade.phase == .readyToSwitch)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
  }

  @Test("it is told in words which image it is at")
  func words() {
    let bench = Self.bench()
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .readyToSwitch })
    let campaign = ExplanationTests.campaign()
    let versions = [Bench.between.id: "2.3.9", Bench.firmware.id: "2.4.0"]
    let told = bench.upgrade.explanation(
      campaign: campaign, online: true, at: bench.now, versions: versions)
    #expect(told.now.hasPrefix("Soaked on 2.3.9; ready for 2.4.0 (hop 2 of 2), for "))
    #expect(told.next.contains { $0.contains("It is updated to 2.4.0 (hop 2 of 2)") })
  }

  @Test("hops are kept, and part of what is approved")
  func stored() throws {
    let bench = Self.bench()
    let text = try JSONEncoder().encode(bench.upgrade)
    #expect(try JSONDecoder().decode(Upgrade.self, from: text) == bench.upgrade)
    let stratum = Stratum(
      vendor: "Volta", model: "AC22", hardware: "", fromFirmware: "2.3.1", toFirmware: "2.4.0")
    func plan(_ hops: [FirmwareID]) -> Plan {
      Planner.plan(
        candidates: [
          Candidate(
            charger: .init(rawValue: 1), identity: "A", site: nil, stratum: stratum,
            target: Bench.firmware.id, hops: hops)
        ], sites: [], playbook: bench.playbook)
    }
    let two = plan(bench.hops.map(\.id))
    #expect(two.canonicalText != plan([]).canonicalText)
    #expect(
      two.rows(campaign: .init(rawValue: 1), at: bench.now).map(\.hops) == [
        [.init(rawValue: 2), .init(rawValue: 1)]
      ])
    #expect(
      plan([Bench.firmware.id]).rows(campaign: .init(rawValue: 1), at: bench.now)[0].hops == nil)
  }
}
