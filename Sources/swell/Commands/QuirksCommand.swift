import Control
import Fleet

/// `swell quirks`: how chargers differ from the specification, and what is done about it.
enum QuirksCommand {
  static let info = CommandInfo(
    "quirks", "[CHARGER]", "how chargers differ from the specification, and what is done about it",
    [Workplace.option, QuirkOptions.own, Out.option]
  ) { arguments in
    try arguments.noMoreWords(than: 1)
    let table = try StockContent.quirks(arguments["quirks"])
    guard let name = arguments.words.first else { return try list(table, arguments) }
    let place = try Workplace(arguments)
    guard case .charger(let found) = try place.ask(.charger(name)), let found else {
      throw ControlError.unknownCharger(name)
    }
    // A running engine knows which rows of its own it was started with.
    let asked = arguments.has("quirks") || !place.hasEngine ? found.with(table) : found
    try show(asked, arguments)
  }

  /// A row as it is printed.
  private struct Listed: Encodable {
    var number: Int?
    var name: String
    var vendor: String
    var model: String
    var firmware: String
    var does: String
    var value: String
    /// In words.
    var effect: String
    var reference: String
    /// Of an operator's file.
    var own: Bool

    init(_ row: QuirkTable.Row) {
      number = row.number
      name = row.name
      vendor = row.vendor
      model = row.model
      firmware = row.firmware
      does = row.quirk.word.rawValue
      value = row.value
      effect = row.does
      reference = row.reference
      own = row.isOwn
    }
  }

  private static func list(_ table: QuirkTable, _ arguments: Arguments) throws {
    let rows = table.rows.enumerated().sorted {
      ($0.element.isOwn ? 0 : 1, $0.element.number ?? .max, $0.offset)
        < ($1.element.isOwn ? 0 : 1, $1.element.number ?? .max, $1.offset)
    }.map(\.element)
    switch try arguments.choice("format", Out.Format.self) ?? .table {
    case .json: try Out.json(rows.map(Listed.init))
    case .csv:
      Out.csv(
        QuirkTable.columns,
        rows.map {
          [
            $0.number.map(String.init) ?? "", $0.name, $0.vendor, $0.model, $0.firmware,
            $0.quirk.word.rawValue, $0.value, $0.reference,
          ]
        })
    case .table:
      Out.table(
        ["", "QUIRK", "WHOM", "", "WHAT IS DONE"],
        rows.map {
          [
            $0.isOwn ? "own" : $0.number.map(String.init) ?? "", $0.name, $0.whom,
            word(of: $0.quirk), $0.does,
          ]
        }, right: [0])
    }
  }

  private static func word(of quirk: Quirk) -> String {
    switch quirk.word {
    case .always: "always"
    case .none: "nothing"
    default: "them"
    }
  }

  private static func show(_ charger: ChargerDetail, _ arguments: Arguments) throws {
    switch try arguments.choice("format", Out.Format.self) ?? .table {
    case .json: try Out.json(charger.quirks)
    case .csv:
      Out.csv(["name", "value", "does"], charger.quirks.map { [$0.name, $0.value, $0.does] })
    case .table:
      let subject = charger.quirkSubject
      let known = [
        ("vendor", subject.vendor), ("model", subject.model), ("firmware", subject.firmware),
      ].map { "\($0.0) \($0.1.isEmpty ? "not known" : $0.1)" }.joined(separator: ", ")
      Out.line("\(charger.row.identity): \(known)")
      Out.line("")
      showQuirks(charger.quirks)
      showTolerations(charger.tolerations)
    }
  }

  static func showQuirks(_ quirks: [QuirkRow]) {
    if quirks.isEmpty { return Out.line("no row of the quirk table is about it") }
    Out.table(["QUIRK", "WHAT IS DONE"], quirks.map { [$0.name, $0.does] })
  }

  /// What was let pass of a charger.
  static func showTolerations(_ rows: [TolerationRow]) {
    if rows.isEmpty { return }
    Out.line("")
    Out.table(
      ["LET PASS", "WHERE", "WHAT", "OCPP", "TIMES", "LAST", "BY"],
      rows.map {
        [
          $0.action.isEmpty ? "-" : $0.action, $0.path.isEmpty ? "-" : $0.path, $0.what,
          $0.version.label, String($0.count), Out.time($0.last),
          $0.quirk.isEmpty ? "the answer policy" : $0.quirk,
        ]
      }, right: [4])
  }
}
