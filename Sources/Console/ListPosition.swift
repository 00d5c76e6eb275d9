import Canvas

/// Where a person is in a list: the row under the pointer, and the first one on the screen.
struct ListPosition: Sendable, Equatable {
  var cursor = 0
  var top = 0

  /// Keeps both inside a list of `count` rows, of which `visible` show.
  mutating func settle(count: Int, visible: Int) {
    cursor = max(0, min(cursor, count - 1))
    top = Table.scrolled(top: top, selected: cursor, count: count, visible: visible)
  }

  mutating func move(by step: Int, count: Int, visible: Int) {
    cursor += step
    settle(count: count, visible: visible)
  }

  /// Moves pointer and screen together, as paging does.
  mutating func page(by screens: Int, count: Int, visible: Int) {
    cursor += screens * visible
    top += screens * visible
    settle(count: count, visible: visible)
  }

  /// Goes along when rows came or went before the one under the pointer.
  mutating func follow(to index: Int) {
    let shift = index - cursor
    cursor = index
    if top > 0 { top = max(0, top + shift) }
  }
}

/// Which rows of a long list to ask for next, so that moving only changes numbers.
struct Stretch: Sendable, Equatable {
  /// The rows that are here: where they begin and how many they are.
  var base: Int
  var loaded: Int
  var position: Int
  var visible: Int
  /// Rows of the list, when that is known.
  var count: Int?

  /// Rows in one question.
  static func limit(visible: Int) -> Int { min(600, max(30, visible * 3)) }

  /// Where the next question begins: where it began before, as long as half a screen beyond either
  /// edge is here; otherwise the screen and one more before and after it.
  var offset: Int {
    let margin = visible / 2
    let low = max(0, position - margin)
    let high = max(low, min(count ?? .max, position + visible + margin))
    // A page of the present limit must hold them: a smaller screen asks for less.
    let here = min(loaded, Self.limit(visible: visible))
    let covered = low == high || base <= low && high <= base + here
    return covered ? base : max(0, position - visible)
  }
}
