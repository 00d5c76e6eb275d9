import Testing

@testable import Fleet

@Suite("Site files")
struct SiteImportTests {
  private static let header =
    "site,zone,budget,windows,blackouts,uplink,bandwidth,cost_per_mb,integrations\n"

  @Test("a full row is read, written back and read again")
  func roundTrip() throws {
    let row =
      "Köln,Europe/Berlin,25 %,\"Mon-Fri 22:00-05:00; Sat 00:00-24:00\",12-24..12-26 Xmas,"
      + "LTE 7,500kB,0.05,billing; load manager\n"
    let parsed = SiteImport.parse(csv: Self.header + row, source: "s.csv")
    #expect(parsed.refused == [])
    var site = Site(id: .init(rawValue: 1), name: "Köln", zone: "Etc/UTC", budget: 2)
    let taken = try #require(parsed.rows.first)
    #expect(site.take(taken) == nil)
    #expect(site.zone == "Europe/Berlin")
    #expect(site.allowance == .share(0.25))
    #expect(site.terms.windows?.label == "Mon-Fri 22:00-05:00; Sat 00:00-24:00")
    #expect(
      site.terms.uplink == Uplink(name: "LTE 7", bandwidth: 500_000, costPerMegabyte: 0.05))
    #expect(site.terms.unsigned.map(\.name) == ["billing", "load manager"])
    let text = SiteExport.header + SiteExport.line(site)
    var again = Site(id: site.id, name: "Köln", zone: "Etc/UTC", budget: 0)
    let back = try #require(SiteImport.parse(csv: text, source: "x").rows.first)
    #expect(again.take(back) == nil)
    #expect(again == site)
  }

  @Test("what is empty says nothing, a dash takes away, and sign-offs of names that stay are kept")
  func silence() throws {
    var site = Site(id: .init(rawValue: 1), name: "K", zone: "Europe/Berlin", budget: 2)
    site.terms.windows = try Windows(label: "daily 01:00-05:00")
    site.terms.integrations = [
      .init(name: "billing", signOff: .init(by: "Ada", at: .init(seconds: 1))), .init(name: "old"),
    ]
    let before = site
    func take(_ fields: [SiteImport.Column: String]) throws {
      let row = try SiteImport.read(fields.merging([.site: "K"]) { a, _ in a })
      #expect(site.take(row) == nil)
    }
    try take([:])
    #expect(site == before)
    try take([.budget: "-", .windows: "-", .integrations: "billing; new", .bandwidth: "-"])
    #expect(site.allowance == nil)
    #expect(site.terms.windows == nil)
    #expect(site.terms.integrations.map(\.name) == ["billing", "new"])
    #expect(site.terms.unsigned.map(\.name) == ["new"])
    let rate = try SiteImport.read([.site: "K", .bandwidth: "1MB"])
    #expect(site.take(rate)?.column == .bandwidth)
    try take([.uplink: "LTE", .bandwidth: "1MB"])
    // Another line has other figures.
    try take([.uplink: "DSL"])
    #expect(site.terms.uplink == Uplink(name: "DSL"))
  }

  @Test(
    "a faulty row is refused with line, column and reason",
    arguments: [
      ("K,Berlin,,,,,,,", "zone", "has not the form"), (",Europe/Berlin,,,,,,,", "site", "missing"),
      ("K,,0,,,,,,", "budget", "no charger"), ("K,,x,,,,,,", "budget", "neither"),
      ("K,,,Mun 01:00-02:00,,,,,", "windows", "no day"), ("K,,,,02-30,,,,", "blackouts", "no day"),
      ("K,,,,,L,fast,,", "bandwidth", "no rate"), ("K,,,,,L,,-1,", "cost_per_mb", "no price"),
      ("K,,,,,,,,a;a", "integrations", "different"),
    ])
  func refused(row: String, column: String, reason: String) {
    let parsed = SiteImport.parse(csv: Self.header + row + "\n", source: "s.csv")
    #expect(parsed.rows == [])
    #expect(parsed.refused.first?.line == 2)
    #expect(parsed.refused.first?.column == column)
    #expect(parsed.refused.first?.reason.contains(reason) == true)
  }

  @Test("rows that contradict each other are refused from the second on")
  func contradictions() {
    let rows = "A,,,,,LTE,1MB,,\nB,,,,,LTE,2MB,,\nA,,,,,,,,\nC,,,,,LTE,1MB,,\n"
    let parsed = SiteImport.parse(csv: Self.header + rows, source: "s.csv")
    #expect(parsed.rows.map(\.name) == ["A", "C"])
    #expect(parsed.refused.map(\.line) == [3, 4])
  }

  @Test("a file without a site column is refused, other columns are named and ignored")
  func columns() {
    #expect(SiteImport.parse(csv: "zone\nUTC\n", source: "s").refused.first?.column == "site")
    #expect(SiteImport.parse(csv: "", source: "s").refused.count == 1)
    let parsed = SiteImport.parse(csv: "site,colour\nK,red\n", source: "s")
    #expect(parsed.ignoredColumns == ["colour"])
    #expect(parsed.rows.count == 1)
  }
}
