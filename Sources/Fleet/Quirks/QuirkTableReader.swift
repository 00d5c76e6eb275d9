/// A line of a quirk table that can't be used.
package struct QuirkError: Error, Sendable, Equatable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package var column: String?
  package var reason: String
  package init(file: String, line: Int, column: String?, reason: String) {
    (self.file, self.line, self.column, self.reason) = (file, line, column, reason)
  }

  package var description: String {
    "\(file) line \(line)\(column.map { ", \($0)" } ?? ""): \(reason)"
  }
}

extension QuirkTable {
  /// The columns of a table; those that a file leaves out are `*` or empty.
  package static let columns = [
    "number", "name", "vendor", "model", "firmware", "does", "value", "reference",
  ]
  private static let most = 10_000

  /// Reads rows of a CSV. Lines that start with # are for people.
  /// - Parameter file: what it is called in errors.
  /// - Parameter isOwn: an operator's, which come before the stock's.
  package static func read(
    csv: String, file: String, isOwn: Bool = false
  ) throws(QuirkError) -> [Row] {
    let text = csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.hasPrefix("#") ? "" : $0 }.joined(separator: "\n")
    let parsed = CSV.rows(text)
    if let refused = parsed.refused.first {
      throw QuirkError(file: file, line: refused.line, column: nil, reason: refused.reason)
    }
    guard let header = parsed.rows.first else {
      throw QuirkError(
        file: file, line: 1, column: nil,
        reason: "the table is empty; it starts with a line of columns: "
          + columns.joined(separator: ","))
    }
    let names = header.fields.map { $0.lowercased() }
    for name in names where !columns.contains(name) {
      throw QuirkError(
        file: file, line: header.line, column: nil,
        reason: "there is no column \"\(name)\"" + Nearest.hint(name, columns))
    }
    for wanted in ["name", "does"] where !names.contains(wanted) {
      throw QuirkError(
        file: file, line: header.line, column: wanted, reason: "the column is missing")
    }
    guard parsed.rows.count <= most else {
      throw QuirkError(
        file: file, line: parsed.rows[most].line, column: nil,
        reason: "a table has at most \(most) rows")
    }
    var rows: [Row] = []
    for line in parsed.rows.dropFirst() {
      let reader = RowReader(file: file, line: line, names: names, isOwn: isOwn)
      rows.append(try reader.read())
    }
    return rows
  }
}

private struct RowReader {
  let file: String
  let line: CSVRow
  let names: [String]
  let isOwn: Bool

  func read() throws(QuirkError) -> QuirkTable.Row {
    guard line.fields.count == names.count else {
      throw flaw(
        nil,
        "\(line.fields.count) fields, the header has \(names.count)"
          + (line.fields.count > names.count
            ? "; a value with a comma needs quotation marks around it" : ""))
    }
    let name = field("name")
    guard !name.isEmpty else { throw flaw("name", "a quirk needs a name") }
    var number: Int?
    if !field("number").isEmpty {
      guard let given = Int(field("number")), given > 0 else {
        throw flaw("number", "\"\(field("number"))\" is no number")
      }
      number = given
    }
    let value = field("value")
    let row = QuirkTable.Row(
      number: number, name: name, vendor: pattern("vendor"), model: pattern("model"),
      firmware: pattern("firmware"), quirk: try quirk(value), value: value,
      reference: field("reference"), line: line.line, isOwn: isOwn)
    guard let row else {
      throw flaw(
        "firmware", "\"\(field("firmware"))\" is neither a pattern nor bounds such as >=1.2 <2.4")
    }
    return row
  }

  private func field(_ name: String) -> String {
    names.firstIndex(of: name).map { Self.trimmed(line.fields[$0]) } ?? ""
  }

  private func pattern(_ name: String) -> String {
    let text = field(name)
    return text.isEmpty ? "*" : text
  }

  private func flaw(_ column: String?, _ reason: String) -> QuirkError {
    QuirkError(file: file, line: line.line, column: column, reason: reason)
  }

