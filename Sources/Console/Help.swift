import Canvas

extension ConsoleState {
  /// The help of the screen beneath, from the key table and the palette. A key that can't act now
  /// says why.
  var helpLines: [PiecedLine] {
    func lines(_ bindings: [KeyBinding<ConsoleAction>]) -> [PiecedLine] {
      bindings.flatMap { binding -> [PiecedLine] in
        guard case .unavailable(let why) = availability(binding.action) else {
          return [PiecedLine((1, Text(binding.label, .key)), (14, Text(binding.help)))]
        }
        return [
          PiecedLine((1, Text(binding.label, .dim)), (14, Text(binding.help, .dim))),
          PiecedLine((16, Text("not now: " + why, .warning))),
        ]
      }
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
      all.append(PiecedLine((1, Text(":" + names, .key)), (20, Text(command.help))))
    }
    return all
  }
}
