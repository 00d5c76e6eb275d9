import Foundation
import Testing

/// What people say of chargers, and who may.
extension JourneyTests.Console {
  @Test("a charger that was found is marked end-of-life with three keys, and taken back with two")
  func endOfLife() throws {
    let stage = try Stage(chargers: 3)
    let terminal = try Tmux(stage.journey, columns: 80, rows: 24)
    try terminal.openConsole()
    try terminal.keys("f", "/")
    try terminal.text("SIM-2")
    try terminal.keys("Enter")
    try terminal.wait("the charger") { $0.contains("1 of 3") && $0.contains("SIM-2") }

    var pressed = terminal.rest?.keys ?? 0
    func sincePressed() -> Int { (terminal.rest?.keys ?? 0) - pressed }
    try terminal.keys("e")
    try terminal.wait("the form") {
      $0.contains("SIM-2 · end of life") && $0.contains("d damaged") && $0.contains("Undo: u")
    }
    try terminal.keys("d", "Enter")
    try terminal.wait("the mark") { $0.contains("end of life") && !$0.contains("· end of life") }
    #expect(sincePressed() == 3)
    try stage.journey.rows("chargers", "list", "--filter", "ready:end-of-life") { $0.count == 1 }

    try terminal.keys("E")
    try terminal.wait("the register") {
      $0.contains(" swell  End of life") && $0.contains("SIM-2") && $0.contains("1 damaged")
        && $0.contains("root") == (getuid() == 0)
    }
    pressed = terminal.rest?.keys ?? 0
    try terminal.keys("u")
    try terminal.wait("what an undo means") {
      $0.contains("undo end of life") && $0.contains("In service again")
    }
    try terminal.keys("Enter")
    try terminal.wait("an empty register") { $0.contains("No charger is marked end of life") }
    #expect(sincePressed() == 2)
    try stage.journey.rows("chargers", "list", "--filter", "ready:ready") { $0.count == 3 }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }

  @Test(
    "who has no role is told who may, and a role that is given or not reached says so",
    .enabled(if: getuid() == 0, "only root can become somebody else"))
  func roles() throws {
    let stage = try Stage(chargers: 3)
    let journey = stage.journey
    let playbook = try journey.write("quick.json5", Supplies.playbook)
    #expect(try journey.swell("plan", "Autumn", "--playbook", playbook).code == 0)
    #expect(try journey.swell("roles", "grant", "daemon", "approver").code == 0)
    let other = try somebodyElse(journey)
    let terminal = try Tmux(journey, columns: 80, rows: 24)

    try terminal.openConsole(program: other)
    try terminal.wait("a refusal with who may") {
      $0.contains("needs the role viewer") && $0.contains("daemon")
    }
    // The role is given while the console is open.
    #expect(try journey.swell("roles", "grant", "nobody", "technician").code == 0)
    try terminal.wait("the inventory, by itself") { $0.contains("3/3 online") }
    try terminal.keys("f", "e")
    try terminal.wait("the form") { $0.contains("SIM-1 · end of life") }
    try terminal.keys("p", "Enter")
    try terminal.wait("the mark") { $0.contains("end of life") && !$0.contains("· end of life") }
    try journey.rows("audit", "--filter", "SIM-1") {
      "\($0)".contains("nobody") && "\($0)".contains("parts")
    }

    try terminal.keys("c")
    try terminal.wait("the draft") { $0.contains("Autumn") && $0.contains("draft") }
    try terminal.keys("Enter")
    try terminal.wait("the campaign") { $0.contains("Campaigns › Autumn") }
    try terminal.keys("A")
    try terminal.wait("why not, and where it says who may") {
      $0.contains("needs the role approver") && $0.contains("you are technician")
        && $0.contains("swell roles list")
    }
    #expect(try journey.swell("campaigns", "list").output.contains("draft"))
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }

  /// The program as the user nobody, who can read neither the sources nor root's files.
  private func somebodyElse(_ journey: Journey) throws -> String {
    chmod(journey.directory, 0o755)
    let state = journey.path("nobody")
    #expect(mkdir(state, 0o777) == 0 && chmod(state, 0o777) == 0)
    let copy = journey.path("swell")
    try FileManager.default.copyItem(atPath: Places.binary, toPath: copy)
    return "setpriv --reuid=nobody --regid=nogroup --clear-groups"
      + " env HOME=\(state) XDG_STATE_HOME=\(state) \(copy)"
  }
}
