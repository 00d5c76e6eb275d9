import Control
import Fleet

/// `swell security …`: who was not let in and why, and what chargers report of their own security.
enum SecurityCommand {
  static let all = [
    CommandInfo(
      "security list", "[--charger CHARGER]",
      "refused connections, failed TLS handshakes, and what chargers report; newest first",
      [
        Workplace.option, OptionInfo("charger", "CHARGER", "only of this one"),
        OptionInfo("limit", "N", "newest so many; 50"), Out.option,
      ], run: list)
  ]

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    let query = SecurityQuery(
      charger: arguments["charger"], limit: try arguments.number("limit", in: 1...100_000) ?? 50)
    guard case .security(let page) = try Workplace(arguments).ask(.security(query)) else { return }
    try Listing.show(
      page.rows, arguments, ["TIME", "CHARGER", "SEEN BY", "EVENT", "DETAIL"]
    ) {
      [
        Out.time($0.at), $0.charger ?? "unknown", $0.isReported ? "charger" : "engine", $0.event,
        $0.detail,
      ]
    }
  }
}
