import Control
import Fleet

/// `swell selections …`: filters under a name.
enum SelectionsCommand {
  static let all = [
    CommandInfo(
      "selections list", "", "filters that were saved; @NAME stands for one in any other",
      [Workplace.option, Out.option]
    ) { arguments in
      try arguments.noMoreWords(than: 0)
      try Listing.show(
        try selections(try Workplace(arguments)), arguments, ["NAME", "TERMS", "BY", "SAVED"]
      ) { [$0.name, $0.terms, $0.by, Out.time($0.at)] }
    },
    CommandInfo(
      "selections save", "NAME TERMS", "keep a filter under a name, or another in its place",
      [Workplace.option]
    ) { arguments in
      let name = try arguments.word(0, "a name")
      let terms = try arguments.word(1, "the terms, in quotation marks")
      try arguments.noMoreWords(than: 2)
      let place = try Workplace(arguments)
      _ = try FilterText.checked(terms, place)
      Out.line(try place.perform(.saveSelection(name: bare(name), terms: terms)).message)
    },
    CommandInfo(
      "selections show", "NAME", "a saved filter, with what it stands for",
      [Workplace.option, Out.tableOrJSON]
    ) { arguments in
      let name = bare(try arguments.word(0, "a name"))
      try arguments.noMoreWords(than: 1)
      let place = try Workplace(arguments)
      let all = try selections(place)
      guard let found = all.first(where: { $0.name == name }) else {
        throw Failure(
          "There is no saved selection @\(name)\(Nearest.hint(name, all.map(\.name))).")
      }
      if Out.wantsJSON(arguments) { return try Out.json(found) }
      Out.line("@\(found.name)   saved by \(found.by), \(Out.time(found.at))\n  \(found.terms)")
      let saved = all.reduce(into: [:]) { $0[$1.name] = $1.terms }
      do throws(FleetFilterError) {
        let filter = try FleetFilter(found.terms, saved: saved)
        if filter.text != found.terms { Out.line("  in full: \(filter.text)") }
      } catch {
        throw FilterText.failure(error, in: found.terms)
      }
      guard case .fleet(let page) = try place.ask(.fleet(FleetQuery(filter: "@\(name)", limit: 0)))
      else { return }
      Out.line("  \(page.matching) of \(page.total) chargers")
    },
    CommandInfo(
      "selections remove", "NAME", "forget a saved filter", [Workplace.option]
    ) { arguments in
      let name = try arguments.word(0, "a name")
      try arguments.noMoreWords(than: 1)
      Out.line(try Workplace(arguments).perform(.removeSelection(name: bare(name))).message)
    },
  ]

  /// With or without its @.
  private static func bare(_ name: String) -> String {
    name.hasPrefix("@") ? String(name.dropFirst()) : name
  }

  private static func selections(_ place: Workplace) throws -> [SavedSelection] {
    guard case .selections(let selections) = try place.ask(.selections) else { return [] }
    return selections
  }
}
