/// The offsets of one IANA time zone, past and to come: cheap to ask, without Foundation.
///
/// Local time is not a number line: in spring an hour of it is missing, in autumn one comes twice.
/// Two questions answer for both: `first`, when a local time is reached, and `last`, when it is over
/// for good. A local time of the missing hour is reached, and over, the moment the clock is put on;
/// one of the doubled hour is reached when it comes first, and over when it comes again.
package struct Zone: Sendable, Equatable {
  /// A stretch of time with one offset; the first begins with `Int64.min`, a last one ends with
  /// `Int64.max`.
  struct Period: Sendable, Equatable {
    /// Seconds since 1970-01-01T00:00:00Z.
    var start: Int64
    var end: Int64
    /// Seconds east of UTC.
    var offset: Int64
  }

  package let name: String
  /// When an offset begins, rising.
  private let starts: [Int64]
  /// One more than `starts`: the first holds before all of them.
  private let offsets: [Int32]
  /// What holds from the last start on.
  private let rule: ZoneRule?

  /// More than any offset has, east or west (RFC 8536 §3.2: up to 26 hours).
  static let farthest: Int64 = 26 * 3600

  package static let utc = Zone(name: "Etc/UTC", starts: [], offsets: [0], rule: nil)

  /// - Parameter offsets: one more than `starts`.
  init(name: String, starts: [Int64], offsets: [Int32], rule: ZoneRule?) {
    precondition(offsets.count == starts.count + 1, "an offset for each period")
    (self.name, self.starts, self.offsets, self.rule) = (name, starts, offsets, rule)
  }

  /// Seconds east of UTC at a moment.
  package func offset(at instant: Instant) -> Int { Int(period(at: instant.wholeSeconds).offset) }

  func period(at second: Int64) -> Period {
    // The number of starts that are not after the moment.
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= second { low = middle + 1 } else { high = middle }
    }
    let start = low == 0 ? Int64.min : starts[low - 1]
    if low == starts.count, let rule { return rule.period(at: second, since: start) }
    return Period(
      start: start, end: low == starts.count ? Int64.max : starts[low],
      offset: Int64(offsets[low]))
  }

  /// The first moment at which the clocks show `local` or later, in seconds.
  func first(local: Int64) -> Int64 {
    var period = period(at: local - Self.farthest)
    while true {
      let reached = max(period.start, local - period.offset)
      if reached < period.end { return reached }
      period = self.period(at: period.end)
    }
  }

  /// The moment from which on the clocks never show less than `local` again, in seconds.
  func last(local: Int64) -> Int64 {
    var period = period(at: local + Self.farthest)
    while true {
      let over = min(period.end, local - period.offset)
      if over > period.start { return over }
      period = self.period(at: period.start - 1)
    }
  }
}

extension Instant {
  /// Whole seconds since 1970, rounded down.
  var wholeSeconds: Int64 {
    let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// Further than any plan reaches; what has no end ends here.
  package static let distantFuture = Instant(seconds: 253_402_300_800)
  package static let distantPast = Instant(seconds: -62_135_596_800)
}

extension CivilDay {
  /// The day of a moment, which may be further away than an instant can be.
  init(seconds: Int64) {
    let (first, last) = (Instant.distantPast.wholeSeconds, Instant.distantFuture.wholeSeconds)
    self.init(Instant(seconds: min(max(seconds, first), last)))
  }
}

extension Int64 {
  /// Rounded down, also below zero.
  func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
