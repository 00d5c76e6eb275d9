import Canvas
import Control
import Fleet

/// A message being made.
extension ConsoleState {
  /// Lines below the form: a rule, and what is to be said.
  private static let strip = 3

  /// Rows that a list of the composer shows.
  var composerRoom: Int { max(1, Self.bodyRows(in: size) - Self.strip - 1) }

  var composerFacts: [Text] {
    guard let composer, let version = composer.version else { return [] }
    var facts: [Text] = []
    if let action = composer.action { facts.append(Text(action, .accent)) }
    facts.append(Text("OCPP \(version.label)"))
    if !composer.isOnline { facts.append(Text("offline", .warning)) }
    return facts
  }

  func drawComposer(in body: Rect, _ canvas: inout Canvas) {
    guard let composer else { return }
    if let obstacle = composer.obstacle {
      return drawMessage(
        say(obstacle), "A message can be made once it has connected.", keys: [("Esc", "back")],
        style: .warning, in: body, &canvas)
    }
    let parts = body.splitRows(.share(1), .fixed(1), .fixed(Self.strip - 1))
    if composer.answer != nil {
      drawAnswer(composer, in: body.inset(rows: 0, columns: 1), &canvas)
      return
    }
    if composer.actions == nil || composer.action != nil && composer.form == nil {
      return drawNothingYet(in: body, &canvas)
    }
    if composer.action == nil {
      drawActions(composer, in: parts[0], &canvas)
    } else if let raw = composer.raw {
      drawRaw(raw, in: parts[0], &canvas)
    } else {
      drawFields(composer, in: parts[0], &canvas)
    }
    if !parts[1].isEmpty {
      canvas.hline(at: parts[1].row, body.column, length: body.columns, glyphs: setup.glyphs)
    }
    drawVerdict(composer, in: parts[2].inset(rows: 0, columns: 1), &canvas)
    if let choosing = composer.choosing { drawChoices(choosing, in: parts[0], &canvas) }
  }

  // MARK: Actions

  private func drawActions(_ composer: Composer, in area: Rect, _ canvas: inout Canvas) {
    canvas.put("Message", at: area.row, area.column + 1, .title)
    let field = Rect(
      row: area.row, column: area.column + 10, rows: 1, columns: max(0, area.columns - 11))
    if isFocused { canvas.input(composer.search, in: field) }
    let found = composer.found
    let rest = area.below(1)
    guard !found.isEmpty else {
      canvas.put("No message has that in its name.", at: rest.row, rest.column + 1, .warning)
      return
    }
    let visible = max(1, rest.rows - 1)
    let table = Table(
      columns: [
        .init("ACTION", minimum: 20, ideal: 36, priority: 0),
        .init("BELONGS TO", minimum: 12, ideal: 40, priority: 1),
      ], count: found.count,
      top: Table.scrolled(
        top: max(0, composer.picked - visible / 2), selected: composer.picked, count: found.count,
        visible: visible), selected: composer.picked, focused: isFocused)
    canvas.table(table, in: rest, glyphs: setup.glyphs) { index, column in
      guard found.indices.contains(index) else { return Text("") }
      return column == 0 ? Text(found[index].name) : Text(found[index].group, .dim)
    }
  }

  // MARK: Fields

  private func drawFields(_ composer: Composer, in area: Rect, _ canvas: inout Canvas) {
    let rows = composer.rows
    let widest = rows.map { displayWidth($0.name) + $0.depth * 2 }.max() ?? 0
    let left = area.column + 3 + min(max(12, widest), area.columns * 2 / 5) + 2
    canvas.put("FIELD", at: area.row, area.column + 3, .dim)
    canvas.put("VALUE", at: area.row, left, .dim)
    let top = composer.top
    for index in rows.indices.dropFirst(top).prefix(max(0, area.rows - 1)) {
      drawRow(
        rows[index], of: composer, isHere: index == composer.cursor,
        in: Rect(
          row: area.row + 1 + index - top, column: area.column, rows: 1, columns: area.columns),
        value: left, &canvas)
    }
  }

