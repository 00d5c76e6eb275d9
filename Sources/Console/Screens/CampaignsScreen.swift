import Canvas
import Control

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func campaignsRows(in size: Size) -> Int { bodyRows(in: size) }

  func drawCampaigns(in body: Rect, _ canvas: inout Canvas) {
    let rows = (campaigns ?? []).map { "\($0.name)  \($0.status.rawValue)  \($0.migrated)/\($0.total)" }
    for (line, row) in rows.dropFirst(list.top).prefix(body.rows).enumerated() {
      let isHere = list.top + line == list.cursor
      if isHere { canvas.put(setup.glyphs.pointer, at: body.row + line, 1, .accent) }
      canvas.put(say(row), at: body.row + line, 3)
    }
  }
}
