/// A day of the week, Monday first (ISO 8601).
package enum Weekday: Int, Sendable, CaseIterable, Comparable, Codable {
  case monday, tuesday, wednesday, thursday, friday, saturday, sunday

  /// `Mon`.
  package var label: String { Self.labels[rawValue] }
  private static let labels = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  /// Reads `Mon` or `Monday`, whatever the case.
  init?(_ text: some StringProtocol) {
    let word = text.lowercased()
    let found = Self.allCases.first {
      word == $0.label.lowercased() || word == String(describing: $0)
    }
    guard let found else { return nil }
    self = found
  }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension Set<Weekday> {
  /// `daily`, `Mon-Fri`, `Mon,Wed-Fri`.
  var label: String {
    if count == 7 { return "daily" }
    var runs: [[Weekday]] = []
    for day in sorted() {
      if let last = runs.last?.last, last.rawValue + 1 == day.rawValue {
        runs[runs.count - 1].append(day)
      } else {
        runs.append([day])
      }
    }
    return runs.map { run in
      switch run.count {
      case 1: run[0].label
      case 2: "\(run[0].label),\(run[1].label)"
      default: "\(run[0].label)-\(run[run.count - 1].label)"
      }
    }.joined(separator: ",")
  }

  /// Reads `daily`, `Mon-Fri`, `Fri-Mon`, `Sat,Sun`.
  init(label text: some StringProtocol) throws(WindowFlaw) {
    self = []
    if text.lowercased() == "daily" {
      self = Set(Weekday.allCases)
      return
    }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
      var days: [Weekday] = []
      for end in ends {
        guard let day = Weekday(end) else {
          throw WindowFlaw("\"\(end)\" is no day of the week; Mon to Sun, or daily")
        }
        days.append(day)
      }
      guard days.count <= 2 else { throw WindowFlaw("\"\(part)\" is no range such as Mon-Fri") }
      let length = (days[days.count - 1].rawValue - days[0].rawValue + 7) % 7
      for step in 0...length {
        // A number from 0 to 6 has a weekday.
        formUnion(Weekday(rawValue: (days[0].rawValue + step) % 7).map { [$0] } ?? [])
      }
    }
  }
}
