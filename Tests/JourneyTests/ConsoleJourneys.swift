import Foundation
import Testing

extension JourneyTests {
  /// The console on a real terminal.
  @Suite(.serialized)
  struct Console {
    /// A fleet that is ready to move, its chargers simulated.
    private struct Stage {
      let journey: Journey
      let engine: Journey.EngineProcess
      let simulation: SwellProcess

      init(chargers: Int) throws {
        journey = try Journey()
        let fleet = try journey.write("fleet.csv", Supplies.fleet(chargers))
        #expect(try journey.swell("import", fleet).code == 0)
        #expect(
          try journey.swell(
            "firmware", "add", "--model", "AC22", "--version", "2.4.0", "--from", "2.*",
            "--protocols", "1.6,2.0.1", "--file", try Supplies.image(journey)
          ).code == 0)
        engine = try journey.engine()
        simulation = try journey.start(
          Places.binary, ["simulate", "--csv", fleet, "--url", engine.url])
        try journey.rows("chargers", "list", "--filter", "ready:ready") { $0.count == chargers }
      }

      func begin() throws {
        let playbook = try journey.write("quick.json5", Supplies.playbook)
        #expect(try journey.swell("plan", "Autumn", "--playbook", playbook).code == 0)
        #expect(try journey.swell("campaigns", "approve", "Autumn").code == 0)
        #expect(try journey.swell("campaigns", "start", "Autumn").code == 0)
      }
    }

    /// The number behind a word on the screen.
    private func number(_ word: String, in screen: String) -> Int? {
      for line in screen.split(separator: "\n") {
        guard let range = line.range(of: word + " ") else { continue }
        let digits = line[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
        if let number = Int(digits) { return number }
      }
      return nil
    }

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
      try small.wait("a wave that moves to its end", seconds: 60) { screen in
        if let migrated = number("migrated", in: screen) { seen.insert(migrated) }
        return seen.contains(30)
      }
      #expect(seen.count >= 3, "only these were seen: \(seen.sorted())")
      // The other console says the same, and so does the command line.
      try large.wait("the same number") { number("migrated", in: $0) == 30 }
      #expect(try stage.journey.swell("status").output.contains("30 of 30 migrated"))

      // The fleet: a filter, its inverse, and one that is wrong.
      try small.press("f")
      try small.wait("the fleet") { $0.contains("30 of 30") && $0.contains("migrated") }
      try small.press("/")
      try small.line("SIM-1")
      try small.wait("a filtered fleet") { $0.contains("11 of 30") }
      try small.press("Enter")
      try small.wait("one charger") { $0.contains("Fleet › SIM-1") && $0.contains("2.4.0") }
      try small.press("Escape")
      try small.wait("the fleet again") { $0.contains("11 of 30") }
      try small.press("?")
      try small.wait("help") { $0.contains("Help") && $0.contains("Drop all marks") }
      try small.press("Escape")
      try small.press(":")
      try small.line("dashboard")
      try small.wait("the dashboard") { $0.contains("Dashboard") && $0.contains("MIGRATION") }
      try small.press("C-c")
      try small.wait("the shell") { $0.contains("code 0") }
      // The engine and the other console go on.
      #expect(try stage.journey.swell("status").code == 0)
      try large.press(":")
      try large.line("q")
      try large.wait("the shell") { $0.contains("code 0") }
      #expect(try stage.journey.swell("campaigns", "list").output.contains("finished"))
      #expect(kill(stage.engine.process.pid, 0) == 0)
    }

    @Test("a console says when its engine dies, and takes up with the next")
    func engineDies() throws {
      let stage = try Stage(chargers: 3)
      let terminal = try Tmux(stage.journey, columns: 80, rows: 24)
      try terminal.openConsole()
      try terminal.wait("a live console") { $0.contains("engine up") && $0.contains("3/3 online") }
      stage.engine.process.send(SIGKILL)
      try terminal.wait("the loss") { $0.contains("no engine: read-only") }
      try terminal.press("H")
      try terminal.wait("why nothing can be held") { $0.contains("swell serve") }
      let next = try stage.journey.engine()
      try terminal.wait("the next engine") { $0.contains("engine up") }
      next.process.send(SIGTERM)
      #expect(try next.process.exitCode() == 0)
      try terminal.wait("its end") { $0.contains("no engine: read-only") }
    }

