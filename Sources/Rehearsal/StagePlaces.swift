import Fleet
import Rollout

/// What the sites of a stage say of its orders.
struct StagePlaces: Sendable {
  private(set) var sites: [SiteID: Site] = [:]
  private var zones: [String: Zone] = [:]
  /// Of sites that are not open at any time.
  private var openings: [SiteID: Openings] = [:]

  init(_ scenario: Scenario, mutation: Mutation?) {
    for (index, budget) in scenario.budgets.enumerated() {
      let id = SiteID(rawValue: Int64(index + 1))
      var site = Site(
        id: id, name: "Site \(index)", zone: Zone.utc.name,
        budget: budget + (mutation == .oneBeyondTheBudget ? 1 : 0))
      if var hours = scenario.hours(of: index), mutation != .ignoresWindows {
        if mutation == .forgetsDaylightSaving { hours.change = nil }
        site.zone = "Rehearsal/\(index)"
        site.terms.windows = hours.windows
        zones[site.zone] = hours.zone(named: site.zone)
      }
      sites[id] = site
    }
    var book = OpeningsBook(policy: .init()) { [zones] in zones[$0] }
    for (id, site) in sites where site.terms.windows != nil {
      openings[id] = book.openings(of: site)
    }
  }

  func zone(_ name: String) -> Zone? { zones[name] }

  /// Nil where installs may run at any time.
  func window(of site: SiteID?, at now: Instant) -> SiteWindow? {
    site.flatMap { openings[$0] }.flatMap { SiteWindow($0, at: now) }
  }
}

extension Stage {
  /// As the engine adds it to what it sees of a charger.
  func addPlace(of upgrade: Upgrade, to view: inout ChargerView) {
    view.window = places.window(of: upgrade.site, at: now)
    guard view.window != nil else { return }
    view.expected =
      mutation == .ignoresWhatOrdersTake
      ? .init(firmware: .seconds(0), version: .seconds(0), reset: .seconds(0)) : expected
  }

  /// When 95 of 100 such orders are over; nil for those that no window binds.
  func endsBy(_ attempt: Attempt) -> Int64? {
    let takes: Span? =
      switch attempt.step {
      case "firmware update firmware": expected.firmware
      case "switch reset": expected.version
      case "apply reset": expected.reset
      default: nil
      }
    return takes.map { (now + $0).milliseconds }
  }
}
