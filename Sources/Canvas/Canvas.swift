/// Canvas: cells, layout, widgets, charts and the key table of the console.
///
/// It owns everything that can be said about a screen without a terminal: which text stands in
/// which cell in which semantic style, how a table gives way on a narrow screen, which key does
/// what. It refuses I/O, clocks and colours: a style is a role, and whoever paints decides how a
/// role looks. It imports nothing.
package struct Canvas: Hashable, Sendable {
  package let size: Size
  /// Where the terminal's cursor is to be shown; nil hides it.
  package var cursor: Position?
  /// Row by row. A wide character is a cell of width 2 and, to its right, one of width 0.
  var cells: [Cell]

  package init(_ size: Size) {
    self.size = Size(rows: max(0, size.rows), columns: max(0, size.columns))
    cells = Array(repeating: .blank, count: self.size.rows * self.size.columns)
  }

  package init(rows: Int, columns: Int) {
    self.init(Size(rows: rows, columns: columns))
  }

  package var rows: Int { size.rows }
  package var columns: Int { size.columns }
  /// The whole area.
  package var bounds: Rect { Rect(row: 0, column: 0, rows: rows, columns: columns) }

  /// The cell at a place; a blank outside of the canvas.
  package subscript(row: Int, column: Int) -> Cell {
    guard row >= 0, row < rows, column >= 0, column < columns else { return .blank }
    return cells[row * columns + column]
  }

  /// Writes one line of text, clipped to the canvas and to `limit` columns.
  ///
  /// Control characters become `?` (tab and line breaks a blank), so text that a charger reported
  /// cannot move the cursor; invisible format characters (bidi overrides, joiners) are dropped.
  /// - Returns: the columns used.
  @discardableResult
  package mutating func put(
    _ text: String, at row: Int, _ column: Int, _ style: Style = .normal, limit: Int = .max
  ) -> Int {
    guard row >= 0, row < rows, limit > 0, column < columns else { return 0 }
    let end = limit > columns - column ? columns : column + limit
    guard end > 0 else { return 0 }
    var at = column
    let ascii: Bool? = text.utf8.withContiguousStorageIfAvailable { bytes in
      guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
      for byte in bytes {
        if at >= end { break }
        let visible: UInt8 =
          byte >= 0x20 && byte != 0x7F ? byte : (byte >= 9 && byte <= 13 ? 0x20 : 0x3F)
        if at >= 0 { place(Cell(scalar: UInt32(visible), style: style), row, at) }
        at += 1
      }
      return true
    }
    if ascii != true { putScalars(text, row, &at, end, style) }
    return max(0, min(at, end) - column)
  }

  private mutating func putScalars(
    _ text: String, _ row: Int, _ at: inout Int, _ end: Int, _ style: Style
  ) {
    var last = -1
    for scalar in text.unicodeScalars {
      let width = displayWidth(scalar)
      if width == 0 {
        if last >= 0, scalar.isMark { cells[row * columns + last].add(mark: scalar.value) }
        continue
      }
      if at >= end { return }
      if width == 2, at + 2 > end || at == -1 {
        // Half a wide character cannot be shown.
        let free = at == -1 ? 0 : at
        place(Cell(scalar: 0x20, style: style), row, free)
        last = -1
        at = at == -1 ? 1 : end
        continue
      }
      if at >= 0 {
        place(Cell(scalar: scalar.visible, style: style, width: UInt8(width)), row, at)
        last = at
      }
      at += width
    }
  }

  /// Puts a cell, and blanks the other half of any wide character that it cuts.
  mutating func place(_ cell: Cell, _ row: Int, _ column: Int) {
    let index = row * columns + column
    if cells[index].width != 1 { unpair(index) }
    cells[index] = cell
    if cell.width == 2 {
      if cells[index + 1].width != 1 { unpair(index + 1) }
      cells[index + 1] = Cell(scalar: 0, style: cell.style, width: 0)
    }
  }

  private mutating func unpair(_ index: Int) {
    let other = cells[index].width == 0 ? index - 1 : index + 1
    cells[other] = Cell(scalar: 0x20, style: cells[other].style)
    cells[index] = Cell(scalar: 0x20, style: cells[index].style)
  }

  /// Fills an area with one narrow character.
  package mutating func fill(
    _ rect: Rect, with scalar: Unicode.Scalar = " ", _ style: Style = .normal
  ) {
    let area = rect.clipped(to: bounds)
    for row in area.rowRange {
      for column in area.columnRange {
        place(Cell(scalar: scalar.value, style: style), row, column)
      }
    }
  }

  /// Changes the style of what stands in an area, keeping the text.
  package mutating func restyle(_ rect: Rect, _ style: Style) {
    let area = rect.clipped(to: bounds)
    for row in area.rowRange {
      for column in area.columnRange {
        let index = row * columns + column
        // A wide character has one style: that of its left half.
        if cells[index].width == 0 { continue }
        cells[index].style = style
        if cells[index].width == 2 { cells[index + 1].style = style }
      }
    }
  }

  /// A horizontal line.
  package mutating func hline(
    at row: Int, _ column: Int, length: Int, glyphs: Glyphs, _ style: Style = .dim
  ) {
    guard length > 0 else { return }
    let area = Rect(row: row, column: column, rows: 1, columns: length).clipped(to: bounds)
    for row in area.rowRange {
      for column in area.columnRange { put(glyphs.horizontal, at: row, column, style) }
    }
  }

  /// A frame on the edge of an area, with an optional title in its upper line.
  /// - Returns: the area inside of the frame.
  @discardableResult
  package mutating func box(
    _ rect: Rect, title: String = "", glyphs: Glyphs, _ style: Style = .dim
  ) -> Rect {
    guard rect.rows >= 2, rect.columns >= 2 else { return rect.inset(rows: 1, columns: 1) }
    let right = rect.column + rect.columns - 1
    let bottom = rect.row + rect.rows - 1
    for row in [rect.row, bottom] {
      hline(at: row, rect.column + 1, length: rect.columns - 2, glyphs: glyphs, style)
    }
    for row in (rect.row + 1)..<max(rect.row + 1, bottom) {
      put(glyphs.vertical, at: row, rect.column, style)
      put(glyphs.vertical, at: row, right, style)
    }
    put(glyphs.topLeft, at: rect.row, rect.column, style)
    put(glyphs.topRight, at: rect.row, right, style)
    put(glyphs.bottomLeft, at: bottom, rect.column, style)
    put(glyphs.bottomRight, at: bottom, right, style)
    if !title.isEmpty, rect.columns > 6 {
      let shown = clipped(title, to: rect.columns - 6, glyphs: glyphs)
      put(" \(shown) ", at: rect.row, rect.column + 1, .title)
    }
    return rect.inset(rows: 1, columns: 1)
  }
}
