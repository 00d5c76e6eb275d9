import CSMS
import Fleet
import FleetStore
import OCPP
import Rollout
import Stock

/// What the binary carries, read by those who know its formats.
enum StockContent {
  static func messages() throws -> MessageCatalogue {
    var tables: [OCPPVersion: [UInt8]] = [:]
    for version in OCPPVersion.allCases {
      tables[version] = Stock.file("Inventory/messages/ocpp\(version.label).txt")?.bytes
    }
    let codes = try ViolationCodes(csv: Stock.file("Inventory/violations.csv")?.text ?? "")
    return try MessageCatalogue(tables: tables, codes: codes)
  }

  static func keyMap() throws -> KeyMap {
    try KeyMap(csv: Stock.file("Inventory/keymap.csv")?.text ?? "")
  }

  /// What data transfers are answered; rows that can't be read are the fault of whoever edited them.
  static func dataTransfer() throws -> DataTransferTable {
    let name = "Inventory/data-transfer.csv"
    let read = DataTransferTable.parse(csv: Stock.file(name)?.text ?? "")
    if let row = read.refused.first { throw Failure("\(name), line \(row.line): \(row.reason)") }
    return read.table
  }

  static var migrations: [(name: String, sql: String)] {
    Stock.files(below: "Inventory/migrations/").map {
      (name: String($0.name.split(separator: "/").last ?? ""), sql: $0.text)
    }
  }

  /// The stock playbooks, in the order of their names.
  static var playbooks: [Playbook] {
    Stock.files(below: "Playbooks/").compactMap { try? Playbook.read($0.text) }
  }

  /// A playbook by the name of a stock one, or by the path of a file; its own messages are checked
  /// against their versions.
  static func playbook(_ name: String) throws -> Playbook {
    try playbook(reading: try playbookText(name))
  }

  static func playbook(reading text: String) throws -> Playbook {
    let playbook = try Playbook.read(text)
    guard !playbook.steps.isEmpty,
      let wrong = StepCheck.objection(to: playbook, in: try messages())
    else { return playbook }
    throw Playbook.place(of: wrong.part, ofStep: wrong.index, in: text, saying: wrong.message)
  }

  /// The text of a stock playbook, or of a file.
  static func playbookText(_ name: String) throws -> String {
    if let stock = Stock.file("Playbooks/\(name).json5") { return stock.text }
    if name == "-" || name.contains("/") || name.hasSuffix(".json5") { return try Files.text(name) }
    guard let text = try? Files.text(name) else { throw unknown(name, orAFile: true) }
    return text
  }

  static func stockPlaybook(_ name: String) throws -> String {
    guard let stock = Stock.file("Playbooks/\(name).json5") else {
      throw unknown(name, orAFile: false)
    }
    return stock.text
  }

  private static func unknown(_ name: String, orAFile: Bool) -> UsageError {
    let known = Stock.files(below: "Playbooks/").map {
      String($0.name.dropFirst("Playbooks/".count).dropLast(".json5".count))
    }
    let stock = known.joined(separator: ", ")
    return UsageError(
      "There is no playbook \"\(name)\": "
        + (orAFile ? "neither a stock one (\(stock)) nor a file." : "the stock ones are \(stock).")
        + Arguments.suggestion(name, known))
  }
}
