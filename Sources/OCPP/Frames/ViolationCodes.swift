/// Which error code answers which broken rule, from the rows of Inventory/violations.csv. A verdict
/// says what is wrong; this says what it is called in a version; whether it is answered at all is
/// the policy of who receives.
package struct ViolationCodes: Sendable {
  /// Rules of a call that a station broke although its frame is right.
  package enum CallRule: String, CaseIterable, Sendable {
    /// The version has no such action.
    case unknownAction
    /// Only the other side sends it.
    case wrongDirection
    /// The action is known, and not offered here.
    case actionNotOffered
    /// The boot is not accepted yet, and nobody asked for the call.
    case callBeforeBoot
  }

  /// A line that can't be used.
  package struct Flaw: Error, Equatable, Sendable, CustomStringConvertible {
    package var line: Int
    package var reason: String
    package var description: String { "violations.csv line \(line): \(reason)" }
  }

  /// A row as people read it.
  package struct Row: Equatable, Sendable {
    package var violation: String
    package var version: OCPPVersion
    /// Nil: nothing is sent.
    package var code: ErrorCode?
    /// The clause of the specification, and why it is read so.
    package var clause: String
    package var text: String
  }

  package let rows: [Row]
  private let payload: [ErrorCode]
  private let frames: [ErrorCode?]
  private let calls: [ErrorCode]

  /// Reads the file: lines that begin with `#` are comments, the first other line is the header.
  package init(csv: String) throws(Flaw) {
    var rows: [Row] = []
    var lines: [String: Int] = [:]
    var line = 0
    var isHeader = true
    for text in csv.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      if isHeader {
        isHeader = false
        guard text.elementsEqual("violation,version,code,clause,text".utf8) else {
          throw Flaw(line: line, reason: "the header is not violation,version,code,clause,text")
        }
        continue
      }
      let row = try Self.row(text, line)
      if let other = lines.updateValue(line, forKey: "\(row.violation) \(row.version.label)") {
        throw Flaw(
          line: line, reason: "\(row.violation) of \(row.version.label) as in line \(other)")
      }
      rows.append(row)
    }
    self.rows = rows
    payload = try Self.codes(Violation.Kind.allCases.map(\.rawValue), rows, line)
    frames = try Self.column(FrameFault.Rule.allCases.map(\.rawValue), rows, line).map(\.code)
    calls = try Self.codes(CallRule.allCases.map(\.rawValue), rows, line)
  }

  /// The code for a payload that breaks a rule.
  package func code(for kind: Violation.Kind, in version: OCPPVersion) -> ErrorCode {
    payload[Self.place(Violation.Kind.allCases.firstIndex(of: kind), version)]
  }

  /// The code for a message that is no frame; nil: nothing is sent.
  package func code(for rule: FrameFault.Rule, in version: OCPPVersion) -> ErrorCode? {
    frames[Self.place(FrameFault.Rule.allCases.firstIndex(of: rule), version)]
  }

  /// The code for a call that may not be.
  package func code(for rule: CallRule, in version: OCPPVersion) -> ErrorCode {
    calls[Self.place(CallRule.allCases.firstIndex(of: rule), version)]
  }

  private static func place(_ index: Int?, _ version: OCPPVersion) -> Int {
    (index ?? 0) * OCPPVersion.allCases.count + Int(version.rawValue)
  }

  private static func row(_ text: Substring.UTF8View, _ line: Int) throws(Flaw) -> Row {
    guard let cells = cells(text) else { throw Flaw(line: line, reason: "a quote is not closed") }
    guard cells.count == 5 else {
      throw Flaw(line: line, reason: "\(cells.count) fields, 5 are wanted")
    }
    guard let version = OCPPVersion.allCases.first(where: { $0.label == cells[1] }) else {
      throw Flaw(line: line, reason: "no version \"\(cells[1])\"")
    }
    let code = ErrorCode(spelling: cells[2])
    guard cells[2] == "-" || code?.spelling(in: version) == cells[2] else {
      throw Flaw(line: line, reason: "OCPP \(version.label) has no error code \"\(cells[2])\"")
    }
    guard !cells[3].isEmpty else { throw Flaw(line: line, reason: "no clause") }
    return Row(
      violation: cells[0], version: version, code: code, clause: cells[3], text: cells[4])
  }

  /// The fields of a line of CSV (RFC 4180), none of which spans lines.
  private static func cells(_ line: Substring.UTF8View) -> [String]? {
    let quote = UInt8(ascii: "\"")
    var cells: [[UInt8]] = [[]]
    var isQuoted = false
    var wasQuote = false
    for byte in line {
      if byte == quote {
        // A second quote in a row stands for itself.
        if wasQuote { cells[cells.count - 1].append(quote) }
        wasQuote = isQuoted && !wasQuote
        isQuoted.toggle()
        continue
      }
      wasQuote = false
      if byte == UInt8(ascii: ","), !isQuoted {
        cells.append([])
      } else {
        cells[cells.count - 1].append(byte)
      }
    }
    return isQuoted ? nil : cells.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The rows of those names in their order, each in every version.
  private static func column(
    _ names: [String], _ rows: [Row], _ end: Int
  ) throws(Flaw) -> [Row] {
    var column: [Row] = []
    for name in names {
      for version in OCPPVersion.allCases {
        guard let row = rows.first(where: { $0.violation == name && $0.version == version }) else {
          throw Flaw(line: end, reason: "no row for \(name) of OCPP \(version.label)")
        }
        column.append(row)
      }
    }
    return column
  }

  private static func codes(
    _ names: [String], _ rows: [Row], _ end: Int
  ) throws(Flaw) -> [ErrorCode] {
    var codes: [ErrorCode] = []
    for row in try column(names, rows, end) {
      guard let code = row.code else {
        throw Flaw(line: end, reason: "\(row.violation) of OCPP \(row.version.label) needs a code")
      }
      codes.append(code)
    }
    return codes
  }
}
