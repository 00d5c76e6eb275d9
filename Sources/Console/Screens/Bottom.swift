import Canvas
import Control

/// The last two lines of every screen.
extension ConsoleState {
  /// The line above the keys: what may be typed, an error, or a rule.
  func drawStatus(in area: Rect, _ canvas: inout Canvas) {
    let glyphs = setup.glyphs
    func write(_ text: String, _ style: Style) {
      canvas.put(
        clipped(say(text), to: area.columns - 2, glyphs: glyphs), at: area.row, 1, style)
    }
    if let hint = lineHint { return write(hint.text, hint.style) }
    if let error = shownFailure, !bodySaysError {
      let text = "\(glyphs.cross) " + say(error.message)
      let more = "  Asking again every second."
      // The error's own next step goes before this one.
      let fits = displayWidth(text + more) <= area.columns - 2
      write(fits && !error.isAboutInput ? text + more : text, .bad)
    } else {
      canvas.hline(at: area.row, 0, length: area.columns, glyphs: glyphs)
      moreBelow(at: area.row, in: &canvas)
    }
  }

  /// Says on the rule that a screen of text goes on.
  private func moreBelow(at row: Int, in canvas: inout Canvas) {
    guard helpTop == nil, form == nil else { return }
    let left =
      switch screen {
      case .charger: openedHeight - openedTop
      case .messages where trafficView.openTop != nil:
        frameLines(width: size.columns - 2).count - (trafficView.openTop ?? 0)
      case .compose: composer.map(answerLinesLeft) ?? 0
      default: 0
      }
    let more = left - Self.bodyRows(in: size)
    guard more > 0 else { return }
    canvas.putRight(
      " \(setup.glyphs.descending) \(grouped(more)) more lines, PgDn ", at: row,
      before: canvas.columns - 1, .key)
  }

  /// What there is to say in the last two lines instead of a rule and keys.
  private func drawNotice(_ notice: Notice, at row: Int, in canvas: inout Canvas) {
    let width = canvas.columns - 2
    let lines = wrapped(say(notice.text), to: width)
    let first = lines.count > 1 && row > 0 ? row - 1 : row
    if first < row { canvas.fill(Rect(row: first, column: 0, rows: 1, columns: canvas.columns)) }
    canvas.paragraph(
      say(notice.text), in: Rect(row: first, column: 1, rows: row - first + 1, columns: width),
      glyphs: setup.glyphs, notice.style)
  }

  /// Hints in characters that the terminal has.
  func sayable(_ hints: [Hint]) -> [Hint] {
    guard setup.glyphs.isASCII else { return hints }
    return hints.map { Hint(key: say($0.key), word: say($0.word), rank: $0.rank) }
  }

  /// The last line: what is being typed, a notice, or keys.
  func drawBottom(in area: Rect, _ canvas: inout Canvas) {
    let inner = Rect(row: area.row, column: 1, rows: area.rows, columns: area.columns - 2)
    let hints = sayable(ConsoleKeys.table.hints(in: scope, availability: availability))
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
        drawNotice(notice, at: area.row, in: &canvas)
      } else if form == nil {
        // A form names its keys itself.
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