  private func drawRow(
    _ row: Composer.Row, of composer: Composer, isHere: Bool, in area: Rect, value left: Int,
    _ canvas: inout Canvas
  ) {
    let isWrong = row.isMissing || isFault(composer, at: row)
    if isHere { canvas.put(setup.glyphs.pointer, at: area.row, area.column, .accent) }
    if isWrong { canvas.put(setup.glyphs.cross, at: area.row, area.column + 1, .bad) }
    if row.content == .send { return drawSend(isHere, composer, in: area, &canvas) }
    let indent = area.column + 3 + row.depth * 2
    let style: Style =
      isWrong ? .bad : isHere ? .title : row.isPresent && !isAdd(row) ? .normal : .dim
    let name = clipped(say(row.name), to: max(1, left - indent - 2), glyphs: setup.glyphs)
    canvas.put(name, at: area.row, indent, style)
    let room = Rect(
      row: area.row, column: left, rows: 1,
      columns: max(0, area.column + area.columns - left - 1))
    if isHere, row.takesText, isFocused, composer.choosing == nil {
      let blank = String(repeating: "_", count: min(room.columns, 40))
      canvas.input(composer.input, in: room)
      let used = displayWidth(composer.input.text)
      if used < blank.count {
        canvas.put(String(blank.dropFirst(used)), at: area.row, left + used, .dim)
      }
      return
    }
    let shown = value(of: row, in: composer)
    canvas.put(
      clipped(say(shown.text), to: room.columns, glyphs: setup.glyphs), at: area.row, left,
      isWrong ? .bad : isHere && shown.style == .normal ? .selected : shown.style)
  }

  private func drawSend(
    _ isHere: Bool, _ composer: Composer, in area: Rect, _ canvas: inout Canvas
  ) {
    let word = " Send \(composer.action ?? "")\(setup.glyphs.ellipsis) "
    canvas.put(word, at: area.row, area.column + 3, isHere ? .selected : .key)
  }

  private func isAdd(_ row: Composer.Row) -> Bool {
    if case .add = row.content { return true }
    return false
  }

  private func isFault(_ composer: Composer, at row: Composer.Row) -> Bool {
    guard let fault = composer.fault, composer.isChecked, !fault.path.isEmpty, row.content != .send,
      !isAdd(row)
    else { return false }
    return PayloadValue.label(row.path) == fault.path
  }

  private func value(of row: Composer.Row, in composer: Composer) -> Text {
    if row.isMissing { return Text("required", .bad) }
    switch row.content {
    case .send, .add: return Text("")
    case .list(let count, _):
      return row.isPresent
        ? Text(count == 1 ? "1 item" : "\(count) items", .dim) : Text(setup.glyphs.idle, .dim)
    case .group: return Text(row.isPresent ? "" : setup.glyphs.idle, .dim)
    case .value:
      guard let value = composer.payload[row.path] else { return Text(setup.glyphs.idle, .dim) }
      return Text(value.plain ?? value.json)
    }
  }

  private func drawChoices(_ choosing: Composer.Choosing, in area: Rect, _ canvas: inout Canvas) {
    let found = choosing.found
    let widest = choosing.options.map { displayWidth($0) }.max() ?? 0
    let inner = canvas.modal(
      title: say(choosing.name),
      size: Size(rows: min(choosing.options.count + 3, area.rows), columns: max(36, widest + 6)),
      in: area, glyphs: setup.glyphs)
    guard inner.rows > 1 else { return }
    canvas.put("/", at: inner.row, inner.column, .key)
    canvas.input(
      choosing.search,
      in: Rect(
        row: inner.row, column: inner.column + 2, rows: 1, columns: max(0, inner.columns - 2)))
    let visible = inner.rows - 1
    let top = Table.scrolled(
      top: max(0, choosing.cursor - visible / 2), selected: choosing.cursor, count: found.count,
      visible: visible)
    for index in found.indices.dropFirst(top).prefix(visible) {
      let row = inner.row + 1 + index - top
      let isHere = index == choosing.cursor
      if isHere { canvas.put(setup.glyphs.pointer, at: row, inner.column, .accent) }
      canvas.put(
        clipped(say(found[index]), to: inner.columns - 2, glyphs: setup.glyphs), at: row,
        inner.column + 2, isHere ? .selected : .normal)
    }
    if found.isEmpty {
      canvas.put("none of them", at: inner.row + 1, inner.column + 2, .warning)
    }
  }

  // MARK: JSON