  private func quirk(_ value: String) throws(QuirkError) -> Quirk {
    let does = field("does")
    guard let word = Quirk.Word(rawValue: does) else {
      let known = Quirk.Word.allCases.map(\.rawValue)
      let hint = Nearest.hint(does, known)
      throw flaw(
        "does",
        "nothing is called \"\(does)\""
          + (hint.isEmpty ? "; known: \(known.joined(separator: ", "))" : hint))
    }
    switch word {
    case .always: return .always(try text(value, "a sentence that says what is done"))
    case .none: return .none(try text(value, "a sentence that says why"))
    case .assumeVersion:
      guard let version = ProtocolVersion(label: value) else {
        throw flaw("value", "\"\(value)\" is no version: 1.6, 2.0.1 or 2.1")
      }
      return .assumeVersion(version)
    case .userName: return .userName(try text(value, "a user name or a pattern"))
    case .quiet: return .quiet(try span(value))
    case .deafAfter:
      guard let count = Int(value), (1...255).contains(count) else {
        throw flaw("value", "\"\(value)\" is no number of calls from 1 to 255")
      }
      return .deafAfter(count)
    case .answerWithin: return .answerWithin(try span(value))
    case .neverSend: return .neverSend(try ban(value))
    case .spaceWrites: return .spaceWrites(try span(value))
    case .freeToken:
      let token = try text(value, "the token that such sessions are taken for")
      guard token.unicodeScalars.count <= 36 else {
        throw flaw("value", "a token has at most 36 characters")
      }
      return .freeToken(token)
    case .shiftClock:
      if value == "measured" { return .shiftClock(nil) }
      guard let span = ClockOffset.span(value) else {
        throw flaw("value", "\"\(value)\" is neither \"measured\" nor an offset such as +02:00")
      }
      return .shiftClock(span)
    case .tolerate: return .tolerate(try tolerance(value))
    case .hexPassword: return try bare(.hexPassword, value)
    case .noPings: return try bare(.noPings, value)
    case .noKeys: return try bare(.noKeys, value)
    case .hexTokens: return try bare(.hexTokens, value)
    case .retryWithoutProfile: return try bare(.retryWithoutProfile, value)
    }
  }

  private func bare(_ quirk: Quirk, _ value: String) throws(QuirkError) -> Quirk {
    guard value.isEmpty else {
      throw flaw("value", "\(quirk.word.rawValue) takes no value, here it is \"\(value)\"")
    }
    return quirk
  }

  private func text(_ value: String, _ wanted: String) throws(QuirkError) -> String {
    guard !value.isEmpty else { throw flaw("value", "wanted here: \(wanted)") }
    return value
  }

  private func span(_ value: String) throws(QuirkError) -> Span {
    guard let seconds = Double(value), seconds >= 0, seconds <= 3600 else {
      throw flaw("value", "\"\(value)\" is no number of seconds from 0 to 3600")
    }
    return .seconds(seconds)
  }

  /// `ACTION`, or `ACTION field=pattern`.
  private func ban(_ value: String) throws(QuirkError) -> Quirk.Ban {
    let parts = value.split(separator: " ", maxSplits: 1)
    guard let action = parts.first else {
      throw flaw("value", "wanted here: an action, and field=pattern where only some are meant")
    }
    guard parts.count == 2 else { return Quirk.Ban(action: String(action)) }
    let condition = parts[1].split(separator: "=", maxSplits: 1)
    guard condition.count == 2 else {
      throw flaw("value", "\"\(parts[1])\" is no condition such as key=Meter*")
    }
    return Quirk.Ban(
      action: String(action), field: condition[0].split(separator: ".").map(String.init),
      pattern: Glob(condition[1]))
  }

  /// `ACTION PATH FLAW|FLAW`, each of them `*` for any.
  private func tolerance(_ value: String) throws(QuirkError) -> Quirk.Tolerance {
    let parts = value.split(separator: " ").map(String.init)
    guard parts.count == 3 else {
      throw flaw(
        "value", "wanted here: action, path and flaw, for example BootNotification imsi length")
    }
    var flaws: Set<Quirk.Flaw> = []
    for word in parts[2].split(separator: "|") where parts[2] != "*" {
      guard let known = Quirk.Flaw(rawValue: String(word)) else {
        let all = Quirk.Flaw.allCases.map(\.rawValue)
        let hint = Nearest.hint(String(word), all)
        throw flaw(
          "value",
          "no flaw is called \"\(word)\""
            + (hint.isEmpty ? "; known: \(all.joined(separator: ", "))" : hint))
      }
      flaws.insert(known)
    }
    return Quirk.Tolerance(action: Glob(parts[0]), path: Glob(parts[1]), flaws: flaws)
  }

  private static func trimmed(_ text: String) -> String {
    var rest = Substring(text)
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
