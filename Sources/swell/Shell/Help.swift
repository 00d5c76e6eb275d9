/// `swell help`, made from the table of commands.
enum Help {
  /// - Throws: `UsageError` for what is no command.
  static func show(_ words: [String]) throws {
    let name = words.joined(separator: " ")
    if name.isEmpty { return all() }
    if name == "filter" { return FilterText.help() }
    let commands = Shell.commands.filter { $0.name == name || $0.name.hasPrefix(name + " ") }
    if commands.isEmpty {
      throw UsageError(
        "There is no command \"\(name)\".\(Arguments.suggestion(name, Shell.commands.map(\.name))) See swell help."
      )
    }
    for command in commands { show(command) }
  }

  private static let helpColumn = 45

  private static func all() {
    Out.line("swell moves fleets of EV chargers from OCPP 1.6 to 2.0.1.\n")
    for command in Shell.commands {
      let head = "  swell \(command.name) \(command.synopsis)"
      var lines = wrapped(command.help)
      // A long synopsis has its line to itself.
      if head.count < helpColumn {
        Out.line(
          head + String(repeating: " ", count: helpColumn - head.count) + lines.removeFirst())
      } else {
        Out.line(head)
      }
      for line in lines { Out.line(String(repeating: " ", count: helpColumn) + line) }
    }
    Out.line("\nTERMS select chargers: swell help filter.")
    Out.line("The database is --db FILE, else $SWELL_DB, else fleet.db here.")
    Out.line(
      "swell help COMMAND shows its options. Exit codes: 0 done, 1 refused or failed, 2 usage,")
    Out.line("3 no engine or another engine holds the database, 4 an import with refused rows.")
  }

  /// In lines that fit beside the commands on 100 columns.
  private static func wrapped(_ text: String) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= 100 - helpColumn {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private static func show(_ command: CommandInfo) {
    Out.line("swell \(command.name) \(command.synopsis)")
    Out.line("  \(command.help)")
    for option in command.options {
      let head = "--\(option.name)\(option.value.map { " \($0)" } ?? "")"
      Out.line("    \(head)\(String(repeating: " ", count: max(1, 26 - head.count)))\(option.help)")
    }
  }
}
