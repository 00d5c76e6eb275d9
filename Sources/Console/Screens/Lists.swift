import Canvas
import Control
import Fleet

extension ConsoleState {
  /// Lines for the row under the pointer, their rule included.
  static let stripRows = 3

  /// Whether keys go to the screen, not to something over it.
  var isFocused: Bool { line == nil && form == nil && helpTop == nil }

  /// A screen of a table with a strip below it that says all about the row under the pointer.
  func drawList(
    _ columns: [Table.Column], count: Int, in area: Rect, strip: Text?,
    _ canvas: inout Canvas, cell: (_ row: Int, _ column: Int, _ width: Int) -> Text
  ) {
    let parts = area.splitRows(.share(1), .fixed(1), .fixed(Self.stripRows - 1))
    let table = Table(
      columns: columns, count: count, top: list.top, selected: count == 0 ? nil : list.cursor,
      focused: isFocused)
    draw(table, in: parts[0], &canvas, cell: cell)
    if !parts[1].isEmpty {
      canvas.hline(at: parts[1].row, area.column, length: area.columns, glyphs: setup.glyphs)
    }
    guard let strip, !parts[2].isEmpty else { return }
    canvas.paragraph(
      strip.text, in: parts[2].inset(rows: 0, columns: 1), glyphs: setup.glyphs, strip.style)
  }

  /// A table whose cells are told their width.
  func draw(
    _ table: Table, in area: Rect, _ canvas: inout Canvas,
    cell: (_ row: Int, _ column: Int, _ width: Int) -> Text
  ) {
    var widths = table.columns.map(\.minimum)
    for place in table.layout(width: area.columns) { widths[place.index] = place.width }
    canvas.table(table, in: area, glyphs: setup.glyphs) { cell($0, $1, widths[$1]) }
  }

  /// A bar with its percentage as the text of one cell.
  func share(_ part: Int, of whole: Int, width: Int) -> String {
    let number = percent(part, of: whole)
    let bar = barText(
      Double(part), of: Double(whole), width: max(0, width - 6), glyphs: setup.glyphs)
    let gap = width - displayWidth(bar) - displayWidth(number)
    return bar + String(repeating: " ", count: max(1, gap)) + number
  }

  /// Cut at the front: identities of a fleet differ at their ends.
  func tail(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    let room = max(0, width - displayWidth(setup.glyphs.ellipsis))
    var end = Substring(text)
    while displayWidth(String(end)) > room, !end.isEmpty { end.removeFirst() }
    return setup.glyphs.ellipsis + end
  }

  /// The filter of a register, when it has one.
  var registerFilter: String { registerFilters[screen] ?? "" }

  /// What stands in place of rows when a filter leaves none.
  func drawNoMatch(in body: Rect, _ canvas: inout Canvas) {
    drawMessage(
      "Nothing matches the filter \(say(registerFilter)).", "",
      keys: [("/", "change it"), ("Esc", "drop it")], in: body, &canvas)
  }

  /// A register's error about its filter, or that nothing came yet.
  func drawNoRegister(in body: Rect, _ canvas: inout Canvas) {
    guard let failure = shownFailure, failure.isAboutInput else {
      return drawNothingYet(in: body, &canvas)
    }
    drawMessage(
      "\(setup.glyphs.cross) The filter \(say(registerFilter)) can't be read.",
      say(failure.message), keys: [("/", "correct it"), ("Esc", "drop it")], style: .bad,
      in: body, &canvas)
  }
}
