import Fleet

/// Numbers as the story of a charger and the sentence of a gate spell them.
enum Phrase {
  /// `23 %`; one decimal below ten where it says something, rounded up so that no bound looks
  /// better than it is.
  static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000 - 1e-6).rounded(.up))
    if tenths >= 100 || tenths % 10 == 0 {
      return "\(Int((share * 100).rounded())) %"
    }
    return Self.tenths(share)
  }

  /// `10.4 %`, rounded up.
  static func tenths(_ share: Double) -> String {
    let tenths = Int((share * 1000 - 1e-6).rounded(.up))
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// `3.22`, `-0.09`.
  static func decimal(_ value: Double) -> String {
    let all = Int((min(max(value, -1e12), 1e12) * 100).rounded())
    let cents = abs(all) % 100
    return "\(all < 0 ? "-" : "")\(abs(all) / 100).\(cents < 10 ? "0" : "")\(cents)"
  }

  /// `71 s`, `4 min`, `3 h`, `2 d`.
  static func span(_ span: Span) -> String {
    let seconds = max(0, Int(span.seconds))
    if seconds < 120 { return "\(seconds) s" }
    if seconds < 7200 { return "\(seconds / 60) min" }
    if seconds < 172_800 { return "\(seconds / 3600) h" }
    return "\(seconds / 86_400) d"
  }

  /// `38.2 MB`.
  static func bytes(_ n: Int64) -> String {
    if n < 1_000_000 { return "\(n / 1000) kB" }
    return "\(n / 1_000_000).\(n / 100_000 % 10) MB"
  }

  /// A word of the story, set to its column.
  static func story(_ word: String, _ text: String) -> String {
    word + String(repeating: " ", count: max(1, 12 - word.count)) + text
  }

  static func chargers(_ n: Int) -> String { n == 1 ? "1 charger" : "\(n) chargers" }
  static func connectors(_ n: Int) -> String { n == 1 ? "1 connector" : "\(n) connectors" }
  static func tries(_ n: Int) -> String { n == 1 ? "1 try" : "\(n) tries" }
  static func times(_ n: Int) -> String { n == 1 ? "once" : "\(n) times" }
}
