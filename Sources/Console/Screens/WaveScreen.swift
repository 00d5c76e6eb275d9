import Canvas
import Control

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func waveRows(in size: Size) -> Int { bodyRows(in: size) }

  func drawWave(in body: Rect, _ canvas: inout Canvas) {
    let rows = waveList.map { "\($0.identity)  \($0.detail)" }
    for (line, row) in rows.dropFirst(list.top).prefix(body.rows).enumerated() {
      let isHere = list.top + line == list.cursor
      if isHere { canvas.put(setup.glyphs.pointer, at: body.row + line, 1, .accent) }
      canvas.put(say(row), at: body.row + line, 3)
    }
  }
}
