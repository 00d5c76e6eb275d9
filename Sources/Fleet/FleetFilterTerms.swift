/// What a word of the filter language asks.
enum FleetFilterTerms {
  typealias Word = FleetFilterParser.Word
  typealias Value = FleetFilterParser.Word.Value

  static func expression(
    _ word: Word, at start: Int
  ) throws(FleetFilterError) -> FleetFilter.Expression {
    for value in word.values where value.text.count > FleetFilterParser.longestValue {
      throw FleetFilterError(
        offset: value.start, reason: "longer than \(FleetFilterParser.longestValue) characters")
    }
    guard let written = word.key else {
      let value = word.values[0]
      if value.text.isEmpty {
        throw FleetFilterError(offset: start, reason: "nothing to look for")
      }
      return .term(plain(value))
    }
    let key = try known(written, word, at: start)
    // By its numbers firmware equals another spelling of itself; other texts only match patterns.
    if let comparison = word.comparison, comparison != .equal || key == "fw" || !isOfValues(key) {
      return .term(try compared(key, written, comparison, word.values[0], at: start))
    }
    var conditions: [FleetFilter.Condition] = []
    for value in word.values { conditions.append(try condition(key, written, value)) }
    if conditions.count == 1 { return .term(conditions[0]) }
    var identities: [String] = []
    for case .identities(let some) in conditions { identities += some }
    return identities.isEmpty
      ? .any(conditions.map { .term($0) }) : .term(.identities(identities))
  }

  private static func known(
    _ written: String, _ word: Word, at start: Int
  ) throws(FleetFilterError) -> String {
    let key = FleetFilter.canonical(written)
    if FleetFilter.keys.contains(key) { return key }
    let sign = word.comparison?.rawValue ?? ":"
    guard written.count <= 40 else {
      throw FleetFilterError(offset: start, reason: "no term of the language is that long")
    }
    if written.isEmpty {
      throw FleetFilterError(offset: start, reason: "nothing in front of \"\(sign)\"")
    }
    if written.last == "!", sign == "=" {
      let name = written.dropLast()
      throw FleetFilterError(
        offset: start, reason: "there is no !=; write not \(name)=\(word.values[0].text)")
    }
    throw FleetFilterError(
      offset: start,
      reason: "no term \"\(written)\(sign)\"\(Nearest.hint(written, FleetFilter.keys)); there are "
        + FleetFilter.keys.map { isOfValues($0) ? "\($0):" : $0 }.joined(separator: " ")
        + "; quotation marks make it a part of the identity")
  }

  /// Whether a colon follows rather than a comparison.
  private static func isOfValues(_ key: String) -> Bool {
    key != "seen" && key != "memory" && FleetFilter.NumberKey(rawValue: key) == nil
  }

  private static func plain(_ value: Value) -> FleetFilter.Condition {
    if !value.isQuoted, let condition = FleetFilter.plainWords[value.text.lowercased()] {
      return condition
    }
    return .identity(pattern: part(value.text))
  }

  /// A pattern for what holds a text, unless it is a pattern itself.
  private static func part(_ text: String) -> String {
    text.contains("*") || text.contains("?") ? text : "*\(text)*"
  }

  private static func condition(
    _ key: String, _ written: String, _ value: Value
  ) throws(FleetFilterError) -> FleetFilter.Condition {
    func refuse(_ reason: String) -> FleetFilterError {
      FleetFilterError(offset: value.start, reason: reason)
    }
    guard !value.text.isEmpty else { throw refuse("nothing after \"\(written):\"") }
    switch key {
    case "id": return .identities([value.text])
    case "fw" where !value.isQuoted:
      guard
        let comparison = FleetFilter.Comparison.allCases.first(where: {
          value.text.hasPrefix($0.rawValue)
        })
      else { return .text(.firmware, pattern: value.text) }
      return try version(
        comparison, String(value.text.dropFirst(comparison.rawValue.count)), at: value.start)
    case "notes": return .text(.notes, pattern: part(value.text))
    case "speaks" where value.text == "none": return .speaks(nil)
    case "speaks", "released":
      guard let version = ProtocolVersion(label: value.text) else {
        let known =
          ProtocolVersion.allCases.map(\.label) + (key == "speaks" ? ["none"] : [])
        throw refuse("no version \"\(value.text)\"; there are \(known.joined(separator: ", "))")
      }
      return key == "speaks" ? .speaks(version) : .released(version)
    case "ready":
      let known = Readiness.Verdict.allCases
      let label = value.text.lowercased()
      guard let verdict = known.first(where: { $0.filterLabel == label }) else {
        let labels = known.map(\.filterLabel)
        throw refuse(
          "no verdict \"\(value.text)\"\(Nearest.hint(value.text, labels)); there are "
            + labels.joined(separator: ", "))
      }
      return .ready(verdict)
    case "unknown":
      guard let fact = FleetFilter.Fact(rawValue: FleetFilter.canonical(value.text)) else {
        let words = FleetFilter.factWords
        throw refuse(
          "no fact \"\(value.text)\"\(Nearest.hint(value.text, words)); there are "
            + words.joined(separator: ", "))
      }
      return .unknown(fact)
    default:
      if let text = FleetFilter.TextKey(rawValue: key) { return .text(text, pattern: value.text) }
      // `wave:2` for `wave=2`.
      return try compared(key, written, .equal, value, at: value.start)
    }
  }

  private static func compared(
    _ key: String, _ written: String, _ comparison: FleetFilter.Comparison, _ value: Value,
    at start: Int
  ) throws(FleetFilterError) -> FleetFilter.Condition {
    func refuse(_ reason: String) -> FleetFilterError {
      FleetFilterError(offset: value.start, reason: reason)
    }
    let sign = comparison.rawValue
    if key == "fw" { return try version(comparison, value.text, at: value.start) }
    if key == "seen" {
      guard comparison != .equal else {
        throw FleetFilterError(offset: start, reason: "seen is compared with < or >")
      }
      guard let span = FilterSpan.read(value.text) else {
        throw refuse("no time such as 30s, 15m, 12h, 2d or 3w after \"\(written)\(sign)\"")
      }
      return .seen(comparison, ago: span)
    }
    guard let number = FleetFilter.NumberKey(rawValue: key) else {
      throw FleetFilterError(
        offset: start, reason: "\(written) has no order; write \(written):VALUE")
    }
    guard let limit = FleetFilter.wholeNumber(value.text[...]) else {
      throw refuse("no whole number after \"\(written)\(sign)\"")
    }
    return .number(number, comparison, limit)
  }

  private static func version(
    _ comparison: FleetFilter.Comparison, _ text: String, at offset: Int
  ) throws(FleetFilterError) -> FleetFilter.Condition {
    guard !text.contains(where: { "<>=*?".contains($0) }), let version = FirmwareVersion(text)
    else {
      throw FleetFilterError(
        offset: offset, reason: "no version number after \"\(comparison.rawValue)\"")
    }
    return .firmware(comparison, than: version)
  }
}

extension FleetFilter {
  /// Digits only, at most nine.
  static func wholeNumber(_ text: Substring) -> Int? {
    guard (1...9).contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }
}
