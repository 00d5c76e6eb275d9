import Foundation
import Testing

extension JourneyTests {
  /// The console on a real terminal.
  @Suite(.serialized)
  struct Console {
    @Test("two consoles watch a wave move, and leave the engine alone")
    func live() throws {
      let stage = try Stage(chargers: 30)
      let small = try Tmux(stage.journey, columns: 80, rows: 24)
      let large = try Tmux(stage.journey, columns: 200, rows: 60)
      try small.openConsole()
      try large.openConsole()
      for terminal in [small, large] {
        try terminal.wait("30 chargers online") { $0.contains("30/30 online") }
      }
      try stage.begin()
      var seen: Set<Int> = []
      try small.wait("a wave that moves to its end", seconds: 90) { screen in
        if let migrated = number("migrated", in: screen) { seen.insert(migrated) }
        return seen.contains(30)
      }
      #expect(seen.count >= 3, "only these were seen: \(seen.sorted())")
      // The other console says the same, and so does the command line.
      try large.wait("the same number") { number("migrated", in: $0) == 30 }
      #expect(try stage.journey.swell("status").output.contains("30 of 30 migrated"))

      // The fleet: a filter, one charger, help, and the way back.
      try small.keys("f")
      try small.wait("the fleet") { $0.contains("30 of 30") && $0.contains("migrated") }
      try small.keys("/")
      try small.text("SIM-1")
      try small.keys("Enter")
      try small.wait("a filtered fleet") { $0.contains("11 of 30") }
      try small.keys("Enter")
      try small.wait("one charger") { $0.contains("Fleet › SIM-1") && $0.contains("2.4.0") }
      try small.keys("Escape")
      try small.wait("the fleet again") { $0.contains("11 of 30") }
      try small.keys("?")
      try small.wait("help") { $0.contains("Help") && $0.contains("Mark end-of-life") }
      try small.keys("Escape", ":")
      try small.text("dashboard")
      try small.keys("Enter")
      try small.wait("the dashboard") { $0.contains("Dashboard") && $0.contains("MIGRATION") }
      try small.press("C-c")
      try small.wait("the shell") { $0.contains("code 0") }
      // The engine and the other console go on.
      #expect(try stage.journey.swell("status").code == 0)
      try large.keys(":")
      try large.text("q")
      try large.press("Enter")
      try large.wait("the shell") { $0.contains("code 0") }
      #expect(try stage.journey.swell("campaigns", "list").output.contains("finished"))
      #expect(kill(stage.engine.process.pid, 0) == 0)
    }

    @Test(
      "a first start says what to do next, and what is done then shows by itself",
      arguments: [(80, 24), (200, 60)])
    func firstStart(columns: Int, rows: Int) throws {
      let journey = try Journey()
      let terminal = try Tmux(journey, columns: columns, rows: rows)
      // A console alone makes no inventory.
      try terminal.line("swell")
      try terminal.wait("advice") {
        $0.contains("There is no inventory") && $0.contains("swell import FILE.csv")
      }
      try terminal.openConsole("run --db new.db --listen 127.0.0.1:0")
      try terminal.wait("what to do next") {
        $0.contains("No chargers yet") && $0.contains("swell import FILE.csv")
          && $0.contains("swell demo") && $0.contains("engine up")
      }
      let fleet = try journey.write("f.csv", Supplies.fleet(3))
      #expect(try journey.swell("import", fleet, "--db", "new.db").code == 0)
      try terminal.wait("the imported chargers") {
        $0.contains("0/3 online") && $0.contains("PROTOCOL")
      }
      try terminal.keys("C-c")
      try terminal.wait("the question") {
        $0.contains("The engine runs in this console") && $0.contains("Ctrl-C again ends both")
      }
      try terminal.press("C-c")
      try terminal.wait("the shell") { $0.contains("code 0") }
      // Its engine went with it.
      #expect(try journey.swell("status", "--db", "new.db").output.contains("no engine"))
    }

    @Test("without an engine the console reads only, and takes up with each engine that comes")
    func engineComesAndGoes() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
      let terminal = try Tmux(journey, columns: 80, rows: 24)
      try terminal.openConsole()
      try terminal.wait("read-only") {
        $0.contains("no engine: read-only") && $0.contains("3 chargers")
          && $0.contains("swell serve --db")
      }
      for key in ["H", "e", "p"] {
        if key == "e" { try terminal.keys("f") }
        try terminal.wait("three chargers") { $0.contains("3") }
        try terminal.keys(key)
        try terminal.wait("why \(key) does nothing") {
          $0.contains("no engine: read-only. Next: swell serve --db")
        }
      }
      // Looking needs none.
      try terminal.wait("the fleet") { $0.contains("SIM-2") && $0.contains("3 of 3") }
      try terminal.keys("d")

      let first = try journey.engine()
      try terminal.wait("an engine") { $0.contains("engine up") && $0.contains("0/3 online") }
      first.process.send(SIGKILL)
      try terminal.wait("the loss, and the data with their age") {
        $0.contains("NO ENGINE") && $0.contains("no engine: read-only")
          && $0.contains("3 chargers") && $0.contains("PROTOCOL")
          && $0.contains(/as of \d\d:\d\d:\d\d/)
      }
      let next = try journey.engine()
      try terminal.wait("the next engine") {
        $0.contains("engine up") && !$0.contains("NO ENGINE")
      }
      next.process.send(SIGTERM)
      #expect(try next.process.exitCode() == 0)
      try terminal.wait("its end") { $0.contains("NO ENGINE") }
      try terminal.press("C-c")
      try terminal.wait("the shell") { $0.contains("code 0") }
    }

    @Test("the fleet is sorted in the next console as it was in the last")
    func sortIsKept() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(12))).code == 0)
      let terminal = try Tmux(journey, columns: 80, rows: 24)
      try terminal.openConsole()
      try terminal.keys("f")
      try terminal.wait("the usual order") { $0.contains("CHARGER▲") && $0.contains("SIM-1 ") }
      try terminal.keys("s", "S")
      try terminal.wait("by site, the last first") {
        $0.contains("SITE▼") && $0.contains(#/READY\s+▸  SIM-12 /#)
      }
      try terminal.press("C-c")
      try terminal.wait("the shell") { $0.contains("code 0") }
      try terminal.openConsole()
      try terminal.keys("f")
      try terminal.wait("the same order") {
        $0.contains("SITE▼") && $0.contains(#/READY\s+▸  SIM-12 /#)
      }
      try terminal.press("C-c")
      try terminal.wait("the shell") { $0.contains("code 0") }
    }
  }
}
