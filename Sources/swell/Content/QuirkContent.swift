import CSMS
import Control
import Fleet
import OCPP
import Stock

/// The quirk table: the binary's, and an operator's own in front of it.
extension StockContent {
  /// - Parameter file: an operator's own rows.
  static func quirks(_ file: String? = nil) throws -> QuirkTable {
    let name = "Inventory/quirks.csv"
    var rows = try QuirkTable.read(csv: Stock.file(name)?.text ?? "", file: name)
    if let file {
      let own = try QuirkTable.read(csv: Files.text(file), file: file, isOwn: true)
      try check(own, file)
      rows += own
    }
    return QuirkTable(rows)
  }

  /// Rows may only forbid messages that there are.
  private static func check(_ rows: [QuirkTable.Row], _ file: String) throws {
    let messages = try messages()
    let known = Set(OCPPVersion.allCases.flatMap { messages.actions(of: $0).map(\.name) })
    for row in rows {
      guard case .neverSend(let ban) = row.quirk, !known.contains(ban.action) else { continue }
      throw QuirkError(
        file: file, line: row.line, column: "value",
        reason: "no version of OCPP has a message \"\(ban.action)\""
          + Nearest.hint(ban.action, known.sorted()))
    }
  }
}

enum QuirkOptions {
  static let own = OptionInfo("quirks", "FILE", "your own rows of the quirk table; they come first")
}

extension ChargerDetail {
  /// What the quirk table knows it by.
  var quirkSubject: QuirkSubject {
    func fact(_ name: String) -> String {
      known.first { $0.name == name }.flatMap { $0.observed ?? $0.claimed } ?? ""
    }
    return QuirkSubject(vendor: fact("vendor"), model: fact("model"), firmware: fact("firmware"))
  }

  /// With the rows of a table that apply to it.
  func with(_ table: QuirkTable) -> ChargerDetail {
    var detail = self
    detail.quirks = table.quirks(of: quirkSubject).rows.map {
      QuirkRow(name: $0.name, value: $0.value, does: "\($0.does) (\($0.whom))")
    }
    return detail
  }
}

/// The inventory's answers, with the rows of the quirk table that apply to a charger.
struct QuirkInventory: Answering {
  let inventory: any Answering
  let quirks: QuirkTable

  func answer(_ question: Question, at now: Instant) throws -> Reply {
    let reply = try inventory.answer(question, at: now)
    guard case .charger(let detail?) = reply else { return reply }
    return .charger(detail.with(quirks))
  }
}
