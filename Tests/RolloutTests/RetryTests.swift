import Fleet
import Testing

@testable import Rollout

@Suite("Retries and recalls")
struct RetryTests {
  @Test("retry counters reset when a device rejoins: not here, nor does the pause")
  func rejoin() {
    let bench = Bench(.downloadFails)
    bench.playbook.limits.attempts = 4
    bench.deliver(.leased)
    var written: [Instant] = []
    var rejoined = 0
    for _ in 0..<400 where !bench.upgrade.phase.isEnd {
      let before = bench.orders.count
      guard let next = bench.next else { break }
      bench.step(to: next)
      if bench.orders.dropFirst(before).contains(where: { $0.hasPrefix("update") }) {
        written.append(bench.now)
        continue
      }
      if bench.upgrade.phase == .ordering, bench.upgrade.memory.open == nil,
        rejoined < written.count
      {
        rejoined += 1
        bench.reconnect(boots: true)
        bench.deliver(.restarted)
        bench.deliver(.connected(.ocpp16))
      }
    }
    #expect(bench.upgrade.phase == .failed, bench.text)
    #expect(bench.upgrade.failure?.reason == .downloadFailed)
    #expect(written.count == 4)
    #expect(rejoined >= 3)
    let gaps = zip(written.dropFirst(), written).map { $0.0 - $0.1 }
    #expect(gaps == gaps.sorted())
    #expect(Set(gaps).count == gaps.count)
    #expect(bench.broken == [])
  }

  @Test("each pause is twice the one before, up to the time to drain", arguments: [1, 2, 3, 4, 20])
  func pauses(_ tries: Int) {
    let bench = Bench(.good)
    let turn = UpgradeTurn(
      upgrade: bench.upgrade, view: bench.charger.view(at: bench.now), playbook: bench.playbook,
      final: Bench.firmware, hops: [], now: bench.now, ids: { "" },
      carry: { _, _ in CarryPlan() })
    let pause = turn.pause(.minutes(15), after: tries)
    let expected = [1: 15.0, 2: 30, 3: 60, 4: 120, 20: 240]
    #expect(pause == .minutes(expected[tries] ?? 0))
  }

  @Test(
    "a recall gives up what was not ordered, and counts no try",
    arguments: [Upgrade.Phase.snapshot, .draining, .drainingToSwitch])
  func recall(_ phase: Upgrade.Phase) {
    let bench = Bench(.good, until: phase)
    let sends = bench.upgrade.sends.filter { $0.key.contains(" ") && !$0.key.hasPrefix("read") }
    bench.charger.isHeld = true
    bench.deliver(.recall(reason: "a storm is coming"))
    #expect(bench.upgrade.phase == (phase == .drainingToSwitch ? .readyToSwitch : .planned))
    #expect(bench.tells("a storm is coming"))
    bench.run(most: 40)
    bench.broken.removeAll { $0.hasPrefix("does not come to rest") }
    #expect(!bench.upgrade.holdsLease)
    #expect(!bench.charger.inoperative)
    #expect(bench.upgrade.memory.drainTries == 0)
    #expect(
      bench.upgrade.sends.filter { $0.key.contains(" ") && !$0.key.hasPrefix("read") } == sends)
    #expect(bench.upgrade.countsForGate == (phase == .drainingToSwitch))
    bench.charger.isHeld = false
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [])
  }

  @Test(
    "a recall changes nothing where something disruptive is under way, or nothing is",
    arguments: [
      Upgrade.Phase.ordering, .ordered, .downloading, .installing, .firmwareProved,
      .soakingOnFirmware, .readyToSwitch, .switching, .provisioning, .soaking, .migrated,
    ])
  func notRecalled(_ phase: Upgrade.Phase) {
    let bench = Bench(.good, until: phase)
    let before = bench.upgrade
    bench.deliver(.recall(reason: "no"))
    #expect(bench.upgrade.phase == before.phase)
    #expect(bench.upgrade.memory.open == before.memory.open)
    bench.run()
    #expect(bench.upgrade.phase == .migrated)
    #expect(bench.broken == [])
  }

  @Test("a recall between two tries takes the release back with it")
  func betweenTries() {
    let bench = Bench(.rejectsReset, until: .switching)
    bench.run(until: { bench.upgrade.memory.open == nil && bench.upgrade.phase == .switching })
    #expect(bench.upgrade.phase == .switching)
    bench.deliver(.recall(reason: "no"))
    #expect(bench.upgrade.phase == .readyToSwitch)
    #expect(bench.charger.released == .ocpp16)
    let sent = bench.upgrade.sends["switch reset"]
    #expect(sent == 1)
    bench.run()
    #expect(bench.upgrade.sends["switch reset"] == 2)
    #expect(bench.broken == [])
  }

  @Test("a hold that lasts is not held against the drivers")
  func heldWhileDraining() {
    for phase in [Upgrade.Phase.draining, .drainingToSwitch] {
      let bench = Bench(.good, until: phase)
      bench.charger.isHeld = true
      bench.run(most: 60)
      bench.broken.removeAll { $0.hasPrefix("does not come to rest") }
      #expect(bench.upgrade.phase == (phase == .draining ? .planned : .readyToSwitch))
      #expect(bench.upgrade.memory.drainTries == 0)
      #expect(!bench.charger.inoperative)
      bench.charger.isHeld = false
      bench.deliver(.leased)
      bench.run()
      #expect(bench.upgrade.phase == .migrated, bench.text)
      #expect(bench.broken == [])
    }
  }
}

