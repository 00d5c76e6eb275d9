import Canvas
import Control

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func campaignRows(in size: Size) -> Int { bodyRows(in: size) }

  func drawCampaign(in body: Rect, _ canvas: inout Canvas) {
    let rows = (campaign?.summary.waves ?? []).map { "wave \($0.number)  \($0.ended)/\($0.size)" }
    for (line, row) in rows.dropFirst(list.top).prefix(body.rows).enumerated() {
      let isHere = list.top + line == list.cursor
      if isHere { canvas.put(setup.glyphs.pointer, at: body.row + line, 1, .accent) }
      canvas.put(say(row), at: body.row + line, 3)
    }
  }
}
