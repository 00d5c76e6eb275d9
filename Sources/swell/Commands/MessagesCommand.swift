import CSMS
import OCPP

/// `swell messages`: every message of every version, and what the engine does with it.
enum MessagesCommand {
  static let info = CommandInfo(
    "messages", "[ACTION]", "every OCPP message and what the engine does with it",
    [
      OptionInfo("version", "V", "of that version alone: 1.6, 2.0.1 or 2.1"), Out.option,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 1)
    let catalogue = try StockContent.messages()
    let versions = try versions(arguments)
    guard let name = arguments.words.first else {
      return try list(versions.flatMap { catalogue.actions(of: $0) }, arguments)
    }
    let found = versions.flatMap { version in
      catalogue.actions(of: version).filter { $0.name.lowercased() == name.lowercased() }
    }
    guard !found.isEmpty else {
      let known = versions.flatMap { catalogue.actions(of: $0).map(\.name) }
      throw UsageError(
        "OCPP \(versions.map(\.label).joined(separator: ", ")) has no message \"\(name)\"."
          + Arguments.suggestion(name, known))
    }
    try show(found, catalogue, arguments)
  }

  private static func versions(_ arguments: Arguments) throws -> [OCPPVersion] {
    guard let label = arguments["version"] else { return OCPPVersion.allCases }
    guard let version = OCPPVersion.allCases.first(where: { $0.label == label }) else {
      let known = OCPPVersion.allCases.map(\.label).joined(separator: ", ")
      throw UsageError("--version wants one of: \(known); not \"\(label)\".")
    }
    return [version]
  }

  // MARK: All

  private struct Row: Encodable {
    var action: String
    var version: String
    var direction: String
    var does: String
    init(_ action: ActionDescriptor) {
      self.action = action.name
      version = action.version.label
      direction = MessagesCommand.direction(action)
      does = Handling(of: action).does
    }
  }

  private static func direction(_ action: ActionDescriptor) -> String {
    switch action.direction {
    case .station: "from the charger"
    case .csms: "to the charger"
    case .both: "both ways"
    }
  }

  private static func list(_ actions: [ActionDescriptor], _ arguments: Arguments) throws {
    try Listing.show(
      actions.map(Row.init), arguments, ["ACTION", "VERSION", "DIRECTION", "WHAT THE ENGINE DOES"]
    ) { [$0.action, $0.version, $0.direction, $0.does] }
  }

  // MARK: One

  private struct FieldRow: Encodable {
    var version: String
    /// `request` or `response`.
    var side: String
    var field: String
    var required: Bool
    var kind: String
  }

  private static func show(
    _ actions: [ActionDescriptor], _ catalogue: MessageCatalogue, _ arguments: Arguments
  ) throws {
    let isTable = !Out.wantsJSON(arguments) && arguments["format"] != "csv"
    var rows: [FieldRow] = []
    for action in actions {
      for (side, name) in [(MessageSide.request, "request"), (.response, "response")] {
        rows += lines(catalogue.fields(of: side, of: action), below: "").map {
          FieldRow(
            version: action.version.label, side: name, field: $0.name, required: $0.isRequired,
            kind: $0.kind)
        }
      }
      if isTable {
        let does = Handling(of: action).does
        Out.line("\(action.name)   OCPP \(action.version.label)   \(direction(action))")
        Out.line("  \(does)")
      }
    }
    if isTable { Out.line("") }
    try Listing.show(rows, arguments, ["VERSION", "SIDE", "FIELD", "REQUIRED", "WHAT"]) {
      [$0.version, $0.side, $0.field, $0.required ? "yes" : "", $0.kind]
    }
  }

  private struct Line {
    var name: String
    var isRequired: Bool
    var kind: String
  }

  /// Fields with those inside them, by their paths.
  private static func lines(_ fields: [FieldDescriptor], below path: String) -> [Line] {
    fields.flatMap { field -> [Line] in
      let name = path + field.name + (field.items == nil ? "" : "[]")
      let own = Line(name: name, isRequired: field.isRequired, kind: words(field))
      guard case .group(let inner) = field.kind else { return [own] }
      return [own] + lines(inner, below: name + ".")
    }
  }

  private static func words(_ field: FieldDescriptor) -> String {
    guard let items = field.items else { return words(field.kind) }
    let most = items.upperBound == Int.max ? "more" : String(items.upperBound)
    return "\(items.lowerBound) to \(most): \(words(field.kind))"
  }

  private static func words(_ kind: FieldDescriptor.Kind) -> String {
    switch kind {
    case .any: "anything"
    case .boolean: "true or false"
    case .text(let limit): limit.map { "text of at most \($0) characters" } ?? "text"
    case .dateTime: "a time such as 2026-11-23T06:58:00Z"
    case .uri: "a URI"
    case .whole(let least, let most): "a whole number" + bounds(least, most)
    case .number(let least, let most, let tenths):
      "a number" + bounds(least, most) + (tenths ? " in tenths" : "")
    case .choice(let choices): choices.joined(separator: ", ")
    case .group: "an object"
    }
  }

  private static func bounds(_ least: Int?, _ most: Int?) -> String {
    switch (least, most) {
    case (nil, nil): ""
    case (let least?, nil): " from \(least)"
    case (nil, let most?): " up to \(most)"
    case (let least?, let most?): " from \(least) to \(most)"
    }
  }
}
