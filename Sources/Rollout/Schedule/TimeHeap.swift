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
  mutating func pop() {
    let last = words.removeLast()
    let count = words.count
    guard count > 0 else { return }
    words.withUnsafeMutableBufferPointer { words in
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < count else { break }
        if child + 1 < count, words[child + 1] < words[child] { child += 1 }
        guard words[child] < last else { break }
        words[parent] = words[child]
        parent = child
      }
      words[parent] = last
    }
  }

  mutating func removeAll() { words.removeAll(keepingCapacity: true) }
}
