import Fleet

/// Says things once in a while: chargers that are refused come again for years, every few seconds.
struct Repeats {
  private var lastSaid: [String: Instant] = [:]
  private let pause: Span
  /// Strangers can think up names without end; beyond so many, old ones are forgotten.
  private let limit: Int

  init(pause: Span, limit: Int = 10_000) { (self.pause, self.limit) = (pause, limit) }

  /// Whether to say it now.
  mutating func mayTell(_ what: String, at now: Instant) -> Bool {
    if let last = lastSaid[what], last <= now, last + pause > now { return false }
    if lastSaid.count >= limit { lastSaid = lastSaid.filter { $0.value + pause > now } }
    if lastSaid.count >= limit { return false }
    lastSaid[what] = now
    return true
  }
}
