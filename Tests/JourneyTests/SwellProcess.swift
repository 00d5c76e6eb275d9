import Foundation
import Patience
import Testing

/// The one place where these tests wait.
enum Deadline {
  struct Missed: Error, CustomStringConvertible {
    let description: String
  }

  /// Asks again until the condition holds.
  static func wait(
    _ what: String, seconds: Double = 20, _ location: SourceLocation,
    detail: () -> String = { "" }, until condition: () throws -> Bool
  ) throws {
    let end = Date().addingTimeInterval(Patience.seconds(seconds))
    while !(try condition()) {
      guard Date() < end else {
        let missed = Missed(description: "waited \(seconds) s in vain for \(what): \(detail())")
        Issue.record(missed, sourceLocation: location)
        throw missed
      }
      _ = poll(nil, 0, 10)
    }
  }
}

/// A program under test. Its input is a pipe, what it writes goes to files without a name: one that
/// nobody reads for a while must not stop for it.
final class SwellProcess {
  let pid: pid_t
  private var input: Int32
  private var written: [Int32]
  private var bytes: [[UInt8]] = [[], []]
  private var code: Int32?

  init(
    _ program: String, _ words: [String], in directory: String, environment: [String: String] = [:]
  ) throws {
    var pair: [Int32] = [-1, -1]
    try #require(pipe(&pair) == 0)
    let files = [try Self.file(), try Self.file()]
    for descriptor in pair + files { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pair[0], 0)
    posix_spawn_file_actions_adddup2(&actions, files[0], 1)
    posix_spawn_file_actions_adddup2(&actions, files[1], 2)
    // What this process blocks or ignores is no business of the other.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var variables = ProcessInfo.processInfo.environment
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    variables["LC_ALL"] = "C.UTF-8"
    variables.merge(environment) { $1 }
    var argv: [UnsafeMutablePointer<CChar>?] = (Self.within(directory) + [program] + words).map {
      strdup($0)
    }
    var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") }
    argv.append(nil)
    envp.append(nil)
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    let outcome = posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv, envp)
    close(pair[0])
    try #require(outcome == 0, "\(program): \(String(cString: strerror(outcome)))")
    self.pid = pid
    input = pair[1]
    written = files
  }

  /// Open for reading and writing, and gone with the last who has it open.
  private static func file() throws -> Int32 {
    var template = Array("/tmp/swell-stream-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    unlink(template)
    return descriptor
  }

  /// A shell that goes there and then becomes the program.
  private static func within(_ directory: String) -> [String] {
    ["sh", "-c", "cd \"$0\" && exec \"$@\"", directory]
  }

  deinit { stop() }

  /// What it has written so far.
  var output: String { String(decoding: bytes[0], as: UTF8.self) }
  var talk: String { String(decoding: bytes[1], as: UTF8.self) }

  /// Gives it its whole standard input.
  func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(input, bytes, bytes.count)
    close(input)
    input = -1
  }

  func send(_ signal: Int32) { if code == nil { kill(pid, signal) } }

  /// Takes in what it has written since the last time.
  private func read() {
    for (index, file) in written.enumerated() where file >= 0 {
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = pread(file, &buffer, buffer.count, off_t(bytes[index].count))
        guard count > 0 else { break }
        bytes[index] += buffer[..<count]
      }
    }
  }

  /// Reads on until a condition on what it wrote holds.
  func wait(
    for what: String, seconds: Double = 20, _ location: SourceLocation = #_sourceLocation,
    until condition: (SwellProcess) throws -> Bool
  ) throws {
    try Deadline.wait(what, seconds: seconds, location, detail: { "\n\(output)\n\(talk)" }) {
      read()
      return try condition(self)
    }
  }

  /// Waits for its end: its code, or the negative signal that killed it.
  func exitCode(_ location: SourceLocation = #_sourceLocation, seconds: Double = 30) throws -> Int32
  {
    if let code { return code }
    try wait(for: "the end of process \(pid)", seconds: seconds, location) { _ in reap(WNOHANG) }
    read()
    return try #require(code)
  }

  /// Whether its end was waited for.
  var hasEnded: Bool { code != nil }

  /// Whether it has ended; takes its code then.
  @discardableResult
  private func reap(_ options: Int32) -> Bool {
    if code != nil { return true }
    var status: Int32 = 0
    guard waitpid(pid, &status, options) == pid else { return false }
    let signal = status & 0x7f
    code = signal == 0 ? (status >> 8) & 0xff : -signal
    return true
  }

  /// Ends it, if it still lives, without asking it.
  func stop() {
    if code == nil {
      kill(pid, SIGKILL)
      reap(0)
    }
    for descriptor in written + [input] where descriptor >= 0 { close(descriptor) }
    written = [-1, -1]
    input = -1
  }
}
