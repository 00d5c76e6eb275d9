import Foundation
import Testing

/// A terminal of its own with a shell in it.
final class Tmux {
  private let journey: Journey
  private let socket: String
  private static let prompt = "ready> "  // captured without its last space

  init(_ journey: Journey, columns: Int, rows: Int) throws {
    self.journey = journey
    socket = journey.path("tmux-\(columns)-\(UInt32.random(in: 0...UInt32.max))")
    let settings = try journey.write(
      "shell.rc",
      """
      PS1='\(Self.prompt)'
      export LC_ALL=C.UTF-8 TZ=UTC SWELL_DB=\(journey.database)
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

  /// Waits until the screen shows what is wanted, and returns it.
  @discardableResult
  func wait(
    _ what: String, seconds: Double = 15, location: SourceLocation = #_sourceLocation,
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
  @discardableResult
  func openConsole(_ words: String = "", location: SourceLocation = #_sourceLocation) throws
    -> pid_t
  {
    let file = journey.path("pid-\(UInt32.random(in: 0...UInt32.max))")
    try line(
      "clear; sh -c 'echo $$ >\(file); exec \(Places.binary) \(words)'; echo code $?")
    try wait("the console", location: location) { $0.contains(" swell  Dashboard") }
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return try #require(pid_t(text.filter(\.isNumber)))
  }

  /// The shell's settings of the terminal.
  func settings(_ name: String) throws -> String {
    try run("stty -a >\(name)")
    return try String(contentsOfFile: journey.path(name), encoding: .utf8)
  }
}
