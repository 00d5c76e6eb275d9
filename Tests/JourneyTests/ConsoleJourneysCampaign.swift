import Foundation
import Testing

/// Campaigns from the console alone.
extension JourneyTests.Console {
  @Test("from a CSV to the end of a campaign by keys alone")
  func wholeCampaign() throws {
    let journey = try Journey()
    let engine = try journey.engine()
    let terminal = try Tmux(journey, columns: 80, rows: 24)
    try terminal.openConsole()
    try terminal.wait("an empty inventory") { $0.contains("No chargers yet") }
    let fleet = try journey.write("fleet.csv", Supplies.fleet(3))
    try importTable(fleet, terminal)
    try addImage(try Supplies.image(journey), terminal)
    let simulation = try Stage.simulate(fleet, engine, journey)
    try terminal.wait("the chargers, by themselves") { $0.contains("3/3 online") }

    // Plan what a filter finds: the plan is shown before anything is stored.
    try terminal.keys("f", "/")
    try terminal.text("ready:ready")
    try terminal.keys("Enter")
    try terminal.wait("ready chargers") { $0.contains("/ready:ready") && $0.contains("3 of 3") }
    try terminal.keys("p")
    let form = try terminal.wait("the form") {
      $0.contains("Plan a campaign") && $0.contains("3 chargers: those of")
    }
    let quick = try #require(form.firstMatch(of: #/(\d) quick: /#), "\(form)").output.1
    try terminal.text("Autumn")
    try terminal.keys("Tab")
    try terminal.text(String(quick))
    try terminal.keys("Enter")
    try terminal.wait("the plan") {
      $0.contains("3 chargers, plan ") && $0.contains("waves of 3") && $0.contains("Enter store")
    }
    #expect(try journey.swell("campaigns", "list", "--format", "json").rows().isEmpty)
    try terminal.keys("Enter")
    try terminal.wait("the campaign") {
      $0.contains("Campaigns › Autumn") && $0.contains("draft")
    }

    // Approve and start it: each wants the count of chargers.
    try terminal.keys("A")
    try terminal.wait("what is approved") {
      $0.contains("Autumn · approve") && $0.contains("type 3") && $0.contains("1 wave of 3")
    }
    try terminal.text("4")
    try terminal.keys("Enter")
    try terminal.wait("a refusal that keeps the form") {
      $0.contains("Type 3 to confirm") && $0.contains("Autumn · approve")
    }
    try terminal.keys("BSpace")
    try terminal.text("3")
    try terminal.keys("Enter")
    try terminal.wait("the approval") { !$0.contains("· approve") && $0.contains("approved by") }
    try terminal.keys("S")
    try terminal.wait("what is started") { $0.contains("Autumn · start") }
    try terminal.text("3")
    try terminal.keys("Enter")
    try terminal.wait("a running campaign") { $0.contains("running") && !$0.contains("· start") }

    // Watch it: on the dashboard, then from the wave to its end.
    try terminal.keys("d")
    try terminal.wait("chargers in flight") { (number("in flight", in: $0) ?? 0) > 0 }
    try terminal.keys("w")
    try terminal.wait("the wave") { $0.contains("Autumn › wave 1") && $0.contains("of 3") }
    try terminal.wait("a soak") {
      (number("soaking on 1.6", in: $0) ?? number("soaking", in: $0) ?? 0) > 0
    }
    try terminal.wait("three migrated", seconds: 150) { number("migrated", in: $0) == 3 }
    try terminal.keys("d")
    try terminal.wait("the end") { number("migrated", in: $0) == 3 && $0.contains("finished") }
    try journey.rows("chargers", "list", "--filter", "speaks:2.0.1") { $0.count == 3 }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
    simulation.stop()
  }

