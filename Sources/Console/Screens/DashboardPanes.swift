import Canvas
import Control
import Fleet
import Rollout

extension ConsoleState {
  /// Verdicts that keep a charger where it is until hardware or a vendor changes.
  private static let heldVerdicts: Set<Readiness.Verdict> = [.tooSmall, .noFirmware, .endOfLife]

  func drawProtocols(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    guard area.rows > 1 else { return }
    section("PROTOCOL", in: area, &canvas)
    canvas.putRight("chargers", at: area.row, before: area.column + area.columns - 6, .dim)
    let order = ["2.1", "2.0.1", "1.6", "never seen"]
    let known = order.map { label in
      (label, dashboard.versions.first { $0.label == label }?.count ?? 0)
    }
    let others = dashboard.versions.filter { !order.contains($0.label) }.map {
      ($0.label, $0.count)
    }
    let held = dashboard.verdicts.filter { Self.heldVerdicts.contains($0.verdict) }
    let lines = known + others + [("held", held.reduce(0) { $0 + $1.count })]
    for (index, line) in lines.enumerated() where index + 1 < area.rows {
      let (row, end) = (area.row + 1 + index, area.column + area.columns)
      let style: Style =
        switch line.0 {
        case "held": .warning
        case "never seen": .dim
        case "1.6": .normal
        default: .good
        }
      canvas.put(line.0, at: row, area.column, style)
      let (from, width) = (area.column + 11, area.columns - 25)
      canvas.bar(
        Double(line.1), of: Double(dashboard.chargers), at: row, from, width: width,
        glyphs: setup.glyphs, style)
      canvas.putRight(grouped(line.1), at: row, before: end - 6, line.1 == 0 ? .dim : .normal)
      canvas.putRight(percent(line.1, of: dashboard.chargers), at: row, before: end, .dim)
    }
  }

