import Canvas
import Control
import Fleet

/// The form of a message, row by row.
extension Composer {
  struct Row: Sendable, Equatable {
    enum Content: Sendable, Equatable {
      case value(MessageField.Kind)
      /// An object and its fields, which follow while it is there.
      case group([MessageField])
      case list(count: Int, limits: ClosedRange<Int>)
      /// Puts another item into the list that stands at the path.
      case add(MessageField.Kind, at: Int)
      case send
    }
    var path: [PayloadStep]
    var name: String
    var depth: Int
    var content: Content
    var isRequired = false
    var isPresent = true
    /// Whether it is an item of a list, which can be taken out.
    var isItem = false

    /// Whether the message would not be sent for want of it.
    var isMissing: Bool { !isPresent && (isRequired || isItem) }

    /// Whether keys that are typed go into it.
    var takesText: Bool {
      guard case .value(let kind) = content else { return false }
      switch kind {
      case .boolean, .choice: return false
      default: return true
      }
    }
  }

  var rows: [Row] {
    guard let form else { return [] }
    var rows: [Row] = []
    add(form.fields, [], 0, &rows)
    rows.append(Row(path: [], name: "Send", depth: 0, content: .send))
    return rows
  }

  /// Required fields first: what must be filled in is together.
  private func add(
    _ fields: [MessageField], _ path: [PayloadStep], _ depth: Int, _ rows: inout [Row]
  ) {
    for field in fields.filter(\.isRequired) + fields.filter({ !$0.isRequired }) {
      let here = path + [.member(field.name)]
      let value = payload[here]
      guard let limits = field.items else {
        add(field.kind, here, field.name, depth, field.isRequired, value != nil, false, &rows)
        continue
      }
      var items: [PayloadValue] = []
      if case .list(let list)? = value { items = list }
      rows.append(
        Row(
          path: here, name: field.name, depth: depth,
          content: .list(count: items.count, limits: limits), isRequired: field.isRequired,
          isPresent: value != nil))
      guard value != nil else { continue }
      for index in items.indices {
        add(
          field.kind, here + [.item(index)], "[\(index)]", depth + 1, false,
          items[index] != .null, true, &rows)
      }
      if items.count < limits.upperBound {
        rows.append(
          Row(
            path: here, name: "add an item", depth: depth + 1,
            content: .add(field.kind, at: items.count)))
      }
    }
  }

  private func add(
    _ kind: MessageField.Kind, _ path: [PayloadStep], _ name: String, _ depth: Int,
    _ isRequired: Bool, _ isPresent: Bool, _ isItem: Bool, _ rows: inout [Row]
  ) {
    var row = Row(
      path: path, name: name, depth: depth, content: .value(kind), isRequired: isRequired,
      isPresent: isPresent, isItem: isItem)
    guard case .group(let fields) = kind, !fields.isEmpty else {
      // What a type says nothing about is typed as JSON.
      if case .group = kind { row.content = .value(.any) }
      rows.append(row)
      return
    }
    row.content = .group(fields)
    rows.append(row)
    if isPresent { add(fields, path, depth + 1, &rows) }
  }

  var currentRow: Row? {
    let rows = rows
    return rows.indices.contains(cursor) ? rows[cursor] : nil
  }

  // MARK: Values

  /// What an item or a group begins as: the groups and lists that it must have, open, and no value
  /// that nobody chose. An item that is to be filled in is null, which no rule allows.
  static func start(_ kind: MessageField.Kind) -> PayloadValue {
    guard case .group(let fields) = kind, !fields.isEmpty else { return .null }
    return .object(
      fields.filter(\.isRequired).compactMap { field in
        let value = start(field.kind)
        guard let items = field.items else {
          return value == .null ? nil : .init(name: field.name, value: value)
        }
        let count = min(items.lowerBound, 8)
        return .init(name: field.name, value: .list(Array(repeating: value, count: count)))
      })
  }

  /// What a typed text means as a value of that kind; nil leaves the field out.
  static func value(of text: String, _ kind: MessageField.Kind) -> PayloadValue? {
    if text.isEmpty { return nil }
    switch kind {
    case .whole, .number:
      // What is no number stays as it is typed; the check says what is wrong with it.
      return PayloadValue.isNumber(text) ? .number(text) : .text(text)
    case .any: return PayloadValue(text) ?? .text(text)
    default: return .text(text)
    }
  }

  /// Takes what is typed into the value under the pointer.
  mutating func store() {
    guard let row = currentRow, row.takesText, case .value(let kind) = row.content else { return }
    // An item is not lost by emptying it.
    payload[row.path] = Self.value(of: input.text, kind) ?? (row.isItem ? .null : nil)
  }

  /// Shows the value under the pointer for typing.
  mutating func load() {
    cursor = max(0, min(cursor, rows.count - 1))
    guard let row = currentRow, row.takesText, row.isPresent, let value = payload[row.path] else {
      input = InputLine()
      return
    }
    input = InputLine(value.plain ?? value.json)
  }

  // MARK: Words

  /// What may stand in a row.
  static func rule(_ row: Row) -> String {
    switch row.content {
    case .send: "shows scope and payload first"
    case .add: ""
    case .group: row.isPresent ? "" : "a group of fields; Enter adds it"
    case .list(_, let limits):
      (row.isPresent ? "" : "a list; Enter adds it; ") + count(limits)
    case .value(let kind): rule(kind)
    }
  }

  private static func count(_ limits: ClosedRange<Int>) -> String {
    switch (limits.lowerBound, limits.upperBound) {
    case (0, .max): "any number of items"
    case (let least, .max): "at least \(least) item\(least == 1 ? "" : "s")"
    case (let least, let most): least == most ? "\(most) items" : "\(least) to \(most) items"
    }
  }

  private static func rule(_ kind: MessageField.Kind) -> String {
    switch kind {
    case .any, .group: "any JSON"
    case .boolean: "true or false; space toggles"
    case .text(let limit): limit.map { "text, at most \(grouped($0)) characters" } ?? "text"
    case .dateTime: "a moment such as 2026-11-23T14:03:07Z"
    case .uri: "a URI such as https://host/path"
    case .whole(let least, let most): bounds("a whole number", least, most)
    case .number(let least, let most, let tenths):
      bounds(tenths ? "a number with at most one decimal" : "a number", least, most)
    case .choice(let values):
      values.count == 1 ? values[0] : "one of \(values.count); Enter lists them"
    }
  }

  private static func bounds(_ what: String, _ least: Int?, _ most: Int?) -> String {
    switch (least, most) {
    case (nil, nil): what
    case (let least?, nil): "\(what), \(grouped(least)) or more"
    case (nil, let most?): "\(what), \(grouped(most)) or less"
    case (let least?, let most?): "\(what) from \(grouped(least)) to \(grouped(most))"
    }
  }
}