  @Test(
    "a failed gate waits on the dashboard, says why in numbers, and is overridden with a reason")
  func failedGate() throws {
    let stage = try Stage(chargers: 8, failing: [2])
    let terminal = try Tmux(stage.journey, columns: 80, rows: 24)
    try terminal.openConsole()
    try terminal.wait("nothing to do") { $0.contains("NEEDS YOU   ✓ nothing") }
    try stage.begin()
    try terminal.wait("the gate", seconds: 90) {
      $0.contains(/NEEDS YOU.*1.*gate failed: Autumn wave 1/) && $0.contains(/1\W+of 3 failed/)
    }
    try terminal.keys("1")
    try terminal.wait("the wave and its gate in numbers") {
      $0.contains("Autumn › wave 1") && $0.contains("✗ gate of wave 1 failed")
        && $0.contains(/3 done, 1 failed: at most \d of all 8 \(\d\d %\)/) && $0.contains("10 %")
        && $0.contains("FAILED 1") && $0.contains("SIM-2")
    }
    try terminal.keys("y")
    try terminal.wait("why") {
      $0.contains("Autumn · wave 1 · gates") && $0.contains("waits for a person")
        && $0.contains("10 %") && $0.contains("sure to 95")
    }
    try terminal.keys("Escape")
    try terminal.keys("o")
    try terminal.wait("the form") { $0.contains("override gate") && $0.contains("reason") }
    try terminal.keys("x", "BSpace", "Enter")
    try terminal.wait("that a reason is needed") { $0.contains("Fill in \"reason\"") }
    try terminal.text("one bad cabinet")
    try terminal.keys("Enter")
    try terminal.wait("the form to close") { !$0.contains("override gate ─") }
    let after = try stage.campaign("the next wave") { $0.toGo == 0 && $0.migrated > 2 }
    #expect(after.status == "running" || after.status == "finished")

    try terminal.keys("a")
    try terminal.wait("the audit") {
      $0.contains(" swell  Audit") && $0.contains("override gate") && $0.contains("one bad cabinet")
    }
    try terminal.keys("d")
    try stage.campaign("the end") { $0.status == "finished" && $0.migrated == 7 }
    try terminal.wait("its end on the dashboard") { number("migrated", in: $0) == 7 }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }

