import Canvas

extension ConsoleState {
  private static let helpSize = 80

  /// Lines of help that show at once.
  static func helpRows(in size: Size) -> Int { max(1, bodyRows(in: size) - 2) }

  func drawHelp(in body: Rect, _ canvas: inout Canvas) {
    let lines = helpLines
    canvas.fill(body)
    let beyond = lines.count + 2 > body.rows
    let area = canvas.modal(
      title: beyond ? "Help: Down for more, Esc closes" : "Help: Esc closes",
      size: Size(rows: min(lines.count + 2, body.rows), columns: Self.helpSize), in: body,
      glyphs: setup.glyphs)
    draw(lines, from: helpTop ?? 0, in: area, &canvas)
  }
}
