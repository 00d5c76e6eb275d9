import Fleet
import Foundation

/// When installs may run at the sites of one time zone: once, some minutes from now.
struct CrashWindow {
  var zone: String
  /// Minutes.
  var opensAfter: Int64
  /// Minutes.
  var lasts: Int64

  private static let minute: Int64 = 60_000

  /// In UTC milliseconds: windows begin and end with minutes.
  func opening(from now: Instant) -> Range<Int64> {
    let start = (now.milliseconds / Self.minute + 1 + opensAfter) * Self.minute
    return start..<start + lasts * Self.minute
  }

  /// In the sites' own time, by Foundation's zones: the engine has a reader of its own for those.
  private func label(from now: Instant) throws -> String {
    guard let zone = TimeZone(identifier: zone) else {
      throw Failure("this system has no data of the time zone \(zone)")
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    func clock(_ time: Int64) -> String {
      let date = Date(timeIntervalSince1970: Double(time) / 1000)
      let parts = calendar.dateComponents([.hour, .minute], from: date)
      return String(format: "%02d:%02d", parts.hour ?? 0, parts.minute ?? 0)
    }
    let opening = opening(from: now)
    return "daily \(clock(opening.lowerBound))-\(clock(opening.upperBound))"
  }

  /// A file for `swell sites import`: the windows of every site that the fleet's file names.
  static func sites(_ windows: [Self], fleet csv: String, now: Instant) throws -> String {
    let labels = Dictionary(
      try windows.map { ($0.zone, try $0.label(from: now)) },
      uniquingKeysWith: { first, _ in first }
    )
    var lines: Set<String> = []
    for row in DemoRow.table(csv) {
      guard let site = row["site"], let zone = row["zone"], let label = labels[zone] else {
        throw Failure("the fleet has a charger in no zone that has a window: \(row)")
      }
      lines.insert("\(site),\(label)\n")
    }
    return "site,windows\n" + lines.sorted().joined()
  }
}
