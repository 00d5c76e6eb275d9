import Foundation
import Glibc

/// A process of the program under test. Its output goes to a file.
final class Child {
  /// The program that was built beside this test.
  static let program = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("swell").path

  private let process = Process()

  init(
    _ arguments: [String], program: String = Child.program, output: String,
    environment: [String: String] = [:]
  ) throws {
    if !FileManager.default.fileExists(atPath: output) {
      try Data().write(to: URL(fileURLWithPath: output))
    }
    guard let file = FileHandle(forWritingAtPath: output) else {
      throw TooLong(what: "\(output) could be written")
    }
    try file.seekToEnd()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = file
    process.standardError = file
    try process.run()
  }

  var id: pid_t { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  /// Whether it was ended by SIGKILL, as opposed to a trap or an error of its own.
  var wasKilled: Bool {
    !isRunning && process.terminationReason == .uncaughtSignal
      && process.terminationStatus == SIGKILL
  }
  var exitCode: Int32? {
    !isRunning && process.terminationReason == .exit ? process.terminationStatus : nil
  }

  func signal(_ number: Int32) { if isRunning { Glibc.kill(id, number) } }

  func awaitEnd(_ what: String) throws {
    try wait("\(what) ended") { !isRunning }
  }

  deinit { signal(SIGKILL) }
}
