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
    }
    if form != nil { drawForm(in: body, &canvas) }
    if helpTop != nil { drawHelp(in: body, &canvas) }
    drawStatus(in: parts[3], &canvas)
    drawBottom(in: parts[4], &canvas)
  }

  /// Lines between the two rules.
  static func bodyRows(in size: Size) -> Int { max(1, size.rows - 4) }

  func say(_ text: String) -> String { setup.glyphs.legible(text) }

  /// Examples of `FleetFilter`'s language.
  private static let filterTerms =
    "name, model:AC* fw:<2.4 site:ber* speaks:1.6 ready:too-small, eol; ! inverts"

  // MARK: Top

  private var header: Header {
    var facts: [Text] = []
    switch screen {
    case .dashboard:
      facts = [Text(clipped(say(setup.database), to: 16, glyphs: setup.glyphs), .dim), engineFact]
      if let dashboard, dashboard.chargers > 0 {
        let count = "\(grouped(dashboard.online))/\(grouped(dashboard.chargers)) online"
        // Without an engine nobody knows who is online.
        facts.append(Text(engine == nil ? grouped(dashboard.chargers) + " chargers" : count))
      }
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
    }
    return Header(place: place, facts: facts, right: setup.time.clock(now))
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
    if let outstanding, now - outstanding.at >= Self.patience {
      text += (text.isEmpty ? "" : ", ") + "no answer since " + setup.time.clock(outstanding.at)
      style = .warning
    } else if shownFailure != nil {
      style = .warning
    }
    if !text.isEmpty { canvas.putRight(" \(text) ", at: row, before: canvas.columns - 1, style) }
  }

  // MARK: Bottom

  /// The line above the keys: what may be typed, an error, or a rule.
  private func drawStatus(in area: Rect, _ canvas: inout Canvas) {
    let glyphs = setup.glyphs
    func write(_ text: String, _ style: Style) {
      canvas.put(
        clipped(say(text), to: area.columns - 2, glyphs: glyphs), at: area.row, 1, style)
    }
    switch line {
    case .palette(let input):
      let found = Palette.candidates(input.text)
      if found.isEmpty {
        let all = Palette.commands.map(\.name).joined(separator: ", ")
        write("\(glyphs.cross) No such command. There are: \(all)", .bad)
      } else if found.count == 1 {
        write("\(found[0].name): \(found[0].help)", .dim)
      } else {
        write(found.map(\.name).joined(separator: "   "), .dim)
      }
    case .filter:
      if screen == .fleet, let error = shownFailure {
        write("\(glyphs.cross) \(error.message)", .bad)
      } else {
        write(Self.filterTerms, .dim)
      }
    case nil:
      if let error = shownFailure, !saysFilterError {
        let text = "\(glyphs.cross) " + say(error.message)
        let more = "  Asking again every second."
        // The error's own next step goes before this one.
        let fits = displayWidth(text + more) <= area.columns - 2
        write(fits && !error.isAboutInput ? text + more : text, .bad)
      } else {
        canvas.hline(at: area.row, 0, length: area.columns, glyphs: glyphs)
      }
    }
  }

  /// The last line: what is being typed, a notice, or keys.
  private func drawBottom(in area: Rect, _ canvas: inout Canvas) {
    let inner = Rect(row: area.row, column: 1, rows: area.rows, columns: area.columns - 2)
    let hints = ConsoleKeys.table.hints(in: scope, availability: availability)
    let (left, right) = (inner.splitColumns(gap: 1, .share(1), .fixed(36)), area.columns >= 60)
    switch line {
    case .palette(let input):
      canvas.input(input, prompt: ":", in: right ? left[0] : inner)
      if right { canvas.hints(hints, in: left[1]) }
    case .filter(let input):
      canvas.input(input, prompt: "/", in: right ? left[0] : inner)
      if right { canvas.hints(hints, in: left[1]) }
    case nil:
      if let notice {
        let text = clipped(say(notice.text), to: inner.columns, glyphs: setup.glyphs)
        canvas.put(text, at: area.row, 1, notice.style)
      } else {
        canvas.hints(hints, in: area)
      }
    }
  }
}

extension ControlError {
  /// Whether the question itself was wrong, so that asking again changes nothing.
  var isAboutInput: Bool {
    if case .invalid = self { return true }
    return false
  }
}
