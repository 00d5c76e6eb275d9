/// Why a filter can't be read, and where.
package struct FleetFilterError: Error, Sendable, Equatable {
  /// Offset in characters from the start of the filter.
  package var offset: Int
  package var reason: String
  package init(offset: Int, reason: String) { (self.offset, self.reason) = (offset, reason) }
  package var message: String { "filter, character \(offset + 1): \(reason)" }
}

extension FleetFilter {
  private static let keys = ["id", "model", "vendor", "fw", "site", "speaks", "ready"]

  /// What stands between two spaces outside of quotation marks.
  private struct Word {
    /// All of it without quotation marks, or what stands behind the key up to the first comma.
    var text = ""
    /// What stands before the first colon outside of quotation marks.
    var key: String?
    var isQuoted = false
    /// Where `text` starts.
    var start: Int
    /// What stood before commas.
    var alternatives: [(text: String, start: Int)] = []
  }

  /// Reads a filter; the empty text matches every charger.
  package init(_ text: String) throws(FleetFilterError) {
    let characters = Array(text)
    var at = 0
    terms = []
    while at < characters.count {
      if characters[at] == " " {
        at += 1
        continue
      }
      let start = at
      let isInverse = characters[at] == "!"
      if isInverse { at += 1 }
      let first = at
      let word = try Self.word(characters, &at)
      guard word.key != nil || !word.text.isEmpty else {
        throw FleetFilterError(offset: start, reason: "nothing to look for")
      }
      let condition = try Self.condition(word, at: first)
      terms.append(Term(condition, isInverse: isInverse))
    }
  }

  private static func word(
    _ characters: [Character], _ at: inout Int
  ) throws(FleetFilterError) -> Word {
    var word = Word(start: at)
    while at < characters.count, characters[at] != " " {
      switch characters[at] {
      case "\"":
        let open = at
        at += 1
        while at < characters.count, characters[at] != "\"" {
          word.text.append(characters[at])
          at += 1
        }
        guard at < characters.count else {
          throw FleetFilterError(offset: open, reason: "the quotation mark is never closed")
        }
        word.isQuoted = true
      // A colon behind quotation marks is a colon, not the end of a key.
      case ":" where word.key == nil && !word.isQuoted:
        word.key = word.text
        (word.text, word.start) = ("", at + 1)
      case "," where word.key != nil:
        word.alternatives.append((word.text, word.start))
        (word.text, word.start) = ("", at + 1)
      case let character: word.text.append(character)
      }
      at += 1
    }
    return word
  }

  private static func condition(_ word: Word, at first: Int) throws(FleetFilterError) -> Condition {
    guard let key = word.key?.lowercased() else {
      return plain(word.text, isQuoted: word.isQuoted)
    }
    guard keys.contains(key) else {
      throw FleetFilterError(
        offset: first,
        reason: "no term \"\(key):\"; there are \(keys.map { $0 + ":" }.joined(separator: " "))")
    }
    var conditions: [Condition] = []
    for (value, start) in word.alternatives + [(word.text, word.start)] {
      conditions.append(try condition(key, value, at: start))
    }
    if conditions.count == 1 { return conditions[0] }
    var identities: [String] = []
    for case .identities(let some) in conditions { identities += some }
    return identities.isEmpty ? .any(conditions) : .identities(identities)
  }

  private static func plain(_ word: String, isQuoted: Bool) -> Condition {
    if !isQuoted {
      switch word.lowercased() {
      case "online": return .online(true)
      case "offline": return .online(false)
      case "eol": return .endOfLife
      case "pinned": return .ready(.pinned)
      case "quarantined": return .ready(.quarantined)
      case "pending": return .pending
      default: break
      }
    }
    let isPattern = word.contains("*") || word.contains("?")
    return .identity(pattern: isPattern ? word : "*\(word)*")
  }

  private static func condition(
    _ key: String, _ value: String, at offset: Int
  ) throws(FleetFilterError) -> Condition {
    func refuse(_ reason: String) -> FleetFilterError {
      FleetFilterError(offset: offset, reason: reason)
    }
    guard !value.isEmpty else { throw refuse("nothing after \"\(key):\"") }
    switch key {
    case "id": return .identities([value])
    case "model": return .model(pattern: value)
    case "vendor": return .vendor(pattern: value)
    case "site": return .site(pattern: value)
    case "fw":
      guard let comparison = Comparison.allCases.first(where: { value.hasPrefix($0.rawValue) })
      else { return .firmware(pattern: value) }
      let number = value.dropFirst(comparison.rawValue.count)
      guard let version = FirmwareVersion(number) else {
        throw refuse("no version number after \"\(comparison.rawValue)\"")
      }
      return .firmwareIs(comparison, than: version)
    case "speaks":
      if value == "none" { return .speaks(nil) }
      guard let version = ProtocolVersion(label: value) else {
        let known = ProtocolVersion.allCases.map(\.label).joined(separator: ", ")
        throw refuse("no version \"\(value)\"; there are \(known), none")
      }
      return .speaks(version)
    default:
      let label = value.lowercased()
      guard let verdict = Readiness.Verdict.allCases.first(where: { $0.filterLabel == label })
      else {
        let known = Readiness.Verdict.allCases.map(\.filterLabel).joined(separator: ", ")
        throw refuse("no verdict \"\(value)\"; there are \(known)")
      }
      return .ready(verdict)
    }
  }
}

extension Readiness.Verdict {
  /// As the filter spells it: `too-small`.
  package var filterLabel: String {
    String(label.map { $0 == " " ? "-" : $0 })
  }
}
