import Canvas

extension ConsoleState {
  private static let formColumns = 78

  /// What a form's box holds, line by line, so that its height is known before it is drawn.
  private enum FormLine {
    case text(String, Style)
    case choices([(column: Int, index: Int)])
    case field(Int)
    case blank
  }

  func drawForm(in body: Rect, _ canvas: inout Canvas) {
    guard let form else { return }
    let columns = min(Self.formColumns, body.columns)
    let width = columns - 4
    guard width > 8, body.rows > 3 else { return }
    let room = body.rows - 3
    var lines = formLines(form, width: width, spaced: true)
    if lines.count > room { lines = formLines(form, width: width, spaced: false) }
    if lines.count > room { lines = cut(lines, to: room, from: form.top) }
    let box = Size(rows: lines.count + 3, columns: columns)
    // A sliver of the screen beside the box would only look like a mistake.
    if body.columns - columns < 8 {
      var behind = body.centred(box)
      (behind.column, behind.columns) = (body.column, body.columns)
      canvas.fill(behind)
    }
    let area = canvas.modal(
      title: say(form.title), size: box, in: body,
      glyphs: setup.glyphs)
    for (index, line) in lines.enumerated() {
      draw(line, of: form, at: area.row + index, in: area, &canvas)
    }
    let keys = Rect(
      row: area.row + area.rows - 1, column: area.column - 1, rows: 1, columns: area.columns + 1)
    canvas.hints(sayable(form.keys), in: keys)
  }

  private func formLines(_ form: Form, width: Int, spaced: Bool) -> [FormLine] {
    var blocks: [[FormLine]] = []
    blocks.append(
      form.lines.flatMap { wrapped(say($0), to: width).map { FormLine.text($0, .normal) } })
    blocks.append(choiceLines(form, width: width))
    blocks.append(form.fields.indices.map(FormLine.field))
    var last: [FormLine] = []
    if let problem = form.problem {
      last += wrapped("\(setup.glyphs.cross) \(say(problem))", to: width).map { .text($0, .bad) }
    }
    if let waiting = form.waiting {
      last += wrapped(say(waiting), to: width).map { .text($0, .warning) }
    }
    blocks.append(last)
    let filled = blocks.filter { !$0.isEmpty }
    guard spaced else { return Array(filled.joined()) }
    return Array(filled.joined(separator: [.blank])) + [.blank]
  }

  /// Choices side by side as far as they fit, in columns of one width.
  private func choiceLines(_ form: Form, width: Int) -> [FormLine] {
    let widest = form.choices.map { displayWidth(say($0.text)) + 5 }.max() ?? 0
    guard widest > 0 else { return [] }
    let each = max(1, min(form.choices.count, width / (widest + 2)))
    let places = form.choices.indices.map { (column: $0 % each * (widest + 2), index: $0) }
    return stride(from: 0, to: places.count, by: each).map {
      .choices(Array(places[$0..<min($0 + each, places.count)]))
    }
  }

  /// How far the text of the form can be scrolled; 0 when all of it is shown.
  var formOverflow: Int {
    guard let form else { return 0 }
    let columns = min(Self.formColumns, size.columns)
    let lines = formLines(form, width: columns - 4, spaced: false)
    let room = Self.bodyRows(in: size) - 3
    return lines.count > room ? texts(of: lines) - kept(of: lines, in: room) : 0
  }

  private func texts(of lines: [FormLine]) -> Int {
    lines.count { line in
      if case .text(_, let style) = line { return style == .normal }
      return false
    }
  }

  /// Lines of text that fit beside what must be answered, one kept for the count of the others.
  private func kept(of lines: [FormLine], in room: Int) -> Int {
    max(0, texts(of: lines) - (lines.count - room) - 1)
  }

  /// A small terminal shows a part of the text, always what must be answered, and says how much
  /// there is above and below.
  private func cut(_ lines: [FormLine], to room: Int, from top: Int) -> [FormLine] {
    let texts = texts(of: lines)
    let kept = kept(of: lines, in: room)
    guard texts > 0, room > lines.count - texts else { return Array(lines.suffix(room)) }
    let top = max(0, min(top, texts - kept))
    let below = texts - kept - top
    let parts = [
      below > 0 ? "\(below) more, PgDn" : "the end", top > 0 ? "\(top) above, PgUp" : "",
    ]
    let more = parts.filter { !$0.isEmpty }.joined(separator: "; ")
    return Array(lines[top..<top + kept]) + [.text(more, .warning)] + lines.dropFirst(texts)
  }

  private func draw(
    _ line: FormLine, of form: Form, at row: Int, in area: Rect, _ canvas: inout Canvas
  ) {
    switch line {
    case .blank: break
    case .text(let text, let style): canvas.put(text, at: row, area.column, style)
    case .choices(let choices):
      for (column, index) in choices {
        let choice = form.choices[index]
        let isChosen = index == form.chosen
        let left = area.column + column
        let mark = isChosen ? setup.glyphs.pointer : " "
        canvas.put(mark, at: row, left, .accent)
        canvas.put("\(choice.key)", at: row, left + 1, .key)
        let text = clipped(say(choice.text), to: area.columns - column - 3, glyphs: setup.glyphs)
        canvas.put(text, at: row, left + 3, isChosen ? .selected : .normal)
      }
    case .field(let index): drawField(index, of: form, at: row, in: area, &canvas)
    }
  }

  private func drawField(
    _ index: Int, of form: Form, at row: Int, in area: Rect, _ canvas: inout Canvas
  ) {
    let field = form.fields[index]
    let label = say(field.label) + (field.isOptional ? " (optional)" : "")
    let names = min(
      area.columns / 2,
      form.fields.map { displayWidth(say($0.label)) + ($0.isOptional ? 11 : 0) }.max() ?? 0)
    let isHere = index == form.focus
    canvas.put(
      isHere ? setup.glyphs.pointer : " ", at: row, area.column, .accent)
    canvas.put(
      clipped(label, to: names, glyphs: setup.glyphs), at: row, area.column + 2,
      isHere ? .title : .normal)
    let left = area.column + names + 4
    let room = Rect(
      row: row, column: left, rows: 1, columns: area.column + area.columns - left)
    let blank = String(repeating: "_", count: room.columns)
    if isHere {
      canvas.input(field.input, in: room)
      let used = displayWidth(field.input.text)
      if used < room.columns {
        canvas.put(String(blank.dropFirst(used)), at: row, left + used, .dim)
      }
    } else if field.input.text.isEmpty {
      canvas.put(blank, at: row, left, .dim)
    } else {
      canvas.put(
        clipped(say(field.input.text), to: room.columns, glyphs: setup.glyphs), at: row, left)
    }
  }
}
