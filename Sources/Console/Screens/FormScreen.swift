import Canvas

extension ConsoleState {
  func drawForm(in body: Rect, _ canvas: inout Canvas) {
    guard let form else { return }
    var lines = form.lines.map { Text($0) }
    lines += form.choices.enumerated().map { index, choice in
      Text("(\(choice.key)) \(choice.text)", index == form.chosen ? .accent : .normal)
    }
    lines += form.fields.map { Text("\($0.label)  \($0.input.text)") }
    if let problem = form.problem { lines.append(Text(problem, .bad)) }
    if let waiting = form.waiting { lines.append(Text(waiting, .warning)) }
    let area = canvas.modal(
      title: say(form.title), size: Size(rows: lines.count + 3, columns: 78), in: body,
      glyphs: setup.glyphs)
    for (index, line) in lines.prefix(max(0, area.rows - 1)).enumerated() {
      canvas.put(
        clipped(say(line.text), to: area.columns, glyphs: setup.glyphs), at: area.row + index,
        area.column, line.style)
    }
    canvas.hints(form.keys, in: area)
  }
}
