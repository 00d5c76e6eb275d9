import Canvas
import Control
import Fleet
import Rollout

extension ConsoleState {
  /// From here on strata stand beside the facts.
  private static let wideCampaign = 130
  private static let factRows = 7

  /// Rows of the list that a terminal of this size shows.
  static func campaignRows(in size: Size) -> Int {
    max(1, min(20, bodyRows(in: size) / 2 - 3))
  }

  func drawCampaign(in body: Rect, _ canvas: inout Canvas) {
    guard missing != screen else {
      return drawMessage(
        "There is no such campaign.", "It may have another name, or none was planned.",
        keys: [("Esc", "back"), ("c", "all campaigns")], style: .warning, in: body, &canvas)
    }
    guard let campaign else { return drawNothingYet(in: body, &canvas) }
    let waves = campaign.summary.waves
    // The table gives to the strata what it does not need.
    let rows = 1 + min(max(1, waves.count), Self.campaignRows(in: size))
    let parts = body.splitRows(.share(1), .fixed(1), .fixed(rows))
    if body.columns >= Self.wideCampaign {
      let halves = parts[0].inset(rows: 0, columns: 1).splitColumns(gap: 3, .share(2), .share(3))
      drawFacts(campaign, in: halves[0], &canvas)
      drawStrata(campaign, in: halves[1], &canvas)
    } else {
      let facts = min(Self.factRows, parts[0].rows)
      let top = parts[0].splitRows(.fixed(facts - 1), .fixed(1), .share(1))
      drawFacts(campaign, in: top[0].inset(rows: 0, columns: 1), &canvas)
      canvas.hline(at: top[1].row, 0, length: body.columns, glyphs: setup.glyphs)
      drawStrata(campaign, in: top[2], &canvas)
    }
    if !parts[1].isEmpty {
      canvas.hline(at: parts[1].row, 0, length: body.columns, glyphs: setup.glyphs)
    }
    drawWaves(campaign, in: parts[2], &canvas)
  }

  private func drawFacts(_ detail: CampaignDetail, in area: Rect, _ canvas: inout Canvas) {
    let campaign = detail.summary
    var row = area.row
    let (left, width) = (area.column + Self.gutter, area.columns - Self.gutter)
    let tall = area.rows > Self.factRows
    func add(_ name: String, _ text: String, _ style: Style = .normal) {
      guard row < area.row + area.rows else { return }
      canvas.put(name, at: row, area.column, .title)
      let room = Rect(row: row, column: left, rows: tall ? 3 : 1, columns: width)
      row += max(1, canvas.paragraph(say(text), in: room, glyphs: setup.glyphs, style))
    }
    let state = state(of: campaign)
    add("STATE", state.text, state.style.with(.bold))
    if row < area.row + area.rows {
      canvas.put("PROGRESS", at: row, area.column, .title)
      let figure =
        "\(percent(campaign.migrated, of: campaign.total))  \(grouped(campaign.migrated)) of"
        + " \(grouped(campaign.total)) migrated"
      let bar = max(6, min(60, width - displayWidth(figure) - 1))
      canvas.bar(
        Double(campaign.migrated), of: Double(campaign.total), at: row, left, width: bar,
        glyphs: setup.glyphs, .good, trough: true)
      canvas.put(figure, at: row, left + bar + 1, limit: width - bar - 1)
      row += 1
    }
    add("", rest(of: campaign))
    if let ending = ending(of: campaign) {
      let parts = [ending.day.text, ending.basis].filter { !$0.isEmpty }
      add(ending.label.uppercased(), parts.joined(separator: ", "), ending.day.style)
    }
    let approval = detail.approver.map { "approved by \($0)" } ?? "not approved"
    let begun = campaign.startedAt.map { ", begun \(setup.time.day($0))" } ?? ""
    add(
      "PLANNED",
      "by \(detail.author), \(approval)\(begun), to \(campaign.target.label),"
        + " plan \(campaign.planHash.prefix(8))",
      detail.approver == nil ? .warning : .normal)
    add("SELECTION", detail.selection.isEmpty ? "every charger" : detail.selection)
    for failure in campaign.failures where tall {
      add(
        failure == campaign.failures.first ? "FAILED" : "",
        "\(grouped(failure.count)) \(failure.reason)", .bad)
    }
  }

  // MARK: Strata

