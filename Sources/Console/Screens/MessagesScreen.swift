import Canvas
import Control
import Fleet

/// What goes over the wire.
extension ConsoleState {
  /// From here on the frame under the pointer stands beside the list.
  private static let twoPanes = 120

  /// Lines for the frame under the pointer below the list, its rule included.
  private static func frameRows(in size: Size) -> Int {
    size.columns >= twoPanes ? 0 : max(3, bodyRows(in: size) * 2 / 5)
  }

  /// Rows of the list that a terminal of this size shows.
  static func trafficRows(in size: Size) -> Int {
    max(1, bodyRows(in: size) - frameRows(in: size) - 1)
  }

  /// What the header says besides the place.
  var trafficFacts: [Text] {
    var facts: [Text] = []
    if engine == nil, !trafficLines.isEmpty {
      facts.append(Text("stored frames", .warning))
    } else if let charger = trafficCharger, let isTraced = isTraced(charger) {
      facts.append(isTraced ? Text("traced", .good) : Text("not traced", .warning))
    } else if let traffic, trafficCharger == nil {
      facts.append(Text(traffic.traced.map { "\(grouped($0.count)) traced" } ?? "all traced"))
    }
    if !registerFilter.isEmpty { facts.append(filterFact) }
    if isPaused {
      let count = newFrames
      let most = count >= Self.trafficPage ? "\(grouped(count)) or more" : grouped(count)
      facts.append(Text("paused, \(most) new", .warning))
    } else if let moment = trafficView.past.last {
      facts.append(Text("before \(setup.time.dayAndTime(moment).trimmed), G: now", .warning))
    }
    if let dropped = shownTraffic?.dropped, dropped > 0 {
      facts.append(Text("\(grouped(dropped)) not written", .warning))
    }
    return facts
  }

  func drawTraffic(in body: Rect, _ canvas: inout Canvas) {
    guard shownTraffic != nil else { return drawNothingYet(in: body, &canvas) }
    guard !trafficLines.isEmpty else { return drawNoTraffic(in: body, &canvas) }
    if let top = trafficView.openTop {
      let inner = body.inset(rows: 0, columns: 1)
      return draw(frameLines(width: inner.columns), from: top, in: inner, &canvas)
    }
    if size.columns >= Self.twoPanes {
      let halves = body.splitColumns(gap: 3, .share(4), .share(3))
      drawFrames(in: halves[0], &canvas)
      verticalRule(before: halves[1], &canvas)
      return draw(frameLines(width: halves[1].columns - 1), from: 0, in: halves[1], &canvas)
    }
    let parts = body.splitRows(.share(1), .fixed(1), .fixed(Self.frameRows(in: size) - 1))
    drawFrames(in: parts[0], &canvas)
    guard !parts[2].isEmpty else { return }
    canvas.hline(at: parts[1].row, body.column, length: body.columns, glyphs: setup.glyphs)
    let inner = parts[2].inset(rows: 0, columns: 1)
    let lines = frameLines(width: inner.columns)
    draw(lines, from: 0, in: inner, &canvas)
    if lines.count > inner.rows {
      canvas.putRight(
        " \(setup.glyphs.descending) \(grouped(lines.count - inner.rows)) more, Enter ",
        at: parts[1].row, before: body.columns - 1, .key)
    }
  }

  private func drawFrames(in area: Rect, _ canvas: inout Canvas) {
    let ofAll = trafficCharger == nil
    // A narrow screen keeps its room for what a message says.
    let isNarrow = area.columns < 110
    let charger = Table.Column("CHARGER", minimum: 13, ideal: isNarrow ? 13 : 20, priority: 0)
    let columns: [Table.Column] =
      [.init("TIME", minimum: 12, ideal: 12, priority: 0)] + (ofAll ? [charger] : [])
      + [
        .init("", minimum: 2, ideal: 2, priority: 0),
        .init("MESSAGE", minimum: ofAll ? 18 : 22, ideal: isNarrow ? 22 : 30, priority: 0),
        .init("MS", minimum: 5, ideal: 5, priority: 1, alignment: .right),
        .init("WHAT IT SAYS", minimum: 12, ideal: 200, priority: 2),
      ]
    let table = Table(
      columns: columns, count: trafficLines.count, top: list.top, selected: list.cursor,
      focused: isFocused)
    draw(table, in: area, &canvas) { index, column, width in
      guard trafficLines.indices.contains(index) else { return Text("") }
      return cell(trafficLines[index], ofAll || column == 0 ? column : column + 1, width)
    }
  }

  private func cell(_ line: TrafficPage.Line, _ column: Int, _ width: Int) -> Text {
    switch column {
    case 0: return Text(setup.time.precise(line.at), .dim)
    case 1: return Text(tail(say(line.charger), to: width))
    case 2:
      let arrows = setup.glyphs.isASCII ? ("<-", "->") : ("←", "→")
      return Text(line.isInbound ? arrows.0 : arrows.1, line.isInbound ? .normal : .accent)
    case 3: return name(of: line)
    case 4: return Text(line.latency.map(grouped) ?? "", .dim)
    default: return gist(line)
    }
  }

  /// An answer hangs below its call.
  private func name(of line: TrafficPage.Line) -> Text {
    let isBad = line.fault != nil
    switch line.kind {
    case .call, .send:
      return Text(say(line.action), isBad ? .bad : line.isInbound ? .normal : .accent)
    case .unreadable: return Text("unreadable", .bad)
    case .result, .error, .resultError:
      let hook = setup.glyphs.isASCII ? "`" : "└"
      let action = line.action.isEmpty ? "answer" : line.action
      return Text("\(hook) \(say(action))", isBad ? .bad : .dim)
    }
  }

  /// Why there is no frame, and what would bring one.
  private func drawNoTraffic(in body: Rect, _ canvas: inout Canvas) {
    if !registerFilter.isEmpty { return drawNoMatch(in: body, &canvas) }
    if !trafficView.past.isEmpty {
      return drawMessage(
        "Nothing older is written down.", "", keys: [("G", "to the newest"), ("Esc", "back")],
        in: body, &canvas)
    }
    guard let charger = trafficCharger else { return drawNobodyTraced(in: body, &canvas) }
    if isTraced(charger) == false {
      let why = refusal(of: .trace(charger: charger, on: true))
      return drawMessage(
        "The messages of \(say(charger)) are not written down.",
        why ?? "Once they are, every frame stands here as it comes, decoded and checked, and stays"
          + " for some days. Neither engine nor charger is disturbed.",
        keys: (why == nil ? [("t", "starts it")] : []) + [("Esc", "back")], in: body, &canvas)
    }
    drawMessage(
      engine == nil
        ? "No message of \(say(charger)) is written down."
        : "No message yet since the trace began.",
      engine == nil
        ? "Without an engine none comes."
        : "The next one of \(say(charger)) appears here by itself.",
      keys: [("s", "send it one"), ("Esc", "back")].filter { engine != nil || $0.0 != "s" },
      in: body, &canvas)
  }

  private func drawNobodyTraced(in body: Rect, _ canvas: inout Canvas) {
    let isNobody = traffic?.traced?.isEmpty == true
    drawMessage(
      isNobody
        ? "No charger's messages are written down." : "No message yet since the trace began.",
      isNobody
        ? "Choose a charger in the fleet, open its messages with m, and start its trace with t."
        : "The next one of a traced charger appears here by itself.",
      keys: [("f", "the fleet"), ("Esc", "back")], in: body, &canvas)
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