    @Test("without an engine the console reads only, and without an inventory it says what to do")
    func readOnly() throws {
      let journey = try Journey()
      let terminal = try Tmux(journey, columns: 80, rows: 24)
      try terminal.line("swell")
      try terminal.wait("advice") { $0.contains("There is no inventory") }
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
      try terminal.openConsole()
      try terminal.wait("read-only") {
        $0.contains("no engine: read-only") && $0.contains("3 chargers")
      }
      try terminal.press("f")
      try terminal.wait("the fleet") { $0.contains("SIM-2") }
      try terminal.press("C-c")
      try terminal.wait("the shell") { $0.contains("code 0") }
    }

    enum Ending: String, CaseIterable {
      case quit, terminated, crashed, aborted, hungUp, interrupted
    }

    @Test("the terminal is as it was, however the console ends", arguments: Ending.allCases)
    func restored(ending: Ending) throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(1))).code == 0)
      let terminal = try Tmux(journey, columns: 80, rows: 24)
      let before = try terminal.settings("before")
      let pid = try terminal.openConsole()
      #expect(try terminal.isAlternate)
      switch ending {
      case .quit: try terminal.press("C-c")
      case .terminated: kill(pid, SIGTERM)
      case .crashed: kill(pid, SIGSEGV)
      case .aborted: kill(pid, SIGABRT)
      case .hungUp: kill(pid, SIGHUP)
      case .interrupted: kill(pid, SIGINT)
      }
      let screen = try terminal.wait("the shell") { $0.contains(/code \d+/) }
      let code = try #require(screen.firstMatch(of: /code (\d+)/)).output.1
      let expected: [Ending: Int32] = [
        .quit: 0, .terminated: 128 + SIGTERM, .crashed: 128 + SIGSEGV, .aborted: 128 + SIGABRT,
        .hungUp: 128 + SIGHUP, .interrupted: 128 + SIGINT,
      ]
      #expect(Int32(code) == expected[ending], "\(screen)")
      #expect(try !terminal.isAlternate)
      #expect(try terminal.settings("after") == before)
    }

    @Test("the console is suspended and continued like any program")
    func suspended() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(1))).code == 0)
      let terminal = try Tmux(journey, columns: 80, rows: 24)
      let before = try terminal.settings("before")
      try terminal.openConsole()
      for _ in 0..<2 {
        try terminal.press("C-z")
        try terminal.wait("the shell") { $0.contains("Stopped") }
        #expect(try !terminal.isAlternate)
        #expect(try terminal.settings("stopped") == before)
        try terminal.line("clear; fg; echo code $?")
        try terminal.wait("the console again") { $0.contains(" swell  Dashboard") }
        #expect(try terminal.isAlternate)
      }
      try terminal.press("C-c")
      try terminal.wait("the shell") { $0.contains("code 0") }
      #expect(try terminal.settings("after") == before)
    }

    @Test("a console with nothing to show sleeps")
    func idle() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(1))).code == 0)
      let terminal = try Tmux(journey, columns: 80, rows: 24)
      let report = journey.path("idle")
      try terminal.line("export SWELL_CONSOLE_IDLE=\(report)")
      try terminal.openConsole()
      func frames() -> Int? {
        guard let text = try? String(contentsOfFile: report, encoding: .utf8) else { return nil }
        return text.split(separator: " ").last.flatMap { Int($0.filter(\.isNumber)) }
      }
      try Deadline.wait("an idle report", #_sourceLocation) { frames() != nil }
      let first = try #require(frames())
      let start = Date()
      try Deadline.wait("three more frames", #_sourceLocation) { (frames() ?? 0) >= first + 3 }
      // Its clock ticks once a second; much more would be work for nothing.
      #expect(Date().timeIntervalSince(start) > 0.4)
      try terminal.press("C-c")
      try terminal.wait("the shell") { $0.contains("code 0") }
    }
  }
}
