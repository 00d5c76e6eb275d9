/// Times from a due message to its answer, counted in buckets that are 1.6 % wide: a million of them
/// take no more memory than one.
struct Latencies: Sendable {
  private var counts = [Int](repeating: 0, count: Latencies.buckets)
  private(set) var count = 0
  /// Milliseconds.
  private(set) var longest = 0.0

  /// Buckets for each power of two.
  private static let fineness = 64
  /// Up to some three hours.
  private static let buckets = 29 * fineness

  mutating func note(microseconds: Int) {
    let value = max(0, microseconds)
    counts[Self.bucket(of: value)] += 1
    count += 1
    longest = max(longest, Double(value) / 1000)
  }

  mutating func add(_ other: Latencies) {
    for (index, more) in other.counts.enumerated() where more > 0 { counts[index] += more }
    count += other.count
    longest = max(longest, other.longest)
  }

  /// Milliseconds that this share of all does not exceed; 0 of none.
  func percentile(_ share: Double) -> Double {
    guard count > 0 else { return 0 }
    let rank = max(1, Int((share * Double(count)).rounded(.up)))
    var seen = 0
    for (index, more) in counts.enumerated() where more > 0 {
      seen += more
      if seen >= rank { return min(longest, Double(Self.end(of: index)) / 1000) }
    }
    return longest
  }

  /// Values below 64 have a bucket each, those above one of 64 in their power of two.
  private static func bucket(of value: Int) -> Int {
    guard value >= fineness else { return value }
    let power = Int.bitWidth - 1 - value.leadingZeroBitCount - 6
    return min(buckets - 1, (power + 1) * fineness + (value >> power) - fineness)
  }

  private static func end(of bucket: Int) -> Int {
    guard bucket >= fineness else { return bucket }
    let power = bucket / fineness - 1
    return (bucket % fineness + fineness + 1) << power
  }
}