  /// The payload as one text over as many lines as it takes.
  private func drawRaw(_ input: InputLine, in area: Rect, _ canvas: inout Canvas) {
    canvas.put("JSON", at: area.row, area.column + 1, .title)
    let inner = area.below(1).inset(rows: 0, columns: 1)
    guard !inner.isEmpty else { return }
    var (row, column, first) = (0, 0, 0)
    // Where each character stands, the one behind the last included.
    var places: [(row: Int, column: Int)] = []
    let characters = Array(say(input.text))
    for character in characters {
      let width = displayWidth(String(character))
      if column + width > inner.columns { (row, column) = (row + 1, 0) }
      places.append((row, column))
      column += width
    }
    if column >= inner.columns { (row, column) = (row + 1, 0) }
    places.append((row, column))
    let cursor = places[min(input.cursor, places.count - 1)]
    first = max(0, cursor.row - inner.rows + 1)
    for (character, place) in zip(characters, places)
    where place.row >= first && place.row < first + inner.rows {
      canvas.put(String(character), at: inner.row + place.row - first, inner.column + place.column)
    }
    if isFocused {
      canvas.cursor = Position(
        row: inner.row + cursor.row - first, column: inner.column + cursor.column)
    }
  }

  // MARK: Verdict

  /// What may stand under the pointer, and whether the message would be sent.
  private func drawVerdict(_ composer: Composer, in area: Rect, _ canvas: inout Canvas) {
    guard !area.isEmpty else { return }
    if let problem = composer.problem {
      canvas.paragraph(
        say("\(setup.glyphs.cross) \(problem)"), in: area, glyphs: setup.glyphs, .warning)
      return
    }
    guard composer.action != nil else {
      canvas.paragraph(
        "Type to find a message. Its fields come next, each checked as it is typed.", in: area,
        glyphs: setup.glyphs, .dim)
      return
    }
    let verdict = self.verdict(on: composer)
    canvas.put(
      clipped(verdict.text, to: area.columns, glyphs: setup.glyphs), at: area.row, area.column,
      verdict.style)
    guard composer.raw == nil, let row = composer.currentRow, area.rows > 1 else { return }
    let need =
      row.isRequired ? "required, " : row.isItem || row.content == .send ? "" : "optional, "
    let rule = Composer.rule(row)
    guard !rule.isEmpty else { return }
    let name = row.path.isEmpty ? row.name : PayloadValue.label(row.path)
    canvas.put(
      clipped(say("\(name): \(need)\(rule)"), to: area.columns, glyphs: setup.glyphs),
      at: area.row + 1, area.column, .dim)
  }

  private func verdict(on composer: Composer) -> Text {
    guard composer.isChecked else { return Text("checking" + setup.glyphs.ellipsis, .dim) }
    guard let fault = composer.fault else {
      return Text("\(setup.glyphs.tick) every rule of the message is kept", .good)
    }
    let path = fault.path.isEmpty ? "" : fault.path + ": "
    return Text(say("\(setup.glyphs.cross) \(path)\(fault.what)"), .bad)
  }

  // MARK: Answer

  func answerLines(_ composer: Composer, width: Int) -> [PiecedLine] {
    guard let answer = composer.answer else { return [] }
    var lines = [
      PiecedLine(
        (0, Text(setup.time.clock(answer.at), .dim)), (10, Text(say(answer.action), .title)),
        (12 + displayWidth(answer.action), Text(say("answered by \(composer.charger)"), .good))),
      PiecedLine(),
    ]
    guard let payload = answer.payload else {
      return lines + wrapped(say(answer.text), to: width).map { PiecedLine((2, Text($0))) }
    }
    let rows = PayloadTree(payload).rows
    for row in rows { lines += treeLine(row, width: width) }
    if rows.isEmpty { lines.append(PiecedLine((2, Text("no fields: it took the message", .dim)))) }
    return lines
  }

  /// Lines of the answer from the first that is shown.
  func answerLinesLeft(_ composer: Composer) -> Int {
    guard let answer = composer.answer else { return 0 }
    return answerLines(composer, width: size.columns - 2).count - answer.top
  }

  private func drawAnswer(_ composer: Composer, in area: Rect, _ canvas: inout Canvas) {
    draw(
      answerLines(composer, width: area.columns), from: composer.answer?.top ?? 0, in: area,
      &canvas)
  }
}
