import Foundation
import Testing

/// What the console does to its terminal.
extension JourneyTests.Console {
  enum Ending: String, CaseIterable {
    case quit, terminated, crashed, aborted, hungUp, interrupted
  }

  private func smallFleet() throws -> Journey {
    let journey = try Journey()
    #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
    return journey
  }

  @Test("the terminal is as it was, however the console ends", arguments: Ending.allCases)
  func restored(ending: Ending) throws {
    let terminal = try Tmux(try smallFleet(), columns: 80, rows: 24)
    let before = try terminal.settings("before")
    let pid = try terminal.openConsole()
    #expect(try terminal.isAlternate)
    #expect(try !terminal.isCursorShown)
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
    #expect(try terminal.isCursorShown)
    #expect(try terminal.settings("after") == before)
    // What is typed is seen again.
    try terminal.press("echo", "Space", "seen")
    try terminal.wait("an echo") { $0.contains("ready> echo seen") }
  }

  @Test("the console is suspended and continued like any program")
  func suspended() throws {
    let terminal = try Tmux(try smallFleet(), columns: 80, rows: 24)
    let before = try terminal.settings("before")
    try terminal.openConsole()
    try terminal.keys("f")
    for size in [(80, 24), (100, 30)] {
      try terminal.press("C-z")
      try terminal.wait("the shell") { $0.contains("Stopped") }
      #expect(try !terminal.isAlternate)
      #expect(try terminal.isCursorShown)
      #expect(try terminal.settings("stopped") == before)
      // A size that changes meanwhile is noticed.
      try terminal.resize(columns: size.0, rows: size.1)
      try terminal.line("clear; fg; echo code $?")
      try terminal.wait("the console again, where it was, in its size") {
        fills($0, columns: size.0, rows: size.1) && $0.contains(" swell  Fleet")
          && $0.contains("SIM-3")
      }
      #expect(try terminal.isAlternate)
    }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
    #expect(try terminal.settings("after").contains("columns 100"))
  }

  /// Whether the console's rules reach from edge to edge, and its last line stands at the bottom.
  private func fills(_ screen: String, columns: Int, rows: Int) -> Bool {
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= rows, lines[0].hasPrefix(" swell") else { return false }
    return lines[1].count == columns && lines[rows - 2].count == columns
      && lines[rows - 2].hasSuffix("─") && lines[rows - 1].contains("help")
  }

  @Test("every screen fits the terminal, whatever size it is made")
  func resized() throws {
    let stage = try Stage(chargers: 3)
    try stage.begin()
    let terminal = try Tmux(stage.journey, columns: 80, rows: 24)
    try terminal.openConsole()
    // Once it is over, only the size changes.
    try stage.campaign("the end of the campaign") { $0.status == "finished" }
    let screens = [
      ("d", "MIGRATION"), ("f", "SIM-3"), ("c", "Autumn"), ("E", "end of life"), ("a", "approve"),
    ]
    for (key, content) in screens {
      try terminal.keys(key)
      for (columns, rows) in [(80, 24), (200, 60), (40, 12), (80, 24)] {
        try terminal.resize(columns: columns, rows: rows)
        try terminal.wait("\(content) at \(columns)×\(rows)") {
          fills($0, columns: columns, rows: rows) && (rows < 24 || $0.contains(content))
        }
      }
    }
    // One made too small for anything is not the end, either.
    try terminal.resize(columns: 10, rows: 3)
    try terminal.keys("d")
    try terminal.resize(columns: 80, rows: 24)
    try terminal.wait("the dashboard") {
      fills($0, columns: 80, rows: 24) && $0.contains("MIGRATION")
    }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }

  @Test(
    "a console with nothing new to show draws nothing and takes no time", arguments: [true, false])
  func idle(hasEngine: Bool) throws {
    let journey = try smallFleet()
    if hasEngine { _ = try journey.engine() }
    let terminal = try Tmux(journey, columns: 80, rows: 24)
    let pid = try terminal.openConsole()
    try terminal.wait("the fleet's numbers") { $0.contains("PROTOCOL") }
    for key in ["d", "f", "c"] {
      try terminal.keys(key)
      try rests(terminal, pid)
    }
    // What changes is seen at once all the same.
    try terminal.keys("f")
    #expect(try journey.swell("import", try journey.write("g.csv", Supplies.fleet(5))).code == 0)
    try terminal.wait("the new chargers") { $0.contains("5 of 5") }
    try terminal.press("C-c")
    try terminal.wait("the shell") { $0.contains("code 0") }
  }

  /// Waits until the console has rested for some seconds on end: no frame, no time used.
  private func rests(_ terminal: Tmux, _ pid: pid_t, seconds: Double = 4) throws {
    var since = Date()
    var last: (Int, Int) = (-1, -1)
    try Deadline.wait("a console at rest", seconds: 45, #_sourceLocation, detail: { "\(last)" }) {
      let now = (terminal.rest?.frames ?? -1, try ticks(pid))
      // A hundredth of a second of its time may be rounded up.
      if now.0 != last.0 || now.1 > last.1 + 1 { (since, last) = (Date(), now) }
      return Date().timeIntervalSince(since) > seconds
    }
  }

  /// Processor time of a process, in hundredths of a second.
  private func ticks(_ pid: pid_t) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    // utime and stime are fields 14 and 15; the state behind the name is field 3 (proc(5)).
    let times = [11, 12].compactMap { fields.indices.contains($0) ? Int(fields[$0]) : nil }
    try #require(times.count == 2, "\(text)")
    return times[0] + times[1]
  }
}
