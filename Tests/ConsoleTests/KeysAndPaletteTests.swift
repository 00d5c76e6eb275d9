import Canvas
import Console
import Fleet
import Testing

@Suite("Keys, commands and clocks")
struct KeysAndPaletteTests {
  @Test("no key has two meanings in one place")
  func conflicts() {
    #expect(ConsoleKeys.table.conflicts().isEmpty)
  }

  @Test("the conflict test sees a screen that hides a key of everywhere")
  func conflictsAreFound() {
    let extra = KeyBinding([.character("?")], ConsoleAction.sort, help: "clash", in: [.fleet])
    #expect(KeyTable(ConsoleKeys.table.bindings + [extra]).conflicts().count == 1)
  }

  @Test(
    "a command is known by name, alias or beginning",
    arguments: [
      ("dashboard", "dashboard"), ("d", "dashboard"), ("das", "dashboard"), ("f", "fleet"),
      (" FLEET ", "fleet"), ("h", "help"), ("hol", "hold"), ("q", "quit"), ("qu", "quit"),
    ])
  func meaning(typed: String, name: String) {
    guard case .run(let command, _) = Palette.meaning(typed) else {
      Issue.record("\(typed) should be a command")
      return
    }
    #expect(command.name == name)
  }

  @Test("what is no command runs nothing", arguments: ["", " ", "x", "dashboards", "fleetq"])
  func unknown(typed: String) {
    #expect(Palette.meaning(typed) == .unknown)
  }

  @Test(
    "Tab completes as far as it is certain",
    arguments: [
      ("d", "dashboard"), ("fl", "fleet"), ("ho", "hold"), ("he", "help"), ("q", "quit"),
      ("xyz", "xyz"), ("h", "help"), ("cam", "campaign"), ("eol", "end-of-life"),
    ])
  func completion(typed: String, line: String) {
    #expect(Palette.completed(typed) == line)
  }

  @Test("names and aliases mean one command each")
  func aliases() {
    let words = Palette.commands.flatMap { [$0.name] + $0.aliases }
    #expect(Set(words).count == words.count)
  }

  @Test(
    "a wall clock reads UTC plus the offset of that moment",
    arguments: [
      (0, "01:00:00", " 1 Jan 01:00"), (951_782_400, "01:00:00", "29 Feb 01:00"),
      (1_795_525_387, "14:03:07", "24 Nov 14:03"), (-3601, "23:59:59", "31 Dec 23:59"),
    ])
  func localTime(seconds: Int64, clock: String, day: String) {
    let time = LocalTime(offset: 3600)
    #expect(time.clock(Instant(seconds: seconds)) == clock)
    #expect(time.dayAndTime(Instant(seconds: seconds)) == day)
  }

  @Test("a story across the end of summer time keeps the time of its day")
  func changes() {
    let change = Instant(seconds: 1_792_893_600)
    let time = LocalTime(offset: 7200, changes: [.init(at: change, offset: 3600)])
    #expect(time.clock(change + .seconds(-1)).hasSuffix(":59:59"))
    let before = time.clock(change + .hours(-1))
    #expect(time.clock(change) == before)
  }
}