  func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "" }
    if part > 0, part * 100 < whole { return "<1 %" }
    // Rounded down: 100 % means all of them.
    return "\(part * 100 / whole) %"
  }

  // MARK: Migration

  func drawMigration(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    guard area.rows > 1 else { return }
    section("MIGRATION", in: area, &canvas)
    let campaigns = ordered(dashboard.campaigns)
    switch campaigns.count {
    case 0:
      canvas.put("No campaign yet.", at: area.row + 1, area.column)
      canvas.put("Next:", at: area.row + 2, area.column, .dim)
      canvas.put("swell plan --help", at: area.row + 2, area.column + 6, .key)
    case 1: drawCampaign(campaigns[0], in: area, &canvas)
    default: drawCampaigns(campaigns, in: area, &canvas)
    }
  }

  /// Those that do something first, those that are over last.
  private func ordered(_ campaigns: [CampaignSummary]) -> [CampaignSummary] {
    func rank(_ status: Campaign.Status) -> Int {
      switch status {
      case .running, .held, .aborting: 0
      case .approved, .draft: 1
      case .aborted, .finished: 2
      }
    }
    return campaigns.filter { rank($0.status) == 0 } + campaigns.filter { rank($0.status) == 1 }
      + campaigns.filter { rank($0.status) == 2 }
  }

  private func style(of status: Campaign.Status) -> Style {
    switch status {
    case .running, .finished: .good
    case .held, .aborting, .aborted: .warning
    case .draft, .approved: .dim
    }
  }

  private func drawCampaign(
    _ campaign: CampaignSummary, in area: Rect, _ canvas: inout Canvas
  ) {
    let end = area.column + area.columns
    let status = campaign.status.rawValue
    canvas.putRight(status, at: area.row, before: end, style(of: campaign.status))
    let room = area.columns - 11 - status.count - 1
    canvas.put(
      clipped(say(campaign.name), to: room, glyphs: setup.glyphs), at: area.row, area.column + 11,
      .accent)
    let lines: [(String, Int, Style)] = [
      ("migrated", campaign.migrated, .good), ("in flight", campaign.inFlight, .accent),
      ("to go", campaign.toGo, .normal), ("failed", campaign.failed, .bad),
      ("quarantined", campaign.quarantined, .bad),
    ]
    for (index, line) in lines.enumerated() where index + 1 < area.rows {
      let row = area.row + 1 + index
      let style = line.1 == 0 ? Style.dim : line.2
      canvas.put(line.0, at: row, area.column, style)
      canvas.putRight(grouped(line.1), at: row, before: area.column + 19, style)
      canvas.bar(
        Double(line.1), of: Double(campaign.total), at: row, area.column + 20,
        width: area.columns - 26, glyphs: setup.glyphs, style, trough: index == 0)
      canvas.putRight(percent(line.1, of: campaign.total), at: row, before: end, .dim)
    }
  }

  private func drawCampaigns(
    _ campaigns: [CampaignSummary], in area: Rect, _ canvas: inout Canvas
  ) {
    let titles = ["done", "flight", "to go", "failed"]
    let left = area.column + area.columns - 28
    for (index, title) in titles.enumerated() {
      canvas.putRight(title, at: area.row, before: left + 7 * (index + 1), .dim)
    }
    let room = area.rows - 1
    let name = max(10, min(24, area.columns - 29))
    let bar = area.columns - 28 - name - 20
    for (index, campaign) in campaigns.prefix(room).enumerated() {
      let row = area.row + 1 + index
      if index == room - 1, campaigns.count > room {
        canvas.put("and \(campaigns.count - index) more", at: row, area.column, .dim)
        return
      }
      canvas.put(
        clipped(say(campaign.name), to: name, glyphs: setup.glyphs), at: row, area.column,
        style(of: campaign.status))
      if bar >= 6 {
        canvas.put(
          campaign.status.rawValue, at: row, area.column + name + 1, style(of: campaign.status))
        canvas.bar(
          Double(campaign.migrated), of: Double(campaign.total), at: row,
          area.column + name + 11, width: bar, glyphs: setup.glyphs, .good, trough: true)
        canvas.putRight(percent(campaign.migrated, of: campaign.total), at: row, before: left, .dim)
      }
      let counts = [
        campaign.migrated, campaign.inFlight, campaign.toGo, campaign.failed + campaign.quarantined,
      ]
      for (place, count) in counts.enumerated() {
        let style: Style = count == 0 ? .dim : place == 3 ? .bad : .normal
        canvas.putRight(grouped(count), at: row, before: left + 7 * (place + 1), style)
      }
    }
  }

  // MARK: Failed, readiness, waves

  func drawFailures(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    section("FAILED", in: area, &canvas)
    canvas.put("last 7 d", at: area.row + 1, area.column, .dim, limit: area.rows > 1 ? 8 : 0)
    let from = area.column + Self.gutter
    let failures = dashboard.failures.filter { $0.count > 0 }
    guard let most = failures.map(\.count).max() else {
      canvas.put("\(setup.glyphs.tick) none", at: area.row, from, .good)
      return
    }
    let all = failures.reduce(0) { $0 + $1.count }
    if area.rows > 2 { canvas.put("\(grouped(all)) in all", at: area.row + 2, area.column, .dim) }
    let width = min(36, area.columns - Self.gutter - 16)
    for (index, failure) in failures.prefix(area.rows).enumerated() {
      let row = area.row + index
      if index == area.rows - 1, failures.count > area.rows {
        let rest = failures[index...].reduce(0) { $0 + $1.count }
        canvas.put("\(failures.count - index) other reasons", at: row, from, .dim)
        canvas.putRight(grouped(rest), at: row, before: from + width + 8, .dim)
        return
      }
      canvas.put(clipped(say(failure.reason), to: width, glyphs: setup.glyphs), at: row, from)
      canvas.putRight(grouped(failure.count), at: row, before: from + width + 8, .bad)
      canvas.bar(
        Double(failure.count), of: Double(most), at: row, from + width + 9,
        width: area.columns - Self.gutter - width - 9, glyphs: setup.glyphs, .bad)
    }
  }

  /// All verdicts in fixed places, those that can move first: the eye learns where to look.
  func drawReadiness(
    _ dashboard: Dashboard, columns: Int, in area: Rect, _ canvas: inout Canvas
  ) {
    guard !area.isEmpty else { return }
    section("READINESS", in: area, &canvas)
    let verdicts = Array(Readiness.Verdict.allCases.reversed())
    let lines = (verdicts.count + columns - 1) / columns
    let width = min(36, (area.columns - Self.gutter + 2) / columns)
    for (index, verdict) in verdicts.enumerated() {
      let (column, line) = index.quotientAndRemainder(dividingBy: lines)
      guard line < area.rows else { continue }
      let count = dashboard.verdicts.first { $0.verdict == verdict }?.count ?? 0
      let left = area.column + Self.gutter + column * width
      let row = area.row + line
      canvas.put(verdict.label, at: row, left, count == 0 ? .dim : verdict.style)
      canvas.putRight(
        grouped(count), at: row, before: left + width - 2, count == 0 ? .dim : .normal)
    }
  }

  /// Campaigns whose waves are worth a line.
  func wavedCampaigns(_ dashboard: Dashboard) -> [CampaignSummary] {
    ordered(dashboard.campaigns).filter {
      !$0.waves.isEmpty && $0.status != .finished && $0.status != .aborted
    }
  }

  func drawWaves(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    section("WAVES", in: area, &canvas)
    let campaigns = wavedCampaigns(dashboard)
    let (from, end) = (area.column + Self.gutter, area.column + area.columns)
    if campaigns.isEmpty {
      canvas.put("none under way", at: area.row, from, .dim)
    }
    let names = min(18, campaigns.map { displayWidth(say($0.name)) }.max() ?? 0)
    for (index, campaign) in campaigns.prefix(area.rows).enumerated() {
      let row = area.row + index
      var column = from
      if dashboard.campaigns.count > 1 {
        let name = clipped(say(campaign.name), to: 18, glyphs: setup.glyphs)
        canvas.put(name, at: row, column, .accent)
        column += names + 2
      }
      let parts = campaign.waves.map(wave)
      // A long campaign shows the waves around the one that is under way.
      let now = campaign.waves.firstIndex { $0.waiting || $0.ended < $0.size } ?? 0
      var first = 0
      func width(from first: Int) -> Int {
        parts[first...max(first, now)].reduce(0) { $0 + displayWidth($1.text) + 3 }
      }
      while first < now, column + width(from: first) + 2 > end { first += 1 }
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

  private func wave(_ wave: WaveSummary) -> Text {
    let glyphs = setup.glyphs
    if wave.waiting { return Text("\(wave.number) \(glyphs.cross) gate", .bad) }
    if wave.ended >= wave.size { return Text("\(wave.number) \(glyphs.tick)", .good) }
    if wave.ended + wave.inFlight > 0 {
      return Text("\(wave.number) \(grouped(wave.ended))/\(grouped(wave.size))", .accent)
    }
    return Text("\(wave.number) \(glyphs.idle)", .dim)
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
