import Fleet
import Rollout

/// When the sites of running campaigns are open, and what orders take there. Core's thread only.
struct SiteCalendar {
  private let zones = SystemZones()
  private var books: [CampaignID: (policy: WindowPolicy, book: OpeningsBook)] = [:]
  /// What was found of each site, as long as that stands.
  private var found: [CampaignID: [SiteID?: Found]] = [:]
  private struct Found {
    var window: SiteWindow?
    var from: Instant
    var until: Instant
  }
  private var expected: [Stratum: (limits: Limits, count: Int, durations: ExpectedDurations)] = [:]

  /// - Parameter site: nil for chargers without one.
  mutating func openings(of site: Site?, _ campaign: Campaign) -> Openings {
    let policy = campaign.playbook.windows
    if let known = books[campaign.id], known.policy == policy {
      return books[campaign.id]?.book.openings(of: site) ?? .never
    }
    var book = book(policy)
    let openings = book.openings(of: site)
    books[campaign.id] = (policy, book)
    return openings
  }

  /// - Parameter site: nil for chargers without one.
  mutating func window(of site: Site?, _ campaign: Campaign, at now: Instant) -> SiteWindow? {
    if let known = found[campaign.id]?[site?.id], known.from <= now, now < known.until {
      return known.window
    }
    let window = SiteWindow(openings(of: site, campaign), at: now)
    let until = window.map { $0.closesAt ?? $0.opensAt ?? .distantFuture } ?? .distantFuture
    found[campaign.id, default: [:]][site?.id] = Found(window: window, from: now, until: until)
    return window
  }

  /// For what is only planned.
  func book(_ policy: WindowPolicy) -> OpeningsBook {
    OpeningsBook(policy: policy) { [zones] in zones.zone($0) }
  }

  mutating func durations(_ stratum: Stratum, _ limits: Limits, seen: Durations)
    -> ExpectedDurations
  {
    if let known = expected[stratum], known.limits == limits, known.count == seen.count {
      return known.durations
    }
    let durations = ExpectedDurations(seen, of: stratum, limits: limits)
    expected[stratum] = (limits, seen.count, durations)
    return durations
  }

  /// A site was changed.
  mutating func forgetSites() { (books, found) = ([:], [:]) }
}

extension Core {
  /// Adds what the place of an upgrade says of its next order.
  func addPlace(
    of upgrade: Upgrade, _ campaign: Campaign, to view: inout ChargerView, _ now: Instant
  ) {
    let site = upgrade.site.flatMap { sites[$0] }
    view.unsigned = site?.terms.unsigned.map(\.name) ?? []
    view.window = calendar.window(of: site, campaign, at: now)
    guard view.window != nil, campaign.strata.indices.contains(upgrade.stratum) else { return }
    view.expected = calendar.durations(
      campaign.strata[upgrade.stratum].stratum, campaign.playbook.limits, seen: durations)
  }
}
