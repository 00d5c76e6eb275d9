import Canvas
import Control
import Fleet

/// What Tab makes of a line, and what the row above the line says meanwhile.
extension ConsoleState {
  /// The line after Tab, as far as it is certain.
  func completed(_ line: Line) -> String {
    let text = line.input.text
    switch line {
    case .filter: return completedFilter(text)
    case .palette:
      let (_, argument) = Palette.split(text)
      guard let argument, let command = Palette.candidates(text).first else {
        let whole = Palette.completed(text)
        // A whole name that wants more gets its space.
        let isWhole = Palette.commands.contains { $0.name == whole && $0.argument != nil }
        return isWhole && Palette.candidates(whole).count == 1 ? whole + " " : whole
      }
      if command.argument == .filter {
        let head = text.prefix(text.count - argument.count)
        return head + completedFilter(argument)
      }
      let found = candidates(for: argument, of: command)
      guard let common = Palette.common(found) else { return text }
      let whole = found.count == 1 && command.argument == .wave ? common + " " : common
      return "\(command.name) \(whole)"
    }
  }

  /// Names that an argument may become.
  private func candidates(for typed: String, of command: Palette.Command) -> [String] {
    let names: [String]
    switch command.argument {
    case .charger, .ownCharger: names = knownIdentities
    case .campaign, .wave: names = knownCampaigns.map(\.name).sorted()
    case .filter, nil: names = []
    }
    let word = typed.lowercased()
    return names.filter { $0.lowercased().hasPrefix(word) }
  }

  /// Identities that are here, without asking.
  private var knownIdentities: [String] {
    var all = Set(fleet.loaded.map(\.identity))
    all.formUnion(fleet.marked)
    all.formUnion(waveList.map(\.identity))
    all.formUnion((endOfLife?.rows ?? []).map(\.charger.identity))
    if case .known(let detail, _) = opened { all.insert(detail.row.identity) }
    all.formUnion(traffic?.lines.map(\.charger) ?? [])
    all.formUnion(traffic?.traced ?? [])
    return all.sorted()
  }

  // MARK: Filter

  /// What a term may begin with.
  private var termBeginnings: [String] {
    FleetFilter.terms.map(\.text).filter { $0.first?.isLowercase ?? false }
      + fleet.selections.map { "@\($0)" } + ["not ", "or "]
  }

  /// The last term of a filter, completed.
  private func completedFilter(_ text: String) -> String {
    guard screen != .audit else { return text }
    if isOnTraffic { return completedTraffic(text) }
    let term = Self.lastTerm(text)
    guard !term.isEmpty, let common = Palette.common(terms(beginningWith: term)) else {
      return text
    }
    return text.dropLast(term.count) + common
  }

  /// What stands behind the last space or opening parenthesis outside of quotation marks, and
  /// behind its `!`.
  private static func lastTerm(_ text: String) -> String {
    var term = ""
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      let opens = term.isEmpty && (character == "(" || character == "!")
      if character == " " || opens, !isQuoted { term = "" } else { term.append(character) }
    }
    return term
  }

  private func terms(beginningWith typed: String) -> [String] {
    let word = typed.lowercased()
    guard let colon = word.firstIndex(of: ":") else {
      return termBeginnings.filter { $0.lowercased().hasPrefix(word) }
    }
    let key = String(word[...colon])
    let rows = fleet.loaded
    let values: [String]
    switch key {
    case "id:": values = knownIdentities
    case "model:": values = rows.map(\.model)
    case "vendor:": values = rows.map(\.vendor)
    case "site:": values = rows.map(\.site)
    case "fw:": values = rows.map(\.firmware)
    case "speaks:": values = ProtocolVersion.allCases.map(\.label) + ["none"]
    case "released:": values = ProtocolVersion.allCases.map(\.label)
    case "campaign:": values = knownCampaigns.map(\.name)
    case "unknown:": values = FleetFilter.factWords
    case "ready:": values = Readiness.Verdict.allCases.map(\.filterLabel)
    default: values = []
    }
    let whole = Set(values.filter { !$0.isEmpty }).sorted().map { value in
      key + FleetFilter.quoted(value)
    }
    return whole.filter { $0.lowercased().hasPrefix(word) }
  }

  // MARK: The row above

  /// What may come of the line that is typed, or what is wrong with it.
  var lineHint: Text? {
    switch line {
    case .filter(let input):
      if let error = shownFailure { return Text("\(setup.glyphs.cross) \(error.message)", .bad) }
      if screen != .audit, !isOnTraffic, let error = Self.error(of: input.text) {
        return Text("\(setup.glyphs.cross) \(error)", .warning)
      }
      if input.isSelected {
        return Text(
          "Typing replaces it; Left, End, Backspace edit it; Enter keeps it; Up: older",
          .accent)
      }
      if screen == .audit { return Text("a word of any column", .dim) }
      if isOnTraffic {
        return Text("the beginning of an action, err for what went wrong, or both", .dim)
      }
      let found = terms(beginningWith: Self.lastTerm(input.text))
      return Text(
        found.count > 1 && !Self.lastTerm(input.text).isEmpty
          ? found.prefix(12).joined(separator: "   ") : Self.filterTerms, .dim)
    case .palette(let input):
      let found = Palette.candidates(input.text)
      if found.isEmpty {
        let all = Palette.commands.map(\.name).joined(separator: ", ")
        return Text("\(setup.glyphs.cross) No such command. There are: \(all)", .bad)
      }
      let (word, argument) = Palette.split(input.text)
      if let argument, let command = found.first {
        let names = candidates(for: argument, of: command).prefix(12)
        if command.argument == nil {
          return Text("\(setup.glyphs.cross) \(command.name) takes nothing behind it.", .bad)
        }
        return Text(names.isEmpty ? command.help : names.joined(separator: "   "), .dim)
      }
      if found.count > 1, found[0].name != word, !found[0].aliases.contains(word) {
        return Text(found.map(\.name).joined(separator: "   "), .dim)
      }
      return Text("\(found[0].name): \(found[0].help)", .dim)
    case nil: return nil
    }
  }

  /// What is wrong with a filter as far as it is typed; an unfinished last term is not.
  private static func error(of text: String) -> String? {
    do {
      _ = try FleetFilter(text)
      return nil
    } catch {
      return error.offset + lastTerm(text).count >= text.count ? nil : error.message
    }
  }

  /// Examples of `FleetFilter`'s language.
  private static let filterTerms =
    "model:AC* fw<2.4 site:ber* memory>=256 ready:too-small eol; not or ( ) @saved"
}
