import Foundation
import Testing

/// A terminal of its own with a shell in it.
final class Tmux {
  private let journey: Journey
  private let socket: String
  /// Where the console that was opened last tells how far it is.
  private var report = ""
  private static let prompt = "ready> "  // captured without its last space

  init(_ journey: Journey, columns: Int, rows: Int) throws {
    self.journey = journey
    socket = journey.path("tmux-\(columns)-\(UInt32.random(in: 0...UInt32.max))")
    let settings = try journey.write(
      "shell.rc",
      """
      PS1='\(Self.prompt)'
      export LC_ALL=C.UTF-8 TZ=UTC SWELL_DB=\(journey.database)
      export XDG_STATE_HOME=\(journey.path("state"))
      unset NO_COLOR SWELL_CONSOLE_IDLE
      # After a crash the debug build's runtime would ask for a key.
      export SWIFT_BACKTRACE=enable=no
      cd \(journey.directory)
      swell() { \(Places.binary) "$@"; }

      """)
    let size = ["-x", String(columns), "-y", String(rows)]
    try tmux(
      ["-u", "-f", "/dev/null", "new-session", "-d"] + size
        + ["bash --noprofile --rcfile \(settings) -i"])
    try wait("a shell") { $0.contains("ready>") }
  }

  deinit { _ = try? tmux(["kill-server"]) }

  @discardableResult
  private func tmux(_ words: [String]) throws -> String {
    let process = try journey.start(
      "/usr/bin/env", ["tmux", "-S", socket] + words, ["TERM": "xterm-256color"])
    let code = try process.exitCode()
    try #require(
      code == 0, "tmux \(words): \(process.talk) (is it installed? run .ci/setup --tests)")
    return process.output
  }

  /// Keys by tmux's names: `Enter`, `Escape`, `C-z`, or text.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  /// Presses keys of the console, by tmux's names, each when the one before has been drawn.
  func keys(_ names: String..., location: SourceLocation = #_sourceLocation) throws {
    for name in names { try handOver([name], name, location) }
  }

  /// Types text into a line or a form of the console.
  func text(_ text: String, location: SourceLocation = #_sourceLocation) throws {
    for letter in text { try handOver(["-l", String(letter)], String(letter), location) }
  }

  private func handOver(_ words: [String], _ key: String, _ location: SourceLocation) throws {
    let before = rest?.keys ?? 0
    try tmux(["send-keys"] + words)
    try Deadline.wait(
      "the console to deal with \(key)", location, detail: { "\n\((try? screen) ?? "")" }
    ) { (rest?.keys ?? 0) > before }
  }

  /// The keys dealt with and the frames drawn when the console last went to sleep.
  var rest: (keys: Int, frames: Int)? {
    guard let text = try? String(contentsOfFile: report, encoding: .utf8),
      let match = text.firstMatch(of: /keys (\d+) frames (\d+)\n/),
      let keys = Int(match.output.1), let frames = Int(match.output.2)
    else { return nil }
    return (keys, frames)
  }

  /// Makes the terminal another size.
  func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", String(columns), "-y", String(rows)])
  }

  /// Types a line into the shell.
  func line(_ text: String) throws {
    try tmux(["send-keys", "-l", text])
    try press("Enter")
  }

  var screen: String { get throws { try tmux(["capture-pane", "-p"]) } }

  /// Whether the alternate screen is on.
  var isAlternate: Bool {
    get throws { try tmux(["display-message", "-p", "#{alternate_on}"]).hasPrefix("1") }
  }

  var isCursorShown: Bool {
    get throws { try tmux(["display-message", "-p", "#{cursor_flag}"]).hasPrefix("1") }
  }

  /// Waits until the screen shows what is wanted, and returns it.
  @discardableResult
  func wait(
    _ what: String, seconds: Double = 30, location: SourceLocation = #_sourceLocation,
    until condition: (String) -> Bool
  ) throws -> String {
    var last = ""
    try Deadline.wait(what, seconds: seconds, location, detail: { "\n\(last)" }) {
      last = try screen
      return condition(last)
    }
    return last
  }

  /// Runs a command in the shell that ends by itself, and waits for its end.
  func run(_ command: String, location: SourceLocation = #_sourceLocation) throws {
    let mark = "end-\(UInt32.random(in: 0...UInt32.max))"
    try line("\(command); touch \(mark)")
    try Deadline.wait("the end of \(command)", location) {
      access(journey.path(mark), F_OK) == 0
    }
  }

  /// Opens the console and waits for its first picture; its process id.
  ///
  /// - Parameter program: the program and what stands before it.
  @discardableResult
  func openConsole(
    _ words: String = "", program: String = Places.binary,
    location: SourceLocation = #_sourceLocation
  ) throws -> pid_t {
    // Not beside the database, which the console watches.
    let directory = journey.path("reports")
    mkdir(directory, 0o777)
    chmod(directory, 0o777)
    let file = directory + "/pid-\(UInt32.random(in: 0...UInt32.max))"
    report = file + ".idle"
    try line(
      "clear; sh -c 'echo $$ >\(file); SWELL_CONSOLE_IDLE=\(report) exec \(program) \(words)';"
        + " echo code $?")
    try wait("the console", location: location) { $0.contains(" swell  Dashboard") }
    try Deadline.wait("the console to rest", location) { rest != nil }
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return try #require(pid_t(text.filter(\.isNumber)))
  }

  /// The shell's settings of the terminal.
  func settings(_ name: String) throws -> String {
    try run("stty -a >\(name)")
    return try String(contentsOfFile: journey.path(name), encoding: .utf8)
  }
}
