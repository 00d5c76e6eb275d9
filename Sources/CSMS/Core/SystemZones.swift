import Fleet
import Glibc
import Threads

/// The IANA time zones that this system has, read once each.
package final class SystemZones: Sendable {
  /// As tzset(3) looks for them.
  private static var folder: String {
    guard let named = getenv("TZDIR").map({ String(cString: $0) }), !named.isEmpty else {
      return "/usr/share/zoneinfo"
    }
    return named
  }
  /// The largest on a Debian system has 4 kB.
  private static let largest = 256 * 1024

  private let known = Monitor<[String: Zone?]>([:])

  package init() {}

  /// Nil where this system has no such zone, or what it has can't be read.
  package func zone(_ name: String) -> Zone? {
    known.withLock { known in
      if let zone = known[name] { return zone }
      let zone = Self.bytes(of: name).flatMap { try? Zone(name: name, tzif: $0) }
      known[name] = .some(zone ?? (name == Zone.utc.name ? .utc : nil))
      return zone ?? (name == Zone.utc.name ? .utc : nil)
    }
  }

  /// A system without any zone data can't tell, and believes.
  static func knows(_ zone: String) -> Bool {
    if zone == Zone.utc.name || access(folder, F_OK) != 0 { return true }
    guard let path = path(of: zone) else { return false }
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func path(of zone: String) -> String? {
    guard !zone.isEmpty, !zone.contains(".."), !zone.hasPrefix("/") else { return nil }
    return "\(folder)/\(zone)"
  }

  private static func bytes(of zone: String) -> [UInt8]? {
    guard let path = path(of: zone), let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: largest)
    let count = fread(&bytes, 1, largest, file)
    return count > 0 && count < largest ? Array(bytes[..<count]) : nil
  }
}
