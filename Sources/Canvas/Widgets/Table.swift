/// A table that knows its columns and its scroll position, not its data: cells are asked for when
/// they are drawn, so a hundred thousand rows cost no more than a screenful.
package struct Table: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package enum Alignment: Hashable, Sendable { case left, right }
    package let title: String
    package let minimum: Int
    package let ideal: Int
    /// 0 is never dropped; the highest goes first on a narrow screen.
    package let priority: Int
    package let alignment: Alignment

    package init(
      _ title: String, minimum: Int, ideal: Int, priority: Int = 1, alignment: Alignment = .left
    ) {
      self.title = title
      self.minimum = max(1, minimum)
      self.ideal = max(self.minimum, ideal)
      self.priority = priority
      self.alignment = alignment
    }
  }

  /// A column as laid out: its index in ``columns``, its place from the left edge, its width.
  package struct Placed: Hashable, Sendable {
    package let index: Int
    package let offset: Int
    package let width: Int
  }

  package var columns: [Column]
  /// Rows in all.
  package var count: Int
  /// The first row shown.
  package var top: Int
  package var selected: Int?
  package var sortedColumn: Int?
  package var sortedDescending: Bool
  /// Whether keys go to this table: only then is the selected row more than a pointer.
  package var focused: Bool

  package init(
    columns: [Column], count: Int, top: Int = 0, selected: Int? = nil, sortedColumn: Int? = nil,
    sortedDescending: Bool = false, focused: Bool = true
  ) {
    self.columns = columns
    self.count = count
    self.top = top
    self.selected = selected
    self.sortedColumn = sortedColumn
    self.sortedDescending = sortedDescending
    self.focused = focused
  }

  /// Columns left of the first column, for pointer and mark.
  static let gutter = 3
  static let gap = 2

  /// Which columns fit, and where: the least important are dropped until the minima fit, then
  /// what is left widens the most important towards their ideal. Never wider: room that is left
  /// over stays empty on the right.
  package func layout(width: Int) -> [Placed] {
    var kept = Array(columns.indices)
    func needed(_ indices: [Int]) -> Int {
      Table.gutter + indices.reduce(0) { $0 + columns[$1].minimum + Table.gap }
        - (indices.isEmpty ? 0 : Table.gap)
    }
    while needed(kept) > width {
      let worst = kept.map { columns[$0].priority }.max() ?? 0
      guard worst > 0, let position = kept.lastIndex(where: { columns[$0].priority == worst })
      else { break }
      kept.remove(at: position)
    }
    var widths = columns.map(\.minimum)
    var room = max(0, width - needed(kept))
    for index in kept.sorted(by: { (columns[$0].priority, $0) < (columns[$1].priority, $1) }) {
      let more = min(room, columns[index].ideal - columns[index].minimum)
      widths[index] += more
      room -= more
    }
    var offset = Table.gutter
    return kept.map { index in
      defer { offset += widths[index] + Table.gap }
      let space = max(0, min(widths[index], width - offset))
      return Placed(index: index, offset: offset, width: space)
    }
  }

  /// The first row to show so that `selected` is on the screen, moving as little as possible.
  package static func scrolled(top: Int, selected: Int?, count: Int, visible: Int) -> Int {
    var top = top
    if let selected {
      if selected < top { top = selected }
      if visible > 0, selected >= top + visible { top = selected - visible + 1 }
    }
    return max(0, min(top, count - visible))
  }
}

extension Canvas {
  /// Draws a table: a line of titles, then rows.
  /// - Returns: the rows that are shown.
  @discardableResult
  package mutating func table(
    _ table: Table, in rect: Rect, glyphs: Glyphs, marked: (Int) -> Bool = { _ in false },
    cell: (_ row: Int, _ column: Int) -> Text
  ) -> Range<Int> {
    guard !rect.isEmpty else { return 0..<0 }
    let placed = table.layout(width: rect.columns)
    for place in placed {
      let column = table.columns[place.index]
      var title = column.title
      if place.index == table.sortedColumn {
        title += table.sortedDescending ? glyphs.descending : glyphs.ascending
      }
      put(title, in: place, column.alignment, row: rect.row, left: rect.column, glyphs, .dim)
    }
    let top = max(0, table.top)
    let shown = top..<max(top, min(table.count, top + rect.rows - 1))
    for index in shown {
      let row = rect.row + 1 + index - top
      let isSelected = index == table.selected
      let highlighted = isSelected && table.focused
      if highlighted {
        let line = Rect(row: row, column: rect.column, rows: 1, columns: rect.columns)
        fill(line, .selected)
      }
      if isSelected {
        put(glyphs.pointer, at: row, rect.column, highlighted ? .selected : .accent, limit: 1)
      }
      if marked(index) {
        put(glyphs.mark, at: row, rect.column + 1, highlighted ? .selected : .accent, limit: 1)
      }
      for place in placed {
        let content = cell(index, place.index)
        put(
          content.text, in: place, table.columns[place.index].alignment, row: row,
          left: rect.column, glyphs, highlighted ? .selected : content.style)
      }
    }
    return shown
  }

  private mutating func put(
    _ text: String, in place: Table.Placed, _ alignment: Table.Column.Alignment, row: Int,
    left: Int, _ glyphs: Glyphs, _ style: Style
  ) {
    let shown = clipped(text, to: place.width, glyphs: glyphs)
    switch alignment {
    case .left: put(shown, at: row, left + place.offset, style, limit: place.width)
    case .right: putRight(shown, at: row, before: left + place.offset + place.width, style)
    }
  }
}
