import Fleet

/// How many came unannounced under `--admit pending` and wait for a person. Whoever connects can
/// think up names, and each takes rows that nothing takes away: so many wait, and no more.
struct WaitingRoom {
  static let limit = 10_000
  /// A full room is counted again this often: a person may have accepted some.
  private static let pause = Span.minutes(1)

  private var count: Int?
  private var countedAt = Instant(milliseconds: 0)

  init() {}

  /// Whether one more may wait; then it does.
  /// - Parameter waiting: counts those in the inventory, which takes a while when they are many.
  mutating func takesOneMore(at now: Instant, waiting: () throws -> Int) rethrows -> Bool {
    var known = try count ?? recount(at: now, waiting)
    if known >= Self.limit, now < countedAt || countedAt + Self.pause <= now {
      known = try recount(at: now, waiting)
    }
    guard known < Self.limit else { return false }
    count = known + 1
    return true
  }

  private mutating func recount(at now: Instant, _ waiting: () throws -> Int) rethrows -> Int {
    let found = try waiting()
    (count, countedAt) = (found, now)
    return found
  }
}
