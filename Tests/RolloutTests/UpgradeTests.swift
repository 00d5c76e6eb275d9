import Fleet
import Testing

@testable import Rollout

@Suite("One charger")
struct UpgradeTests {
  static let outage1 = [
    "read configuration", "inoperative", "update signed", "operative",
    "read configuration",
  ]
  static let outage2 = [
    "read configuration", "inoperative", "reset", "read report", "write variables", "trigger boot",
    "read firmware version", "operative",
  ]

  @Test("the happy way: two outages, and what the story says")
  func happy() {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.broken == [])
    #expect(bench.orders == Self.outage1 + Self.outage2)
    #expect(bench.upgrade.phase == .migrated)
    #expect(
      bench.phases == [
        .snapshot, .draining, .ordering, .ordered, .downloading, .downloaded, .installing,
        .firmwareProved, .soakingOnFirmware, .readyToSwitch, .drainingToSwitch, .switching,
        .provisioning, .accepting, .verifying, .restoring, .soaking, .migrated,
      ])
    #expect(
      bench.story == [
        "outage 1    place taken",
        "outage 1    drained in 2 s; kept 2 keys",
        "sent        SignedUpdateFirmware 2.4.0 (attempt 1, id m3…), accepted",
        "downloaded  38.2 MB in 9 min (counted here)",
        "booted      2.4.0, still 1.6: firmware proved",
        "ready       soaked 24 h on 2.4.0",
        "outage 2    place taken",
        "outage 2    drained in 2 s; kept 2 keys",
        "outage 2    released 2.0.1, reset sent (attempt 1, id m8…)",
        "booted      in 2.0.1, back in 46 s",
        "carried     1 of 2 keys; 1 have no 2.0.1 form",
        "verified    device model 2 variables, 2 connectors reported",
        "migrated    soaked 24 h on 2.0.1",
      ])
    #expect(!bench.upgrade.holdsLease)
    #expect(bench.commands.contains(.proved(.ocpp201)))
  }

  @Test("a failed download is believed although all bytes of the image have left")
  func failedAfterLastByte() {
    let bench = Bench(.silent)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .downloaded })
    #expect(bench.upgrade.memory.saidDownloaded == nil)
    bench.deliver(.firmwareStatus(.downloadFailed, requestID: nil))
    #expect(bench.upgrade.phase == .ordering)
    let attempt = bench.commands.compactMap { command -> Attempt? in
      if case .settle(let attempt) = command { attempt } else { nil }
    }.last
    #expect(attempt?.state == .noEffect)
    #expect(attempt?.evidence == "reported DownloadFailed")
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var habit: FakeCharger.Habit
    var end: Upgrade.Phase
    var failure: Upgrade.Failure.Class?
    /// Disruptive orders, in order.
    var sent: [String]
    var testDescription: String { habit.rawValue }
    init(
      _ habit: FakeCharger.Habit, _ end: Upgrade.Phase, _ failure: Upgrade.Failure.Class?,
      _ sent: [String]
    ) {
      (self.habit, self.end, self.failure, self.sent) = (habit, end, failure, sent)
    }
  }

  static let cases: [Case] = [
    .init(.good, .migrated, nil, ["update signed", "reset"]),
    .init(.slow, .migrated, nil, ["update signed", "reset"]),
    .init(.busy, .migrated, nil, ["update signed", "reset"]),
    .init(.silent, .migrated, nil, ["update signed", "reset"]),
    .init(.unsignedOnly, .migrated, nil, ["update signed", "update", "reset"]),
    .init(.noConfiguration, .migrated, nil, ["update signed", "reset"]),
    .init(.neverAnswersUpdate, .migrated, nil, ["update signed", "reset"]),
    .init(.losesUpdate, .migrated, nil, ["update signed", "update signed", "reset"]),
    .init(.downloadFailsOnce, .migrated, nil, ["update signed", "update signed", "reset"]),
    .init(.downloadFails, .failed, .downloadFailed, ["update signed", "update signed"]),
    .init(.installFailsOnce, .migrated, nil, ["update signed", "update signed", "reset"]),
    .init(.installFails, .quarantined, .installFailed, ["update signed", "update signed"]),
    .init(.badSignature, .failed, .badSignature, ["update signed"]),
    .init(.bricked, .quarantined, .noBoot, ["update signed"]),
    .init(.wrongFirmware, .quarantined, .wrongFirmware, ["update signed"]),
    .init(.rejectsResetOnce, .migrated, nil, ["update signed", "reset", "reset"]),
    .init(.rejectsReset, .rolledBack, .noSwitch, ["update signed", "reset", "reset"]),
    .init(.unknownReset, .migrated, nil, ["update signed", "reset"]),
    .init(.fallsBack, .rolledBack, .noSwitch, ["update signed", "reset"]),
    .init(.probesOldFirst, .migrated, nil, ["update signed", "reset"]),
    .init(.ignoresTriggers, .migrated, nil, ["update signed", "reset"]),
    .init(.noReport, .migrated, nil, ["update signed", "reset"]),
    .init(.neverBoots, .migrated, nil, ["update signed", "reset"]),
    .init(.lies, .rolledBack, .notProved, ["update signed", "reset", "reset"]),
    .init(.comesUpNew, .migrated, nil, ["update signed"]),
    .init(.neverFree, .skipped, .drainTimeout, []),
    .init(.refusesAvailability, .migrated, nil, ["update signed", "reset"]),
    .init(.refusesUpdate, .failed, .rejected, ["update signed", "update signed"]),
    .init(.unknownUpdate, .failed, .rejected, ["update signed", "update"]),
    .init(.stalls, .failed, .downloadStalled, ["update signed"]),
    .init(.stallsUncounted, .failed, .downloadStalled, ["update signed"]),
    .init(.bootLoop, .quarantined, .bootLoop, ["update signed"]),
    .init(.bootLoopInNew, .rolledBack, .bootLoop, ["update signed", "reset", "reset"]),
    .init(.bootLoopFromNew, .quarantined, .bootLoop, ["update signed", "reset", "reset"]),
    .init(.liar, .rolledBack, .notProved, ["update signed", "reset", "reset"]),
    .init(.silentLiar, .rolledBack, .notProved, ["update signed", "reset"]),
    .init(.eager, .migrated, nil, ["update signed"]),
    .init(.eagerBootLoop, .quarantined, .bootLoop, ["update signed"]),
    .init(.forgetful, .migrated, nil, ["update signed", "reset"]),
    .init(.rebootRequired, .migrated, nil, ["update signed", "reset", "reset"]),
    .init(
      .rebootRequiredNoReset, .migrated, nil, ["update signed", "reset", "reset", "reset"]),
    .init(.refusesTriggers, .migrated, nil, ["update signed", "reset"]),
    .init(.bootlessRefusesTriggers, .quarantined, .noBoot, ["update signed"]),
    .init(.probesAfterUpdate, .migrated, nil, ["update signed", "reset"]),
    .init(.repeatsBoot, .migrated, nil, ["update signed", "reset"]),
  ]

  @Test("each habit ends where it should, with no order too many", arguments: cases)
  func habits(_ test: Case) {
    let bench = Bench(test.habit)
    bench.deliver(.leased)
    bench.run()
    let sent = bench.orders.filter { $0.hasPrefix("update") || $0 == "reset" }
    let context = Comment(rawValue: bench.story.joined(separator: "\n"))
    #expect(bench.broken == [], context)
    #expect(bench.upgrade.phase == test.end, context)
    #expect(bench.upgrade.failure?.reason == test.failure, context)
    #expect(sent == test.sent, context)
    #expect(!bench.upgrade.holdsLease, context)
    #expect(bench.charger.inoperative == (test.end == .quarantined && !bench.charger.online))
  }

  @Test("a bricked charger that comes back gets its connectors, and stays quarantined")
  func debt() {
    let bench = Bench(.bricked)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .quarantined)
    #expect(bench.upgrade.memory.owesConnectors)
    for happening in bench.charger.reboot(after: .hours(50), down: .seconds(1)) {
      bench.enqueue(happening)
    }
    bench.run()
    #expect(bench.orders.last == "operative")
    #expect(!bench.upgrade.memory.owesConnectors)
    #expect(bench.upgrade.phase == .quarantined)
    #expect(bench.broken == [])
  }

  @Test("a charger on the target image begins with the second outage")
  func switchOnly() {
    let bench = Bench(.good)
    bench.charger.firmware = "2.4.0"
    bench.deliver(.leased)
    bench.run()
    #expect(bench.orders == Self.outage2)
    #expect(bench.upgrade.phase == .migrated)
    #expect(bench.broken == [])
  }

  @Test(
    "a restart of the engine in any phase changes nothing but repeats what does no harm",
    arguments: [
      Upgrade.Phase.snapshot, .draining, .ordering, .ordered, .downloading, .downloaded,
      .installing, .firmwareProved, .soakingOnFirmware, .readyToSwitch, .drainingToSwitch,
      .switching, .provisioning, .accepting, .verifying, .restoring, .soaking,
    ])
  func restart(_ phase: Upgrade.Phase) {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == phase })
    #expect(bench.upgrade.phase == phase)
    // The process was gone for a minute; the charger comes back without a boot.
    bench.charger.online = false
    bench.deliver(.restarted)
    bench.enqueue(
      .init(
        after: .seconds(60), life: nil, change: { $0.online = true },
        event: { .connected($0.speaks) }))
    bench.run()
    let sent = bench.orders.filter { $0.hasPrefix("update") || $0 == "reset" }
    let context = Comment(rawValue: bench.story.joined(separator: "\n"))
    #expect(bench.broken == [], context)
    #expect(bench.upgrade.phase == .migrated, context)
    #expect(sent == ["update signed", "reset"], context)
    #expect(!bench.charger.inoperative, context)
  }

  @Test(
    "an order that was written but never sent is found out by looking, and sent once more",
    arguments: [Upgrade.Phase.ordering, .switching])
  func crashBeforeSend(_ phase: Upgrade.Phase) {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == phase })
    // Nothing of it reached the charger.
    bench.charger.life += 1
    bench.charger.job = .idle
    bench.dropAll()
    bench.charger.online = false
    bench.deliver(.restarted)
    #expect(bench.upgrade.isUnknown)
    bench.enqueue(
      .init(
        after: .seconds(60), life: nil, change: { $0.online = true },
        event: { .connected($0.speaks) }))
    bench.run()
    let sent = bench.orders.filter { $0.hasPrefix("update") || $0 == "reset" }
    let context = Comment(rawValue: bench.story.joined(separator: "\n"))
    #expect(bench.broken == [], context)
    #expect(bench.upgrade.phase == .migrated, context)
    #expect(sent.count == 3, context)
  }

  @Test(
    "a charger that can't be asked gets a second order only after a download's time without a byte")
  func crashBeforeSendUnasked() {
    let bench = Bench(.ignoresTriggers)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .ordering })
    bench.charger.life += 1
    bench.charger.job = .idle
    bench.dropAll()
    bench.charger.online = false
    bench.deliver(.restarted)
    let restartedAt = bench.now
    bench.enqueue(
      .init(
        after: .seconds(60), life: nil, change: { $0.online = true },
        event: { .connected($0.speaks) }))
    let updates = { bench.orders.filter { $0.hasPrefix("update") }.count }
    bench.run(until: { updates() == 2 })
    let context = Comment(rawValue: bench.story.joined(separator: "\n"))
    #expect(updates() == 2, context)
    #expect(bench.now - restartedAt >= bench.playbook.limits.download, context)
    #expect(bench.broken == [], context)
  }

  @Test(
    "a crash leaves the time to look, however short the limits are",
    arguments: [Upgrade.Phase.ordering, .switching])
  func crashWithShortLimits(_ phase: Upgrade.Phase) {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == phase })
    bench.charger.life += 1
    bench.charger.job = .idle
    bench.dropAll()
    bench.charger.online = false
    // Longer than all limits together: what is left of them is nothing.
    bench.now = bench.now + .hours(48)
    bench.playbook.limits.reboot = bench.playbook.limits.answer
    bench.deliver(.restarted)
    bench.enqueue(
      .init(
        after: .seconds(1), life: nil, change: { $0.online = true },
        event: { .connected($0.speaks) }))
    bench.run(until: { !bench.upgrade.isUnknown })
    #expect(!bench.upgrade.phase.isEnd, "\(bench.story.joined(separator: "\n"))")
    #expect(bench.upgrade.failure == nil)
  }

  @Test(
    "cancelled: before an intent it never began, after it the outage ends first",
    arguments: [
      (Upgrade.Phase.snapshot, Upgrade.Phase.cancelled), (.draining, .cancelled),
      (.ordered, .heldOn16), (.installing, .heldOn16), (.soakingOnFirmware, .heldOn16),
      (.drainingToSwitch, .heldOn16), (.switching, .migrated), (.soaking, .migrated),
    ])
  func cancel(_ phase: Upgrade.Phase, _ end: Upgrade.Phase) {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == phase })
    bench.deliver(.cancel(reason: "no more"))
    bench.run()
    #expect(bench.upgrade.phase == end)
    #expect(bench.broken == [])
    #expect(!bench.charger.inoperative)
    #expect(!bench.upgrade.holdsLease)
  }

  @Test(
    "a person can take a version back", arguments: [Upgrade.Phase.verifying, .soaking, .migrated])
  func rollBack(_ phase: Upgrade.Phase) {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == phase })
    bench.deliver(.rollBack(reason: "bills are wrong"))
    bench.run()
    #expect(bench.upgrade.phase == .rolledBack)
    #expect(bench.upgrade.outcome == .noEvidence)
    #expect(bench.charger.speaks == .ocpp16)
    #expect(!bench.charger.inoperative)
    #expect(bench.broken == [])
  }

  @Test("falling back during the soak is a failure only after it had time to return")
  func fallBack() {
    for returns in [true, false] {
      let bench = Bench(.good)
      bench.deliver(.leased)
      bench.run(until: { bench.upgrade.phase == .soaking })
      bench.charger.speaks = .ocpp16
      bench.deliver(.connected(.ocpp16))
      if returns {
        bench.enqueue(
          .init(
            after: .minutes(5), life: nil, change: { $0.speaks = .ocpp201 },
            event: { .connected($0.speaks) }))
      }
      bench.run()
      #expect(bench.upgrade.phase == (returns ? .migrated : .rolledBack))
      #expect(bench.broken == [])
    }
  }

  @Test("a firmware status of another request is not obeyed")
  func otherRequest() {
    let bench = Bench(.good)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .ordered })
    bench.deliver(.firmwareStatus(.installationFailed, requestID: 4711))
    #expect(bench.upgrade.phase == .ordered)
  }
}
