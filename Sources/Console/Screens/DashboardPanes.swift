import Canvas
import Control
import Fleet
import Rollout

extension ConsoleState {
  private static let heldLabel = "held on 1.6"

  private func versionStyle(_ label: String) -> Style {
    switch label {
    case Self.heldLabel: .warning
    case "never seen": .dim
    case "1.6": .normal
    default: .good
    }
  }

  /// Chargers by the version they speak, and how that changed.
  /// - Returns: the lines used.
  func drawProtocols(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) -> Int {
    guard area.rows > 1 else { return 0 }
    let end = area.column + area.columns
    section("PROTOCOL", in: area, &canvas)
    canvas.putRight("chargers", at: area.row, before: end - 15, .dim)
    canvas.putRight("in 7 d", at: area.row, before: end, .dim)
    let order = ["2.1", "2.0.1", "1.6"]
    var lines = order.map { label in
      dashboard.versions.first { $0.label == label } ?? .init(label: label, count: 0)
    }
    lines.append(
      .init(label: Self.heldLabel, count: dashboard.held, change: dashboard.heldChange))
    lines += dashboard.versions.filter { !order.contains($0.label) && $0.count > 0 }
    for (index, line) in lines.enumerated() where index + 1 < area.rows {
      let row = area.row + 1 + index
      let style = versionStyle(line.label)
      // A part of those on 1.6, not one more version.
      let label = line.label == Self.heldLabel ? "  of it held" : line.label
      canvas.put(label, at: row, area.column, style)
      canvas.bar(
        Double(line.count), of: Double(dashboard.chargers), at: row, area.column + 12,
        width: area.columns - 34, glyphs: setup.glyphs, style)
      canvas.putRight(
        grouped(line.count), at: row, before: end - 15, line.count == 0 ? .dim : .normal)
      canvas.putRight(
        percent(line.count, of: dashboard.chargers), at: row, before: end - 9, .dim)
      let change = line.change.map { signed($0, glyphs: setup.glyphs) } ?? setup.glyphs.idle
      canvas.putRight(change, at: row, before: end, (line.change ?? 0) == 0 ? .dim : .normal)
    }
    return min(area.rows, lines.count + 1)
  }

