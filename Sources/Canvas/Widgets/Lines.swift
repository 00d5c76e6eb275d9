/// Text with its style.
package struct Text: Hashable, Sendable {
  package var text: String
  package var style: Style
  package init(_ text: String, _ style: Style = .normal) {
    self.text = text
    self.style = style
  }
}

/// The first line of a screen: product, place, facts, and the clock on the right.
package struct Header: Hashable, Sendable {
  package var name: String
  /// The path of screens: `["Autumn-24", "wave 4"]`.
  package var place: [String]
  /// From most to least important: a narrow line drops from the end.
  package var facts: [Text]
  package var right: String

  package init(name: String = "swell", place: [String], facts: [Text] = [], right: String = "") {
    self.name = name
    self.place = place
    self.facts = facts
    self.right = right
  }
}

/// One entry of the hint line.
package struct Hint: Hashable, Sendable {
  package let key: String
  package let word: String
  /// 0 stays longest on a narrow line.
  package let rank: Int
  package init(key: String, word: String, rank: Int) {
    self.key = key
    self.word = word
    self.rank = rank
  }
  var width: Int { displayWidth(key) + 1 + displayWidth(word) }
}

extension Canvas {
  /// Draws a header into the first line of an area.
  package mutating func header(_ header: Header, in rect: Rect, glyphs: Glyphs) {
    guard !rect.isEmpty else { return }
    let end = rect.column + rect.columns
    var column = rect.column + 1
    column += put(header.name, at: rect.row, column, .dim, limit: end - column) + 2
    let path = header.place.joined(separator: " \(glyphs.chevron) ")
    let rightWidth = displayWidth(header.right)
    let clockFits = end - column - displayWidth(path) >= rightWidth + 3
    let limit = clockFits ? end - rightWidth - 3 : end
    column += put(
      clipped(path, to: limit - column, glyphs: glyphs), at: rect.row, column, .title,
      limit: limit - column)
    for fact in header.facts {
      let width = displayWidth(fact.text)
      if column + 3 + width > limit { break }
      column += 3
      column += put(fact.text, at: rect.row, column, fact.style)
    }
    if clockFits { put(header.right, at: rect.row, end - rightWidth - 1, .dim) }
  }

  /// Draws hints into the first line of an area, dropping those of the highest rank until the
  /// rest fits; among equals the last goes first.
  package mutating func hints(_ hints: [Hint], in rect: Rect) {
    guard !rect.isEmpty else { return }
    var shown = hints
    var width = hints.reduce(1) { $0 + $1.width + 2 } - 2
    while width > rect.columns, let worst = shown.map(\.rank).max(),
      let index = shown.lastIndex(where: { $0.rank == worst })
    {
      width -= shown.remove(at: index).width + 2
    }
    var column = rect.column + 1
    for hint in shown {
      column += put(hint.key, at: rect.row, column, .key) + 1
      column += put(hint.word, at: rect.row, column) + 2
    }
  }

  /// Writes text so that it ends before column `end`, clipped to `limit` columns.
  package mutating func putRight(
    _ text: String, at row: Int, before end: Int, _ style: Style = .normal, limit: Int = .max
  ) {
    let width = min(displayWidth(text), max(0, limit))
    put(text, at: row, end - width, style, limit: width)
  }

  /// A horizontal bar of `value` in `total`, to an eighth of a cell. What is not zero shows.
  package mutating func bar(
    _ value: Double, of total: Double, at row: Int, _ column: Int, width: Int, glyphs: Glyphs,
    _ style: Style = .accent, trough: Bool = false
  ) {
    let filled = barText(value, of: total, width: width, glyphs: glyphs)
    let used = put(filled, at: row, column, style, limit: width)
    guard trough, used < width else { return }
    put(
      String(repeating: glyphs.trough, count: width - used), at: row, column + used, .dim,
      limit: width - used)
  }

  /// Writes wrapped text into an area; the last line that fits ends in an ellipsis if more follow.
  /// - Returns: the lines used.
  @discardableResult
  package mutating func paragraph(
    _ text: String, in rect: Rect, glyphs: Glyphs, _ style: Style = .normal
  ) -> Int {
    let lines = wrapped(text, to: rect.columns)
    for (index, line) in lines.prefix(rect.rows).enumerated() {
      let cut = index == rect.rows - 1 && lines.count > rect.rows
      let shown =
        cut ? clipped(line + " " + lines[index + 1], to: rect.columns, glyphs: glyphs) : line
      put(shown, at: rect.row + index, rect.column, style, limit: rect.columns)
    }
    return min(lines.count, rect.rows)
  }
}

/// The filled part of a bar of `value` in `total` that is `width` columns long.
package func barText(_ value: Double, of total: Double, width: Int, glyphs: Glyphs) -> String {
  guard width > 0, total > 0, value > 0 else { return "" }
  let eighths = max(1, Int((min(1, value / total) * Double(width * 8)).rounded()))
  var text = String(repeating: glyphs.eighths[7], count: eighths / 8)
  if eighths % 8 > 0 { text += glyphs.eighths[eighths % 8 - 1] }
  return text
}
