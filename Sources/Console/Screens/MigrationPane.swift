import Canvas
import Control
import Fleet
import Rollout

extension ConsoleState {
  /// The most urgent campaign with its numbers, the others with a line each.
  /// - Returns: the lines used.
  func drawMigration(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) -> Int {
    guard area.rows > 1 else { return 0 }
    section("MIGRATION", in: area, &canvas)
    let campaigns = byUrgency(dashboard.campaigns)
    guard let first = campaigns.first else {
      canvas.put("No campaign yet.", at: area.row + 1, area.column)
      var column = area.column
      for (key, word) in [("f", "fleet,"), ("space", "mark,"), ("p", "plan")] where area.rows > 2 {
        column += canvas.put(key, at: area.row + 2, column, .key) + 1
        column += canvas.put(word, at: area.row + 2, column) + 1
      }
      return min(area.rows, 4)
    }
    var main = area
    let others = campaigns.dropFirst()
    // Beside a short screen's campaign the others get one line.
    if !others.isEmpty { main.rows -= area.rows < 16 ? 1 : min(others.count, area.rows - 9) }
    let used = drawMain(first, in: main, &canvas)
    return used + drawOthers(Array(others), in: area.below(used), &canvas)
  }

  private func drawMain(
    _ campaign: CampaignSummary, in area: Rect, _ canvas: inout Canvas
  ) -> Int {
    let end = area.column + area.columns
    let target = "\(grouped(campaign.total)) to \(campaign.target.label)"
    let room = area.columns - 11 - target.utf8.count - 1
    canvas.put(
      clipped(say(campaign.name), to: room, glyphs: setup.glyphs), at: area.row, area.column + 11,
      .accent)
    canvas.putRight(target, at: area.row, before: end, .dim)
    let state = state(of: campaign)
    let stateRows = area.rows >= 11 ? 2 : 1
    var row = area.row + 1
    row += canvas.paragraph(
      state.text, in: Rect(row: row, column: area.column, rows: stateRows, columns: area.columns),
      glyphs: setup.glyphs, state.style.with(.bold))
    let last = area.row + area.rows
    let lines: [(String, Int, Style)] = [
      ("migrated", campaign.migrated, .good), ("in flight", campaign.inFlight, .accent),
      ("to go", campaign.toGo, .normal), ("failed", campaign.lost, .bad),
    ]
    for (index, line) in lines.enumerated() where row < last - 1 {
      let style = line.1 == 0 ? Style.dim : line.2
      canvas.put(line.0, at: row, area.column, style)
      canvas.putRight(grouped(line.1), at: row, before: area.column + 18, style)
      if index == 3, campaign.quarantined + campaign.leftOut > 0 {
        var parts: [String] = []
        if campaign.quarantined > 0 { parts.append("\(grouped(campaign.quarantined)) quarantined") }
        if campaign.leftOut > 0 { parts.append("\(grouped(campaign.leftOut)) left out") }
        let room = area.columns - 20
        if parts.joined(separator: ", ").utf8.count > room { parts.removeLast() }
        canvas.put(
          parts.joined(separator: ", "), at: row, area.column + 20,
          campaign.quarantined > 0 ? .bad : .warning, limit: room)
      } else {
        canvas.bar(
          Double(line.1), of: Double(campaign.total), at: row, area.column + 19,
          width: area.columns - 25, glyphs: setup.glyphs, style, trough: index == 0)
        canvas.putRight(percent(line.1, of: campaign.total), at: row, before: end, .dim)
      }
      row += 1
    }
    guard row < last, let ending = ending(of: campaign) else { return row - area.row }
    return row - area.row
      + draw(
        ending,
        in: Rect(row: row, column: area.column, rows: last - row, columns: area.columns), &canvas)
  }

  /// - Returns: the lines used.
  private func draw(_ ending: Ending, in area: Rect, _ canvas: inout Canvas) -> Int {
    canvas.put(ending.label, at: area.row, area.column)
    let text = Rect(
      row: area.row, column: area.column + 11, rows: min(2, area.rows), columns: area.columns - 11)
    // Without a day the reason for it is the answer.
    if ending.day.text.isEmpty {
      return canvas.paragraph(ending.basis, in: text, glyphs: setup.glyphs, .warning)
    }
    let used = canvas.put(
      ending.day.text, at: text.row, text.column, ending.day.style, limit: text.columns)
    // What does not fit beside the day goes below it where there is room.
    if displayWidth(ending.basis) <= text.columns - used - 1 {
      canvas.put(ending.basis, at: text.row, text.column + used + 1, .dim)
      return 1
    }
    guard area.rows > 1 else { return 1 }
    var below = text.below(1)
    below.rows = min(2, area.rows - 1)
    return 1 + canvas.paragraph(ending.basis, in: below, glyphs: setup.glyphs, .dim)
  }

  private func drawOthers(
    _ campaigns: [CampaignSummary], in area: Rect, _ canvas: inout Canvas
  ) -> Int {
    guard !campaigns.isEmpty, area.rows > 0 else { return 0 }
    let end = area.column + area.columns
    for (index, campaign) in campaigns.prefix(area.rows).enumerated() {
      let row = area.row + index
      let more = campaigns.count - index
      if index == area.rows - 1, more > 1 {
        canvas.put("c", at: row, area.column, .key)
        canvas.put("\(more) other campaigns", at: row, area.column + 2, .dim)
        return area.rows
      }
      let state = shortState(of: campaign)
      let figure = "\(grouped(campaign.migrated)) of \(grouped(campaign.total))"
      canvas.putRight(figure, at: row, before: end, .dim)
      let beside = end - displayWidth(figure) - 2
      canvas.putRight(state.text, at: row, before: beside, state.style)
      let room = beside - displayWidth(state.text) - 1 - area.column
      canvas.put(
        clipped(say(campaign.name), to: room, glyphs: setup.glyphs), at: row, area.column)
    }
    return min(area.rows, campaigns.count)
  }
}
