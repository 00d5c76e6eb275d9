import Canvas
import Control
import Fleet

/// A line of pieces at fixed columns; for screens that scroll as text.
struct PiecedLine: Hashable, Sendable {
  var pieces: [(column: Int, text: Text)] = []

  init(_ pieces: (Int, Text)...) { self.pieces = pieces.map { (column: $0.0, text: $0.1) } }

  static func == (a: Self, b: Self) -> Bool {
    a.pieces.map(\.column) == b.pieces.map(\.column) && a.pieces.map(\.text) == b.pieces.map(\.text)
  }

  func hash(into hasher: inout Hasher) {
    for piece in pieces {
      hasher.combine(piece.column)
      hasher.combine(piece.text)
    }
  }
}

extension ConsoleState {
  /// From here on the story stands beside the facts.
  private static let wideCharger = 140

  func drawCharger(_ identity: String, in body: Rect, _ canvas: inout Canvas) {
    switch opened {
    case .waiting:
      if shownFailure == nil {
        canvas.put("Asking" + setup.glyphs.ellipsis, at: body.row, 1, .dim)
      }
    case .unknown:
      canvas.put("\(say(identity)) is not in the inventory any more.", at: body.row, 1, .warning)
      canvas.put("Esc", at: body.row + 2, 1, .key)
      canvas.put("back to the fleet", at: body.row + 2, 5)
    case .known(let detail, _):
      for (area, lines) in columns(of: detail, in: body) {
        draw(lines, from: openedTop, in: area, &canvas)
      }
    }
  }

  /// Lines that the open charger fills, for scrolling.
  var openedHeight: Int {
    guard case .known(let detail, _) = opened else { return 0 }
    let body = Rect(row: 0, column: 0, rows: Self.bodyRows(in: size), columns: size.columns)
    return columns(of: detail, in: body).map(\.lines.count).max() ?? 0
  }

  func draw(_ lines: [PiecedLine], from top: Int, in area: Rect, _ canvas: inout Canvas) {
    for (index, line) in lines.dropFirst(top).prefix(area.rows).enumerated() {
      for piece in line.pieces {
        let room = area.columns - piece.column
        canvas.put(
          clipped(piece.text.text, to: room, glyphs: setup.glyphs), at: area.row + index,
          area.column + piece.column, piece.text.style)
      }
    }
  }

  private func columns(
    of detail: ChargerDetail, in body: Rect
  ) -> [(area: Rect, lines: [PiecedLine])] {
    let inner = body.inset(rows: 0, columns: 1)
    guard body.columns >= Self.wideCharger else {
      return [(inner, facts(detail, width: inner.columns) + [PiecedLine()] + story(detail, inner))]
    }
    let halves = inner.splitColumns(gap: 3, .share(1), .share(1))
    return [
      (halves[0], facts(detail, width: halves[0].columns)), (halves[1], story(detail, halves[1])),
    ]
  }