  private func drawStrata(_ detail: CampaignDetail, in area: Rect, _ canvas: inout Canvas) {
    guard area.rows > 1 else { return }
    func rank(_ stratum: CampaignDetail.StratumRow) -> Int {
      switch stratum.state {
      case .waiting: 0
      case .open: 1
      case .stopped: 2
      case .finished: 3
      }
    }
    let strata = (0...3).flatMap { wanted in detail.strata.filter { rank($0) == wanted } }
    let hasMore = strata.count > area.rows - 1
    let shown = hasMore ? area.rows - 2 : strata.count
    let table = Table(
      columns: [
        .init("STRATUM", minimum: 18, ideal: 34, priority: 0),
        .init("STATE", minimum: 23, ideal: 24, priority: 0),
        .init("CHARGERS", minimum: 8, ideal: 8, priority: 1, alignment: .right),
        .init("MIGRATED", minimum: 8, ideal: 8, priority: 1, alignment: .right),
        .init("FAILED", minimum: 6, ideal: 6, priority: 1, alignment: .right),
        .init("GATE", minimum: 34, ideal: 60, priority: 3),
      ], count: shown)
    let isBack = detail.summary.target == .ocpp16
    draw(table, in: area, &canvas) { row, column, _ in cell(strata[row], column, isBack: isBack) }
    guard hasMore else { return }
    let rest = strata.dropFirst(shown)
    canvas.put(
      "and \(rest.count) more strata, \(rest.count { rank($0) == 1 }) open,"
        + " \(rest.count { rank($0) == 3 }) done; y explains a wave's gates",
      at: area.row + area.rows - 1, area.column + 3, .dim, limit: area.columns - 4)
  }

  /// - Parameter isBack: being on 1.6 again is what the campaign is for.
  private func cell(_ stratum: CampaignDetail.StratumRow, _ column: Int, isBack: Bool) -> Text {
    func count(_ phases: [Upgrade.Phase], _ style: Style) -> Text {
      let number = phases.reduce(0) { $0 + (stratum.phases[$1] ?? 0) }
      return Text(grouped(number), number == 0 ? .dim : style)
    }
    switch column {
    case 0: return Text(say(stratum.label))
    case 1: return state(of: stratum.state)
    case 2: return Text(grouped(stratum.size))
    case 3: return count(isBack ? [.rolledBack] : [.migrated], .good)
    case 4: return count([.failed, .quarantined] + (isBack ? [] : [.rolledBack]), .bad)
    default: return gate(of: stratum)
    }
  }

  // MARK: Waves

  private func drawWaves(_ detail: CampaignDetail, in area: Rect, _ canvas: inout Canvas) {
    let (campaign, waves) = (detail.summary, detail.summary.waves)
    let table = Table(
      columns: [
        .init("WAVE", minimum: 4, ideal: 4, priority: 0, alignment: .right),
        .init("STATE", minimum: 18, ideal: 32, priority: 0),
        .init("CHARGERS", minimum: 8, ideal: 8, priority: 1, alignment: .right),
        .init("ENDED", minimum: 7, ideal: 7, priority: 1, alignment: .right),
        .init("IN FLIGHT", minimum: 9, ideal: 9, priority: 1, alignment: .right),
        .init("TO GO", minimum: 7, ideal: 7, priority: 1, alignment: .right),
        .init("PROGRESS", minimum: 12, ideal: 50, priority: 2),
      ], count: waves.count, top: list.top, selected: waves.isEmpty ? nil : list.cursor,
      focused: isFocused)
    draw(table, in: area, &canvas) { row, column, width in
      let wave = waves[row]
      switch column {
      case 0: return Text("\(wave.number)")
      case 1: return state(of: wave, in: campaign)
      case 2: return Text(grouped(wave.size))
      case 3: return Text(grouped(wave.ended), wave.ended == 0 ? .dim : .normal)
      case 4: return Text(grouped(wave.inFlight), wave.inFlight == 0 ? .dim : .accent)
      case 5:
        let left = max(0, wave.size - wave.ended - wave.inFlight)
        return Text(grouped(left), left == 0 ? .dim : .normal)
      default: return Text(share(wave.ended, of: wave.size, width: width), .good)
      }
    }
    if waves.isEmpty {
      canvas.put("No wave: the selection matched nobody.", at: area.row + 1, 3, .warning)
    }
  }
}
