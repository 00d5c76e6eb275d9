/// `swell help`, made from the table of commands.
enum Help {
  static func show(_ words: [String]) {
    let name = words.joined(separator: " ")
    let commands = Shell.commands.filter { $0.name == name || $0.name.hasPrefix(name + " ") }
    if commands.isEmpty || name.isEmpty { return all() }
    for command in commands { show(command) }
  }

  private static func all() {
    Out.line("swell moves fleets of EV chargers from OCPP 1.6 to 2.0.1.\n")
    Out.line("  swell [--db FILE]          the console")
    let width = Shell.commands.map { $0.name.count + $0.synopsis.count + 1 }.max() ?? 0
    for command in Shell.commands where !command.name.isEmpty {
      let head = "\(command.name) \(command.synopsis)"
      Out.line(
        "  swell \(head)\(String(repeating: " ", count: max(1, min(width, 44) - head.count + 2)))\(command.help)"
      )
    }
    Out.line("\nThe database is --db FILE, else $SWELL_DB, else fleet.db here.")
    Out.line(
      "swell help COMMAND shows its options. Exit codes: 0 done, 1 refused or failed, 2 usage,")
    Out.line("3 no engine or another engine holds the database, 4 an import with refused rows.")
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
