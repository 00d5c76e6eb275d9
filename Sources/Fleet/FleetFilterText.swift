extension FleetFilter {
  /// The filter in one spelling; reading it gives the same filter.
  package var text: String { Self.text(of: expression) }

  private static func text(of expression: Expression) -> String {
    switch expression {
    case .all(let parts):
      parts.map { part in
        switch part {
        case .all, .any: "(\(text(of: part)))"
        default: text(of: part)
        }
      }.joined(separator: " ")
    case .any(let parts):
      parts.map { part in
        if case .any = part { "(\(text(of: part)))" } else { text(of: part) }
      }.joined(separator: " or ")
    case .not(let part):
      switch part {
      case .all, .any: "not (\(text(of: part)))"
      default: "not \(text(of: part))"
      }
    case .saved(let name): "@\(name)"
    case .term(let condition): text(of: condition)
    }
  }

  private static func text(of condition: Condition) -> String {
    switch condition {
    case .identity(let pattern): quoted(pattern, isBare: true)
    case .identities(let names): "id:" + names.map { quoted($0) }.joined(separator: ",")
    case .text(let key, let pattern): "\(key.rawValue):\(quoted(pattern))"
    case .number(let key, let comparison, let limit):
      "\(key.rawValue)\(comparison.rawValue)\(limit)"
    case .firmware(let comparison, let version):
      "fw\(comparison.rawValue)\(version.numbers.map(String.init).joined(separator: "."))"
    case .seen(let comparison, let span): "seen\(comparison.rawValue)\(FilterSpan.text(span))"
    case .speaks(let version): "speaks:\(version?.label ?? "none")"
    case .released(let version): "released:\(version.label)"
    case .ready(.endOfLife): "eol"
    case .ready(.pinned): "pinned"
    case .ready(.quarantined): "quarantined"
    case .ready(let verdict): "ready:\(verdict.filterLabel)"
    case .online(let online): online ? "online" : "offline"
    case .pending: "pending"
    case .unknown(let fact): "unknown:\(fact.rawValue)"
    }
  }

  /// In quotation marks where the language would split it or take it for something else; a
  /// quotation mark inside is doubled.
  package static func quoted(_ text: String, isBare: Bool = false) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "*?.-_/+#|".unicodeScalars.contains(scalar)
    }
    let isWord =
      isBare
      && (plainWords[text.lowercased()] != nil
        || connectives.contains(text.lowercased()))
    if isPlain, !isWord, !text.isEmpty { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}

/// Spans as the filter writes them: a number and a unit.
enum FilterSpan {
  private static let units: [(letter: Character, milliseconds: Int64)] = [
    ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
  ]

  /// Nil when it is none, or longer than a century.
  static func read(_ text: String) -> Span? {
    guard let letter = text.last, let unit = units.first(where: { $0.letter == letter }),
      let count = FleetFilter.wholeNumber(text.dropLast()),
      case let (length, isTooLong) = Int64(count).multipliedReportingOverflow(by: unit.milliseconds),
      !isTooLong, length <= 36_500 * 86_400_000
    else { return nil }
    return .milliseconds(length)
  }

  static func text(_ span: Span) -> String {
    let unit = units.first { span.milliseconds % $0.milliseconds == 0 }
    guard span.milliseconds != 0, let unit else { return "\(span.milliseconds / 1000)s" }
    return "\(span.milliseconds / unit.milliseconds)\(unit.letter)"
  }
}
