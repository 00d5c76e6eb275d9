/// The commands behind `:`.
package enum Palette {
  /// What may stand behind a command's name.
  package enum Argument: Sendable, Equatable {
    case filter, charger, campaign
    /// A campaign and a number; the campaign on top needs no name.
    case wave
    /// A charger; the one on top needs no name.
    case ownCharger

    /// Whether the command means nothing without.
    var isNeeded: Bool { self == .charger || self == .campaign }
  }

  package struct Command: Sendable, Equatable {
    package let name: String
    package let aliases: [String]
    package let help: String
    package let action: ConsoleAction
    package let argument: Argument?

    init(
      _ name: String, _ aliases: [String] = [], _ action: ConsoleAction, _ help: String,
      _ argument: Argument? = nil
    ) {
      self.name = name
      self.aliases = aliases
      self.help = help
      self.action = action
      self.argument = argument
    }
  }

  /// What a typed line means: a command and what stands behind it.
  package enum Meaning: Sendable, Equatable {
    case run(Command, String)
    case ambiguous([Command])
    case unknown
  }

  package static let commands: [Command] = [
    Command("dashboard", ["d"], .dashboard, "Where we are"),
    Command("fleet", ["f"], .fleet, "Chargers in a table: fleet FILTER", .filter),
    Command("charger", ["id"], .charger, "One charger: charger IDENTITY", .charger),
    Command("campaigns", ["c"], .campaigns, "Every campaign"),
    Command("campaign", [], .campaign, "One campaign: campaign NAME", .campaign),
    Command("wave", ["w"], .wave, "One wave: wave NAME 2; alone the newest that runs", .wave),
    Command("end-of-life", ["eol"], .endOfLife, "Chargers that will never move", .filter),
    Command("audit", ["a"], .audit, "What people did: audit WORD", .filter),
    Command(
      "messages", ["m", "msg", "trace"], .messages,
      "What goes over the wire: messages IDENTITY; alone all that is traced", .ownCharger),
    Command(
      "send", ["compose"], .compose, "Make a message and send it: send IDENTITY", .ownCharger),
    Command("firmware", ["fw"], .firmware, "Images that chargers can be given"),
    Command("import", [], .importChargers, "Read chargers from a CSV file"),
    Command("add-firmware", [], .addFirmware, "Add an image to the catalogue"),
    Command("plan", [], .plan, "Plan a campaign for the marked, else for the filter"),
    Command("approve", [], .approve, "Approve the plan of this campaign"),
    Command("start", [], .start, "Start this campaign"),
    Command("hold", [], .holdEverything, "Hold every campaign: nothing new is sent"),
    Command("pause", [], .hold, "Hold this campaign: nothing new is sent"),
    Command("resume", [], .resume, "Go on with this campaign after a hold"),
    Command("override", [], .overrideGate, "Let a stratum go on whose gate did not pass"),
    Command("stop", [], .stopStratum, "End a stratum of this campaign"),
    Command("recall", [], .recall, "Hold this campaign and take back what can be cancelled"),
    Command("abort", [], .abort, "End this campaign for good"),
    Command("mark-end-of-life", ["mark"], .markEndOfLife, "It stays as it is, for good"),
    Command("undo", ["u"], .undoEndOfLife, "Take an end-of-life mark back"),
    Command("pin", [], .pin, "Keep a charger as it is, or no longer"),
    Command("note", ["n"], .note, "Add a line to a charger's notes"),
    Command("repaired", [], .repaired, "End a quarantine"),
    Command("accept", [], .acceptCharger, "Accept a charger that came unannounced"),
    Command("roll-back", [], .rollBack, "Back to 1.6"),
    Command("why", ["y"], .why, "Why the gates of this wave stand as they do"),
    Command("help", ["h"], .help, "The keys of this screen"),
    Command("quit", ["q"], .quit, "Close the console"),
  ]

  /// The first word of a line, and what stands behind it; nil while no space follows the word.
  package static func split(_ typed: String) -> (word: String, argument: String?) {
    let start = typed.drop { $0 == " " }
    let word = start.prefix { $0 != " " }
    let rest = start.dropFirst(word.count)
    guard !rest.isEmpty else { return (word.lowercased(), nil) }
    var argument = rest.drop { $0 == " " }
    while argument.last == " " { argument.removeLast() }
    return (word.lowercased(), String(argument))
  }

  /// The commands that a line may become, in the table's order.
  package static func candidates(_ typed: String) -> [Command] {
    let (word, argument) = split(typed)
    if let exact = commands.first(where: { $0.name == word || $0.aliases.contains(word) }) {
      // With an argument behind it, a name is whole.
      if argument?.isEmpty == false { return [exact] }
      // An alias is whole: `h` is help although hold begins with it.
      return [exact] + commands.filter { $0 != exact && $0.name.hasPrefix(word) }
    }
    return commands.filter { $0.name.hasPrefix(word) }
  }

  /// What Enter does with a line: a name, an alias, or the beginning of one name only.
  package static func meaning(_ typed: String) -> Meaning {
    let (word, argument) = split(typed)
    let found = candidates(typed)
    guard let first = found.first, !word.isEmpty else { return .unknown }
    if found.count == 1 || first.name == word || first.aliases.contains(word) {
      return .run(first, argument ?? "")
    }
    return .ambiguous(found)
  }

  /// The line after Tab: as far as all candidates agree, an alias spelt out.
  package static func completed(_ typed: String) -> String {
    let (word, argument) = split(typed)
    let found = candidates(typed)
    guard argument == nil, let first = found.first else { return typed }
    if first.aliases.contains(word) { return first.name }
    return common(found.map(\.name)) ?? typed
  }

  /// What all of these begin with; nil when there are none.
  static func common(_ words: [String]) -> String? {
    guard let first = words.first else { return nil }
    return words.dropFirst().reduce(first) { common, other in
      String(zip(common, other).prefix { $0 == $1 }.map(\.0))
    }
  }
}
