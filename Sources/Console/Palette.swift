/// The commands behind `:`.
package enum Palette {
  package struct Command: Sendable, Equatable {
    package let name: String
    package let aliases: [String]
    package let help: String
    package let action: ConsoleAction
  }

  /// What a typed line means.
  package enum Meaning: Sendable, Equatable {
    case run(Command)
    case ambiguous([Command])
    case unknown
  }

  package static let commands: [Command] = [
    Command(name: "dashboard", aliases: ["d"], help: "Where we are", action: .dashboard),
    Command(name: "fleet", aliases: ["f"], help: "Every charger in a table", action: .fleet),
    Command(name: "help", aliases: ["h"], help: "The keys of this screen", action: .help),
    Command(
      name: "hold", aliases: [], help: "Hold every campaign: nothing new is sent",
      action: .holdEverything),
    Command(name: "quit", aliases: ["q"], help: "Close the console", action: .quit),
  ]

  /// The commands that a line may become, in the table's order.
  package static func candidates(_ typed: String) -> [Command] {
    let word = trimmed(typed)
    if let exact = commands.first(where: { $0.name == word || $0.aliases.contains(word) }) {
      // An alias is whole: `h` is help although hold begins with it.
      return [exact] + commands.filter { $0 != exact && $0.name.hasPrefix(word) }
    }
    return commands.filter { $0.name.hasPrefix(word) }
  }

  /// What Enter does with a line: a name, an alias, or the beginning of one name only.
  package static func meaning(_ typed: String) -> Meaning {
    let word = trimmed(typed)
    let found = candidates(typed)
    guard let first = found.first, !word.isEmpty else { return .unknown }
    if found.count == 1 || first.name == word || first.aliases.contains(word) { return .run(first) }
    return .ambiguous(found)
  }

  /// The line after Tab: as far as all candidates agree, an alias spelt out.
  package static func completed(_ typed: String) -> String {
    let word = trimmed(typed)
    let found = candidates(typed)
    guard let first = found.first else { return typed }
    if first.aliases.contains(word) { return first.name }
    return found.dropFirst().reduce(first.name) { common, other in
      String(zip(common, other.name).prefix { $0 == $1 }.map(\.0))
    }
  }

  private static func trimmed(_ typed: String) -> String {
    var word = typed[...]
    while word.first == " " { word.removeFirst() }
    while word.last == " " { word.removeLast() }
    return word.lowercased()
  }
}
