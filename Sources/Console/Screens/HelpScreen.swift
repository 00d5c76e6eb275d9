import Canvas

extension ConsoleState {
  private static let helpSize = 76

  /// Lines of help that show at once.
  static func helpRows(in size: Size) -> Int { max(1, bodyRows(in: size) - 2) }

  /// The help of the screen beneath, from the key table and the palette.
  var helpLines: [PiecedLine] {
    func lines(_ bindings: [KeyBinding<ConsoleAction>]) -> [PiecedLine] {
      bindings.map { PiecedLine((1, Text($0.label, .key)), (14, Text($0.help))) }
    }
    let table = ConsoleKeys.table
    let own = table.bindings.filter { $0.scopes.contains(screenScope) }
    let everywhere = table.bindings.filter { $0.scopes.contains(.everywhere) }
    var all: [PiecedLine] = []
    if !own.isEmpty {
      all += [PiecedLine((0, Text(screenScope.name, .title)))] + lines(own) + [PiecedLine()]
    }
    all += [PiecedLine((0, Text("Everywhere", .title)))] + lines(everywhere) + [PiecedLine()]
    all.append(PiecedLine((0, Text("Commands", .title))))
    for command in Palette.commands {
      let names = ([command.name] + command.aliases).joined(separator: " ")
      all.append(PiecedLine((1, Text(":" + names, .key)), (14, Text(command.help))))
    }
    return all
  }

  func drawHelp(in body: Rect, _ canvas: inout Canvas) {
    let lines = helpLines
    canvas.fill(body)
    let beyond = lines.count + 2 > body.rows
    let area = canvas.modal(
      title: beyond ? "Help: Down for more, Esc closes" : "Help: Esc closes",
      size: Size(rows: min(lines.count + 2, body.rows), columns: Self.helpSize), in: body,
      glyphs: setup.glyphs)
    draw(lines, from: helpTop ?? 0, in: area, &canvas)
  }
}
