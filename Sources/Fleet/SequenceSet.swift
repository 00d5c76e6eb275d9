/// The sequence numbers seen of one transaction, as closed ranges (OCPP 2.0.1 part 2, block E
/// 1.3.2.1: they grow by one; retries may arrive late).
package struct SequenceSet: Sendable, Equatable, Codable {
  /// More gaps than messages can have fallen into; a number behind them is taken unremembered.
  private static let limit = 1000
  package private(set) var ranges: [ClosedRange<Int>] = []
  package init() {}

  package func contains(_ n: Int) -> Bool { ranges.contains { $0.contains(n) } }

  /// The largest number seen.
  package var newest: Int? { ranges.last?.upperBound }

  /// Adds `n`; false when it was there already.
  package mutating func insert(_ n: Int) -> Bool {
    // As nearly all come: behind the last.
    if let last = ranges.last, n > last.upperBound, n - 1 == last.upperBound {
      ranges[ranges.count - 1] = last.lowerBound...n
      return true
    }
    if contains(n) { return false }
    if ranges.count >= Self.limit { return true }
    let at = ranges.firstIndex { $0.lowerBound > n } ?? ranges.count
    ranges.insert(n...n, at: at)
    if at + 1 < ranges.count, ranges[at + 1].lowerBound == n + 1 {
      ranges[at] = ranges[at].lowerBound...ranges[at + 1].upperBound
      ranges.remove(at: at + 1)
    }
    if at > 0, ranges[at - 1].upperBound == n - 1 {
      ranges[at - 1] = ranges[at - 1].lowerBound...ranges[at].upperBound
      ranges.remove(at: at)
    }
    return true
  }

  /// `0-5 7`; empty when nothing was seen.
  package var text: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: " ")
  }

  /// Reads what `text` wrote; nil when it is not in that form or not in order.
  package init?(text: String) {
    for part in text.split(separator: " ") {
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first, let low = first, let last = ends.last, let high = last,
        ends.count <= 2, low <= high, ranges.last.map({ $0.upperBound + 1 < low }) ?? true
      else { return nil }
      ranges.append(low...high)
    }
  }

  /// Numbers missing between the smallest and the largest seen.
  package var gaps: Int {
    guard let first = ranges.first, let last = ranges.last else { return 0 }
    return last.upperBound - first.lowerBound + 1 - ranges.reduce(0) { $0 + $1.count }
  }
}
