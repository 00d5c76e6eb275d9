import Fleet
import Glibc
import OCPP
import Synchronization

/// The engine's talk: one line an event on standard error, level first, no secrets.
package struct Log: Sendable {
  package enum Level: Int, Sendable, Comparable, CaseIterable {
    case debug
    case info
    case warning
    case error
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    package var word: String {
      switch self {
      case .debug: "debug"
      case .info: "info"
      case .warning: "warning"
      case .error: "error"
      }
    }
  }

  private let level: Level
  private let write: @Sendable (String) -> Void

  /// - Parameter write: receives whole lines.
  package init(level: Level, write: @escaping @Sendable (String) -> Void) {
    (self.level, self.write) = (level, write)
  }

  /// Lines on standard error, each in one write.
  package static func standardError(_ level: Level) -> Log {
    Log(level: level) { line in
      let bytes = Array((line + "\n").utf8)
      _ = Glibc.write(2, bytes, bytes.count)
    }
  }

  package static let silent = Log(level: .error) { _ in }

  package func callAsFunction(_ level: Level, _ text: @autoclosure () -> String) {
    guard level >= self.level else { return }
    write("\(DateTime.format(SystemClock.now.milliseconds)) \(level.word) \(text())")
  }
}

/// The one place of the engine that reads the wall clock.
package enum SystemClock {
  package static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(
      milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
