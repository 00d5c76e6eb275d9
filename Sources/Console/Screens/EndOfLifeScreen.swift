import Canvas
import Control

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func endOfLifeRows(in size: Size) -> Int { bodyRows(in: size) }

  func drawEndOfLife(in body: Rect, _ canvas: inout Canvas) {
    guard let page = endOfLife else { return }
    let rows = page.rows.map { "\($0.charger.identity)  \($0.endOfLife.reason.rawValue)" }
    let skipped = max(0, list.top - page.query.offset)
    for (line, row) in rows.dropFirst(skipped).prefix(body.rows).enumerated() {
      let isHere = list.top + line == list.cursor
      if isHere { canvas.put(setup.glyphs.pointer, at: body.row + line, 1, .accent) }
      canvas.put(say(row), at: body.row + line, 3)
    }
  }
}
