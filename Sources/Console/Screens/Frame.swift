import Canvas
import Control
import Fleet

extension ConsoleState {
  /// Draws everything. The canvas should have the size the state was told last.
  package func render(into canvas: inout Canvas) {
    canvas.cursor = nil
    canvas.fill(canvas.bounds)
    let parts = canvas.bounds.splitRows(.fixed(1), .fixed(1), .share(1), .fixed(1), .fixed(1))
    let (body, glyphs) = (parts[2], setup.glyphs)
    canvas.header(header, in: parts[0], glyphs: glyphs)
    rule(at: parts[1].row, in: &canvas)
    switch screen {
    case .dashboard: drawDashboard(in: body, &canvas)
    case .fleet: drawFleet(in: body, &canvas)
    case .charger(let identity): drawCharger(identity, in: body, &canvas)
    case .campaigns: drawCampaigns(in: body, &canvas)
    case .campaign: drawCampaign(in: body, &canvas)
    case .wave: drawWave(in: body, &canvas)
    case .endOfLife: drawEndOfLife(in: body, &canvas)
    case .audit: drawAudit(in: body, &canvas)
    case .firmware: drawFirmware(in: body, &canvas)
    case .messages: drawTraffic(in: body, &canvas)
    case .compose: drawComposer(in: body, &canvas)
    }
    if form != nil { drawForm(in: body, &canvas) }
    if helpTop != nil { drawHelp(in: body, &canvas) }
    drawStatus(in: parts[3], &canvas)
    drawBottom(in: parts[4], &canvas)
  }

  /// Lines between the two rules.
  static func bodyRows(in size: Size) -> Int { max(1, size.rows - 4) }

  func say(_ text: String) -> String { setup.glyphs.legible(text) }

  // MARK: Top

  private var header: Header {
    var facts: [Text] = []
    switch screen {
    case .dashboard:
      facts = [engineFact]
      if let dashboard, dashboard.chargers > 0 {
        let count = "\(grouped(dashboard.online))/\(grouped(dashboard.chargers)) online"
        // Without an engine nobody knows who is online.
        facts.append(Text(engine == nil ? grouped(dashboard.chargers) + " chargers" : count))
      }
      // The first to go where there is no room.
      facts.append(Text(clipped(say(setup.database), to: 16, glyphs: setup.glyphs), .dim))
    case .fleet:
      if engine == nil { facts.append(engineFact) }
      if !fleet.filter.isEmpty {
        facts.append(
          Text(clipped("/" + say(fleet.filter), to: 30, glyphs: setup.glyphs), .accent))
      }
      if let matching = fleet.matching, let total = fleet.total {
        facts.append(Text("\(grouped(matching)) of \(grouped(total))"))
      }
      if !fleet.marked.isEmpty {
        facts.append(Text("\(grouped(fleet.marked.count)) marked", .accent))
      }
    default:
      if engine == nil { facts.append(engineFact) }
      facts += factsOfScreen
    }
    let time = String(setup.time.clock(now).prefix(5))
    // The dashboard speaks of days, so it says which one it is.
    let right = screen == .dashboard ? setup.time.day(now) + " " + time : time
    return Header(place: place, facts: facts, right: right)
  }

  /// What the header says besides the place: sizes and states, the most telling first.
  private var factsOfScreen: [Text] {
    var facts: [Text] = []
    func filtered(_ matching: Int, _ total: Int?, _ noun: String) {
      if !registerFilter.isEmpty { facts.append(filterFact) }
      let of = registerFilter.isEmpty ? nil : total.map { " of \(grouped($0))" }
      facts.append(Text(counted(matching, of ?? "", noun)))
    }
    switch screen {
    case .campaigns:
      if let campaigns, !campaigns.isEmpty {
        facts.append(Text("\(grouped(campaigns.count)) in all"))
      }
    case .campaign:
      if let campaign, missing != screen { facts.append(shortState(of: campaign.summary)) }
    case .wave:
      if let wave, missing != screen {
        facts = [shortState(of: wave.summary), Text(counted(wave.size, "", "charger"))]
      }
    case .endOfLife: if let endOfLife { filtered(endOfLife.matching, endOfLife.total, "charger") }
    case .audit:
      if let audit {
        if !registerFilter.isEmpty { facts.append(filterFact) }
        facts.append(Text(grouped(audit.matching) + " entries"))
      }
    case .firmware:
      if let count = firmware?.count, count > 0 { facts.append(Text(counted(count, "", "image"))) }
    case .messages: facts = trafficFacts
    case .compose: facts = composerFacts
    default: break
    }
    return facts
  }

  var filterFact: Text {
    Text(clipped("/" + say(registerFilter), to: 30, glyphs: setup.glyphs), .accent)
  }

  private func counted(_ number: Int, _ of: String, _ noun: String) -> String {
    "\(grouped(number))\(of) \(noun)\(number == 1 && of.isEmpty ? "" : "s")"
  }

  private var place: [String] {
    switch screen {
    case .dashboard: ["Dashboard"]
    case .fleet: ["Fleet"]
    case .charger(let identity): ["Fleet", say(identity)]
    case .campaigns: ["Campaigns"]
    case .campaign(let name): ["Campaigns", say(name)]
    case .wave(let campaign, let number): [say(campaign), "wave \(number)"]
    case .endOfLife: ["End of life"]
    case .audit: ["Audit"]
    case .firmware: ["Firmware"]
    case .messages(let charger): ["Messages"] + (charger.map { [say($0)] } ?? [])
    case .compose(let charger): [say(charger), "message"]
    }
  }

  private var engineFact: Text {
    guard let engine else { return Text("no engine: read-only", .warning) }
    return Text("engine up " + LocalTime.words(now - engine.startedAt), .good)
  }

  /// The rule under the header says how old the screen is, and when an answer is overdue.
  private func rule(at row: Int, in canvas: inout Canvas) {
    canvas.hline(at: row, 0, length: canvas.columns, glyphs: setup.glyphs)
    var text = asOf.map { "as of " + setup.time.clock($0) } ?? ""
    var style = Style.dim
    // With an engine nothing has changed since; without one nobody knows what has.
    let isStale = engine == nil || shownFailure != nil
    if isStale, let asOf, now - asOf >= .seconds(2) {
      text += ", \(LocalTime.words(now - asOf)) old"
    }
    if isStale { style = .warning }
    if let outstanding, now - outstanding.at >= Self.patience {
      text += (text.isEmpty ? "" : ", ") + "no answer since " + setup.time.clock(outstanding.at)
      style = .warning
    }
    if !text.isEmpty { canvas.putRight(" \(text) ", at: row, before: canvas.columns - 1, style) }
  }
}
