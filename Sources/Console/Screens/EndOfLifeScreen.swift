import Canvas
import Control
import Fleet

extension ConsoleState {
  /// Lines for the reasons.
  private static let reasonRows = 2

  /// Rows of the list that a terminal of this size shows.
  static func endOfLifeRows(in size: Size) -> Int {
    max(1, bodyRows(in: size) - reasonRows - 1 - stripRows - 1)
  }

  func drawEndOfLife(in body: Rect, _ canvas: inout Canvas) {
    guard let page = endOfLife else { return drawNoRegister(in: body, &canvas) }
    guard page.total > 0 else {
      return drawMessage(
        "No charger is marked end of life.",
        "A charger that will never move (too small, no firmware, damaged) stays as it is and "
          + "leaves every campaign once it is marked. Mark it in the fleet or on its own screen.",
        keys: [("f", "the fleet"), ("e", "there: mark end of life")], in: body, &canvas)
    }
    let parts = body.splitRows(.fixed(Self.reasonRows), .fixed(1), .share(1))
    drawReasons(page, in: parts[0].inset(rows: 0, columns: 1), &canvas)
    canvas.hline(at: parts[1].row, 0, length: body.columns, glyphs: setup.glyphs)
    if page.matching == 0 { return drawNoMatch(in: parts[2], &canvas) }
    func row(_ index: Int) -> EndOfLifePage.Row? {
      let place = index - page.query.offset
      return page.rows.indices.contains(place) ? page.rows[place] : nil
    }
    drawList(
      [
        .init("CHARGER", minimum: 10, ideal: 22, priority: 0),
        .init("SITE", minimum: 10, ideal: 20, priority: 2),
        .init("MODEL", minimum: 8, ideal: 20, priority: 3),
        .init("REASON", minimum: 22, ideal: 22, priority: 0),
        .init("MARKED", minimum: 6, ideal: 6, priority: 1, alignment: .right),
        .init("BY", minimum: 6, ideal: 12, priority: 1),
        .init("EVIDENCE", minimum: 12, ideal: 40, priority: 3),
        .init("REPLACED BY", minimum: 11, ideal: 20, priority: 4),
        .init("SPEAKS", minimum: 6, ideal: 6, priority: 4),
      ], count: page.matching, in: parts[2], strip: row(list.cursor).map { Text(sentence($0)) },
      &canvas
    ) { index, column, width in
      guard let row = row(index) else { return Text(setup.glyphs.idle, .dim) }
      return cell(row, column, width: width)
    }
  }

  private func cell(_ row: EndOfLifePage.Row, _ column: Int, width: Int) -> Text {
    let (charger, mark) = (row.charger, row.endOfLife)
    switch column {
    case 0: return Text(tail(say(charger.identity), to: width))
    case 1: return Text(say(charger.site))
    case 2:
      let full = charger.fullModel
      return Text(say(displayWidth(full) <= width ? full : charger.model))
    case 3: return Text(mark.reason.rawValue, .warning)
    case 4: return Text(setup.time.day(mark.at), .dim)
    case 5: return Text(say(mark.by))
    case 6: return Text(say(mark.evidence), .dim)
    case 7: return Text(say(mark.replacement))
    default: return Text(charger.speaks?.label ?? "?")
    }
  }

  private func sentence(_ row: EndOfLifePage.Row) -> String {
    let (charger, mark) = (row.charger, row.endOfLife)
    let site = charger.site.isEmpty ? "" : ", \(charger.site)"
    var text =
      "\(charger.identity)\(site): \(mark.reason.rawValue)"
      + " (\(mark.by), \(setup.time.day(mark.at)))."
    if !mark.evidence.isEmpty { text += " Evidence: \(mark.evidence)." }
    if !mark.replacement.isEmpty { text += " Replaced by \(mark.replacement)." }
    return say(text)
  }

  /// How many for each reason, of all that are marked.
  private func drawReasons(_ page: EndOfLifePage, in area: Rect, _ canvas: inout Canvas) {
    var column = area.column
    var row = area.row
    column += canvas.put(grouped(page.total), at: row, column, .title) + 1
    column += canvas.put("marked", at: row, column, .title) + 3
    let left = column
    for reason in page.reasons where reason.count > 0 {
      let number = grouped(reason.count)
      let width = number.utf8.count + 1 + displayWidth(reason.reason)
      if column + width > area.column + area.columns {
        (row, column) = (row + 1, left)
        if row >= area.row + area.rows { return }
      }
      canvas.put(number, at: row, column)
      canvas.put(say(reason.reason), at: row, column + number.utf8.count + 1, .warning)
      column += width + 3
    }
  }
}
