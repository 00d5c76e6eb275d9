import Fleet

/// Turns instants into what a clock on the wall says. The offsets come in as values: pure code
/// knows no time zones.
package struct LocalTime: Sendable, Equatable {
  /// From `at` on, local time is `offset` seconds ahead of UTC.
  package struct Change: Sendable, Equatable {
    package var at: Instant
    package var offset: Int
    package init(at: Instant, offset: Int) { (self.at, self.offset) = (at, offset) }
  }

  /// Seconds ahead of UTC before the first change.
  package var offset: Int
  /// In the order of time.
  package var changes: [Change]

  package init(offset: Int, changes: [Change] = []) {
    (self.offset, self.changes) = (offset, changes)
  }

  private struct Parts {
    var day: Int64
    var second: Int64
  }

  private func parts(_ instant: Instant) -> Parts {
    let ahead = changes.last { $0.at <= instant }?.offset ?? offset
    let local = instant.milliseconds.flooredDivision(by: 1000) + Int64(ahead)
    let day = local.flooredDivision(by: 86_400)
    return Parts(day: day, second: local - day * 86_400)
  }

  /// `14:03:07`
  package func clock(_ instant: Instant) -> String {
    let second = parts(instant).second
    return two(second / 3600) + ":" + two(second / 60 % 60) + ":" + two(second % 60)
  }

  /// `14:03:07.123`
  package func precise(_ instant: Instant) -> String {
    let part = String(instant.milliseconds - instant.milliseconds.flooredDivision(by: 1000) * 1000)
    return clock(instant) + "." + String(repeating: "0", count: 3 - part.count) + part
  }

  /// `2026-11-12T14:03:07Z`, whatever the clock on the wall says.
  package static func stamp(_ instant: Instant) -> String {
    let utc = LocalTime(offset: 0)
    let (year, month, day) = civil(utc.parts(instant).day)
    return "\(year)-\(utc.two(Int64(month)))-\(utc.two(Int64(day)))T\(utc.clock(instant))Z"
  }

  /// `12 Nov`
  package func day(_ instant: Instant) -> String {
    let (_, month, day) = Self.civil(parts(instant).day)
    let names = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(day) \(names[month - 1])"
  }

  /// `12 Nov 01:02`, the day in six columns.
  package func dayAndTime(_ instant: Instant) -> String {
    let day = day(instant)
    return String(repeating: " ", count: 6 - day.count) + day + " " + clock(instant).prefix(5)
  }

  /// `02:10` on the day of `now`, otherwise `12 Nov`.
  package func short(_ instant: Instant, now: Instant) -> String {
    parts(instant).day == parts(now).day ? String(clock(instant).prefix(5)) : day(instant)
  }

  /// `today 14:03`, within a week `30 Nov 07:25`, otherwise `12 Mar`.
  package func moment(_ instant: Instant, now: Instant) -> String {
    let days = parts(instant).day - parts(now).day
    let clock = clock(instant).prefix(5)
    if days == 0 { return "today \(clock)" }
    return (-7...7).contains(days) ? "\(day(instant)) \(clock)" : day(instant)
  }

  /// A length of time in its largest unit: `41 d`, `3 h`, `12 min`, `5 s`.
  package static func words(_ span: Span) -> String {
    let seconds = max(0, span.milliseconds / 1000)
    if seconds >= 2 * 86_400 { return "\(seconds / 86_400) d" }
    if seconds >= 2 * 3600 { return "\(seconds / 3600) h" }
    if seconds >= 2 * 60 { return "\(seconds / 60) min" }
    return "\(seconds) s"
  }

  private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar;
  /// years begin in March so that the leap day is the last (Hinnant, "chrono-compatible low-level
  /// date algorithms", civil_from_days).
  private static func civil(_ day: Int64) -> (year: Int64, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let ofEra = shifted - era * 146_097
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let march = (5 * ofYear + 2) / 153
    let month = Int(march < 10 ? march + 3 : march - 9)
    return (year + era * 400 + (month <= 2 ? 1 : 0), month, Int(ofYear - (153 * march + 2) / 5 + 1))
  }
}

extension Int64 {
  func flooredDivision(by divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
