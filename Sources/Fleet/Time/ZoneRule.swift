/// The rule by which a zone goes on after its last recorded change: the TZ string in the footer of a
/// TZif file (RFC 8536 §3.3; POSIX.1-2017, Base Definitions 8.3).
struct ZoneRule: Sendable, Equatable {
  /// A day of each year.
  enum Day: Sendable, Equatable {
    /// The `week`-th of a weekday in a month, 5 being the last; 0 is Sunday.
    case inMonth(Int, week: Int, weekday: Int)
    /// From 1 to 365; the 29th of February is not counted.
    case withoutLeapDay(Int)
    /// From 0.
    case ofYear(Int)
  }

  /// When the clocks are put on or back.
  struct Change: Sendable, Equatable {
    var day: Day
    /// Local seconds from midnight, before the change; RFC 8536 allows a week either way.
    var time: Int64
  }

  struct Saving: Sendable, Equatable {
    var offset: Int64
    var begins: Change
    var ends: Change
  }

  /// Seconds east of UTC.
  var standard: Int64
  /// Nil for a zone without daylight saving.
  var saving: Saving?

  /// - Parameter since: from when on the rule holds.
  func period(at second: Int64, since: Int64) -> Zone.Period {
    guard let saving else { return .init(start: since, end: .max, offset: standard) }
    let year = CivilDay(seconds: second).year
    var changes = (year - 1...year + 1).flatMap { self.changes(in: $0, saving) }
    changes.sort { $0.at < $1.at }
    // Three years hold six changes: one before any moment of the middle one, and one after.
    var period = Zone.Period(start: since, end: .max, offset: standard)
    for change in changes {
      if change.at <= second {
        (period.start, period.offset) = (max(since, change.at), change.offset)
      } else {
        period.end = change.at
        break
      }
    }
    return period
  }

  /// The changes of a year, each with the offset that it begins.
  func changes(in year: Int, _ saving: Saving) -> [(at: Int64, offset: Int64)] {
    [
      (saving.begins.local(in: year) - standard, saving.offset),
      (saving.ends.local(in: year) - saving.offset, standard),
    ]
  }
}

extension ZoneRule.Change {
  /// Local seconds since 1970.
  fileprivate func local(in year: Int) -> Int64 {
    let start = CivilDay.number(year: year, month: 1, day: 1)
    let isLeap = CivilDay.number(year: year, month: 3, day: 1) - start == 60
    let number: Int
    switch day {
    case .withoutLeapDay(let n): number = start + n - (isLeap && n >= 60 ? 0 : 1)
    case .ofYear(let n): number = start + n
    case .inMonth(let month, let week, let weekday):
      let first = CivilDay.number(year: year, month: month, day: 1)
      let next = CivilDay.number(
        year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
      // The day of number 0 was a Thursday.
      let firstWeekday = ((first + 4) % 7 + 7) % 7
      var found = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      while found >= next { found -= 7 }
      number = found
    }
    return Int64(number) * 86_400 + time
  }
}

extension ZoneRule {
  /// Reads a TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3` or `<-03>3`; nil when it is none.
  init?(posix text: some StringProtocol) {
    var reader = PosixReader(rest: Array(text.utf8)[...])
    guard reader.name(), let standard = reader.time(hours: 24) else { return nil }
    self.standard = -standard
    if reader.rest.isEmpty { return }
    guard reader.name() else { return nil }
    var offset = self.standard + 3600
    if let next = reader.rest.first, next != UInt8(ascii: ",") {
      guard let west = reader.time(hours: 24) else { return nil }
      offset = -west
    }
    guard let begins = reader.change(), let ends = reader.change(), reader.rest.isEmpty else {
      return nil
    }
    saving = Saving(offset: offset, begins: begins, ends: ends)
  }
}

private struct PosixReader {
  var rest: ArraySlice<UInt8>

  mutating func take(_ character: Character) -> Bool {
    guard let first = rest.first, first == character.asciiValue else { return false }
    rest.removeFirst()
    return true
  }

  /// Three letters or more, or anything in angle brackets.
  mutating func name() -> Bool {
    if take("<") {
      guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
      rest = rest[(end + 1)...]
      return true
    }
    let letters = rest.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
    rest = rest.dropFirst(letters.count)
    return letters.count >= 3
  }

  mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, digits.count <= 3 else { return nil }
    rest = rest.dropFirst(digits.count)
    let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    return range.contains(value) ? value : nil
  }

  /// `[+|-]h[:mm[:ss]]` in seconds.
  mutating func time(hours: Int64) -> Int64? {
    let sign: Int64 = take("-") ? -1 : 1
    if sign == 1 { _ = take("+") }
    guard var value = number(0...hours).map({ $0 * 3600 }) else { return nil }
    if take(":") {
      guard let minutes = number(0...59) else { return nil }
      value += minutes * 60
      if take(":") {
        guard let seconds = number(0...59) else { return nil }
        value += seconds
      }
    }
    return sign * value
  }

  /// `,M3.5.0/2`, `,J60`, `,59`.
  mutating func change() -> ZoneRule.Change? {
    guard take(",") else { return nil }
    let day: ZoneRule.Day
    if take("M") {
      guard let month = number(1...12), take("."), let week = number(1...5), take("."),
        let weekday = number(0...6)
      else { return nil }
      day = .inMonth(Int(month), week: Int(week), weekday: Int(weekday))
    } else if take("J") {
      guard let n = number(1...365) else { return nil }
      day = .withoutLeapDay(Int(n))
    } else {
      guard let n = number(0...365) else { return nil }
      day = .ofYear(Int(n))
    }
    guard take("/") else { return .init(day: day, time: 7200) }
    // RFC 8536 §3.3.1.
    guard let time = time(hours: 167) else { return nil }
    return .init(day: day, time: time)
  }
}
