import Canvas
import Control
import Fleet

/// A line of pieces at fixed columns; for screens that scroll as text.
struct PiecedLine: Hashable, Sendable {
  var pieces: [(column: Int, text: Text)] = []

  init(_ pieces: (Int, Text)...) { self.pieces = pieces.map { (column: $0.0, text: $0.1) } }

  static func == (a: Self, b: Self) -> Bool {
    a.pieces.map(\.column) == b.pieces.map(\.column) && a.pieces.map(\.text) == b.pieces.map(\.text)
  }

  func hash(into hasher: inout Hasher) {
    for piece in pieces {
      hasher.combine(piece.column)
      hasher.combine(piece.text)
    }
  }
}

extension ConsoleState {
  /// From here on two panes stand side by side, and three.
  private static let twoPanes = 110
  private static let threePanes = 170

  func drawCharger(_ identity: String, in body: Rect, _ canvas: inout Canvas) {
    switch opened {
    case .waiting: drawNothingYet(in: body, &canvas)
    case .unknown:
      drawMessage(
        "\(say(identity)) is not in the inventory.",
        "It was removed, or never was. Identities are compared without regard to case.",
        keys: [("Esc", "back"), ("f", "the fleet")], style: .warning, in: body, &canvas)
    case .known(let detail, _):
      let panes = panes(of: detail, in: body)
      for (index, pane) in panes.enumerated() {
        draw(pane.lines, from: openedTop, in: pane.area, &canvas)
        if index > 0 { verticalRule(before: pane.area, &canvas) }
      }
    }
  }

  /// Lines that the open charger fills, for scrolling.
  var openedHeight: Int {
    guard case .known(let detail, _) = opened else { return 0 }
    let body = Rect(row: 0, column: 0, rows: Self.bodyRows(in: size), columns: size.columns)
    return panes(of: detail, in: body).map(\.lines.count).max() ?? 0
  }

  func draw(_ lines: [PiecedLine], from top: Int, in area: Rect, _ canvas: inout Canvas) {
    for (index, line) in lines.dropFirst(top).prefix(area.rows).enumerated() {
      for piece in line.pieces {
        let room = area.columns - piece.column
        canvas.put(
          clipped(piece.text.text, to: room, glyphs: setup.glyphs), at: area.row + index,
          area.column + piece.column, piece.text.style)
      }
    }
  }

  func verticalRule(before area: Rect, _ canvas: inout Canvas) {
    for row in area.row..<(area.row + area.rows) {
      canvas.put(setup.glyphs.vertical, at: row, area.column - 2, .dim)
    }
  }

  private func panes(
    of detail: ChargerDetail, in body: Rect
  ) -> [(area: Rect, lines: [PiecedLine])] {
    let inner = body.inset(rows: 0, columns: 1)
    func stacked(_ parts: [[PiecedLine]]) -> [PiecedLine] {
      Array(parts.filter { !$0.isEmpty }.joined(separator: [PiecedLine()]))
    }
    func facts(_ width: Int) -> [[PiecedLine]] {
      [
        verdict(detail, width), upgrade(detail, width), identity(detail, width),
        connectors(detail), holdings(detail, width), oddities(detail, width),
        known(detail, width),
      ]
    }
    func past(_ width: Int) -> [[PiecedLine]] {
      [story(detail, width), sessions(detail, width), messages(detail, width)]
    }
    if body.columns >= Self.threePanes {
      let thirds = inner.splitColumns(gap: 3, .share(1), .share(1), .share(1))
      let width = thirds[0].columns
      return [
        (
          thirds[0],
          stacked([
            verdict(detail, width), identity(detail, width), connectors(detail),
            holdings(detail, width), oddities(detail, width), known(detail, width),
          ])
        ), (thirds[1], stacked([upgrade(detail, width), story(detail, width)])),
        (thirds[2], stacked([sessions(detail, width), messages(detail, width)])),
      ]
    }
    if body.columns >= Self.twoPanes {
      let halves = inner.splitColumns(gap: 3, .share(1), .share(1))
      return [
        (halves[0], stacked(facts(halves[0].columns))),
        (halves[1], stacked(past(halves[1].columns))),
      ]
    }
    return [(inner, stacked(facts(inner.columns) + past(inner.columns)))]
  }
}
