import Canvas
import Control
import Fleet

extension ConsoleState {
  /// What waits for a person, before anything else: numbered as the keys that open it.
  /// - Returns: the lines used, the rule below included.
  func drawNeedsYou(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) -> Int {
    let (items, glyphs) = (dashboard.needsYou, setup.glyphs)
    let left = area.column + 1
    guard area.rows > 1 else { return 0 }
    guard !items.isEmpty else {
      canvas.put("NEEDS YOU", at: area.row, left, .dim)
      canvas.put("\(glyphs.tick) nothing", at: area.row, left + Self.gutter, .good)
      let below = 1 + drawNextSteps(dashboard, in: area.below(1), &canvas)
      canvas.hline(at: area.row + below, 0, length: area.columns, glyphs: glyphs)
      return below + 1
    }
    canvas.put("NEEDS YOU", at: area.row, left, Style.bad.with([.bold, .reverse]))
    let room = min(Self.dashboardRows(in: size), area.rows - 1)
    let first = items.count > room ? max(0, min(list.top, items.count - room)) : 0
    let shown = items[first..<min(items.count, first + room)]
    var row = area.row
    for (index, item) in zip(shown.indices, shown) {
      // Every item gets a line before one gets two.
      let lines = max(
        1, min(area.rows > 30 ? 3 : 2, area.row + room - row - (shown.endIndex - index - 1)))
      row += drawItem(item, index, at: row, lines: lines, width: area.columns, &canvas)
    }
    canvas.hline(at: row, 0, length: area.columns, glyphs: glyphs)
    let digits = items.count > 1 ? "1\(glyphs.dash)\(min(9, items.count))" : "1"
    let all = items.count > shown.count ? "\(shown.count) of \(grouped(items.count)) shown, " : ""
    let place = items.indices.contains(list.cursor) ? items[list.cursor].place : items[0].place
    let hint = " \(all)press \(digits), or Enter for \(say(name(of: place))) "
    canvas.putRight(
      clipped(hint, to: area.columns - 4, glyphs: glyphs), at: row, before: area.columns - 1, .key)
    return row - area.row + 1
  }

  /// What is still to be done before chargers can move, a sentence each.
  private func nextSteps(_ dashboard: Dashboard) -> [String] {
    var steps: [String] = []
    let unseen = dashboard.versions.first { $0.label == "never seen" }?.count ?? 0
    if let engine, unseen == dashboard.chargers {
      let place = engine.listening.first.map { " to \($0)" } ?? " to this engine"
      steps.append("None has connected yet: chargers connect\(place).")
    }
    let lacking = dashboard.verdicts.first { $0.verdict == .noFirmware }?.count ?? 0
    if lacking > 0 {
      steps.append(
        "\(grouped(lacking)) \(lacking == 1 ? "has" : "have") no image in the catalogue: F, then i,"
          + " adds one.")
    }
    return steps
  }

  /// - Returns: the lines used.
  private func drawNextSteps(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) -> Int {
    let left = area.column + 1
    // The pane below is what the screen is for.
    let steps = nextSteps(dashboard).prefix(size.rows < 30 ? 1 : 2)
    var used = 0
    for step in steps where used + 1 < area.rows {
      if used == 0 { canvas.put("NEXT", at: area.row, left, .title) }
      used += canvas.paragraph(
        say(step),
        in: Rect(
          row: area.row + used, column: left + Self.gutter, rows: min(2, area.rows - used - 1),
          columns: area.columns - Self.gutter - 2), glyphs: setup.glyphs, .warning)
    }
    return used
  }

  private func drawItem(
    _ item: Dashboard.Attention, _ index: Int, at row: Int, lines: Int, width: Int,
    _ canvas: inout Canvas
  ) -> Int {
    let left = Self.gutter
    let isCurrent = index == list.cursor
    if isCurrent { canvas.put(setup.glyphs.pointer, at: row, left - 1, .accent) }
    if index < 9 { canvas.put("\(index + 1))", at: row, left, .key) }
    let since = setup.time.short(item.since, now: now)
    canvas.putRight(since, at: row, before: left + 9, .dim)
    let sentence = say(
      (item.campaign.isEmpty || item.text.contains(item.campaign)
        ? item.text : "\(item.campaign): \(item.text)") + item.kind.key)
    let style: Style = item.kind.isTrouble ? .bad : .warning
    let text = Rect(row: row, column: left + 10, rows: lines, columns: width - left - 11)
    return canvas.paragraph(
      sentence, in: text, glyphs: setup.glyphs, isCurrent ? style.with(.bold) : style)
  }

  /// A place in two or three words.
  func name(of place: Place) -> String {
    switch place {
    case .campaign(let name): name
    case .wave(_, let number): "wave \(number)"
    case .charger(let identity): identity
    case .fleet(let filter): filter.isEmpty ? "the fleet" : "fleet /\(filter)"
    }
  }
}

extension Dashboard.Attention.Kind {
  /// What to press where the item leads to, when that is one key.
  fileprivate var key: String {
    switch self {
    case .awaitsApproval: ": A there"
    case .awaitsStart: ": S there"
    case .gateFailed, .gateUndecided, .blocked, .quarantined, .pending: ""
    }
  }

  /// Whether something is wrong, not only undecided.
  fileprivate var isTrouble: Bool {
    switch self {
    case .gateFailed, .gateUndecided, .blocked, .quarantined: true
    case .pending, .awaitsApproval, .awaitsStart: false
    }
  }
}
