import Canvas

extension ConsoleState {
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
}
