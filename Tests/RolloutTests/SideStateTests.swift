import Fleet
import Testing

@testable import Rollout

/// Every side state that an upgrade can come to, with its reason, each reached at least once.
@Suite("Side states")
struct SideStateTests {
  struct Side: Sendable, CustomTestStringConvertible {
    var name: String
    var phase: Upgrade.Phase
    /// What its story or failure says.
    var says: String
    var reach: @Sendable () -> Bench
    var testDescription: String { name }
    init(
      _ name: String, _ phase: Upgrade.Phase, _ says: String,
      _ reach: @escaping @Sendable () -> Bench
    ) {
      (self.name, self.phase, self.says, self.reach) = (name, phase, says, reach)
    }
    /// A habit, played to its end.
    init(_ habit: FakeCharger.Habit, _ phase: Upgrade.Phase, _ says: String) {
      self.init(habit.rawValue, phase, says) {
        let bench = Bench(habit)
        bench.deliver(.leased)
        bench.run()
        return bench
      }
    }
  }

  static let sides: [Side] = [
    .init("deferred: never free this time", .planned, "not free in 4 h") {
      let bench = Bench(.neverFree, until: .draining)
      bench.run(until: { bench.upgrade.phase == .planned })
      return bench
    },
    .init("unknown: ordered, and no answer", .ordering, "UpdateFirmware") {
      let bench = Bench(.losesUpdate, until: .ordering)
      bench.run(until: { bench.upgrade.isUnknown })
      bench.story.append("\(bench.upgrade.isUnknown ? "UpdateFirmware" : "known")")
      return bench
    },
    .init(.unknownUpdate, .failed, "knows no form of the update"),
    .init(.downloadFails, .failed, "download failed"),
    .init(.stalls, .failed, "download stalled"),
    .init(.badSignature, .failed, "signature refused"),
    .init(.refusesUpdate, .failed, "refused by the charger"),
    .init(.installFails, .quarantined, "install failed"),
    .init(.bricked, .quarantined, "no boot after install"),
    .init(.wrongFirmware, .quarantined, "boots the old image"),
    .init(.bootLoop, .quarantined, "boots again and again"),
    .init(.bootlessRefusesTriggers, .quarantined, "no boot after install"),
    .init("quarantined: gone while it soaked", .quarantined, "no answer: offline for 24 h") {
      let bench = Bench(.good, until: .soakingOnFirmware)
      bench.charger.online = false
      bench.deliver(.disconnected)
      bench.run()
      return bench
    },
    .init("quarantined: does not come back", .quarantined, "does not come back in 1.6") {
      let bench = Bench(.good, until: .soaking)
      bench.deliver(.rollBack(reason: "bills are wrong"))
      bench.charger.online = false
      bench.dropAll()
      bench.deliver(.disconnected)
      bench.run()
      return bench
    },
    .init("quarantined: a way back that ends nowhere", .quarantined, "does not come back in 1.6") {
      let bench = RouteTests.migrated()
      bench.deliver(.leased)
      bench.run(until: { bench.upgrade.phase == .rollingBack })
      bench.dropAll()
      bench.charger.online = false
      bench.charger.life += 1
      bench.deliver(.disconnected)
      bench.run()
      return bench
    },
    .init("failed: a step of its playbook", .failed, "a step of the playbook failed: mine: refused")
    {
      let bench = CustomStepTests.bench(CustomStepTests.step(.beforeFirmware))
      bench.charger.customAnswers["mine"] = [.rejected("no")]
      bench.deliver(.leased)
      bench.run()
      return bench
    },
    .init(.rejectsReset, .rolledBack, "did not come back in the new version"),
    .init(.lies, .rolledBack, "new version not proved"),
    .init(.liar, .rolledBack, "new version not proved"),
    .init(.bootLoopInNew, .rolledBack, "boots again and again"),
    .init("rolled back: by a person", .rolledBack, "taken back by a person") {
      let bench = Bench(.good, until: .soaking)
      bench.deliver(.rollBack(reason: "bills are wrong"))
      bench.run()
      return bench
    },
    .init("held on 1.6: cancelled after its first outage", .heldOn16, "no more") {
      let bench = Bench(.good, until: .soakingOnFirmware)
      bench.deliver(.cancel(reason: "no more"))
      bench.run()
      return bench
    },
    .init(.neverFree, .skipped, "never free in 3 tries"),
    .init("skipped: updates itself", .skipped, "runs 9.9.9, planned from 2.3.1") {
      let bench = Bench(.good)
      bench.charger.firmware = "9.9.9"
      bench.deliver(.leased)
      return bench
    },
    .init("skipped: offline", .skipped, "offline for 24 h") {
      let bench = Bench(.good)
      for command in bench.upgrade.skip(reason: "offline for 24 h", at: bench.now) {
        if case .tell(let text) = command { bench.story.append(text) }
      }
      return bench
    },
    .init("cancelled: before anything was ordered", .cancelled, "no more") {
      let bench = Bench(.good, until: .draining)
      bench.deliver(.cancel(reason: "no more"))
      bench.run()
      return bench
    },
  ]

  @Test("each is reached, says why, and leaves connectors and place as it should", arguments: sides)
  func reached(_ side: Side) {
    let bench = side.reach()
    #expect(bench.upgrade.phase == side.phase, bench.text)
    #expect(bench.broken == [])
    #expect(bench.tells(side.says), bench.text)
    guard bench.upgrade.phase.isEnd else { return }
    #expect(!bench.upgrade.holdsLease)
    #expect(bench.upgrade.reason?.isEmpty == false, bench.text)
    if bench.charger.online { #expect(!bench.charger.inoperative) }
    #expect(!bench.upgrade.isUnknown)
  }

  @Test("no end, no failure class is left out of the table")
  func complete() {
    let benches = Self.sides.map { $0.reach() }
    let ends = Set(benches.map(\.upgrade.phase)).filter(\.isEnd)
    #expect(ends == Set(Upgrade.Phase.allCases.filter { $0.isEnd && $0 != .migrated }))
    let classes = Set(benches.compactMap { $0.upgrade.failure?.reason })
    #expect(classes == Set(Upgrade.Failure.Class.allCases))
  }
}
