import Canvas
import Control
import Fleet

extension ConsoleState {
  /// Rows of the list that a terminal of this size shows.
  static func auditRows(in size: Size) -> Int { max(1, bodyRows(in: size) - stripRows - 1) }

  func drawAudit(in body: Rect, _ canvas: inout Canvas) {
    guard let page = audit else { return drawNoRegister(in: body, &canvas) }
    guard page.matching > 0 else {
      if !registerFilter.isEmpty { return drawNoMatch(in: body, &canvas) }
      return drawMessage(
        "Nobody has done anything yet.",
        "Every command of every person is recorded here, with its reason and what came of it;"
          + " refused ones too.",
        keys: [("Esc", "back")], in: body, &canvas)
    }
    func entry(_ index: Int) -> AuditEntry? {
      let place = index - page.query.offset
      return page.entries.indices.contains(place) ? page.entries[place] : nil
    }
    drawList(
      [
        .init("WHEN", minimum: 12, ideal: 12, priority: 0),
        .init("WHO", minimum: 6, ideal: 8, priority: 0),
        .init("ACTION", minimum: 16, ideal: 20, priority: 0),
        .init("SUBJECT", minimum: 13, ideal: 28, priority: 0),
        .init("OUTCOME", minimum: 16, ideal: 50, priority: 1),
        .init("REASON", minimum: 16, ideal: 50, priority: 2),
      ], count: page.matching, in: body, strip: entry(list.cursor).map(sentence), &canvas
    ) { index, column, _ in
      guard let entry = entry(index) else { return Text(setup.glyphs.idle, .dim) }
      return cell(entry, column)
    }
  }

  private func cell(_ entry: AuditEntry, _ column: Int) -> Text {
    switch column {
    case 0: return Text(setup.time.dayAndTime(entry.at), .dim)
    case 1: return Text(say(entry.who))
    case 2: return Text(say(entry.action), .accent)
    case 3: return Text(say(entry.subject))
    case 4: return Text(say(entry.outcome), entry.wasRefused ? .bad : .normal)
    default: return Text(say(entry.reason), .dim)
    }
  }

  private func sentence(_ entry: AuditEntry) -> Text {
    let subject = entry.subject.isEmpty ? "" : " \(entry.subject)"
    let reason = entry.reason.isEmpty ? "" : " Reason: \(entry.reason)."
    return Text(
      say(
        "\(setup.time.day(entry.at)) \(setup.time.clock(entry.at)), \(entry.who): "
          + "\(entry.action)\(subject).\(reason) Outcome: \(entry.outcome)"),
      entry.wasRefused ? .bad : .normal)
  }
}

extension AuditEntry {
  /// Whether nothing came of it.
  fileprivate var wasRefused: Bool {
    outcome.hasPrefix("refused") || outcome.hasPrefix("failed") || outcome.hasPrefix("Not allowed")
  }
}
