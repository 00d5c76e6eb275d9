import Control
import Fleet
import Rollout
import Testing

@testable import CSMS

/// Who may decide on what they planned themselves.
struct FourEyesTests {
  private func refused(_ text: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("not refused: \(text)")
    } catch let error as ControlError {
      #expect(error.message.contains(text), "\(error.message)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test(
    "who planned a campaign can't approve it where a policy asks for four eyes",
    arguments: [true, false])
  func approve(byPlaybook: Bool) throws {
    let campaign = try Campaigning { $0.gate.fourEyes = byPlaybook }
    let bench = campaign.bench
    if !byPlaybook { try bench.perform(.setRolePolicy(RolePolicy(fourEyes: true))) }
    let hash = try #require(try bench.look { try $0.store.campaigns().first?.planHash })
    refused("Four eyes: admin planned move") {
      try bench.perform(.approve(campaign: "move", planHash: hash))
    }
    refused("say which plan was looked at") {
      try bench.perform(.approve(campaign: "move", planHash: nil), as: .approver)
    }
    refused("The plan is") {
      try bench.perform(
        .approve(campaign: "move", planHash: String(repeating: "0", count: 64)), as: .approver)
    }
    try bench.perform(.approve(campaign: "move", planHash: hash), as: .approver)
    let approved = try #require(try bench.look { try $0.store.campaigns().first })
    #expect(approved.approver == "approver")
    #expect(approved.approvedPlan == approved.planHash)
    try bench.perform(.start(campaign: "move"))
    let recorded = try bench.look { core in
      try core.store.entries(after: 0, limit: 10_000).filter {
        $0.kind == .turn && $0.action == "campaign"
      }.map { String(decoding: $0.body, as: UTF8.self) }
    }
    #expect(recorded.count == 2)
    #expect(recorded.allSatisfy { $0.hasSuffix("\(hash) admin\tapprover\t1") })
  }

  @Test("four eyes asked for after an approval by its author hold before the start")
  func later() throws {
    let campaign = try Campaigning()
    let bench = campaign.bench
    try bench.perform(.approve(campaign: "move", planHash: nil))
    try bench.perform(.setRolePolicy(RolePolicy(fourEyes: true)))
    refused("Four eyes: admin planned move") { try bench.perform(.start(campaign: "move")) }
    try bench.perform(.setRolePolicy(RolePolicy(fourEyes: false)))
    try bench.perform(.start(campaign: "move"))
  }

  @Test("an approval holds for the plan that was looked at, and no other")
  func bound() throws {
    let campaign = try Campaigning()
    let bench = campaign.bench
    try bench.perform(.approve(campaign: "move", planHash: nil))
    try bench.look { core in
      var stored = try #require(try core.store.campaigns().first)
      stored.planHash = String(repeating: "f", count: 64)
      stored.revision += 1
      try core.store.save(stored)
      core.fleet.put(stored)
    }
    refused("was approved: approve it again") { try bench.perform(.start(campaign: "move")) }
  }

  /// Two chargers of one kind, and a canary of one: its gate decides nothing by itself, unless one
  /// in two may fail.
  private func waiting(_ edit: @escaping (inout Playbook) -> Void) throws -> Campaigning {
    let campaign = try Campaigning(["CP1", "CP2"]) { playbook in
      playbook.waves.canaryAtLeast = 1
      edit(&playbook)
    }
    let bench = campaign.bench
    let hash = try bench.look { try $0.store.campaigns().first?.planHash }
    try bench.perform(.approve(campaign: "move", planHash: hash), as: .approver)
    try bench.perform(.start(campaign: "move"))
    let now = SystemClock.now
    try bench.look { core in
      var stored = try #require(try core.store.campaigns().first)
      let verdict = Gate.judge(
        done: 1, failed: 0, planned: 2, policy: stored.playbook.gate)
      var told = verdict
      if stored.playbook.gate.manual != .never { (told.word, told.awaitsApproval) = (.pass, true) }
      stored.strata[0].state = .waiting(wave: 1, told)
      stored.revision += 1
      try core.store.save(stored)
      core.fleet.put(stored)
      _ = now
    }
    return campaign
  }

  @Test("a gate that passed and waits for a person is opened by another one than the author")
  func open() throws {
    let bench = try waiting {
      $0.gate.manual = .every
      $0.gate.fourEyes = true
    }.bench
    let label = "AC22"
    refused("Four eyes") {
      try bench.perform(.openGate(campaign: "move", stratum: label, reason: "good"))
    }
    let outcome = try bench.perform(
      .openGate(campaign: "move", stratum: label, reason: "good"), as: .approver)
    #expect(outcome.message.contains("which had passed, was opened by approver"))
    let decision = try bench.look { try $0.store.campaigns().first?.strata[0].decisions.first }
    #expect(decision?.word == .pass && decision?.by == "approver")
  }

  @Test("a gate that did not pass wants an override with a reason, not an opening")
  func override() throws {
    let bench = try waiting { _ in }.bench
    refused("that wants an override") {
      try bench.perform(.openGate(campaign: "move", stratum: "AC22", reason: "good"))
    }
    refused("needs a reason") {
      try bench.perform(.overrideGate(campaign: "move", stratum: "AC22", reason: ""))
    }
    try bench.perform(.overrideGate(campaign: "move", stratum: "AC22", reason: "seen to"))
    let decision = try bench.look { try $0.store.campaigns().first?.strata[0].decisions.first }
    #expect(decision?.word == .inconclusive && decision?.reason == "seen to")
  }
}