@Suite("Chargers that update themselves")
struct SelfUpdateTests {
  @Test("what it runs when its turn comes is neither what was planned nor the target: skipped")
  func whenItsTurnComes() {
    let bench = Bench(.good)
    bench.charger.firmware = "9.9.9"
    bench.deliver(.leased)
    #expect(bench.upgrade.phase == .skipped)
    #expect(bench.tells("runs 9.9.9, planned from 2.3.1"))
    #expect(bench.upgrade.memory.endReason == "runs 9.9.9, planned from 2.3.1")
    #expect(bench.orders.isEmpty)
    #expect(bench.upgrade.outcome == .noEvidence)
    #expect(!bench.upgrade.holdsLease)
  }

  @Test("the same when it is ready for its second outage, or says so while it soaks")
  func later() {
    for phase in [Upgrade.Phase.soakingOnFirmware, .readyToSwitch] {
      let bench = Bench(.good, until: phase)
      bench.charger.firmware = "9.9.9"
      bench.reconnect(boots: true)
      bench.run()
      #expect(bench.upgrade.phase == .skipped, bench.text)
      #expect(bench.tells("runs 9.9.9, planned from 2.3.1"))
      #expect(!bench.charger.inoperative)
      #expect(bench.broken == [])
    }
    let bench = Bench(.good, until: .readyToSwitch)
    bench.charger.seenFirmware = "9.9.9"
    bench.deliver(.leased)
    #expect(bench.upgrade.phase == .skipped)
  }

  @Test("one that goes back to where it came from runs the old image: that is a failure")
  func backToOld() {
    let bench = Bench(.good, until: .soakingOnFirmware)
    bench.charger.firmware = "2.3.1"
    bench.reconnect(boots: true)
    #expect(bench.upgrade.failure?.reason == .wrongFirmware)
    #expect(bench.upgrade.phase == .quarantined)
  }

  @Test("one that has taken the target by itself goes on; nor is one skipped on no knowledge")
  func harmless() {
    let ahead = Bench(.good)
    ahead.charger.firmware = "2.4.0"
    ahead.deliver(.leased)
    ahead.run()
    #expect(ahead.upgrade.phase == .migrated)
    for from in [nil, ""] as [String?] {
      let bench = Bench(.good)
      bench.charger.plannedFrom = from
      bench.charger.firmware = "9.9.9"
      bench.deliver(.leased)
      #expect(bench.upgrade.phase == .snapshot)
    }
  }
}
