/// A binary heap of moments with a number each, earliest first and equal moments by number, so that
/// the order in which entries came does not matter.
///
/// An entry is one word: 43 bits of milliseconds since the start of the schedule (278 years) and 21
/// bits of number.
struct TimeHeap: Sendable {
  static let most = 1 << 21
  private(set) var words: [UInt64] = []

  var isEmpty: Bool { words.isEmpty }
  var count: Int { words.count }

  /// The earliest moment, in milliseconds since the start; none: `Int64.max`.
  var first: Int64 { words.isEmpty ? .max : Int64(words[0] >> 21) }
  /// The number of the earliest; only of a heap that is not empty.
  var top: Int { Int(words[0] & 0x1F_FFFF) }

  mutating func push(_ at: Int64, _ number: Int) {
    let word = UInt64(max(0, at)) << 21 | UInt64(number)
    var child = words.count
    words.append(word)
    words.withUnsafeMutableBufferPointer { words in
      while child > 0 {
        let parent = (child - 1) >> 1
        guard word < words[parent] else { break }
        words[child] = words[parent]
        child = parent
      }
      words[child] = word
    }
  }

  /// Takes the earliest out; only of a heap that is not empty.
  ///
  /// The gap sinks to the bottom first, and the last entry rises from there: it came from the bottom
  /// and seldom rises far, and on the way down nothing has to be guessed (Wegener 1993).
  mutating func pop() {
    let last = words.removeLast()
    let count = words.count
    guard count > 0 else { return }
    words.withUnsafeMutableBufferPointer { words in
      var gap = 0
      var child = 1
      while child + 1 < count {
        child += words[child + 1] < words[child] ? 1 : 0
        words[gap] = words[child]
        gap = child
        child = 2 * gap + 1
      }
      if child < count {
        words[gap] = words[child]
        gap = child
      }
      while gap > 0 {
        let parent = (gap - 1) >> 1
        guard last < words[parent] else { break }
        words[gap] = words[parent]
        gap = parent
      }
      words[gap] = last
    }
  }

  mutating func removeAll() { words.removeAll(keepingCapacity: true) }
}
