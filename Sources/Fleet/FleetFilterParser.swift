/// Why a filter can't be read, and where.
package struct FleetFilterError: Error, Sendable, Equatable {
  /// Offset in characters from the start of the filter.
  package var offset: Int
  package var reason: String
  package init(offset: Int, reason: String) { (self.offset, self.reason) = (offset, reason) }
  package var message: String { "filter, character \(offset + 1): \(reason)" }
}

extension FleetFilter {
  private static let keys = ["model", "vendor", "fw", "site", "speaks", "ready"]

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
      var word = ""
      var keyEnd: Int?
      while at < characters.count, characters[at] != " " {
        if characters[at] == "\"" {
          let open = at
          at += 1
          while at < characters.count, characters[at] != "\"" {
            word.append(characters[at])
            at += 1
          }
          guard at < characters.count else {
            throw FleetFilterError(offset: open, reason: "the quotation mark is never closed")
          }
          // A quoted colon is a colon, not the end of a key.
          if keyEnd == nil { keyEnd = -1 }
        } else {
          if characters[at] == ":", keyEnd == nil {
            keyEnd = word.count
          }
          word.append(characters[at])
        }
        at += 1
      }
      guard !word.isEmpty else {
        throw FleetFilterError(offset: start, reason: "nothing to look for")
      }
      let condition: Condition
      if let end = keyEnd, end >= 0 {
        let key = word.prefix(end).lowercased()
        let value = String(word.dropFirst(end + 1))
        let offset = start + (isInverse ? 1 : 0)
        guard Self.keys.contains(key) else {
          throw FleetFilterError(
            offset: offset,
            reason:
              "no term \"\(key):\"; there are \(Self.keys.map { $0 + ":" }.joined(separator: " "))")
        }
        condition = try Self.condition(key, value, at: offset + end + 1)
      } else {
        condition = Self.word(word, isQuoted: keyEnd == -1)
      }
      terms.append(Term(condition, isInverse: isInverse))
    }
  }

  private static func word(_ word: String, isQuoted: Bool) -> Condition {
    if !isQuoted {
      switch word.lowercased() {
      case "online": return .online(true)
      case "offline": return .online(false)
      case "eol": return .endOfLife
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
