import Control
import Fleet

/// `swell import`.
enum ImportCommand {
  static let info = CommandInfo(
    "import", "FILE.csv", "take chargers, or --tokens, into the inventory",
    [
      Workplace.option, OptionInfo("tokens", nil, "the file lists tokens, not chargers"),
      OptionInfo("dry-run", nil, "check everything, store nothing"), Out.tableOrJSON,
    ]
  ) { arguments in
    let file = try arguments.word(0, "a file")
    try arguments.noMoreWords(than: 1)
    let csv = try Files.text(file)
    let source = file.split(separator: "/").last.map(String.init) ?? file
    let dryRun = arguments.has("dry-run")
    let outcome = try Workplace(arguments).perform(
      arguments.has("tokens")
        ? .importTokens(csv: csv, source: source, dryRun: dryRun)
        : .importChargers(csv: csv, source: source, dryRun: dryRun))
    try show(outcome, arguments)
  }

  static func show(_ outcome: Outcome, _ arguments: Arguments) throws {
    if Out.wantsJSON(arguments) {
      try Out.json(outcome)
    } else {
      Out.line(outcome.message)
      for sentence in outcome.unread ?? [] { Out.line("  note: \(sentence)") }
      for row in outcome.refused {
        Out.line("  line \(row.line)\(row.column.map { ", \($0)" } ?? ""): \(row.reason)")
      }
    }
    if !outcome.refused.isEmpty {
      throw Failure(
        "\(outcome.refused.count == 1 ? "1 row was" : "\(outcome.refused.count) rows were") refused; mend and import the file again.",
        .refusedRows)
    }
  }
}

/// `swell export`.
enum ExportCommand {
  static let info = CommandInfo(
    "export", "", "write the fleet as CSV, in the columns that import reads", [Workplace.option]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    try Workplace(arguments).reader().export { Out.text($0) }
  }
}

/// `swell audit`.
enum AuditCommand {
  static let info = CommandInfo(
    "audit", "[--filter TEXT]", "who did what, and why",
    [
      Workplace.option, OptionInfo("filter", "TEXT", "only what has this in one of its columns"),
      OptionInfo("limit", "N", "newest so many; 50"), Out.option,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let query = RegisterQuery(
      filter: arguments["filter"] ?? "",
      limit: try arguments.number("limit", in: 1...100_000) ?? 50)
    guard case .audit(let page) = try Workplace(arguments).ask(.audit(query)) else { return }
    try Listing.show(
      page.entries, arguments, ["TIME", "WHO", "ACTION", "SUBJECT", "REASON", "OUTCOME"]
    ) { [Out.time($0.at), $0.who, $0.action, $0.subject, $0.reason, $0.outcome] }
  }
}

/// Rows in the format that was asked for.
enum Listing {
  static func show<Row: Encodable>(
    _ rows: [Row], _ arguments: Arguments, _ titles: [String], right: Set<Int> = [],
    _ cells: (Row) -> [String]
  ) throws {
    switch try arguments.choice("format", Out.Format.self) ?? .table {
    case .json: try Out.json(rows)
    case .csv: Out.csv(titles.map { $0.lowercased() }, rows.map(cells))
    case .table: Out.table(titles, rows.map(cells), right: right)
    }
  }
}
