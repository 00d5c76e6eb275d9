import Canvas
import Control
import Fleet

extension ConsoleState {
  /// From here on there is room for panes side by side.
  private static let wide = 130
  /// Where text begins to the right of a section's name.
  static let gutter = 12

  func drawDashboard(in body: Rect, _ canvas: inout Canvas) {
    guard let dashboard else {
      if shownFailure == nil {
        canvas.put("Asking" + setup.glyphs.ellipsis, at: body.row, 1, .dim)
      }
      return
    }
    if dashboard.chargers == 0 { return drawNoChargers(in: body, &canvas) }
    let isWide = body.columns >= Self.wide
    let room = isWide ? max(4, body.rows / 4) : max(1, body.rows - 17)
    let used = drawNeedsYou(
      dashboard,
      in: Rect(
        row: body.row, column: body.column, rows: min(room, body.rows), columns: body.columns),
      &canvas)
    canvas.hline(at: body.row + used, 0, length: body.columns, glyphs: setup.glyphs)
    let rest = body.below(used + 1)
    if isWide {
      drawWide(dashboard, in: rest, &canvas)
    } else {
      drawNarrow(dashboard, in: rest, &canvas)
    }
  }

  private func drawNarrow(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    let waves = max(1, min(wavedCampaigns(dashboard).count, 2))
    let parts = area.splitRows(
      .fixed(6), .fixed(1), .share(1), .fixed(area.rows > 20 ? 1 : 0), .fixed(4), .fixed(waves))
    let top = parts[0].inset(rows: 0, columns: 1).splitColumns(gap: 3, .share(1), .share(1))
    drawProtocols(dashboard, in: top[0], &canvas)
    drawMigration(dashboard, in: top[1], &canvas)
    for rule in [parts[1], parts[3]] where !rule.isEmpty {
      canvas.hline(at: rule.row, 0, length: rule.columns, glyphs: setup.glyphs)
    }
    drawFailures(dashboard, in: parts[2].inset(rows: 0, columns: 1), &canvas)
    drawReadiness(dashboard, columns: 3, in: parts[4].inset(rows: 0, columns: 1), &canvas)
    drawWaves(dashboard, in: parts[5].inset(rows: 0, columns: 1), &canvas)
  }

  private func drawWide(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    let campaigns = max(6, min(dashboard.campaigns.count + 1, area.rows / 3))
    let waves = max(1, min(wavedCampaigns(dashboard).count, area.rows / 4))
    let bottom = max(min(dashboard.failures.count, 12), 2, waves)
    let parts = area.splitRows(
      .fixed(campaigns), .fixed(1), .fixed(4), .fixed(1), .fixed(bottom), .share(1))
    let top = parts[0].inset(rows: 0, columns: 1).splitColumns(gap: 3, .share(1), .share(1))
    drawProtocols(dashboard, in: top[0], &canvas)
    drawMigration(dashboard, in: top[1], &canvas)
    drawReadiness(dashboard, columns: 3, in: parts[2].inset(rows: 0, columns: 1), &canvas)
    for rule in [parts[1], parts[3]] where !rule.isEmpty {
      canvas.hline(at: rule.row, 0, length: rule.columns, glyphs: setup.glyphs)
    }
    let low = parts[4].inset(rows: 0, columns: 1).splitColumns(gap: 3, .share(1), .share(1))
    drawFailures(dashboard, in: low[0], &canvas)
    drawWaves(dashboard, in: low[1], &canvas)
  }

  private func drawNoChargers(in body: Rect, _ canvas: inout Canvas) {
    let middle = body.row + body.rows / 3
    canvas.put("No chargers yet.", at: middle, Self.gutter, .title)
    canvas.put("Next:", at: middle + 2, Self.gutter, .dim)
    canvas.put("swell import FILE.csv", at: middle + 2, Self.gutter + 6, .key)
    canvas.put("A charger that connects by itself appears here too.", at: middle + 4, Self.gutter)
  }

  /// A section's name in the gutter.
  func section(_ name: String, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    canvas.put(name, at: area.row, area.column, .title, limit: area.columns)
  }

  // MARK: Needs you

  /// What waits for a person, before anything else.
  /// - Returns: the lines used.
  private func drawNeedsYou(
    _ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas
  ) -> Int {
    let glyphs = setup.glyphs
    let left = area.column + 1
    let items = dashboard.needsYou
    guard !items.isEmpty else {
      canvas.put("NEEDS YOU", at: area.row, left, .dim)
      canvas.put("\(glyphs.tick) nothing", at: area.row, left + Self.gutter, .good)
      return 1
    }
    canvas.put("NEEDS YOU", at: area.row, left, Style.bad.with([.bold, .reverse]))
    let start = left + Self.gutter
    let text = start + 8
    let width = area.columns - text - 1
    var row = 0
    for (index, item) in items.enumerated() {
      let more = items.count - index
      // The last line tells how many found no room, unless one line is all that is missing.
      if row == area.rows - 1, more > 1 {
        canvas.put("and \(grouped(more)) more", at: area.row + row, start, .bad)
        return area.rows
      }
      let sentence = say(
        item.campaign.isEmpty || item.text.contains(item.campaign)
          ? item.text : "\(item.campaign): \(item.text)")
      // Every item gets a line before one gets two.
      let free = area.rows - row - (more - 1)
      let lines = max(1, min(2, free))
      canvas.put(setup.time.short(item.since, now: now), at: area.row + row, start, .dim)
      row += canvas.paragraph(
        sentence, in: Rect(row: area.row + row, column: text, rows: lines, columns: width),
        glyphs: glyphs, Style.bad)
      if row >= area.rows { break }
    }
    return row
  }
}
