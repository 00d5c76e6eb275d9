/// What is wrong with the text of a window or a blackout, for the end of a sentence.
package struct WindowFlaw: Error, Sendable, Equatable {
  package var reason: String
  package init(_ reason: String) { self.reason = reason }
}

/// Hours of some days of the week in which installs may run, in the local time of a site. It may run
/// past midnight; it belongs to the day on which it begins.
package struct Window: Sendable, Hashable, Codable {
  /// Never empty.
  package let days: Set<Weekday>
  /// Minutes from local midnight, 0 to 1439.
  package let from: Int
  /// Minutes from the same midnight, more than `from` and at most a day after it.
  package let until: Int

  /// - Parameter until: 1 to 1440; not after `from`, it is on the next day.
  package init(days: Set<Weekday>, from: Int, until: Int) throws(WindowFlaw) {
    guard !days.isEmpty else { throw WindowFlaw("a window has at least one day") }
    guard (0..<1440).contains(from), (0...1440).contains(until) else {
      throw WindowFlaw("a window lies between 00:00 and 24:00")
    }
    guard from != until else {
      throw WindowFlaw("a window that ends when it begins; the whole day is 00:00-24:00")
    }
    (self.days, self.from, self.until) = (days, from, until > from ? until : until + 1440)
  }

  /// Reads `Mon-Fri 22:00-05:00`, `daily 01:00-05:00`, or the hours alone for every day.
  package init(label: some StringProtocol) throws(WindowFlaw) {
    let words = Substring(label).split(separator: " ")
    guard (1...2).contains(words.count) else {
      throw WindowFlaw("\"\(label)\" is no window such as Mon-Fri 22:00-05:00")
    }
    let days: Set<Weekday> = words.count == 2 ? try .init(label: words[0]) : Set(Weekday.allCases)
    let hours = words[words.count - 1].split(separator: "-", omittingEmptySubsequences: false)
    guard hours.count == 2 else {
      throw WindowFlaw("\"\(label)\" is no window such as Mon-Fri 22:00-05:00")
    }
    try self.init(days: days, from: Self.minutes(hours[0]), until: Self.minutes(hours[1]))
  }

  /// `Mon-Fri 22:00-05:00`.
  package var label: String {
    let end = until == 1440 ? 1440 : until % 1440
    return "\(days.label) \(Self.clock(from))-\(Self.clock(end))"
  }

  private static func minutes(_ text: Substring) throws(WindowFlaw) -> Int {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
      let hour = Int(parts[0]), let minute = Int(parts[1]), (0...24).contains(hour),
      (0...59).contains(minute), hour * 60 + minute <= 1440
    else { throw WindowFlaw("\"\(text)\" is no time of day such as 22:00") }
    return hour * 60 + minute
  }

  private static func clock(_ minutes: Int) -> String {
    let (hour, minute) = (String(minutes / 60), String(minutes % 60))
    return (hour.count < 2 ? "0" : "") + hour + ":" + (minute.count < 2 ? "0" : "") + minute
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(WindowFlaw) {
      self = try Window(label: text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.reason)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    try LabelCoding.encode(label, to: encoder)
  }
}

/// When installs may run: in windows, or at any time.
package enum Windows: Sendable, Hashable, Codable {
  case anyTime
  /// Never empty.
  case weekly([Window])

  /// A site has a handful; more is a mistake, and each question asks them all.
  package static let most = 64

  /// Reads `any`, or windows joined by `;`.
  package init(label: some StringProtocol) throws(WindowFlaw) {
    if label.lowercased() == "any" {
      self = .anyTime
      return
    }
    var windows: [Window] = []
    for part in label.split(separator: ";") where part.contains(where: { $0 != " " }) {
      windows.append(try Window(label: part))
    }
    guard !windows.isEmpty else { throw WindowFlaw("no window; \"any\" stands for any time") }
    guard windows.count <= Self.most else {
      throw WindowFlaw("\(windows.count) windows; \(Self.most) are allowed")
    }
    self = .weekly(windows)
  }

  /// `any`, or `Mon-Fri 22:00-05:00; Sat,Sun 00:00-24:00`.
  package var label: String {
    switch self {
    case .anyTime: "any"
    case .weekly(let windows): windows.map(\.label).joined(separator: "; ")
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(WindowFlaw) {
      self = try Windows(label: text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.reason)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    try LabelCoding.encode(label, to: encoder)
  }
}
