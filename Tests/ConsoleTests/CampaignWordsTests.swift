import Canvas
import Control
import Fleet
import Rollout
import Testing

@testable import Console

@Suite("What a campaign is said to be")
struct CampaignWordsTests {
  private func sentence(_ campaign: CampaignSummary, size: Size = Fixture.large) -> String {
    var state = Fixture.state(size: size)
    state.screens = [.dashboard, .campaigns]
    state.campaigns = [campaign]
    return state.lines().suffix(4).prefix(2).joined(separator: " ")
  }

  @Test("one that is over says when it ended and how long it took")
  func finished() {
    #expect(
      sentence(Fixture.over).contains(
        "Probe: finished today 12:03. Took 7 h, from today 05:03. 8 712 migrated"))
    var old = Fixture.over
    old.endedAt = nil
    #expect(sentence(old).contains("Probe: finished. 8 712 migrated"))
    var aborted = Fixture.over
    aborted.status = .aborted
    #expect(sentence(aborted).contains("Probe: aborted, over since today 12:03. Took 7 h"))
  }

  @Test("one that has not begun says what it waits for, and one without a date says why")
  func unbegun() {
    #expect(
      sentence(Fixture.campaigns[0]).contains("waits for its approval. Next: A approves its plan."))
    var waiting = Fixture.campaign(1, "Autumn-24", .running)
    waiting.forecast = Forecast(done: nil, basis: "a person must decide on wave 4 first")
    #expect(sentence(waiting).contains("No date: a person must decide on wave 4 first."))
  }

  @Test("the column of the end has a moment, and its latest where there is room")
  func column() {
    var campaign = Fixture.calm
    campaign.forecast = Forecast(
      done: now + .hours(140), basis: "the middle of 200 replays, no outage was observed yet",
      late: now + .hours(164))
    let state = Fixture.state()
    #expect(state.done(campaign, width: 14).text == "30 Nov 10:03")
    #expect(state.done(campaign, width: 40).text == "30 Nov 10:03 (P90 1 Dec 10:03)")
    campaign.forecast = Forecast(done: nil, basis: "a person must decide on wave 4 first")
    #expect(state.done(campaign, width: 40).text == "?")
    #expect(state.done(Fixture.over, width: 40).text == "today 12:03")
  }

  private static let override = Decision(
    by: "ann", reason: "canary fine", at: now, wave: 1, word: .fail)
  private static let opening = Decision(by: "ben", reason: "", at: now, wave: 1, word: .pass)

  @Test(
    "a gate that a person overrode is not said to have passed",
    arguments: [
      (StratumProgress.State.open(wave: 2), [override], "ann let it go on after wave 1"),
      (.open(wave: 2), [opening], "passed after wave 1"),
      (.open(wave: 2), [], "passed after wave 1"),
      (.open(wave: 1), [], "judged when wave 1 has ended"),
      (.finished, [override], "ann let it go on after wave 1"), (.finished, [], "no gate is left"),
      (.stopped, [], "no gate is left"),
    ])
  func gate(state: StratumProgress.State, decisions: [Decision], words: String) {
    var row = Fixture.campaignDetail(strata: 1).strata[0]
    (row.state, row.decisions) = (state, decisions)
    #expect(Fixture.state().gate(of: row).text == words)
  }

  @Test("the wave says who let it go on")
  func wave() {
    var person = Person()
    person.command("wave Autumn-24 1")
    guard var wave = person.state.wave else {
      Issue.record("the wave should be here")
      return
    }
    wave.gates[0].state = .open(wave: 2)
    person.state.wave = wave
    #expect(person.screen.contains("✓ passed, in wave 2"))
    wave.gates[0].decisions = [Self.override]
    person.state.wave = wave
    #expect(person.screen.contains("ann let it go on, in wave 2"))
    #expect(person.screen.contains("ann let it go on after wave 1 (14:03): canary fine"))
    #expect(!person.screen.contains("passed"))
  }
}
