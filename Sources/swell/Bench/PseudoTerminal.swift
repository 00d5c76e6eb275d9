import CLinux
import Foundation
import Glibc
import Threads

/// A program on a terminal of its own, whose screen output arrives here as bytes with their times.
final class PseudoTerminal: Sendable {
  let process: Int32
  private let child: ChildProcess
  private let master: Int32
  private let sight = Monitor(Sight())
  private let arrived = DispatchSemaphore(value: 0)

  /// Foundation's `Process` is no Sendable.
  // Safe: started in `init`, waited for and ended by the one thread that measures.
  private final class ChildProcess: @unchecked Sendable {
    let process = Process()
  }

  init(
    _ program: String, _ arguments: [String], columns: UInt16, rows: UInt16,
    environment: [String: String] = [:]
  ) throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&master, &slave, nil, nil, &size) == 0 else {
      throw Failure("no pseudo-terminal to be had: \(String(cString: strerror(errno)))")
    }
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    self.master = master
    let handle = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
    child = ChildProcess()
    child.process.executableURL = URL(fileURLWithPath: program)
    child.process.arguments = arguments
    var variables = ProcessInfo.processInfo.environment
    variables.merge(["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]) { $1 }
    variables.merge(environment) { $1 }
    variables["NO_COLOR"] = nil
    child.process.environment = variables
    child.process.standardInput = handle
    child.process.standardOutput = handle
    child.process.standardError = handle
    try child.process.run()
    process = child.process.processIdentifier
    Thread.detachNewThread { [self] in read() }
  }

  /// What is being waited for, and the end of what was seen, in which its beginning may be.
  private struct Sight {
    var wanted: [UInt8] = []
    var seen: [UInt8] = []

    /// As fast as the terminal is written to: whoever draws waits for this reader.
    var isThere: Bool {
      guard let first = wanted.first, seen.count >= wanted.count else { return false }
      return seen.withUnsafeBytes { seen in
        wanted.withUnsafeBytes { wanted in
          var place = 0
          let last = seen.count - wanted.count
          while place <= last, let base = seen.baseAddress, let text = wanted.baseAddress {
            guard let found = memchr(base + place, Int32(first), last - place + 1) else {
              return false
            }
            place = found - UnsafeMutableRawPointer(mutating: base)
            if memcmp(base + place, text, wanted.count) == 0 { return true }
            place += 1
          }
          return false
        }
      }
    }
  }

  /// Looks for the text itself: one thread less to wake for each piece of a screen.
  private func read() {
    // On Linux this is the thread's own: the instrument must not push aside what it measures.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(master, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      let isThere = sight.withLock { sight in
        guard !sight.wanted.isEmpty else { return false }
        sight.seen += buffer[..<count]
        let isThere = sight.isThere
        if isThere { sight.wanted = [] }
        sight.seen = isThere ? [] : Array(sight.seen.suffix(sight.wanted.count - 1))
        return isThere
      }
      if isThere { arrived.signal() }
    }
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(master, bytes, bytes.count)
  }

  /// Milliseconds until the output from now on holds the text; nil when it does not in time.
  /// - Parameter cause: makes the program show it; what was shown before does not count.
  func wait(for text: String, seconds: Double, after cause: () -> Void = {}) -> Double? {
    sight.withLock { $0 = Sight(wanted: Array(text.utf8)) }
    let start = Self.now()
    cause()
    guard arrived.wait(timeout: .now() + seconds) == .success else {
      sight.withLock { $0 = Sight() }
      // It may have come between the time-out and this.
      _ = arrived.wait(timeout: .now())
      return nil
    }
    return (Self.now() - start) * 1000
  }

  /// Types a key and waits until the screen shows what it leads to.
  func latency(of key: String, until text: String) -> Double? {
    wait(for: text, seconds: 5) { type(key) }
  }

  /// Waits until the program ends by itself.
  func waitForEnd() { child.process.waitUntilExit() }

  func end() {
    child.process.terminate()
    child.process.waitUntilExit()
    close(master)
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
