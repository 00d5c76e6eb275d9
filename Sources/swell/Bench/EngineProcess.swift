import Foundation
import Glibc

/// `swell serve` in a process of its own.
final class EngineProcess {
  let port: UInt16
  /// Where it speaks TLS; 0 when it does not.
  let securePort: UInt16
  private let process = Process()

  /// Starts it and waits until it listens.
  /// - Parameter port: where; 0 for one that is free.
  /// - Parameter certificate: for TLS beside it.
  /// - Parameter securePort: where TLS is spoken; 0 for one that is free.
  init(
    database: String, directory: String, port: UInt16 = 0, _ options: [String] = [],
    certificate: BenchCertificate? = nil, securePort: UInt16 = 0
  ) throws {
    let log = directory + "/engine.log"
    try Data().write(to: URL(fileURLWithPath: log))
    process.executableURL = URL(fileURLWithPath: Child.program)
    process.arguments = ["serve", "--db", database, "--listen", "127.0.0.1:\(port)"] + options
    process.arguments? += certificate?.options(port: securePort) ?? []
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: log)
    try process.run()
    let deadline = Date().addingTimeInterval(30)
    while Date() < deadline, process.isRunning {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      let secure = text.firstMatch(of: /wss:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
      if let match = text.firstMatch(of: /ws:\/\/127\.0\.0\.1:(\d+)/), let port = UInt16(match.1),
        certificate == nil || secure != nil
      {
        self.port = port
        self.securePort = secure ?? 0
        return
      }
      usleep(20_000)
    }
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    process.terminate()
    throw Failure("the engine did not start: \(text.suffix(500))")
  }

  var id: pid_t { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  func kill() { end(by: SIGTERM) }

  func end(by signal: Int32) {
    if isRunning { Glibc.kill(id, signal) }
    process.waitUntilExit()
  }
}
