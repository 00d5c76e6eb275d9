import Canvas
import Control

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func auditRows(in size: Size) -> Int { bodyRows(in: size) }

  func drawAudit(in body: Rect, _ canvas: inout Canvas) {
    guard let page = audit else { return }
    let rows = page.entries.map { "\(setup.time.dayAndTime($0.at))  \($0.who)  \($0.action)  \($0.subject)" }
    let skipped = max(0, list.top - page.query.offset)
    for (line, row) in rows.dropFirst(skipped).prefix(body.rows).enumerated() {
      let isHere = list.top + line == list.cursor
      if isHere { canvas.put(setup.glyphs.pointer, at: body.row + line, 1, .accent) }
      canvas.put(say(row), at: body.row + line, 3)
    }
  }
}
