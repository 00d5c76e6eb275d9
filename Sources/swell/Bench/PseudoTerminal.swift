import CLinux
import Foundation
import Glibc
import Synchronization

/// A program on a terminal of its own, whose screen output arrives here as bytes with their times.
final class PseudoTerminal: Sendable {
  let process: Int32
  private let child: ChildProcess
  private let master: Int32
  private let output = Mutex<[UInt8]>([])
  private let arrived = DispatchSemaphore(value: 0)

  /// Foundation's `Process` is no Sendable; only this file touches it.
  private final class ChildProcess: @unchecked Sendable {
    // Safe: started in `init`, asked for its end in `end`, both by the thread that measures.
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

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(master, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      output.withLock { $0 += buffer[..<count] }
      arrived.signal()
    }
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(master, bytes, bytes.count)
  }

  func forgetOutput() { output.withLock { $0.removeAll(keepingCapacity: true) } }

  /// Milliseconds until the output since `forgetOutput` holds the text; nil when it does not in
  /// time.
  func wait(for text: String, seconds: Double) -> Double? {
    let wanted = Array(text.utf8)
    let start = Self.now()
    while true {
      if output.withLock({ Self.holds($0, wanted) }) { return (Self.now() - start) * 1000 }
      let left = seconds - (Self.now() - start)
      guard left > 0, arrived.wait(timeout: .now() + left) == .success else { return nil }
    }
  }

  private static func holds(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
    Data(bytes).range(of: Data(wanted)) != nil
  }

  /// Types a key and waits until the screen shows what it leads to.
  func latency(of key: String, until text: String) -> Double? {
    forgetOutput()
    type(key)
    return wait(for: text, seconds: 5)
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
