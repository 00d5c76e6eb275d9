import Fleet

/// Every habit many times, at sites in two zones.
extension CrashFleet {
  private static let zones = ["Europe/Lisbon", "Asia/Kathmandu"]

  /// A thousand chargers in two zones with a window each, which overlap: the second one opens when
  /// the first has been open for a while. Deaths are rarer than where they are what is measured, as
  /// a thousand chargers take their time to come back.
  static func thousand() throws -> Self {
    let (header, rows) = try stockRows()
    var lines: [String] = []
    for number in 0..<1000 {
      let copy = number / rows.count
      var cells = rows[number % rows.count]
      cells[header.identity] += "-\(copy)"
      cells[header.site] += " \(copy)"
      cells[header.zone] = zones[copy % zones.count]
      lines.append(cells.map(quoted).joined(separator: ","))
    }
    let csv = ([header.text] + lines).joined(separator: "\n") + "\n"
    // Canaries enough that the habits which fail are as rare among them as in the fleet.
    var fleet = try habits(
      of: csv, canary: 60, growth: 4, soak: "10s",
      limits: """
        answer: "5s", drain: "120s", quiet: "200ms", download: "90s", install: "60s",
            reboot: "20s", verify: "120s", attempts: 4, boots: 2, absence: "120s",
        """)
    fleet.windows = [
      CrashWindow(zone: zones[0], opensAfter: 1, lasts: 25),
      CrashWindow(zone: zones[1], opensAfter: 4, lasts: 25),
    ]
    fleet.lives = CrashLives(short: 500...5000, long: 10_000...30_000, longIn: 2)
    fleet.patience = 1_500_000
    return fleet
  }

  private struct Header {
    var text: String
    var identity: Int
    var site: Int
    var zone: Int
  }

  private static func stockRows() throws -> (Header, [[String]]) {
    let rows = CSV.rows(try stock("habits.csv")).rows.map(\.fields)
    guard let names = rows.first, let identity = names.firstIndex(of: "identity"),
      let site = names.firstIndex(of: "site"), let zone = names.firstIndex(of: "zone")
    else { throw Failure("the fleet of the habits has no identity, site or zone") }
    return (
      Header(text: names.joined(separator: ","), identity: identity, site: site, zone: zone),
      Array(rows.dropFirst())
    )
  }

  private static func quoted(_ cell: String) -> String {
    cell.contains(",") ? "\"\(cell)\"" : cell
  }
}
