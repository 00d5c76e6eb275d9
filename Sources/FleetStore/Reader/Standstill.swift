import Control
import Fleet
import Rollout

/// Why nothing begins in a campaign that is under way.
struct Standstill {
  /// In a few words.
  var text: String
  var since: Instant
}

extension Glance {
  /// Chargers that are looked at to tell why they wait: enough to say what most of them wait for.
  private static let looked = 2000

  /// nil when something moves or can, and when a gate stands in the way: that is told as a gate.
  func standstill(
    of campaign: Campaign, _ counts: CampaignCounts, at now: Instant
  ) throws(StoreError) -> Standstill? {
    if campaign.status == .held { return try hold(of: campaign, at: now) }
    guard campaign.status == .running, counts.count(\.phase.isInFlight) == 0 else { return nil }
    var open: [(stratum: Int, wave: Int, planned: Int)] = []
    for (index, progress) in campaign.strata.enumerated() {
      guard case .open(let wave) = progress.state else { continue }
      for number in 1...max(1, wave) {
        let planned = counts.count {
          $0.stratum == index && $0.wave == number && $0.phase == .planned
        }
        if planned > 0 { open.append((index, number, planned)) }
      }
    }
    let planned = open.reduce(0) { $0 + $1.planned }
    if planned == 0 { return nil }
    var waiting = Waiting()
    for part in open where waiting.count < Self.looked {
      try look(at: part.stratum, part.wave, of: campaign, &waiting)
    }
    // One that nobody has looked at yet may begin at any moment.
    guard let since = waiting.since, waiting.deferrals[nil] == nil else { return nil }
    let reasons = waiting.deferrals.compactMap { key, n in key.map { ($0, n) } }
      .sorted { ($1.1, $0.0.rawValue) < ($0.1, $1.0.rawValue) }
    guard let (first, n) = reasons.first else { return nil }
    // By day a campaign that works at night is as planned.
    if reasons.allSatisfy({ $0.0 == .window }) { return nil }
    if first == .budget, let text = try fullSite(waiting.sites, campaign) {
      return Standstill(text: text, since: since)
    }
    let who =
      switch n {
      case planned: n == 1 ? "the only one that could begin" : "all \(n) that could begin"
      case waiting.count: "most of \(planned) that could begin"
      default: "\(n) of \(planned) that could begin"
      }
    let verb =
      switch first {
      case .busy: "charging"
      case .offline: "offline"
      case .window: "outside their windows"
      case .budget: "waiting for a place at their site"
      case .atRisk: "waiting until fewer are at risk"
      case .signOff: "at sites that have not signed off"
      }
    return Standstill(text: "\(who) \(n == 1 ? "is" : "are") \(verb)", since: since)
  }

  private struct Waiting {
    var deferrals: [Upgrade.Deferral?: Int] = [:]
    var sites: [SiteID: Int] = [:]
    var since: Instant?
    var count: Int { deferrals.values.reduce(0, +) }
  }

  private func look(
    at stratum: Int, _ wave: Int, of campaign: Campaign, _ waiting: inout Waiting
  ) throws(StoreError) {
    try connection.each(
      """
      SELECT deferral, site, document ->> '$.memory.deferredSince', entered_at FROM upgrades
        WHERE campaign = ? AND stratum = ? AND wave = ? AND phase = 'planned' LIMIT ?
      """,
      [
        .int(campaign.id.rawValue), .int(stratum), .int(wave), .int(Self.looked - waiting.count),
      ]
    ) { row in
      let deferral = row.optionalText(0).flatMap { Upgrade.Deferral(rawValue: $0) }
      waiting.deferrals[deferral, default: 0] += 1
      if deferral == .budget, let site = row.optionalInt(1) {
        waiting.sites[SiteID(rawValue: site), default: 0] += 1
      }
      let at = Instant(milliseconds: row.optionalInt(2) ?? row.int(3))
      waiting.since = min(waiting.since ?? at, at)
    }
  }

  /// `Köln-Deutz: 2 of its chargers are offline and 1 may be out at once`.
  private func fullSite(
    _ sites: [SiteID: Int], _ campaign: Campaign
  ) throws(StoreError) -> String? {
    let worst = sites.min { ($1.value, $0.key) < ($0.value, $1.key) }
    guard let worst else { return nil }
    let site = try connection.first(
      "SELECT name, budget FROM sites WHERE id = ?", [.int(worst.key.rawValue)]
    ) { (name: $0.text(0), budget: Int($0.int(1))) }
    guard let site else { return nil }
    let budget = site.budget > 0 ? site.budget : campaign.playbook.siteBudget
    let down = try connection.int(
      "SELECT count(*) FROM chargers WHERE site_name = ? AND online = 0 AND verdict <> ?",
      [.text(site.name), .int(Readiness.Verdict.endOfLife.rawValue)])
    let others = sites.count == 1 ? "" : ", and \(sites.count - 1) more sites are full"
    if budget <= 0 { return "\(site.name): its budget allows nobody\(others)" }
    let offline =
      switch down ?? 0 {
      case 0: "all places of its budget are taken"
      case 1: "1 of its chargers is offline"
      case let n: "\(n) of its chargers are offline"
      }
    return "\(site.name): \(offline) and \(budget) may be out at once\(others)"
  }

  private func hold(of campaign: Campaign, at now: Instant) throws(StoreError) -> Standstill {
    let own = try deed(["hold", "recall"], on: campaign.name)
    let all = try deed(["hold everything"], on: "everything")
    let deed = [own, all].compactMap(\.self).max { $0.at < $1.at }
    guard let deed else { return Standstill(text: "held", since: now) }
    let reason = deed.reason.isEmpty ? "" : ": \(deed.reason)"
    return Standstill(text: "held by \(deed.who)\(reason)", since: deed.at)
  }
}
