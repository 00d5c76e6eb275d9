/// A stretch of time in which installs may run.
package struct Opening: Sendable, Hashable {
  package var start: Instant
  /// Not in it any more. `Instant.distantFuture` for one that does not end.
  package var end: Instant
  package init(start: Instant, end: Instant) { (self.start, self.end) = (start, end) }
  package var length: Span { end - start }
}

/// When installs may run at a site: its windows in its zone, without its closed days.
///
/// - A window that begins in the missing hour of daylight saving begins when that hour is over, one
///   that ends in it ends there too; one that lies wholly in it does not come on that day.
/// - The doubled hour is one stretch of real time: a window begins when its time comes first and ends
///   when its time comes last. 01:00-05:00 is then five hours long.
/// - A closed day lasts from its midnight to the next, by the same rule, and cuts a window that runs
///   past midnight into it or out of it.
/// - Openings that meet are one.
package struct Openings: Sendable, Equatable {
  private let zone: Zone
  /// Local seconds from Monday 00:00, in order and apart; the last may run past the week's end. Nil
  /// for any time.
  private let week: [Range<Int64>]?
  private let closed: [ClosedRange<Int>]

  private static let weekLength: Int64 = 7 * 86_400
  /// 1970-01-05 was a Monday.
  private static let monday: Int64 = 4 * 86_400
  /// More than local times of one moment can be apart.
  private static let margin: Int64 = 3 * 86_400

  /// At any time.
  package static let always = Openings(zone: .utc, windows: .anyTime, closed: .init([]))
  /// Never: where the zone is not known, nobody can tell when a window opens.
  package static let never = Openings(zone: .utc, week: [], closed: [])

  package init(zone: Zone, windows: Windows, closed: ClosedDays) {
    self.init(zone: zone, week: Self.week(of: windows), closed: closed.ranges)
  }

  private init(zone: Zone, week: [Range<Int64>]?, closed: [ClosedRange<Int>]) {
    (self.zone, self.week, self.closed) = (zone, week, closed)
  }

  /// Nothing ever closes it.
  package var isAlways: Bool { week == nil && closed.isEmpty }

  package func isOpen(at instant: Instant) -> Bool { opening(at: instant) != nil }

  /// The opening that holds a moment; nil when it is closed then.
  package func opening(at instant: Instant) -> Opening? {
    let found = opening(endingAfter: instant)
    return found.flatMap { $0.start <= instant ? $0 : nil }
  }

  /// When the opening that holds a moment ends; nil when it is closed then.
  package func end(at instant: Instant) -> Instant? { opening(at: instant)?.end }

  /// The first opening that begins after a moment; nil when there is none.
  package func next(after instant: Instant) -> Opening? {
    guard let found = opening(endingAfter: instant) else { return nil }
    return found.start > instant ? found : opening(endingAfter: found.end)
  }

  /// The opening that holds a moment, else the next one; nil when there is none.
  package func opening(endingAfter instant: Instant) -> Opening? {
    guard instant < .distantFuture else { return nil }
    var second = max(instant, .distantPast).wholeSeconds
    // Each round leaves a closed stretch behind, and there are finitely many.
    while let found = windows(endingAfter: second) {
      let from = max(found.lowerBound, second)
      let (before, next) = closures(around: from)
      if let next, next.lowerBound <= from {
        second = next.upperBound
        continue
      }
      let start = max(found.lowerBound, before ?? .min)
      let end = min(found.upperBound, next?.lowerBound ?? .max)
      return Opening(
        start: start <= Instant.distantPast.wholeSeconds ? .distantPast : Instant(seconds: start),
        end: end >= Instant.distantFuture.wholeSeconds ? .distantFuture : Instant(seconds: end))
    }
    return nil
  }

  /// The openings of a span of time, cut to it, in order.
  package func openings(in span: Range<Instant>) -> [Opening] {
    var result: [Opening] = []
    var at = span.lowerBound
    while at < span.upperBound, let found = opening(endingAfter: at),
      found.start < span.upperBound
    {
      result.append(
        Opening(start: max(found.start, span.lowerBound), end: min(found.end, span.upperBound)))
      at = found.end
    }
    return result
  }

  // MARK: Windows

  private static func week(of windows: Windows) -> [Range<Int64>]? {
    guard case .weekly(let windows) = windows else { return nil }
    var pieces: [Range<Int64>] = []
    for window in windows {
      for day in window.days {
        let midnight = Int64(day.rawValue) * 86_400
        pieces.append(
          midnight + Int64(window.from) * 60..<midnight + Int64(window.until) * 60)
      }
    }
    pieces.sort { $0.lowerBound < $1.lowerBound }
    var merged: [Range<Int64>] = []
    for piece in pieces {
      if let last = merged.last, piece.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, piece.upperBound)
      } else {
        merged.append(piece)
      }
    }
    // Sunday night may run into Monday.
    while merged.count > 1, let first = merged.first, let last = merged.last,
      last.upperBound >= first.lowerBound + weekLength
    {
      merged[merged.count - 1] =
        last.lowerBound..<max(last.upperBound, first.upperBound + weekLength)
      merged.removeFirst()
    }
    return merged.contains { $0.upperBound - $0.lowerBound >= weekLength } ? nil : merged
  }

  /// The first stretch of windows that ends after a second, whole, whatever days are closed.
  private func windows(endingAfter second: Int64) -> Range<Int64>? {
    guard let week else { return Int64.min..<Int64.max }
    guard !week.isEmpty else { return nil }
    let local = second + zone.period(at: second).offset - Self.margin - Self.monday
    // One of the week before may run into this one, almost to its end.
    var number = (local.floorDivided(by: Self.weekLength) - 1) * Int64(week.count)
    while true {
      while end(number, week) <= second { number += 1 }
      var start = start(number, week)
      var end = end(number, week)
      // Before it, one may end when it begins only where the clocks were put.
      var before = number - 1
      while self.end(before, week) >= start {
        start = self.start(before, week)
        before -= 1
      }
      while self.start(number + 1, week) <= end {
        number += 1
        end = self.end(number, week)
      }
      if start < end { return start..<end }
      number += 1
    }
  }

  /// Windows are numbered through, those of the week of 1970-01-05 from 0; both ends rise with it.
  private func start(_ number: Int64, _ week: [Range<Int64>]) -> Int64 {
    let (monday, index) = place(number, week)
    return zone.first(local: monday + week[index].lowerBound)
  }

  private func end(_ number: Int64, _ week: [Range<Int64>]) -> Int64 {
    let (monday, index) = place(number, week)
    return zone.last(local: monday + week[index].upperBound)
  }

  private func place(_ number: Int64, _ week: [Range<Int64>]) -> (monday: Int64, index: Int) {
    let turn = number.floorDivided(by: Int64(week.count))
    return (Self.monday + turn * Self.weekLength, Int(number - turn * Int64(week.count)))
  }

  // MARK: Closed days

  /// When the last closed stretch before a second ended, and the first one that ends after it.
  private func closures(around second: Int64) -> (before: Int64?, next: Range<Int64>?) {
    guard !closed.isEmpty else { return (nil, nil) }
    let local =
      (max(second, Instant.distantPast.wholeSeconds) - Self.margin).floorDivided(by: 86_400)
    var (low, high) = (0, closed.count)
    while low < high {
      let middle = (low + high) / 2
      if Int64(closed[middle].upperBound) < local { low = middle + 1 } else { high = middle }
    }
    while low < closed.count, closure(low).upperBound <= second { low += 1 }
    // A day that a zone has left out, to change the side of the date line, closes nothing.
    while low < closed.count, closure(low).isEmpty { low += 1 }
    var before = low - 1
    while before >= 0, closure(before).isEmpty { before -= 1 }
    return (
      before >= 0 ? closure(before).upperBound : nil, low < closed.count ? closure(low) : nil
    )
  }

  private func closure(_ index: Int) -> Range<Int64> {
    let start = zone.first(local: Int64(closed[index].lowerBound) * 86_400)
    return start..<max(start, zone.last(local: Int64(closed[index].upperBound + 1) * 86_400))
  }
}
