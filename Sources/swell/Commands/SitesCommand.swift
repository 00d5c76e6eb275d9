import CSMS
import Control
import Fleet
import Foundation

/// `swell sites …`: when and how work may be done where.
enum SitesCommand {
  private static let fields: [(option: OptionInfo, column: SiteImport.Column)] = [
    (OptionInfo("zone", "ZONE", "IANA time zone, such as Europe/Berlin"), .zone),
    (
      OptionInfo(
        "windows", "TEXT",
        "when installs may run: \"Mon-Fri 22:00-05:00; Sat,Sun 00:00-24:00\", any; - leaves it to the playbook"
      ), .windows
    ),
    (
      OptionInfo(
        "blackouts", "TEXT",
        "days without installs: \"12-24..12-26 Christmas; 2027-05-01\" (without a year: every year); - for none"
      ), .blackouts
    ),
    (
      OptionInfo(
        "budget", "N|SHARE",
        "how many may be out at once, those already down included: 2, or 25 % (at least one); - leaves it to the playbook"
      ), .budget
    ),
    (OptionInfo("uplink", "NAME", "what it is connected through; sites may share one; -"), .uplink),
    (
      OptionInfo("uplink-bandwidth", "RATE", "of the uplink, a second, such as 500kB or 20Mbit; -"),
      .bandwidth
    ),
    (
      OptionInfo("cost-per-mb", "PRICE", "of mobile data on the uplink; -"), .costPerMegabyte
    ),
    (
      OptionInfo(
        "integrations", "NAMES", "systems that must sign off, joined by ;; - for none"),
      .integrations
    ),
  ]

  static let all: [CommandInfo] = [
    CommandInfo(
      "sites list", "", "every site, with its zone, budget and windows",
      [Workplace.option, Out.option]
    ) { arguments in
      try arguments.noMoreWords(than: 0)
      try Listing.show(
        try rows(nil, arguments), arguments,
        ["SITE", "ZONE", "CHARGERS", "OFFLINE", "BUDGET", "WINDOWS", "UPLINK", "SIGN-OFFS"],
        right: [2, 3]
      ) { row in
        let terms = row.site.terms
        let signed = terms.integrations.count - terms.unsigned.count
        return [
          row.site.name, row.site.zone, "\(row.chargers)", "\(row.offline)",
          row.site.allowance?.label ?? "-", terms.windows?.label ?? "-",
          terms.uplink?.name ?? "-",
          terms.integrations.isEmpty ? "-" : "\(signed) of \(terms.integrations.count)",
        ]
      }
    },
    CommandInfo(
      "sites show", "SITE", "one site: when it opens next, and who has signed off",
      [Workplace.option, Out.tableOrJSON], run: show),
    CommandInfo(
      "sites import", "FILE.csv",
      "take sites from CSV: \(SiteImport.Column.allCases.map(\.rawValue).joined(separator: ", ")); an empty field says nothing, - takes away",
      [
        Workplace.option, OptionInfo("dry-run", nil, "check everything, store nothing"),
        Out.tableOrJSON,
      ], run: take),
    CommandInfo(
      "sites export", "", "write the sites as CSV, in the columns that sites import reads",
      [Workplace.option]
    ) { arguments in
      try arguments.noMoreWords(than: 0)
      Out.text(
        SiteExport.header
          + (try rows(nil, arguments).map { SiteExport.line($0.site) }.joined()))
    },
    CommandInfo(
      "sites set", "SITE …", "add a site, or change what is said of one",
      [Workplace.option] + fields.map(\.option), run: set),
    CommandInfo(
      "sites sign-off", "SITE INTEGRATION --by NAME",
      "note that a system is ready for what the site's chargers will send",
      [Workplace.option, OptionInfo("by", "NAME", "whose word it is")]
    ) { arguments in
      let site = try arguments.word(0, "a site")
      let integration = try arguments.word(1, "an integration")
      try arguments.noMoreWords(than: 2)
      let by = try arguments.required("by")
      guard !by.isEmpty else { throw UsageError("--by wants the name of whose word it is.") }
      Out.line(
        try Workplace(arguments).perform(.signOff(site: site, integration: integration, by: by))
          .message)
    },
    CommandInfo(
      "sites revoke", "SITE INTEGRATION --reason TEXT",
      "take a sign-off back: campaigns that require it begin nothing new there",
      [Workplace.option, OptionInfo("reason", "TEXT", "why")]
    ) { arguments in
      let site = try arguments.word(0, "a site")
      let integration = try arguments.word(1, "an integration")
      try arguments.noMoreWords(than: 2)
      let reason = try arguments.required("reason")
      Out.line(
        try Workplace(arguments).perform(
          .revokeSignOff(site: site, integration: integration, reason: reason)
        ).message)
    },
  ]

