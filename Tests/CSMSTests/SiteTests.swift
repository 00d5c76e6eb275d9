import Control
import Fleet
import Foundation
import OCPP
import Rollout
import Testing

@testable import CSMS

/// Windows, sign-offs and budgets of sites, as chargers on real sockets see them.
struct SiteTests {
  /// A window of two hours from so many hours from now on.
  private static func window(in hours: Double) -> String {
    let start = Int(SystemClock.now.milliseconds / 60_000) + Int(hours * 60)
    let clock = { (minutes: Int) in
      let (hour, minute) = (minutes / 60 % 24, minutes % 60)
      return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
    return "daily \(clock(start))-\(clock(start + 120))"
  }

  private static func site(_ fields: [SiteImport.Column: String]) throws -> ImportedSite {
    try SiteImport.read(fields.merging([.site: "Köln"]) { a, _ in a })
  }

  @Test("nobody is drained or updated outside the window of the site, and then they are")
  func window() throws {
    let campaign = try Campaigning(site: try Self.site([.windows: Self.window(in: 5)]))
    try campaign.start()
    let station = try campaign.station()
    #expect(try eventually { try campaign.bench.upgrade("CP1").deferral == .window })
    #expect(!station.socket.hasInput(within: 200))
    try campaign.bench.perform(.setSite(try Self.site([.windows: Self.window(in: -1)])))
    let order = try campaign.serve(station, until: "UpdateFirmware")
    #expect(order.payload["location"] != nil)
  }

  @Test("the record of an order says when its window closes and when the order should be over")
  func recorded() throws {
    for windows in [Self.window(in: -1), "any"] {
      let campaign = try Campaigning(site: try Self.site([.windows: windows]))
      try campaign.start()
      _ = try campaign.serve(try campaign.station(), until: "UpdateFirmware")
      let entries = try campaign.bench.look { try $0.store.entries(after: 0, limit: 10_000) }
      let intent = try #require(entries.first { $0.kind == .turn && $0.action == "intent" })
      let parts = String(decoding: intent.body, as: UTF8.self).split(separator: "\t")
      #expect(parts.count == 3 && parts[0].hasSuffix(" firmware update firmware"))
      let ends = try #require(Int64(parts[2]))
      #expect(ends > intent.at.milliseconds)
      guard windows != "any" else {
        #expect(parts[1] == "any")
        continue
      }
      // Two hours that began an hour ago.
      let closes = try #require(Int64(parts[1]))
      #expect((59 * 60_000...60 * 60_000).contains(closes - intent.at.milliseconds))
      #expect(ends <= closes)
    }
  }

  @Test(
    "a window that closes between the outages keeps the switch waiting, with the connectors open")
  func closes() throws {
    let campaign = try Campaigning(site: try Self.site([.windows: "any"])) {
      $0.soak.onFirmware = .seconds(1)
    }
    try campaign.start()
    let station = try campaign.updated()
    try campaign.restored(station)
    try campaign.bench.perform(.setSite(try Self.site([.windows: Self.window(in: 5)])))
    #expect(try campaign.reaches(.readyToSwitch))
    #expect(try campaign.staysQuiet(station))
    #expect(try !campaign.bench.upgrade("CP1").memory.owesConnectors)
    try campaign.bench.perform(.setSite(try Self.site([.windows: "-"])))
    _ = try campaign.serve(station, until: "Reset")
  }

  @Test("where it is required, nothing begins before every system of the site has signed off")
  func signOff() throws {
    let campaign = try Campaigning(site: try Self.site([.budget: "1"])) {
      $0.requires = [.integrations]
    }
    let bench = campaign.bench
    // Named only after the plan was made.
    try bench.perform(.setSite(try Self.site([.integrations: "billing; load manager"])))
    try campaign.start()
    let station = try campaign.station()
    #expect(try eventually { try bench.upgrade("CP1").deferral == .signOff })
    let first = try bench.perform(
      .signOff(site: "Köln", integration: "billing", by: "Ada"), as: .approver)
    #expect(first.message.contains("load manager"))
    #expect(!station.socket.hasInput(within: 100))
    #expect(throws: ControlError.self) {
      try bench.perform(.signOff(site: "Köln", integration: "weather", by: "Ada"))
    }
    #expect(throws: ControlError.self) {
      try bench.perform(
        .signOff(site: "Köln", integration: "load manager", by: "Ada"), as: .planner)
    }
    try bench.perform(.signOff(site: "Köln", integration: "load manager", by: "Bob"))
    _ = try campaign.serve(station, until: "UpdateFirmware")
    let site = try #require(try bench.look { try $0.store.sites().first })
    #expect(site.terms.integrations.compactMap(\.signOff?.by) == ["Ada", "Bob"])
  }

  @Test(
    "what a plan would wait for is said when planning",
    arguments: [
      ([SiteImport.Column.windows: "daily 01:00-01:01"], "its longest window has 1 min"),
      (
        [.blackouts: "01-01..12-31", .windows: "daily 01:00-05:00"], "no window opens within a year"
      ),
    ])
  func warnings(fields: [SiteImport.Column: String], warning: String) throws {
    let campaign = try Campaigning(site: try Self.site(fields)) { $0.limits = Limits() }
    let warnings = campaign.planned.plan?.warnings ?? []
    #expect(warnings.contains { $0.contains(warning) }, "\(warnings)")
  }

  @Test("a site file is taken row by row, and a zone that this system lacks is refused")
  func importing() throws {
    let bench = try Workbench()
    let csv = "site,zone,budget\nA,Europe/Berlin,25 %\nB,Europe/Atlantis,1\nC,,1\n"
    let tried = try bench.perform(.importSites(csv: csv, source: "s.csv", dryRun: true))
    #expect(tried.imported?.added == 1)
    let done = try bench.perform(
      .importSites(csv: csv, source: "s.csv", dryRun: false), as: .planner)
    #expect(done.imported == tried.imported)
    #expect(done.refused.map(\.line) == [3, 4])
    #expect(try bench.look { try $0.store.sites().map(\.name) } == ["A"])
    #expect(throws: ControlError.self) {
      try bench.perform(.importSites(csv: csv, source: "s.csv", dryRun: false), as: .technician)
    }
  }
}
