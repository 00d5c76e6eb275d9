import Fleet
import Glibc
import Synchronization
import Threads

/// A command that is given some input and watched until it ends or its time is over.
final class CommandRun: Sendable {
  struct Result: Sendable, Equatable {
    /// Nil when it exited 0.
    var failure: String?
    /// The beginning of what it printed.
    var output: String
  }

  /// Of what it prints.
  private static let outputLimit = 4096
  /// What a pipe holds at least (pipe(7)), so that writing waits for nobody.
  private static let inputLimit = 60_000
  /// How often it is looked whether it has ended while it prints nothing, in milliseconds.
  private static let look: Int32 = 50
  /// Nothing of the engine's: it may hold secrets.
  private static let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"]

  private let group = Monitor<pid_t?>(nil)
  private let isStopping = Atomic<Bool>(false)

  /// Ends the command that runs, and each that comes, at once.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    group.withLock { group in
      if let group { kill(-group, SIGKILL) }
    }
  }

  /// Runs it to its end on this thread, in a process group of its own that is killed when the time
  /// is over.
  func run(_ command: String, input: String, timeout: Span) -> Result {
    let bytes = Array(input.utf8)
    guard bytes.count <= Self.inputLimit else {
      return Result(failure: "its input has \(bytes.count) bytes", output: "")
    }
    var (stdin, stdout): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&stdin) == 0 else { return Self.failed("pipe") }
    guard pipe(&stdout) == 0 else {
      for end in stdin { close(end) }
      return Self.failed("pipe")
    }
    // Descriptors of other children must not hold these open.
    for end in stdin + stdout { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Before anybody reads: it fits.
    _ = write(stdin[1], bytes, bytes.count)
    close(stdin[1])
    let process = spawn(command, stdin: stdin[0], stdout: stdout[1])
    close(stdin[0])
    close(stdout[1])
    defer { close(stdout[0]) }
    guard let process else { return Self.failed("posix_spawn") }
    return watch(process, stdout[0], timeout)
  }

  private static func failed(_ call: String) -> Result {
    Result(failure: "\(call): \(String(cString: strerror(errno)))", output: "")
  }

  private func spawn(_ command: String, stdin: Int32, stdout: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, stdin, 0)
    posix_spawn_file_actions_adddup2(&actions, stdout, 1)
    posix_spawn_file_actions_adddup2(&actions, stdout, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    let words = ["/bin/sh", "-c", command]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let environment: [UnsafeMutablePointer<CChar>?] = Self.environment.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var process = pid_t()
    return group.withLock { group in
      guard !isStopping.load(ordering: .relaxed) else { return nil }
      let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment)
      guard code == 0 else {
        errno = code
        return nil
      }
      group = process
      return process
    }
  }

  private func watch(_ process: pid_t, _ output: Int32, _ timeout: Span) -> Result {
    let begun = SystemClock.elapsed
    var printed: [UInt8] = []
    var isOpen = true
    var isLate = false
    var status: Int32 = 0
    while true {
      if isOpen { isOpen = read(output, into: &printed) } else { poll(nil, 0, Self.look) }
      let ended = group.withLock { group in
        let ended = waitpid(process, &status, WNOHANG) != 0
        // Its number is another's from now on.
        if ended { group = nil }
        return ended
      }
      if ended { break }
      if !isLate, SystemClock.elapsed.milliseconds - begun.milliseconds >= timeout.milliseconds {
        isLate = true
        kill(-process, SIGKILL)
      }
    }
    // What it printed last; nobody waits for those that it has left behind.
    while isOpen, read(output, into: &printed, wait: 0) {}
    let text = String(decoding: printed, as: UTF8.self)
    if isLate {
      return Result(failure: "ended after \(Int(timeout.seconds)) s", output: text)
    }
    // wait(2): the low seven bits name a signal, the next eight the exit code.
    let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
    if signal != 0 { return Result(failure: "ended by signal \(signal)", output: text) }
    return Result(failure: code == 0 ? nil : "exited \(code)", output: text)
  }

  /// Takes what is there; false when nothing more comes, or when not waiting and nothing is there.
  private func read(_ output: Int32, into printed: inout [UInt8], wait: Int32 = look) -> Bool {
    var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, wait) > 0 else { return wait > 0 }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(output, &buffer, buffer.count)
    guard count > 0 else { return false }
    printed += buffer.prefix(min(count, Self.outputLimit - printed.count))
    return true
  }
}
