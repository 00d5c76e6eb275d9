import Fleet
import Glibc
import Synchronization

/// The engine's talk: one line an event, no secrets.
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

    /// Of syslog(3), for the journal.
    fileprivate var priority: Int {
      switch self {
      case .debug: 7
      case .info: 6
      case .warning: 4
      case .error: 3
      }
    }
  }

  /// How a line is written.
  package enum Format: String, Sendable, CaseIterable {
    /// logfmt.
    case text
    case json
  }

  private let level: Level
  private let write: @Sendable (LogLine) -> Void

  /// - Parameter write: receives whole lines.
  package init(
    level: Level, format: Format = .text, write: @escaping @Sendable (String) -> Void
  ) {
    self.level = level
    self.write = { write(format == .json ? $0.json : $0.text) }
  }

  private init(level: Level, lines: @escaping @Sendable (LogLine) -> Void) {
    (self.level, write) = (level, lines)
  }

  /// Lines on standard error, each in one write. Where that is the journal, it is told the level
  /// (sd-daemon(3)).
  package static func standardError(_ level: Level, _ format: Format = .text) -> Log {
    let isJournal = isJournalStream(2)
    return Log(
      level: level,
      lines: { line in
        let prefix = isJournal ? "<\(line.level.priority)>" : ""
        put(prefix + (format == .json ? line.json : line.text), on: 2)
      })
  }

  package static func put(_ line: String, on descriptor: Int32) {
    let bytes = Array((line + "\n").utf8)
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }

  /// $JOURNAL_STREAM names the device and inode of the journal's socket (systemd.exec(5)); it is
  /// inherited also by processes whose output goes elsewhere.
  private static func isJournalStream(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard let stream = getenv("JOURNAL_STREAM"), fstat(descriptor, &status) == 0 else {
      return false
    }
    return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
  }

  package static let silent = Log(level: .error, write: { _ in })

  /// - Parameters:
  ///   - charger: the identity that it is about.
  ///   - fields: more, for machines.
  ///   - file: where it is said; names the component.
  package func callAsFunction(
    _ level: Level, _ text: @autoclosure () -> String, charger: String? = nil,
    fields: @autoclosure () -> [(key: String, value: String)] = [], file: StaticString = #fileID
  ) {
    guard level >= self.level else { return }
    write(
      LogLine(
        at: SystemClock.now, level: level, component: Self.component(of: file),
        charger: charger, message: text(), fields: fields()))
  }

  /// `CSMS/CoreUpgrades.swift` is of the core.
  private static func component(of file: StaticString) -> String {
    file.withUTF8Buffer { path in
      let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      let name = path[start...].prefix { $0 != UInt8(ascii: ".") }
      return words.first(where: { name.starts(with: $0.start.utf8) })?.component
        ?? String(decoding: name, as: UTF8.self).lowercased()
    }
  }

  /// By how the names of their files start.
  private static let words: [(start: String, component: String)] = [
    ("Core", "core"), ("ChargerLoop", "connections"), ("Depot", "depot"),
    ("UploadDesk", "uploads"), ("Trace", "trace"), ("Engine", "engine"), ("Serv", "service"),
  ]
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