  func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "" }
    if part > 0, part * 100 < whole { return "<1 %" }
    // Rounded down: 100 % means all of them.
    return "\(part * 100 / whole) %"
  }

  // MARK: Failed

  func drawFailures(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    section("FAILED", in: area, &canvas)
    canvas.put(
      "in 7 d, all campaigns", at: area.row, area.column + 7, .dim, limit: area.columns - 7)
    let failures = dashboard.failures.filter { $0.count > 0 }
    guard let most = failures.map(\.count).max() else {
      canvas.putRight("\(setup.glyphs.tick) none", at: area.row, before: area.column + 36, .good)
      return
    }
    let width = max(10, min(36, area.columns - 12))
    let numbers = area.column + width + 6
    canvas.putRight(
      grouped(failures.reduce(0) { $0 + $1.count }), at: area.row, before: numbers, Style.bad)
    for (index, failure) in failures.prefix(area.rows - 1).enumerated() {
      let row = area.row + 1 + index
      if index == area.rows - 2, failures.count > area.rows - 1 {
        let rest = failures[index...].reduce(0) { $0 + $1.count }
        canvas.put("\(failures.count - index) other reasons", at: row, area.column, .dim)
        canvas.putRight(grouped(rest), at: row, before: numbers, .dim)
        return
      }
      canvas.put(
        clipped(say(failure.reason), to: width, glyphs: setup.glyphs), at: row, area.column)
      canvas.putRight(grouped(failure.count), at: row, before: numbers, .bad)
      canvas.bar(
        Double(failure.count), of: Double(most), at: row, numbers + 1,
        width: area.column + area.columns - numbers - 1, glyphs: setup.glyphs, .bad)
    }
  }

  // MARK: Readiness

  /// Verdicts that somebody has, those that can move first.
  private func verdicts(_ dashboard: Dashboard) -> [(verdict: Readiness.Verdict, count: Int)] {
    Readiness.Verdict.allCases.reversed().compactMap { verdict in
      let count = dashboard.verdicts.first { $0.verdict == verdict }?.count ?? 0
      return count == 0 ? nil : (verdict, count)
    }
  }

  /// The verdicts laid into lines of `width` columns after the gutter.
  private func readinessLines(_ dashboard: Dashboard, width: Int) -> [[(Int, Text)]] {
    var lines: [[(Int, Text)]] = [[]]
    var column = Self.gutter
    for (verdict, count) in verdicts(dashboard) {
      let number = grouped(count)
      let wide = number.utf8.count + 1 + verdict.label.utf8.count
      if column + wide > width, column > Self.gutter {
        lines.append([])
        column = Self.gutter
      }
      lines[lines.count - 1] += [
        (column, Text(number)),
        (column + number.utf8.count + 1, Text(verdict.label, verdict.style)),
      ]
      column += wide + 2
    }
    return lines
  }

  func readinessRows(_ dashboard: Dashboard, width: Int) -> Int {
    readinessLines(dashboard, width: width).count
  }

  func drawReadinessLine(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    section("READINESS", in: area, &canvas)
    let lines = readinessLines(dashboard, width: area.columns - 1)
    if lines.count > area.rows, area.rows > 0 {
      canvas.putRight(
        setup.glyphs.ellipsis, at: area.row + area.rows - 1, before: area.column + area.columns,
        .dim)
    }
    for (index, line) in lines.enumerated() where index < area.rows {
      for (column, text) in line {
        canvas.put(text.text, at: area.row + index, area.column + column, text.style)
      }
    }
  }

  /// One line a verdict, with bars.
  func drawReadinessTable(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    section("READINESS", in: area, &canvas)
    for (index, (verdict, count)) in verdicts(dashboard).enumerated() where index + 1 < area.rows {
      let row = area.row + 1 + index
      canvas.put(verdict.label, at: row, area.column, verdict.style)
      canvas.putRight(grouped(count), at: row, before: area.column + 22)
      canvas.bar(
        Double(count), of: Double(dashboard.chargers), at: row, area.column + 23,
        width: area.columns - 30, glyphs: setup.glyphs, verdict.style)
      canvas.putRight(
        percent(count, of: dashboard.chargers), at: row, before: area.column + area.columns, .dim)
    }
  }

  // MARK: Waves

  /// Campaigns whose waves are worth a line.
  func wavedCampaigns(_ dashboard: Dashboard) -> [CampaignSummary] {
    byUrgency(dashboard.campaigns).filter {
      !$0.waves.isEmpty && $0.status != .finished && $0.status != .aborted
    }
  }

  func drawWaves(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    section("WAVES", in: area, &canvas)
    let campaigns = wavedCampaigns(dashboard)
    let (from, end) = (area.column + Self.gutter, area.column + area.columns)
    if campaigns.isEmpty { canvas.put("none under way", at: area.row, from, .dim) }
    let names = min(
      18, campaigns.prefix(area.rows).map { displayWidth(say($0.name)) }.max() ?? 0)
    for (index, campaign) in campaigns.prefix(area.rows).enumerated() {
      let row = area.row + index
      var column = from
      if dashboard.campaigns.count > 1 {
        let name = clipped(say(campaign.name), to: 18, glyphs: setup.glyphs)
        canvas.put(name, at: row, column, .accent)
        column += names + 2
      }
      drawWaves(of: campaign, at: row, from: column, to: end, &canvas)
    }
  }

  /// A long campaign shows the waves around the one that is under way.
  private func drawWaves(
    of campaign: CampaignSummary, at row: Int, from start: Int, to end: Int,
    _ canvas: inout Canvas
  ) {
    var column = start
    let parts = campaign.waves.map(word)
    let current = campaign.waves.firstIndex { $0.waiting || $0.ended < $0.size } ?? 0
    var first = 0
    func width(from first: Int) -> Int {
      parts[first...max(first, current)].reduce(0) { $0 + displayWidth($1.text) + 3 }
    }
    while first < current, column + width(from: first) + 2 > end { first += 1 }
    if first > 0 { column += canvas.put(setup.glyphs.ellipsis, at: row, column, .dim) + 2 }
    for part in parts[first...] {
      if column + displayWidth(part.text) > end - 3 {
        canvas.put(setup.glyphs.ellipsis, at: row, column, .dim)
        break
      }
      column += canvas.put(part.text, at: row, column, part.style) + 3
    }
  }
}

extension Readiness.Verdict {
  var style: Style {
    switch self {
    case .ready, .migrated: .good
    case .claimedOnly, .needsHop, .needsSecurity, .needsRename, .pinned: .normal
    case .unknown, .tooSmall, .noFirmware, .endOfLife: .warning
    case .regressed, .quarantined: .bad
    }
  }
}
