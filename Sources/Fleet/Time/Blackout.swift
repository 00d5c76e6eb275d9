/// Days on which nothing is installed, whatever the windows say: local days, from midnight to
/// midnight, once or every year.
package struct Blackout: Sendable, Hashable, Codable {
  /// Day of the year: no year is meant.
  private static let yearless = 2000

  /// First and last day. Every year: of the year 2000, which has each of them.
  package let from: CivilDay
  package let through: CivilDay
  package let isYearly: Bool
  /// What it is for, for example `Christmas`; may be empty.
  package let name: String

  /// Far enough for anything that is planned.
  static let years = 2000...2119

  /// Reads `2026-12-24..2027-01-02 Christmas peak`, `2026-12-24`, and every year `12-25` or
  /// `12-24..01-01`.
  package init(label: some StringProtocol) throws(WindowFlaw) {
    let words = Substring(label).split(
      separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard let dates = words.first else { throw WindowFlaw("a blackout has a day") }
    name = words.count > 1 ? String(words[1]) : ""
    let ends = dates.split(separator: ".", omittingEmptySubsequences: false)
    guard ends.count == 1 || (ends.count == 3 && ends[1].isEmpty) else {
      throw WindowFlaw("\"\(dates)\" is no day or range such as 2026-12-24..2027-01-02")
    }
    let first = try Self.day(ends[0])
    let last = try Self.day(ends[ends.count - 1])
    guard first.isYearly == last.isYearly else {
      throw WindowFlaw("\"\(dates)\" has a year on one side only")
    }
    (from, through, isYearly) = (first.day, last.day, first.isYearly)
    guard isYearly || from.number <= through.number else {
      throw WindowFlaw("\"\(dates)\" ends before it begins")
    }
  }

  private static func day(
    _ text: Substring
  ) throws(WindowFlaw) -> (day: CivilDay, isYearly: Bool) {
    if let day = CivilDay(iso: text), years.contains(day.year) { return (day, false) }
    if let day = CivilDay(iso: "\(yearless)-\(text)") { return (day, true) }
    throw WindowFlaw(
      "\"\(text)\" is no day such as 2026-12-24 (\(years.lowerBound) to \(years.upperBound)), or "
        + "12-24 for every year")
  }

  /// `12-24..01-01 Holidays`.
  package var label: String {
    let dates = [from, through].map { isYearly ? String($0.iso.dropFirst(5)) : $0.iso }
    return (from == through ? dates[0] : dates.joined(separator: ".."))
      + (name.isEmpty ? "" : " \(name)")
  }

  /// Its days as numbers since 1970, for every year that it is in.
  var days: [ClosedRange<Int>] {
    guard isYearly else { return [from.number...through.number] }
    let wraps = from.number > through.number
    // One that runs over the end of the year has begun the year before the first.
    return (Self.years.lowerBound - 1...Self.years.upperBound).compactMap { year in
      let start = Self.number(from, in: year, isEnd: false)
      let end = Self.number(through, in: wraps ? year + 1 : year, isEnd: true)
      return start <= end ? start...end : nil
    }
  }

  /// In a year without it, the 29th of February as a start is the day after, as an end the one
  /// before: a blackout of that day alone is then none.
  private static func number(_ day: CivilDay, in year: Int, isEnd: Bool) -> Int {
    let isLeapDay = day.month == 2 && day.day == 29
    let number = CivilDay.number(year: year, month: day.month, day: day.day)
    guard isLeapDay, CivilDay.number(year: year, month: 3, day: 1) == number else { return number }
    return isEnd ? number - 1 : number
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(WindowFlaw) {
      self = try Blackout(label: text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.reason)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    try LabelCoding.encode(label, to: encoder)
  }
}

extension [Blackout] {
  /// A year has few; more is a mistake.
  package static var most: Int { 200 }

  /// Reads blackouts joined by `;`.
  package init(label: some StringProtocol) throws(WindowFlaw) {
    self = []
    for part in label.split(separator: ";") where part.contains(where: { $0 != " " }) {
      append(try Blackout(label: part))
    }
    guard count <= Self.most else {
      throw WindowFlaw("\(count) blackouts; \(Self.most) are allowed")
    }
  }

  package var label: String { map(\.label).joined(separator: "; ") }
}

/// Local days on which nothing is installed, made once for all zones they are asked in.
package struct ClosedDays: Sendable, Equatable {
  /// In order; between two of them lies at least a day.
  let ranges: [ClosedRange<Int>]

  package init(_ blackouts: [Blackout]) {
    var merged: [ClosedRange<Int>] = []
    for range in blackouts.flatMap(\.days).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    ranges = merged
  }
}
