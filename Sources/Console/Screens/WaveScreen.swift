import Canvas
import Control
import Fleet
import Rollout

extension ConsoleState {
  /// Lines for gates.
  private static func gateRows(in size: Size) -> Int {
    size.rows < 30 ? 4 : size.rows < 50 ? 7 : 12
  }

  /// Rows of the list that a terminal of this size shows: what gates, three rules, two lines of
  /// titles and the strip leave.
  static func waveRows(in size: Size) -> Int {
    max(1, bodyRows(in: size) - gateRows(in: size) - 1 - 2 - stripRows)
  }

  func drawWave(in body: Rect, _ canvas: inout Canvas) {
    guard missing != screen else {
      return drawMessage(
        "There is no such wave.", "The campaign may have fewer waves, or another name.",
        keys: [("Esc", "back"), ("c", "all campaigns")], style: .warning, in: body, &canvas)
    }
    guard let wave else { return drawNothingYet(in: body, &canvas) }
    let parts = body.splitRows(
      .fixed(Self.gateRows(in: size)), .fixed(1), .share(1), .fixed(1),
      .fixed(Self.stripRows - 1))
    drawGates(wave, in: parts[0].inset(rows: 0, columns: 1), &canvas)
    for rule in [parts[1], parts[3]] where !rule.isEmpty {
      canvas.hline(at: rule.row, 0, length: body.columns, glyphs: setup.glyphs)
    }
    let funnel = max(24, min(60, body.columns / 3))
    let columns = parts[2].splitColumns(gap: 2, .fixed(funnel), .share(1))
    drawFunnel(wave, in: columns[0].inset(rows: 0, columns: 1), &canvas)
    drawTroubled(wave, in: columns[1], &canvas)
    if waveList.indices.contains(list.cursor) {
      drawStrip(waveList[list.cursor], in: parts[4].inset(rows: 0, columns: 1), &canvas)
    }
  }

  // MARK: Gates

  private func drawGates(_ wave: WaveDetail, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    section("GATE", in: area, &canvas)
    guard !wave.gates.isEmpty else {
      canvas.put("none: nobody is in this wave", at: area.row, area.column + 6, .dim)
      return
    }
    func isWaiting(_ gate: GateDetail) -> Bool {
      if case .waiting = gate.state { return true }
      return false
    }
    let gates = wave.gates.filter(isWaiting) + wave.gates.filter { !isWaiting($0) }
    let hasMore = gates.count > area.rows
    let shown = hasMore ? area.rows - 1 : gates.count
    let each = max(1, area.rows / max(1, gates.count))
    var row = area.row
    for gate in gates.prefix(shown) {
      let room = Rect(row: row, column: area.column + 6, rows: each, columns: area.columns - 6)
      row += drawGate(gate, of: wave, in: room, &canvas)
    }
    guard hasMore else { return }
    canvas.put(
      "and \(gates.count - shown) more; y explains them all", at: row, area.column + 6, .dim,
      limit: area.columns - 6)
  }

  private func drawGate(
    _ gate: GateDetail, of wave: WaveDetail, in area: Rect, _ canvas: inout Canvas
  ) -> Int {
    let (glyphs, end) = (setup.glyphs, area.column + area.columns)
    let state = state(of: gate, in: wave)
    let name = clipped(say(gate.stratum), to: area.columns / 2, glyphs: glyphs)
    var column = area.column
    column += canvas.put(state.text, at: area.row, column, state.style.with(.bold)) + 3
    let verdict = say(gate.explanation.verdict.sentence)
    guard area.rows > 1 else {
      column += canvas.put(name, at: area.row, column, limit: end - column) + 3
      canvas.put(clipped(verdict, to: end - column, glyphs: glyphs), at: area.row, column, .dim)
      return 1
    }
    canvas.put(clipped(name, to: end - column, glyphs: glyphs), at: area.row, column)
    // The sentences say it all in order; the numbers come first where there are none.
    let explanation = gate.explanation
    var lines = explanation.sentences.isEmpty ? [verdict] : explanation.sentences.map(say)
    if !lines.contains(where: { $0.contains(verdict) }) { lines.insert(verdict, at: 0) }
    lines.append(
      "\(grouped(explanation.atRisk)) at risk now, \(grouped(explanation.allowance)) allowed;"
        + " \(grouped(explanation.planned)) not begun")
    for decision in gate.decisions.suffix(2) where decision.isOverride {
      let sentence =
        "\(say(decision.deed)) (\(setup.time.short(decision.at, now: now)))"
        + (decision.reason.isEmpty ? "" : ": \(say(decision.reason))")
      // What was decided on this wave is what there is to know of it.
      lines.removeAll { $0 == say(decision.sentence) }
      lines.insert(sentence, at: decision.wave == wave.number ? 0 : lines.count)
    }
    var used = 1
    for line in lines where used < area.rows {
      used += canvas.paragraph(
        line,
        in: Rect(
          row: area.row + used, column: area.column, rows: min(2, area.rows - used),
          columns: area.columns), glyphs: glyphs)
    }
    return min(area.rows, used)
  }

