import Fleet
import Testing

@testable import Rollout

@Suite("Explanations")
struct ExplanationTests {
  static let start = Instant(milliseconds: 0)

  static func campaign(
    _ state: StratumProgress.State = .open(wave: 1), status: Campaign.Status = .running,
    decisions: [Decision] = []
  ) -> Campaign {
    Campaign(
      id: .init(rawValue: 1), name: "Autumn", playbook: Bench.playbook, selection: "", author: "a",
      createdAt: start, status: status, planHash: "",
      waves: [.init(number: 1, size: 29), .init(number: 2, size: 31)],
      strata: [
        .init(
          stratum: PlannerTests.stratum(1), target: .init(rawValue: 1), state: state,
          decisions: decisions)
      ])
  }

  private func explain(
    _ bench: Bench, after span: Span = .milliseconds(0), campaign: Campaign = campaign()
  ) -> [String] {
    let told = bench.upgrade.explanation(
      campaign: campaign, online: bench.charger.online, at: bench.now + span)
    return [told.now] + told.next
  }

  @Test("one that has not begun says which gate, budget or absence it waits for")
  func planned() {
    let bench = Bench(.good)
    let first = "Planned for wave 1; it has not begun."
    #expect(explain(bench) == [first, "It begins with the next free place."])
    let reasons: [(Upgrade.Deferral, String)] = [
      (.busy, "A car charges there; chargers that are free go first."),
      (
        .budget,
        "Its site's budget is used up; it begins when another charger there is done or back."
      ),
      (
        .atRisk,
        "As many are at risk as the evidence allows; it begins when others come to an end."
      ),
      (.window, "Its site is outside its window; it begins when that opens."),
    ]
    for (deferral, sentence) in reasons {
      bench.upgrade.deferral = deferral
      #expect(explain(bench) == [first, sentence])
    }
    bench.upgrade.deferral = .offline
    bench.upgrade.memory.deferredSince = bench.now
    bench.charger.online = false
    #expect(
      explain(bench, after: .hours(3)) == [
        first, "It has been offline for 3 h.",
        "It begins when it is back; if its wave is over by then, it is left out in 21 h.",
      ])
    bench.charger.online = true
    bench.upgrade.deferral = nil
    bench.upgrade.wave = 2
    #expect(explain(bench)[1] == "Wave 2 opens when wave 1 has passed its gate.")
    let verdict = Gate.judge(done: 5, failed: 2, planned: 60, policy: .init())
    #expect(
      explain(bench, campaign: Self.campaign(.waiting(wave: 1, verdict)))[1]
        == "Wave 1 did not pass its gate (5 done, 2 failed): a person decides.")
    #expect(
      explain(bench, campaign: Self.campaign(status: .held))[1]
        == "The campaign is held: nothing new is sent until a person resumes it.")
    #expect(
      explain(bench, campaign: Self.campaign(.stopped))[1]
        == "Its stratum was stopped: it will not begin.")
  }

  @Test("one that drains says for how long yet, and which try it is")
  func draining() {
    let bench = Bench(.neverFree, until: .draining)
    #expect(
      explain(bench, after: .minutes(30)) == [
        "Closed to new drivers and waiting until it is free, for 30 min.",
        "When no car is there and it was quiet for 2 min, the update to 2.4.0 is ordered.",
        "Not free in 3 h, it gets its connectors back (try 1 of 3).",
      ])
  }

  @Test("an Unknown says which evidence it waits for")
  func unknown() {
    let bench = Bench(.losesUpdate, until: .ordering)
    bench.run(until: { bench.upgrade.isUnknown })
    let told = explain(bench)
    #expect(told[0] == "Told to update to 2.4.0 90 s ago; not known whether that took effect.")
    #expect(told[1] == "A firmware status, a byte of the image fetched or a boot would tell.")
    #expect(told[2].hasPrefix("With none of them in "))
    #expect(told[2].hasSuffix("it counts as without effect (1 of 2 sent)."))
    let reset = Bench(.good, until: .switching)
    reset.charger.online = false
    reset.deliver(.restarted)
    let next = explain(reset)
    #expect(next[0].hasPrefix("Told to reset into 2.0.1; not known whether that took effect"))
    #expect(
      next.contains(
        "A connection in 2.0.1 would tell, or the same connection still alive after 15 min."))
  }

  @Test("each step under way says what comes next, and by when")
  func underWay() {
    let cases: [(Upgrade.Phase, Span, [String])] = [
      (
        .downloading, .minutes(3),
        [
          "Downloading 2.4.0, for 3 min.", "Then it installs 2.4.0 and reboots.",
          "A download that is not done in 117 min fails.",
        ]
      ),
      (
        .soakingOnFirmware, .hours(3),
        ["Soaking: 2.4.0 is watched on 1.6, for 3 h.", "It is ready for 2.0.1 in 21 h."]
      ),
      (
        .readyToSwitch, .minutes(4),
        [
          "Soaked on 2.4.0; ready for 2.0.1, for 4 min.",
          "It switches to 2.0.1 with the next free place of its site's budget.",
        ]
      ),
      (
        .provisioning, .seconds(20),
        [
          "In 2.0.1: its settings are read and carried over, for 20 s.",
          "Proof: a boot in 2.0.1, and its device model read there with 2.4.0.",
          "Unproved in 14 min, it goes back to 1.6.",
        ]
      ),
      (
        .soaking, .hours(3),
        ["Soaking: it is watched on 2.0.1, for 3 h.", "It counts as migrated in 21 h."]
      ),
    ]
    for (phase, span, expected) in cases {
      let bench = Bench(.good, until: phase)
      #expect(explain(bench, after: span) == expected)
    }
    let bench = Bench(.good, until: .soaking)
    bench.charger.speaks = .ocpp16
    bench.deliver(.connected(.ocpp16))
    #expect(
      explain(bench, after: .minutes(5)).contains(
        "It speaks 1.6 again; unless it returns, the version is taken back in 10 min."))
  }

  @Test(
    "an end says why, and what a person can do",
    arguments: [
      (
        FakeCharger.Habit.bricked,
        [
          "Quarantined 2 min ago: no boot after install: no boot for 57 min after install",
          "A technician is needed there; nothing is sent to it until then.",
          "When it is repaired, end its quarantine and plan it again.",
          "Its connectors are given back to drivers when it is online again.",
        ]
      ),
      (
        .downloadFails,
        [
          "Failed 2 min ago: download failed: the charger reported DownloadFailed",
          "It serves drivers on 1.6.",
          "Check that the site reaches the image, and its uplink. Then plan it again in a new campaign.",
        ]
      ),
      (
        .rejectsReset,
        [
          "Back on 1.6, for 2 min: did not come back in the new version: Reset was refused 2 times",
          "It serves drivers on 1.6.",
          "Ask the vendor whether this image really speaks 2.0.1. Then plan it again in a new campaign.",
        ]
      ),
    ])
  func ends(_ habit: FakeCharger.Habit, _ expected: [String]) {
    let bench = Bench(habit)
    bench.deliver(.leased)
    bench.run()
    let span = bench.upgrade.enteredAt + .minutes(2) - bench.now
    let told = explain(bench, after: span)
    #expect(told.count == expected.count)
    for (a, b) in zip(told, expected) { #expect(a == b + dot(b)) }
  }

  private func dot(_ sentence: String) -> String { sentence.hasSuffix(".") ? "" : "." }

  @Test("one left out because it is end-of-life is offered to no campaign as long as it is")
  func endOfLife() {
    for (reason, sentence) in [
      ("its campaign was aborted", "Nothing was changed; a new campaign can take it on."),
      (
        "marked end-of-life (flash too small)",
        "Nothing was changed; no campaign takes it on while it is end-of-life."
      ),
    ] {
      let bench = Bench(.good)
      bench.deliver(.cancel(reason: reason))
      #expect(bench.upgrade.phase == .cancelled)
      #expect(explain(bench).last == sentence)
    }
  }

  @Test("whatever happens, the words are whole sentences, short, and about something")
  func always() {
    let campaign = Self.campaign()
    for habit in FakeCharger.Habit.allCases {
      let bench = Bench(habit)
      bench.deliver(.leased)
      bench.run(until: {
        for sentence in explain(bench, campaign: campaign) {
          #expect(sentence.count <= 160, "\(sentence)")
          #expect(sentence.last == ".", "\(sentence)")
          #expect(!sentence.contains("Optional") && !sentence.contains("nil"), "\(sentence)")
          #expect(!sentence.contains("  ") && !sentence.contains(".."), "\(sentence)")
        }
        return false
      })
      if bench.upgrade.phase != .migrated { #expect(explain(bench).count > 1) }
    }
  }

  @Test("a gate says its numbers, what it takes to pass, what may fail, and what a person can do")
  func gates() {
    var evidence = Evidence()
    (evidence.done, evidence.failed, evidence.atRisk, evidence.planned) = (12, 0, 5, 43)
    evidence.population = 60
    let open = Gate.explanation(campaign: Self.campaign(), stratum: 0, evidence: evidence)
    #expect(open.verdict.word == .inconclusive)
    #expect((open.atRisk, open.planned) == (5, 43))
    #expect(
      open.sentences == [
        "Wave 1 of 2 may begin chargers.",
        "12 done, none failed: the failure rate is at most 22 %, sure to 95 %; the limit is 10 %.",
        "That is Clopper-Pearson's bound of the build's failure rate, for one look at the end of a wave.",
        "17 more chargers without a failure would pass it; 48 are left.",
        "If all of them come to an end, at most 1 of them may fail and it still passes.",
        "Early stop: log-likelihood -1.02 of 2.94 for 10 % against 2 % failing, in this wave 12 done, 0 failed.",
        "5 are at risk now; 8 may be: accepted harm 3 / bound 37 % (valid at every look).",
      ])
    (evidence.done, evidence.failed, evidence.atRisk, evidence.planned) = (7, 2, 0, 3)
    evidence.population = 10
    let verdict = Gate.judge(done: 7, failed: 2, planned: 10, policy: .init())
    let waiting = Gate.explanation(
      campaign: Self.campaign(
        .waiting(wave: 2, verdict),
        decisions: [.init(by: "ann", reason: "seen to", at: Self.start, wave: 1)]),
      stratum: 0, evidence: evidence)
    #expect(waiting.verdict.word == .fail)
    #expect(waiting.sentences[0] == "Wave 2 did not pass its gate: nothing new begins.")
    #expect(
      waiting.sentences[1]
        == "7 done, 2 failed: of all 10 at most 5 are failing ones (50 %), sure to 95 %; the limit is 10 %."
    )
    #expect(
      waiting.sentences[2]
        == "Hypergeometric bound: there are only 10 chargers, and a bound of the build's rate needs 29."
    )
    #expect(waiting.sentences[3] == "No number of its 10 chargers can make it pass.")
    #expect(
      waiting.sentences.suffix(2) == [
        "A person may let it go on, with a name and a reason, or stop it: then the rest stays on 1.6.",
        "ann let it go on after wave 1: seen to",
      ])
    (evidence.done, evidence.failed, evidence.atRisk, evidence.planned) = (29, 0, 1, 30)
    evidence.population = 60
    let passed = Gate.explanation(campaign: Self.campaign(), stratum: 0, evidence: evidence)
    #expect(
      passed.sentences[3] == "It passes. Of the 31 left, at most 1 may fail and it still would.")
    #expect(passed.sentences[5].hasPrefix("1 is at risk now; "))
    let none = Gate.explanation(
      campaign: Self.campaign(.finished), stratum: 0, evidence: Evidence())
    #expect(none.sentences[1] == "Nobody has come to an end yet, and no data never passes.")
    for sentence in open.sentences + waiting.sentences + passed.sentences + none.sentences {
      #expect(sentence.count <= 110, "\(sentence)")
    }
  }

  @Test("as many failures are bearable as the bound allows", arguments: [29, 46, 61, 60, 10])
  func bearable(_ total: Int) {
    let most = GatePower.bearable(.init(), done: total, population: total)
    #expect(most == [29: 0, 46: 1, 61: 2, 60: 1, 10: 1][total])
  }
}
