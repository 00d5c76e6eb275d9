/// Why a filter can't be read, and where.
package struct FleetFilterError: Error, Sendable, Equatable {
  /// Offset in characters from the start of the filter.
  package var offset: Int
  package var reason: String
  package init(offset: Int, reason: String) { (self.offset, self.reason) = (offset, reason) }
  package var message: String { "filter, character \(offset + 1): \(reason)" }
}

extension FleetFilter {
  /// Reads a filter; the empty text matches every charger. Names of saved selections stay names.
  package init(_ text: String) throws(FleetFilterError) {
    var parser = FleetFilterParser(text, saved: nil)
    expression = try parser.whole()
  }

  /// Reads a filter and puts the terms of saved selections in the place of their names.
  /// - Parameter saved: terms by name.
  package init(_ text: String, saved: [String: String]) throws(FleetFilterError) {
    var parser = FleetFilterParser(text, saved: saved)
    expression = try parser.whole()
  }

  /// Whether a text may be the name of a saved selection.
  package static func isName(_ text: String) -> Bool {
    text.utf8.count <= 64 && text.utf8.first.map { $0 != UInt8(ascii: "-") } ?? false
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
  }
}

/// Reads the language of `FleetFilter`. Scripts write filters too, so each measure has a bound.
struct FleetFilterParser {
  /// In bytes; room for the identities of a large fleet.
  static let longest = 4_000_000
  static let mostTerms = 2_000
  /// Terms that cost a walk over another table.
  static let mostCostly = 24
  static let deepest = 30
  static let longestValue = 250

  let characters: [Character]
  var at = 0
  private let isTooLong: Bool
  private let saved: [String: String]?
  /// Names of the selections that this text is part of.
  private let path: [String]
  private var terms = 0
  private var costly = 0
  private var depth = 0

  init(_ text: String, saved: [String: String]?, path: [String] = []) {
    isTooLong = text.utf8.count > Self.longest
    characters = isTooLong ? [] : Array(text)
    self.saved = saved
    self.path = path
  }

  mutating func whole() throws(FleetFilterError) -> FleetFilter.Expression {
    guard !isTooLong else {
      throw fail(0, "a filter has at most \(Self.longest) bytes")
    }
    skipSpaces()
    if at == characters.count { return .all([]) }
    let expression = try alternatives()
    // Only a parenthesis that closes nothing stops before the end.
    if at < characters.count {
      throw fail(at, Self.closed)
    }
    return expression
  }

  func fail(_ offset: Int, _ reason: String) -> FleetFilterError {
    FleetFilterError(offset: offset, reason: reason)
  }

