import Fleet

/// The members of an object, taken one by one; what is left at the end is an error.
struct Fields {
  private let value: JSON5Value
  private let name: String
  private var members: [JSON5Value.Member]
  private var known: [String] = []

  init(_ value: JSON5Value, of name: String) throws(PlaybookError) {
    guard case .object(let members) = value.kind else {
      throw value.error("\(name) is an object in braces")
    }
    (self.value, self.name, self.members) = (value, name, members)
  }

  func error(_ message: String) -> PlaybookError { value.error(message) }

  mutating func take(_ key: String) -> JSON5Value? {
    known.append(key)
    guard let at = members.firstIndex(where: { $0.key == key }) else { return nil }
    return members.remove(at: at).value
  }

  func end() throws(PlaybookError) {
    guard let stray = members.first else { return }
    let hint = Nearest.word(to: stray.key, among: known).map { "; did you mean `\($0)`?" } ?? ""
    let message = "`\(stray.key)` is not known in \(name)\(hint)"
    throw PlaybookError(line: stray.line, column: stray.column, message: message)
  }
}

extension JSON5Value {
  func asText() throws(PlaybookError) -> String {
    guard case .text(let text) = kind, !text.isEmpty else { throw error("a text is wanted here") }
    return text
  }

  func asFlag() throws(PlaybookError) -> Bool {
    guard case .flag(let flag) = kind else { throw error("`true` or `false` is wanted here") }
    return flag
  }

  func asNumber(_ range: ClosedRange<Double>) throws(PlaybookError) -> Double {
    guard case .number(let n) = kind, range.contains(n) else {
      throw error(
        "a number from \(Self.shown(range.lowerBound)) to \(Self.shown(range.upperBound)) is wanted here"
      )
    }
    return n
  }

  /// Without the `.0` of a whole number.
  private static func shown(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }

  /// One of a few words.
  func asWord(among words: [String]) throws(PlaybookError) -> String {
    let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
    guard case .text(let text) = kind else { throw error("one of \(list) is wanted here") }
    if words.contains(text) { return text }
    let hint = Nearest.word(to: text, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
    throw error("\"\(text)\" is none of \(list)\(hint)")
  }

  func asCount(from least: Int) throws(PlaybookError) -> Int {
    guard case .number(let n) = kind, n == n.rounded(), n >= Double(least), n <= 1e6 else {
      throw error("a whole number from \(least) is wanted here")
    }
    return Int(n)
  }

  /// `"10 %"` or `0.1`; between nothing and all.
  func asShare() throws(PlaybookError) -> Double {
    var share: Double?
    switch kind {
    case .number(let n): share = n
    case .text(let text) where text.hasSuffix("%"):
      share = Double(text.dropLast().filter { $0 != " " }).map { $0 / 100 }
    default: break
    }
    guard let share, share > 0, share < 1 else {
      throw error("a share such as \"10 %\" is wanted here")
    }
    return share
  }

  /// `"90s"`, `"15m"`, `"24h"`, `"2d"`, `"500ms"`; up to a year.
  func asSpan(
    atLeast least: Span = .milliseconds(0)
  ) throws(PlaybookError) -> Span {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)]
    if case .text(let text) = kind {
      let digits = text.prefix { $0.isNumber || $0 == "." }
      let unit = text.dropFirst(digits.count).filter { $0 != " " }
      if let n = Double(digits), let scale = units.first(where: { $0.0 == unit })?.1,
        n * scale <= 366 * 86_400, .seconds(n * scale) >= least
      {
        return .seconds(n * scale)
      }
    }
    throw error("a time such as \"90s\", \"15m\" or \"24h\" is wanted here")
  }

  /// `"2027-03-31"`: the end of that day in UTC.
  func asDeadline() throws(PlaybookError) -> Instant {
    guard case .text(let text) = kind, let day = CivilDay(iso: text) else {
      throw error("a day such as \"2027-03-31\" is wanted here")
    }
    return day.start + .hours(24)
  }
}
