import Fleet

/// When installs may run at some sites: stretches of time that follow each other without touching.
package struct OpenTimes: Sendable {
  /// The stretch that holds a moment, or the next one after it; nil where there is none any more.
  package var next: @Sendable (Instant) -> (opens: Instant, closes: Instant)?
  package init(_ next: @escaping @Sendable (Instant) -> (opens: Instant, closes: Instant)?) {
    self.next = next
  }
  /// Day and night.
  package static let always = OpenTimes { moment in
    (Instant(milliseconds: 0), Instant(milliseconds: .max / 4))
  }
}

/// The stretches of an `OpenTimes` as far as they were asked for, in milliseconds since the start
/// of a schedule.
struct Stretches: Sendable {
  private let source: OpenTimes
  private let origin: Int64
  private(set) var opens: [Int64] = []
  private(set) var closes: [Int64] = []
  /// Open time before each stretch.
  private(set) var before: [Int64] = []
  private(set) var isOver = false

  /// Later than any schedule reaches.
  static let never = Int64(1) << 42
  /// Stretches that are looked for at most: ten years of nights.
  private static let most = 3660

  init(_ source: OpenTimes, origin: Int64) {
    self.source = source
    self.origin = origin
    extend()
  }

  /// Makes sure that stretch `index` is known; false where there is none.
  mutating func knows(_ index: Int) -> Bool {
    while index >= opens.count, !isOver { extend() }
    return index < opens.count
  }

  private mutating func extend() {
    guard opens.count < Self.most else {
      isOver = true
      return
    }
    let from = closes.last ?? 0
    guard from < Self.never, let stretch = source.next(Instant(milliseconds: origin + from)) else {
      isOver = true
      return
    }
    let open =
      stretch.opens.milliseconds <= origin + from ? from : stretch.opens.milliseconds - origin
    let close =
      stretch.closes.milliseconds >= origin + Self.never
      ? Self.never : stretch.closes.milliseconds - origin
    guard close > open else {
      isOver = true
      return
    }
    before.append(
      (before.last ?? 0) + (opens.isEmpty ? 0 : closes[closes.count - 1] - opens[opens.count - 1]))
    opens.append(open)
    closes.append(close)
    if close >= Self.never { isOver = true }
  }

  /// The first stretch that ends after `time`; nil where there is none.
  mutating func index(after time: Int64) -> Int? {
    while (closes.last ?? 0) <= time, !isOver { extend() }
    var (low, high) = (0, closes.count)
    while low < high {
      let middle = (low + high) / 2
      if closes[middle] > time { high = middle } else { low = middle + 1 }
    }
    return low < closes.count ? low : nil
  }
}
