import Canvas
import Control
import Fleet

extension ConsoleState {
  /// From here on three columns stand side by side.
  private static let wide = 150
  /// Where text begins to the right of a section's name.
  static let gutter = 12

  /// Items of NEEDS YOU that show at once; each has at least a line.
  static func dashboardRows(in size: Size) -> Int {
    max(1, min(9, size.rows / 8, bodyRows(in: size) - 14))
  }

  func drawDashboard(in body: Rect, _ canvas: inout Canvas) {
    guard let dashboard else { return drawNothingYet(in: body, &canvas) }
    var rest = body
    if engine == nil { rest = rest.below(drawNoEngine(as: dashboard.at, in: rest, &canvas)) }
    if dashboard.chargers == 0 { return drawNoChargers(in: rest, &canvas) }
    rest = rest.below(drawNeedsYou(dashboard, in: rest, &canvas))
    let isWide = body.columns >= Self.wide
    let readiness =
      isWide ? 0 : min(readinessRows(dashboard, width: body.columns - 3), max(1, rest.rows / 4))
    let waves = min(max(1, wavedCampaigns(dashboard).count), max(1, rest.rows / 12))
    let parts = rest.splitRows(
      .share(1), .fixed(rest.rows > 8 ? 1 : 0), .fixed(readiness), .fixed(waves))
    if isWide {
      drawThreeColumns(dashboard, in: parts[0].inset(rows: 0, columns: 1), &canvas)
    } else {
      drawTwoColumns(dashboard, in: parts[0].inset(rows: 0, columns: 1), &canvas)
    }
    canvas.hline(at: parts[1].row, 0, length: parts[1].columns, glyphs: setup.glyphs)
    drawReadinessLine(dashboard, in: parts[2].inset(rows: 0, columns: 1), &canvas)
    drawWaves(dashboard, in: parts[3].inset(rows: 0, columns: 1), &canvas)
  }

  private func drawTwoColumns(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    let halves = area.splitColumns(gap: 3, .share(1), .share(1))
    let used = drawProtocols(dashboard, in: halves[0], &canvas)
    drawHistory(dashboard, in: halves[0].below(used + (halves[0].rows > 18 ? 1 : 0)), &canvas)
    var right = halves[1]
    // Failures keep their title and three reasons, on a short screen the first one.
    let keep = min(right.rows < 10 ? 3 : 4, dashboard.failures.count + 1)
    var migration = right
    migration.rows = max(1, right.rows - keep)
    let below = drawMigration(dashboard, in: migration, &canvas)
    right = right.below(below + (right.rows - below > 14 ? 1 : 0))
    drawFailures(dashboard, in: right, &canvas)
  }

  private func drawThreeColumns(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    let thirds = area.splitColumns(gap: 4, .share(1), .share(1), .share(1))
    let used = drawProtocols(dashboard, in: thirds[0], &canvas)
    drawHistory(dashboard, in: thirds[0].below(used + 1), &canvas)
    let middle = drawMigration(dashboard, in: thirds[1], &canvas)
    drawReadinessTable(dashboard, in: thirds[1].below(middle + 1), &canvas)
    drawFailures(dashboard, in: thirds[2], &canvas)
  }

  // MARK: States without data

  /// What stands where rows would be while there is no answer, or none can come.
  func drawNothingYet(in body: Rect, _ canvas: inout Canvas) {
    guard let failure = shownFailure else {
      canvas.put("Asking" + setup.glyphs.ellipsis, at: body.row + 1, 1, .dim)
      return
    }
    drawMessage(
      "\(setup.glyphs.cross) No answer, so there is nothing to show.", say(failure.message),
      keys: [], style: .bad, in: body, &canvas)
  }

  /// A screen's sentence in place of its rows: what is so, why, and what to press or type.
  func drawMessage(
    _ title: String, _ text: String, keys: [(String, String)], style: Style = .title,
    in body: Rect, _ canvas: inout Canvas
  ) {
    let left = body.column + 3
    let width = min(76, body.columns - 6)
    var row = body.row + (body.rows > 8 ? 1 : 0)
    func paragraph(_ text: String, _ style: Style) {
      let room = Rect(row: row, column: left, rows: body.row + body.rows - row, columns: width)
      row += canvas.paragraph(text, in: room, glyphs: setup.glyphs, style) + 1
    }
    paragraph(title, style)
    if !text.isEmpty { paragraph(text, .normal) }
    for (key, word) in keys where row < body.row + body.rows {
      let used = canvas.put(key, at: row, left, .key, limit: width)
      canvas.put(word, at: row, left + max(used + 2, 8), limit: width - max(used + 2, 8))
      row += 1
    }
  }

  /// Loud, because whoever reads numbers must know that nobody changes them.
  /// - Returns: the lines used.
  private func drawNoEngine(as of: Instant, in area: Rect, _ canvas: inout Canvas) -> Int {
    guard area.rows > 3 else { return 0 }
    let loud = Style.bad.with([.bold, .reverse])
    let row = area.row
    canvas.fill(Rect(row: row, column: 0, rows: 1, columns: area.columns), loud)
    let text =
      " NO ENGINE: nothing runs, nothing is recorded. These numbers are "
      + LocalTime.words(now - of) + " old."
    canvas.put(clipped(text, to: area.columns - 1, glyphs: setup.glyphs), at: row, 0, loud)
    canvas.hline(at: row + 1, 0, length: area.columns, glyphs: setup.glyphs)
    let next = "swell serve --db \(say(setup.database)) "
    canvas.put(" Next: ", at: row + 1, 1, .dim)
    canvas.put(clipped(next, to: area.columns - 10, glyphs: setup.glyphs), at: row + 1, 8, .key)
    return 2
  }

  func drawNoChargers(in body: Rect, _ canvas: inout Canvas) {
    drawMessage(
      "No chargers yet.",
      "Strangers that connect are refused, except with serve --admit pending.",
      keys: [
        ("i", "reads a table of them; in a shell: swell import FILE.csv"),
        ("swell demo", "shows everything with chargers that do not exist"),
      ], in: body, &canvas)
  }

  /// A section's name.
  func section(_ name: String, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    canvas.put(name, at: area.row, area.column, .title, limit: area.columns)
  }
}