  private static func rows(_ name: String?, _ arguments: Arguments) throws -> [SiteRow] {
    guard case .sites(let rows) = try Workplace(arguments).ask(.sites(name: name)) else {
      return []
    }
    return rows
  }

  private static func show(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a site")
    try arguments.noMoreWords(than: 1)
    guard let row = try rows(name, arguments).first else {
      throw Failure("No site \"\(name)\" in the inventory: see swell sites list.")
    }
    if Out.wantsJSON(arguments) { return try Out.json(row) }
    let (site, terms) = (row.site, row.site.terms)
    let line = { (title: String, text: String) in
      Out.line(title.padding(toLength: 14, withPad: " ", startingAt: 0) + text)
    }
    line("site", site.name)
    line("zone", site.zone)
    line("chargers", "\(row.chargers), \(row.offline) offline")
    line("budget", site.allowance?.label ?? "as the playbook says")
    line("windows", terms.windows?.label ?? "as the playbook says")
    line("blackouts", terms.blackouts.isEmpty ? "none of its own" : terms.blackouts.label)
    if let uplink = terms.uplink {
      let rate = uplink.bandwidth.map { ", \($0) bytes a second" } ?? ""
      let cost = uplink.costPerMegabyte.map { ", \($0) a MB" } ?? ""
      line("uplink", uplink.name + rate + cost)
    }
    for integration in terms.integrations {
      let word =
        integration.signOff.map { "signed off by \($0.by), \(Out.time($0.at))" }
        ?? "has not signed off"
      line("integration", "\(integration.name): \(word)")
    }
    if let windows = terms.windows { showOpenings(site, windows, line) }
  }

  private static func showOpenings(
    _ site: Site, _ windows: Windows, _ line: (String, String) -> Void
  ) {
    let now = SystemClock.now
    guard let zone = SystemZones().zone(site.zone) else {
      return line("opens", "never: this system has no data of its time zone")
    }
    let openings = Openings(zone: zone, windows: windows, closed: ClosedDays(site.terms.blackouts))
    if openings.isAlways { return line("opens", "at any time") }
    var at = now
    for _ in 0..<3 {
      guard let opening = openings.opening(endingAfter: at), opening.end < .distantFuture else {
        return
      }
      let word = opening.start <= now ? "open" : "opens"
      line(word, "\(Out.time(opening.start)) to \(Out.time(opening.end))")
      at = opening.end
    }
  }

  private static func take(_ arguments: inout Arguments) throws {
    let file = try arguments.word(0, "a file")
    try arguments.noMoreWords(than: 1)
    let outcome = try Workplace(arguments).perform(
      .importSites(
        csv: try Files.text(file),
        source: file.split(separator: "/").last.map(String.init) ?? file,
        dryRun: arguments.has("dry-run")))
    try ImportCommand.show(outcome, arguments)
  }

  private static func set(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a site")
    try arguments.noMoreWords(than: 1)
    var said: [SiteImport.Column: String] = [.site: name]
    for (option, column) in fields {
      guard let text = arguments[option.name] else { continue }
      guard !text.isEmpty else {
        throw UsageError("--\(option.name) wants a value; - takes away what the site has.")
      }
      said[column] = text
    }
    guard said.count > 1 else {
      throw UsageError("sites set wants something to set: swell sites set --help")
    }
    Out.line(try Workplace(arguments).perform(.setSite(try row(said))).message)
  }

  private static func row(_ said: [SiteImport.Column: String]) throws -> ImportedSite {
    do throws(SiteImport.Refusal) {
      return try SiteImport.read(said)
    } catch {
      let option = fields.first { $0.column == error.column }.map { "--\($0.option.name)" }
      throw UsageError("\(option ?? "The site"): \(error.reason).")
    }
  }
}