  /// A gate as this wave sees it: what is before or after its own turn says so.
  private func state(of gate: GateDetail, in wave: WaveDetail) -> Text {
    let by = gate.decisions.last { $0.wave == wave.number && $0.isOverride }.map { say($0.by) }
    switch gate.state {
    case .open(let number) where number < wave.number:
      return Text("to come: in wave \(number)", .dim)
    case .open(let number) where number > wave.number:
      return by.map { Text("\($0) let it go on, in wave \(number)", .warning) }
        ?? Text("\(setup.glyphs.tick) passed, in wave \(number)", .good)
    case .open:
      return by.map { Text("open: \($0) let it go on", .warning) } ?? Text("open", .accent)
    case .finished:
      return by.map { Text("done: \($0) let it go on", .warning) } ?? state(of: gate.state)
    default: return state(of: gate.state)
    }
  }

  // MARK: Funnel

  private func drawFunnel(_ wave: WaveDetail, in area: Rect, _ canvas: inout Canvas) {
    section("WAY", in: area, &canvas)
    canvas.putRight(
      "of \(grouped(wave.size))", at: area.row, before: area.column + min(20, area.columns), .dim)
    var steps = wave.funnel
    // On a short screen steps where nobody is give way, the first ones last.
    while steps.count > area.rows - 1, let index = steps.lastIndex(where: { $0.count == 0 }) {
      steps.remove(at: index)
    }
    let most = steps.map(\.count).max() ?? 0
    let names = min(14, max(8, area.columns - 10))
    for (index, step) in steps.enumerated() where index + 1 < area.rows {
      let row = area.row + 1 + index
      let style = step.count == 0 ? Style.dim : Self.style(ofStep: step.label)
      canvas.put(
        clipped(step.label, to: names, glyphs: setup.glyphs), at: row, area.column, style)
      canvas.putRight(grouped(step.count), at: row, before: area.column + names + 6, style)
      canvas.bar(
        Double(step.count), of: Double(most), at: row, area.column + names + 7,
        width: area.columns - names - 7, glyphs: setup.glyphs, style)
    }
  }

  private static func style(ofStep label: String) -> Style {
    switch label {
    case "migrated": .good
    case "failed", "quarantined", "rolled back": .bad
    case "deferred", "unknown", "held on 1.6", "skipped", "cancelled", "rolling back": .warning
    case "waiting", "planned": .normal
    default: .accent
    }
  }

  // MARK: Failed, unknown, deferred

  /// Which of the three lists a row is in.
  private func kind(_ index: Int, _ wave: WaveDetail) -> Text {
    if index < wave.failed.count { return Text("failed", .bad) }
    if index < wave.failed.count + wave.unknown.count { return Text("unknown", .warning) }
    return Text("deferred", .dim)
  }

  private func drawTroubled(_ wave: WaveDetail, in area: Rect, _ canvas: inout Canvas) {
    guard area.rows > 1 else { return }
    var column = area.column + 3
    for (name, list, style) in [
      ("FAILED", wave.failed, Style.bad), ("UNKNOWN", wave.unknown, .warning),
      ("DEFERRED", wave.deferred, .normal),
    ] {
      let isEmpty = list.isEmpty
      column += canvas.put(name, at: area.row, column, isEmpty ? .dim : .title) + 1
      column += canvas.put(grouped(list.count), at: area.row, column, isEmpty ? .dim : style) + 3
    }
    let rows = waveList
    guard !rows.isEmpty else {
      canvas.put(
        "\(setup.glyphs.tick) nobody failed, is unknown or was deferred", at: area.row + 2,
        area.column + 3, .good, limit: area.columns - 3)
      return
    }
    let table = Table(
      columns: [
        .init("CHARGER", minimum: 10, ideal: 16, priority: 0),
        .init("IS", minimum: 8, ideal: 8, priority: 0),
        .init("WHY", minimum: 24, ideal: 60, priority: 0),
        .init("SITE", minimum: 12, ideal: 20, priority: 2),
        .init("SINCE", minimum: 6, ideal: 6, priority: 1),
      ], count: rows.count, top: list.top, selected: list.cursor, focused: isFocused)
    draw(table, in: area.below(1), &canvas) { row, column, width in
      let upgrade = rows[row]
      switch column {
      case 0: return Text(tail(say(upgrade.identity), to: width))
      case 1: return kind(row, wave)
      case 2: return Text(say(upgrade.detail.isEmpty ? upgrade.phase.label : upgrade.detail))
      case 3: return Text(say(upgrade.site))
      default: return Text(setup.time.short(upgrade.since, now: now), .dim)
      }
    }
  }

  private func drawStrip(_ upgrade: UpgradeRow, in area: Rect, _ canvas: inout Canvas) {
    let site = upgrade.site.isEmpty ? "" : ", \(upgrade.site)"
    let detail = upgrade.detail.isEmpty ? "" : ": \(upgrade.detail)"
    let since = setup.time.short(upgrade.since, now: now)
    canvas.paragraph(
      say("\(upgrade.identity)\(site), \(upgrade.phase.label) since \(since)\(detail)"), in: area,
      glyphs: setup.glyphs)
  }
}

/// Three lists one after the other, not joined: every frame asks, and a wave may be large.
struct WaveRows: RandomAccessCollection {
  private let lists: [[UpgradeRow]]

  init(_ wave: WaveDetail?) { lists = wave.map { [$0.failed, $0.unknown, $0.deferred] } ?? [] }

  var startIndex: Int { 0 }
  var endIndex: Int { lists.reduce(0) { $0 + $1.count } }

  subscript(index: Int) -> UpgradeRow {
    var index = index
    for list in lists.dropLast() {
      if index < list.count { return list[index] }
      index -= list.count
    }
    return lists[lists.count - 1][index]
  }
}
