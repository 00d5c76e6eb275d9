import Fleet

/// When a site of a scenario may be worked on: the same hours every day, by clocks that may be put
/// on or back once, in one night.
package struct Hours: Sendable, Equatable {
  /// Clocks that are put.
  package struct Change: Sendable, Equatable {
    package var at: Instant
    /// Seconds; below zero they are put back.
    package var by: Int64
  }

  /// Minutes from local midnight.
  package var from: Int
  /// Minutes from the same midnight, less than a day after `from`.
  package var until: Int
  /// Seconds east of UTC at first.
  package var offset: Int64
  package var change: Change?

  /// Often a night in which the clocks are put, and often the first one.
  static func random(_ chance: inout Chance, from beginning: Instant) -> Hours {
    let from = 15 * ((72 + chance.below(40)) % 96)
    // Less than ninety-five of a hundred take is no use to anybody, and sites have that too.
    let length = chance.once(in: 8) ? 60 + 15 * chance.below(4) : 120 + 15 * chance.below(33)
    let offset = Int64(1800 * (chance.below(38) - 16))
    var hours = Hours(from: from, until: from + length, offset: offset)
    if chance.once(in: 4) { return hours }
    let isOn = chance.once(in: 2)
    let by: Int64 = chance.once(in: 5) ? 1800 : 3600
    let nights = Int64(chance.once(in: 2) ? 0 : chance.below(5))
    let local = beginning.milliseconds / 1000 + offset
    // At two o'clock they are put on, at three they are put back.
    var at = local / day * day + (isOn ? 2 : 3) * 3600
    if at <= local { at += day }
    hours.change = Change(
      at: Instant(milliseconds: (at + nights * day - offset) * 1000), by: isOn ? by : -by)
    return hours
  }

  private static let day: Int64 = 86_400

  // MARK: As the record has it

  /// The true stretches of the days around a span, in milliseconds of UTC: worked out here and
  /// without the product's calendar, which is judged by them.
  func stretches(around span: Range<Instant>) -> [Range<Int64>] {
    let first = span.lowerBound.milliseconds / 1000 / Self.day - 3
    let last = span.upperBound.milliseconds / 1000 / Self.day + 3
    var all: [Range<Int64>] = []
    for day in first...last {
      let opens = reached(day * Self.day + Int64(from) * 60) * 1000
      let closes = over(day * Self.day + Int64(until) * 60) * 1000
      guard opens < closes else { continue }
      if let before = all.last, opens <= before.upperBound {
        all[all.count - 1] = before.lowerBound..<max(before.upperBound, closes)
      } else {
        all.append(opens..<closes)
      }
    }
    return all
  }

  /// When the clocks show a local time, or a later one, first.
  private func reached(_ local: Int64) -> Int64 {
    guard let change else { return local - offset }
    let put = change.at.milliseconds / 1000
    if local - offset < put { return local - offset }
    return max(put, local - offset - change.by)
  }

  /// From when on the clocks never show less than a local time again.
  private func over(_ local: Int64) -> Int64 {
    guard let change else { return local - offset }
    let put = change.at.milliseconds / 1000
    if local - offset - change.by > put { return local - offset - change.by }
    return min(put, local - offset)
  }

  // MARK: As the product has it

  /// Nil for hours that are no window.
  var windows: Windows? {
    let window = try? Window(days: Set(Weekday.allCases), from: from, until: until % 1440)
    return window.map { .weekly([$0]) }
  }

  /// Its clocks, as the data of a zone tells them (RFC 8536 §3, version 1).
  func zone(named name: String) -> Zone? {
    func number(_ value: Int64, _ size: Int = 4) -> [UInt8] {
      (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
    }
    let changes = change.map { [$0] } ?? []
    let offsets = [offset] + changes.map { offset + $0.by }
    var bytes = Array("TZif".utf8) + [UInt8](repeating: 0, count: 16)
    for count in [0, 0, 0, changes.count, offsets.count, 4] { bytes += number(Int64(count)) }
    for change in changes { bytes += number(change.at.milliseconds / 1000) }
    bytes += changes.map { _ in 1 }
    for offset in offsets { bytes += number(offset) + [0, 0] }
    return try? Zone(name: name, tzif: bytes + Array("ABC\0".utf8))
  }
}

extension Hours: CustomStringConvertible {
  package var description: String {
    func clock(_ minutes: Int) -> String {
      let minute = minutes % 60
      return "\(minutes / 60 % 24):\(minute < 10 ? "0" : "")\(minute)"
    }
    let put = change.map {
      ", put by \($0.by) s at \(($0.at.milliseconds - Stage.beginning.milliseconds) / 1000) s"
    }
    return "\(clock(from))-\(clock(until)) at UTC\(offset < 0 ? "" : "+")\(offset) s\(put ?? "")"
  }
}
