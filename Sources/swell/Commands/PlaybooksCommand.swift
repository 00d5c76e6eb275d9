import Fleet
import Foundation
import Glibc
import Rollout

/// `swell playbooks …`: the stock playbooks, and files made from them.
enum PlaybooksCommand {
  static let all: [CommandInfo] = [
    CommandInfo(
      "playbooks list", "", "stock playbooks: what each is for and what it needs", [Out.option],
      run: list),
    CommandInfo(
      "playbooks show", "NAME", "the text of a stock playbook, which says what each setting means",
      [], run: show),
    CommandInfo(
      "playbooks check", "FILE|NAME",
      "say what a playbook will do step by step, or where its first error is", [], run: check),
    CommandInfo(
      "playbooks new", "NAME [--from STOCK] [--out FILE]",
      "a playbook of one's own from a stock one, with its comments",
      [
        OptionInfo("from", "STOCK", "the stock playbook to begin with; in-place"),
        OptionInfo("out", "FILE", "where to write it; NAME.json5 here, - for standard output"),
      ], run: make),
  ]

  private struct Listed: Encodable {
    var name: String
    var title: String
    var route: String
    var target: String
    var needs: String
  }

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    let playbooks = StockContent.playbooks
    let titles = ["NAME", "FOR", "NEEDS"]
    let rows = playbooks.map { [$0.name, $0.title, $0.needs] }
    switch try arguments.choice("format", Out.Format.self) ?? .table {
    case .table: Out.table(titles, rows)
    case .csv: Out.csv(titles, rows)
    case .json:
      try Out.json(
        playbooks.map {
          Listed(
            name: $0.name, title: $0.title, route: $0.route.rawValue, target: $0.target.label,
            needs: $0.needs)
        })
    }
  }

  private static func show(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a playbook")
    try arguments.noMoreWords(than: 1)
    Out.text(try StockContent.playbookText(name))
  }

  private static func check(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a file")
    try arguments.noMoreWords(than: 1)
    let text = try StockContent.playbookText(name)
    do {
      for line in try StockContent.playbook(reading: text).summary { Out.line(line) }
    } catch let error as PlaybookError {
      throw Failure("\(name) can't be used.\n\(error.shown(in: text, named: name))")
    }
  }

  private static func make(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a name")
    try arguments.noMoreWords(than: 1)
    guard !name.contains(where: { $0.isNewline || "/\"\\".contains($0) }), !name.isEmpty else {
      throw UsageError("A playbook's name has no slash, quote or line break.")
    }
    let stock = arguments["from"] ?? "in-place"
    guard let text = Playbook.renamed(try StockContent.stockPlaybook(stock), from: stock, to: name)
    else { throw Failure("The stock playbook \(stock) has no name to replace.") }
    let path = arguments["out"] ?? "\(name).json5"
    if path == "-" { return Out.text(text) }
    guard access(path, F_OK) != 0 else {
      throw Failure("\(path) is there already; nothing was written. Name another with --out.")
    }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
    } catch {
      throw Failure("\(path) can't be written: \(error.localizedDescription)")
    }
    Out.talk("Wrote \(path). Edit it, then: swell playbooks check \(path)")
  }
}