  private func facts(_ detail: ChargerDetail, width: Int) -> [PiecedLine] {
    let row = detail.row
    let gutter = Self.gutter
    var lines: [PiecedLine] = []
    func add(_ name: String, _ text: String, _ style: Style = .normal) {
      for (index, part) in wrapped(say(text), to: width - gutter).enumerated() {
        let head = Text(index == 0 ? name : "", .title)
        lines.append(PiecedLine((0, head), (gutter, Text(part, style))))
      }
    }
    let verdict = detail.readiness.verdict
    let label = verdict.label
    let reason = detail.readiness.reason
    add(
      "READY", reason.hasPrefix(label) ? reason : reason.isEmpty ? label : "\(label): \(reason)",
      verdict.style)
    for evidence in detail.readiness.evidence { add("", evidence, .dim) }
    let seen = detail.lastSeen.map { "last seen " + LocalTime.words(now - $0) + " ago" }
    let speaks = row.speaks.map { "speaks \($0.label)" } ?? "never connected"
    add(
      "CONNECTION",
      ([row.online ? "online" : "offline", speaks, "may speak \(detail.released.label)"]
        + [seen].compactMap { $0 }).joined(separator: ", "), row.online ? .good : .warning)
    if let upgrade = row.upgrade { add("UPGRADE", upgrade, .accent) }
    if let end = detail.endOfLife {
      let more = [end.evidence, end.replacement.isEmpty ? "" : "replaced by \(end.replacement)"]
        .filter { !$0.isEmpty }.map { ", " + $0 }.joined()
      add(
        "END OF LIFE", "\(end.reason.rawValue) (\(end.by), \(setup.time.day(end.at)))\(more)",
        .warning)
    }
    if let pin = detail.pin {
      add("PINNED", "\(pin.reason) (\(pin.by), \(setup.time.day(pin.at)))", .warning)
    }
    add("SITE", row.site.isEmpty ? "?" : row.site)
    add("MODEL", row.fullModel.isEmpty ? "?" : row.fullModel)
    add("SESSIONS", detail.openSessions == 0 ? "none open" : "\(detail.openSessions) open")
    lines.append(PiecedLine())
    lines += connectors(detail)
    lines.append(PiecedLine())
    return lines + known(detail, width: width)
  }

  private func connectors(_ detail: ChargerDetail) -> [PiecedLine] {
    var lines = [
      PiecedLine(
        (0, Text("CONNECTORS", .title)), (12, Text("STATE", .dim)), (28, Text("SINCE", .dim)))
    ]
    for connector in detail.connectors {
      let name =
        connector.id.evse == 0 ? "charger" : "\(connector.id.evse).\(connector.id.connector)"
      lines.append(
        PiecedLine(
          (0, Text(name)), (12, Text(connector.state.label, connector.state.style)),
          (28, Text(setup.time.short(connector.at, now: now), .dim)),
          (36, Text(say(connector.error ?? ""), .warning))))
    }
    if detail.connectors.isEmpty { lines.append(PiecedLine((0, Text("none reported yet", .dim)))) }
    return lines
  }

  /// Every value with who said it: observed beside claimed.
  private func known(_ detail: ChargerDetail, width: Int) -> [PiecedLine] {
    let half = (width - 16) / 2
    let second = 16 + half
    func value(_ value: String?, _ source: String?, _ style: Style) -> Text {
      guard let value else { return Text("?", .dim) }
      let whole = source.map { "\(value)  \($0)" } ?? value
      return Text(clipped(say(whole), to: half - 2, glyphs: setup.glyphs), style)
    }
    var lines = [
      PiecedLine(
        (0, Text("KNOWN", .title)), (16, Text("OBSERVED", .dim)), (second, Text("CLAIMED", .dim)))
    ]
    for fact in detail.known {
      lines.append(
        PiecedLine(
          (0, Text(clipped(say(fact.name), to: 15, glyphs: setup.glyphs))),
          (16, value(fact.observed, fact.observedBy, .normal)),
          (second, value(fact.claimed, fact.claimedBy, .dim))))
    }
    return lines
  }

  private func story(_ detail: ChargerDetail, _ area: Rect) -> [PiecedLine] {
    var lines = [PiecedLine((0, Text("STORY", .title)))]
    for line in detail.story {
      for (index, part) in wrapped(say(line.text), to: area.columns - 14).enumerated() {
        let at = index == 0 ? setup.time.dayAndTime(line.at) : ""
        lines.append(PiecedLine((0, Text(at, .dim)), (14, Text(part))))
      }
    }
    if detail.story.isEmpty { lines.append(PiecedLine((0, Text("nothing happened yet", .dim)))) }
    return lines
  }
}

extension ConnectorState {
  var style: Style {
    switch self {
    case .available: .good
    case .faulted: .bad
    case .unavailable: .warning
    default: .accent
    }
  }
}