  /// Three waves of 5, 10 and 15 instead of one big one.
  private static let waves = Supplies.playbook.replacingOccurrences(
    of: #"maxFailureRate: "10 %""#, with: #"maxFailureRate: "50 %""#)

  @Test("one key holds everything at once, and a reason lets it go on")
  func holdEverything() throws {
    let stage = try Stage(chargers: 30)
    let terminal = try Tmux(stage.journey, columns: 80, rows: 24)
    try terminal.openConsole()
    try stage.begin(Self.waves)
    try terminal.wait("chargers in flight") { (number("in flight", in: $0) ?? 0) > 0 }
    try terminal.keys("H")
    try terminal.wait("the hold, without a question") {
      $0.contains("held") && !$0.contains("type ") && !$0.contains("Esc leave")
    }
    let held = try stage.campaign("the hold") { $0.status == "held" }
    #expect(held.toGo >= 15)
    // What was under way comes to where it is safe to stop; nothing else begins.
    let begun = 30 - held.toGo
    try stage.journey.rows("campaigns", "upgrades", "Autumn", seconds: 60) { rows in
      let phases = rows.compactMap { $0["phase"] as? String }
      return phases.count { $0 == "readyToSwitch" } == begun
        && phases.count { $0 == "planned" } == held.toGo
    }
    try terminal.wait("the same on the screen") {
      $0.contains("held") && number("to go", in: $0) == held.toGo
        && number("in flight", in: $0) == begun && number("migrated", in: $0) == 0
    }
    // Held twice is held.
    try terminal.keys("H")
    try terminal.wait("the answer") { !$0.contains("Holding every campaign") }
    #expect(try stage.campaign("no change") { _ in true }.status == "held")

    try terminal.keys("c")
    try terminal.wait("the campaigns") { $0.contains("Autumn") && $0.contains("held") }
    try terminal.keys("r")
    try terminal.wait("what a resume means") {
      $0.contains("Autumn · resume") && $0.contains("\(held.toGo) have not begun")
    }
    try terminal.text("all is well")
    try terminal.keys("Enter")
    try terminal.wait("that it goes on") { $0.contains("running") && !$0.contains("· resume") }
    try stage.campaign("the end", seconds: 120) { $0.status == "finished" && $0.migrated == 30 }
    try terminal.keys("a")
    try terminal.wait("both in the audit") {
      $0.contains("hold everything") && $0.contains("all is well")
    }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }

  @Test("an abort wants the campaign's name, keeps a wrong one, and ends it for good")
  func abort() throws {
    let stage = try Stage(chargers: 30)
    let terminal = try Tmux(stage.journey, columns: 200, rows: 60)
    try terminal.openConsole()
    try stage.begin(Self.waves)
    try terminal.wait("chargers in flight") { (number("in flight", in: $0) ?? 0) > 0 }
    try terminal.keys("H")
    try stage.campaign("the hold") { $0.status == "held" }
    try terminal.keys(":")
    try terminal.text("campaign Autumn")
    try terminal.keys("Enter")
    try terminal.wait("the campaign") { $0.contains("Campaigns › Autumn") && $0.contains("held") }
    try terminal.keys("X")
    try terminal.wait("what an abort means") {
      $0.contains("Autumn · abort") && $0.contains("Ends the campaign for good")
        && $0.contains("type Autumn")
    }
    try terminal.text("wrong image")
    try terminal.keys("Tab")
    try terminal.text("autumn")
    try terminal.keys("Enter")
    try terminal.wait("a refusal that keeps what was typed") {
      $0.contains("Type Autumn to confirm") && $0.contains("wrong image")
        && $0.contains(/type Autumn +autumn_/)
    }
    #expect(try stage.campaign("no change") { _ in true }.status == "held")
    for _ in "autumn" { try terminal.keys("BSpace") }
    try terminal.text("Autumn")
    try terminal.keys("Enter")
    try terminal.wait("the abort") { !$0.contains("· abort") && $0.contains("abort") }
    let end = try stage.campaign("its end") { $0.status == "aborted" && $0.inFlight == 0 }
    // The header says it once the screen was asked anew; a notice may say it before.
    try terminal.wait("its end on the screen") { $0.contains(/› Autumn +aborted/) }
    #expect(end.migrated < 30)
    // For good: nothing brings it back.
    try terminal.keys("r")
    try terminal.wait("that it can't go on") { $0.contains("Resume: Autumn is aborted") }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }

  /// Reads a table of three chargers in, after a look at what would come of it.
  private func importTable(_ path: String, _ terminal: Tmux) throws {
    try terminal.keys("i")
    try terminal.wait("the form") { $0.contains("Import chargers") && $0.contains("Enter check") }
    try terminal.text(path)
    try terminal.keys("Enter")
    try terminal.wait("what would come of it") {
      $0.contains("Dry run") && $0.contains("Enter import")
    }
    try terminal.keys("Enter")
    try terminal.wait("the chargers") { $0.contains("0/3 online") }
  }

  /// Adds an image for the fleet's model to the catalogue.
  private func addImage(_ path: String, _ terminal: Tmux) throws {
    try terminal.keys("F")
    try terminal.wait("an empty catalogue") { $0.contains("No firmware yet") }
    try terminal.keys("i")
    try terminal.wait("the form") { $0.contains("Add firmware to the catalogue") }
    for text in [path, "AC22", "2.4.0", "2.*"] {
      try terminal.text(text)
      try terminal.keys("Tab")
    }
    try terminal.keys("Enter")
    try terminal.wait("the image") { $0.contains("1 image") && $0.contains("AC22") }
    try terminal.keys("d")
  }
}
