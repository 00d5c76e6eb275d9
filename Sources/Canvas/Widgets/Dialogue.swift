/// A line of text being typed: content and cursor.
package struct InputLine: Hashable, Sendable {
  package private(set) var text: String
  /// Characters left of the cursor.
  package private(set) var cursor: Int
  /// Whether all of it is selected: what is typed next replaces it, every other key edits it.
  package private(set) var isSelected: Bool

  /// - Parameter isSelected: as when a person comes back to what stood there before.
  package init(_ text: String = "", isSelected: Bool = false) {
    self.text = text
    cursor = text.count
    self.isSelected = isSelected && !text.isEmpty
  }

  /// Edits by a key.
  /// - Returns: whether the key was one for editing.
  package mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character, .paste:
      if isSelected { self = InputLine() }
    default: break
    }
    var characters = Array(text)
    switch key {
    case .character(let character):
      characters.insert(character, at: cursor)
      cursor += 1
    case .paste(let pasted):
      // One line stays one line: a pasted line break must not confirm anything.
      let clean = pasted.map { $0.isNewline || $0 == "\t" ? " " : $0 }
      characters.insert(contentsOf: clean, at: cursor)
      cursor += clean.count
    case .backspace where cursor > 0:
      cursor -= 1
      characters.remove(at: cursor)
    case .delete where cursor < characters.count:
      characters.remove(at: cursor)
    case .backspace, .delete: break
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .home, .ctrl("a"): cursor = 0
    case .end, .ctrl("e"): cursor = characters.count
    case .ctrl("u"):
      characters.removeFirst(cursor)
      cursor = 0
    case .ctrl("k"): characters.removeLast(characters.count - cursor)
    case .ctrl("w"):
      let from = cursor
      while cursor > 0, characters[cursor - 1] == " " { cursor -= 1 }
      while cursor > 0, characters[cursor - 1] != " " { cursor -= 1 }
      characters.removeSubrange(cursor..<from)
    default: return false
    }
    isSelected = false
    text = String(characters)
    // A typed combining mark joins its neighbour: there may be fewer characters than inserted.
    cursor = min(cursor, text.count)
    return true
  }
}

extension Canvas {
  /// Draws an input line with a prompt and puts the cursor there; long text scrolls so that the
  /// cursor stays in sight.
  package mutating func input(
    _ input: InputLine, prompt: String = "", in rect: Rect, _ style: Style = .normal
  ) {
    guard !rect.isEmpty else { return }
    var column = rect.column
    column += put(prompt, at: rect.row, column, .key, limit: rect.columns)
    let room = rect.column + rect.columns - column
    guard room > 0 else { return }
    let characters = Array(input.text)
    var first = 0
    var before = characters[..<input.cursor].reduce(0) { $0 + displayWidth(String($1)) }
    while before > room - 1, first < input.cursor {
      before -= displayWidth(String(characters[first]))
      first += 1
    }
    fill(Rect(row: rect.row, column: column, rows: 1, columns: room), style)
    put(
      String(characters[first...]), at: rect.row, column, input.isSelected ? .selected : style,
      limit: room)
    cursor = Position(row: rect.row, column: column + before)
  }

  /// Draws an empty framed box of at most the given size in the middle of an area.
  /// - Returns: the area for its content, one column in from the frame.
  package mutating func modal(
    title: String, size: Size, in rect: Rect, glyphs: Glyphs, _ style: Style = .accent
  ) -> Rect {
    let area = rect.centred(size)
    fill(area)
    return box(area, title: title, glyphs: glyphs, style).inset(rows: 0, columns: 1)
  }
}
