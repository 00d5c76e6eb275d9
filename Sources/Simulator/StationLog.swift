import Glibc
import OCPP

/// The log that all stations share: a file of JSON lines, each written at once, so that lines of
/// several loops and processes do not mix. Any thread may use it.
package final class StationLog: Sendable {
  private let descriptor: Int32

  /// Opens the file for appending, and makes it when it is not there.
  package init(path: String) throws(SimulatorError) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .log(path: path, code: errno) }
  }

  deinit { close(descriptor) }

  /// Appends one line. A line that the disk does not take is lost: the log is evidence for tests,
  /// and stations go on without it.
  package func write(_ line: StationLogLine) {
    let bytes = Array((line.json.text + "\n").utf8)
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }
}
