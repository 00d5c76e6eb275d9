extension FleetFilterParser {
  /// What stands between two spaces outside of quotation marks and parentheses.
  struct Word {
    struct Value {
      var text = ""
      var start: Int
      var isQuoted = false
    }
    /// What stands before the first colon or comparison outside of quotation marks.
    var key: String?
    /// nil: a colon.
    var comparison: FleetFilter.Comparison?
    /// Behind a colon, what commas separate; else one.
    var values: [Value]
  }

  mutating func word() throws(FleetFilterError) -> Word {
    let start = at
    var word = Word(values: [.init(start: at)])
    var opened = 0
    while at < characters.count, characters[at] != " " {
      let last = word.values.count - 1
      switch characters[at] {
      case "\"":
        word.values[last].text += try quotation()
        word.values[last].isQuoted = true
        continue
      case "(": opened += 1
      case ")" where opened == 0: return word
      case ")": opened -= 1
      // Behind quotation marks they are text, not the end of a key.
      case ":" where word.key == nil && !word.values[0].isQuoted:
        word.key = word.values[0].text
        at += 1
        word.values = [.init(start: at)]
        continue
      case "<" where word.key == nil && !word.values[0].isQuoted,
        ">" where word.key == nil && !word.values[0].isQuoted,
        "=" where word.key == nil && !word.values[0].isQuoted:
        word.key = word.values[0].text
        word.comparison = takeComparison()
        skipSpaces()
        word.values = [.init(start: at)]
        continue
      case "," where word.key != nil && word.comparison == nil:
        at += 1
        word.values.append(.init(start: at))
        continue
      default: break
      }
      word.values[last].text.append(characters[at])
      at += 1
    }
    // `memory >= 256` with spaces.
    if word.key == nil, !word.values[0].isQuoted,
      FleetFilter.keys.contains(FleetFilter.canonical(word.values[0].text))
    {
      let end = at
      skipSpaces()
      if let comparison = takeComparison() {
        skipSpaces()
        let value = try self.word()
        guard value.key == nil else { throw fail(start, "two comparisons in one") }
        return Word(key: word.values[0].text, comparison: comparison, values: value.values)
      }
      at = end
    }
    return word
  }

  private mutating func takeComparison() -> FleetFilter.Comparison? {
    let next = String(characters[at..<min(at + 2, characters.count)])
    guard
      let comparison = FleetFilter.Comparison.allCases.first(where: { next.hasPrefix($0.rawValue) })
    else { return nil }
    at += comparison.rawValue.count
    return comparison
  }

  /// From a quotation mark to the one that closes it; two are one inside.
  private mutating func quotation() throws(FleetFilterError) -> String {
    let open = at
    var text = ""
    at += 1
    while at < characters.count {
      if characters[at] == "\"" {
        guard at + 1 < characters.count, characters[at + 1] == "\"" else {
          at += 1
          return text
        }
        at += 1
      }
      text.append(characters[at])
      at += 1
    }
    throw fail(open, "the quotation mark is never closed")
  }
}