  private mutating func alternatives() throws(FleetFilterError) -> FleetFilter.Expression {
    var parts = [try sideBySide()]
    while let word = connective("or") {
      guard !isAtEnd else { throw fail(word, "nothing behind \"or\"") }
      parts.append(try sideBySide())
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func sideBySide() throws(FleetFilterError) -> FleetFilter.Expression {
    if let word = connective("or") ?? connective("and") {
      throw fail(word, "nothing in front of \"\(String(characters[word..<at]))\"")
    }
    var parts = [try single()]
    while true {
      if let word = connective("and"), isAtEnd || isConnective("or") {
        throw fail(word, "nothing behind \"and\"")
      }
      if isAtEnd || isConnective("or") { break }
      parts.append(try single())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func single() throws(FleetFilterError) -> FleetFilter.Expression {
    skipSpaces()
    let start = at
    guard characters[at] != ")" else { throw fail(at, Self.closed) }
    if let start = connective("not") ?? inversion() {
      guard !isAtEnd else { throw fail(start, "nothing to look for") }
      return .not(try deeper(start) { parser throws(FleetFilterError) in try parser.single() })
    }
    guard characters[at] == "(" else { return try term() }
    at += 1
    guard !isAtEnd else {
      throw fail(start, at < characters.count ? "nothing in these parentheses" : Self.open)
    }
    let group = try deeper(start) { parser throws(FleetFilterError) in
      try parser.alternatives()
    }
    skipSpaces()
    guard at < characters.count else { throw fail(start, Self.open) }
    at += 1
    return group
  }

  private static let open = "the parenthesis is never closed"
  private static let closed =
    "nothing opened this parenthesis; one that belongs to a name wants quotation marks"

  private mutating func deeper(
    _ start: Int,
    _ body: (inout Self) throws(FleetFilterError) -> FleetFilter.Expression
  ) throws(FleetFilterError) -> FleetFilter.Expression {
    guard depth < Self.deepest else { throw fail(start, "nested deeper than \(Self.deepest)") }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func term() throws(FleetFilterError) -> FleetFilter.Expression {
    let start = at
    if characters[at] == "@" { return try selection() }
    let word = try word()
    let expression = try FleetFilterTerms.expression(word, at: start)
    try count(expression, at: start)
    return expression
  }

  /// Alternatives count one by one: each is a condition of the query.
  private mutating func count(
    _ expression: FleetFilter.Expression, at start: Int
  ) throws(FleetFilterError) {
    let parts: [FleetFilter.Expression]
    if case .any(let some) = expression { parts = some } else { parts = [expression] }
    terms += parts.count
    guard terms <= Self.mostTerms else {
      throw fail(start, "more than \(Self.mostTerms) terms")
    }
    for case .term(let condition) in parts {
      switch condition {
      case .text(.campaign, _), .text(.hop, _), .text(.notes, _), .number(.wave, _, _): costly += 1
      default: break
      }
    }
    guard costly <= Self.mostCostly else {
      throw fail(start, "more than \(Self.mostCostly) terms of campaign, wave, hop and notes")
    }
  }

  private mutating func selection() throws(FleetFilterError) -> FleetFilter.Expression {
    let start = at
    at += 1
    while at < characters.count, characters[at] != " ", characters[at] != ")" { at += 1 }
    let name = String(characters[(start + 1)..<at])
    guard FleetFilter.isName(name) else {
      throw fail(
        start,
        "no name of a saved selection behind @; an identity that begins so wants "
          + "quotation marks")
    }
    guard let saved else { return .saved(name) }
    guard let text = saved[name] else {
      let known = saved.keys.sorted()
      throw fail(
        start,
        "no saved selection @\(name)\(Nearest.hint(name, known)); "
          + (known.isEmpty
            ? "there are none yet: swell selections save NAME 'TERMS'"
            : "there are \(known.prefix(12).map { "@" + $0 }.joined(separator: " "))"
              + (known.count > 12 ? " and more" : "")))
    }
    guard !path.contains(name) else {
      throw fail(start, "@\(name) is made of itself: \((path + [name]).joined(separator: " → "))")
    }
    guard path.count < Self.deepest else { throw fail(start, "saved selections nest too deeply") }
    var inner = FleetFilterParser(text, saved: saved, path: path + [name])
    (inner.terms, inner.costly, inner.depth) = (terms, costly, depth)
    do throws(FleetFilterError) {
      let expression = try inner.whole()
      (terms, costly) = (inner.terms, inner.costly)
      return expression
    } catch {
      throw fail(start, "in @\(name): \(error.reason)")
    }
  }

  // MARK: Characters

  mutating func skipSpaces() {
    while at < characters.count, characters[at] == " " { at += 1 }
  }

  /// Whether nothing but a closing parenthesis or the end follows.
  private var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return at == characters.count || characters[at] == ")"
    }
  }

  private mutating func inversion() -> Int? {
    guard at < characters.count, characters[at] == "!" else { return nil }
    at += 1
    return at - 1
  }

  /// Where the connective stood that was read, if it stands here.
  private mutating func connective(_ word: String) -> Int? {
    skipSpaces()
    guard isConnective(word) else { return nil }
    at += word.count
    return at - word.count
  }

  private func isConnective(_ word: String) -> Bool {
    let end = at + word.count
    guard end <= characters.count, String(characters[at..<end]).lowercased() == word else {
      return false
    }
    return end == characters.count || " ()".contains(characters[end])
  }
}
