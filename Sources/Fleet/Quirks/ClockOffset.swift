/// A charger's clock that runs in local time under another name until it is set
/// (steve-community/steve#136). State belongs to a connection.
///
/// Nothing but the time of receipt can tell it, and old messages may wait in the charger: so only a
/// time that lies ahead measures the offset, because nothing is sent before it happened; one that
/// lies less ahead than others did is an older message. A clock that runs behind looks like an old
/// message throughout; its offset must be stated.
package struct ClockOffset: Sendable, Equatable {
  /// Zones differ from UTC by quarter-hours, 14 hours at most.
  private static let quarter: Int64 = 15 * 60_000
  private static let farthest: Int64 = 14 * 3_600_000
  /// How far a right clock may be off, and how long a message may take.
  private static let slack: Int64 = 2 * 60_000

  /// By how much its times are ahead.
  package private(set) var span: Span

  /// - Parameter stated: what an operator says; nil: measured.
  package init(stated: Span?) { span = stated ?? Span(milliseconds: 0) }

  /// The moment that a time of the charger means.
  package mutating func corrected(_ time: Instant, receivedAt: Instant) -> Instant {
    let ahead = (time - receivedAt).milliseconds
    if abs(ahead) <= Self.slack {
      // It was set meanwhile.
      span = Span(milliseconds: 0)
    } else if ahead > span.milliseconds + Self.slack {
      let quarters = (ahead + Self.quarter / 2) / Self.quarter * Self.quarter
      if abs(ahead - quarters) <= Self.slack, quarters <= Self.farthest {
        span = Span(milliseconds: quarters)
      }
    }
    return Instant(milliseconds: time.milliseconds - span.milliseconds)
  }

  /// `+02:00`, `-03:30`, `Z`; nil for anything else.
  package static func span(_ text: String) -> Span? {
    if text == "Z" { return Span(milliseconds: 0) }
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int64(parts[0]),
      let minutes = Int64(parts[1]), (0...14).contains(hours), (0..<60).contains(minutes)
    else { return nil }
    let milliseconds = (hours * 60 + minutes) * 60_000
    return Span(milliseconds: sign == "-" ? -milliseconds : milliseconds)
  }

  /// `2:00 ahead`.
  package var label: String {
    let minutes = abs(span.milliseconds) / 60_000
    let rest = minutes % 60
    let side = span.milliseconds < 0 ? "behind" : "ahead"
    return "\(minutes / 60):\(rest < 10 ? "0" : "")\(rest) \(side)"
  }
}
