import Fleet
import Rollout

/// When campaigns will be done: looked at now and then, replayed off the core's thread.
extension Core {
  private static let replays: UInt64 = 200

  /// What one look at a campaign costs the core grows with it, and so does the pause.
  private func pause(of size: Int) -> Span { max(.minutes(1), .milliseconds(Int64(size) * 6)) }

  /// Forecasts of the campaigns that run and whose last one is old. One at a time.
  func forecastSome(now: Instant) throws {
    forecastDue = fleet.campaigns.isEmpty ? nil : now + .seconds(15)
    guard !isForecasting else { return }
    for id in fleet.campaigns.keys.sorted() {
      guard let campaign = fleet.campaigns[id], campaign.status == .running else { continue }
      let size = fleet.members[id]?.count ?? 0
      if let last = campaign.outlook, last.isOf(campaign), last.madeAt <= now,
        last.madeAt + pause(of: size) > now
      {
        continue
      }
      isForecasting = true
      let upgrades = fleet.upgrades(of: id)
      let schedule = CampaignSchedule(
        campaign, upgrades, try facts(of: upgrades, campaign, now: now))
      Task.detached(priority: .background) { [weak self] in
        // The middle is known at once; the spread takes a while.
        let first = schedule.outlook()
        self?.post { $0.keep(first, of: id, isLast: false) }
        let whole = schedule.outlook(replays: Self.replays)
        self?.post { $0.keep(whole, of: id, isLast: true) }
      }
      return
    }
  }

  private func facts(
    of upgrades: [Upgrade], _ campaign: Campaign, now: Instant
  ) throws -> ScheduleFacts {
    try facts(
      playbook: campaign.playbook,
      jobs: upgrades.map { ($0.charger, $0.site, $0.stratum, $0.target) },
      strata: campaign.strata.count, now: now)
  }

  private func keep(_ outlook: CampaignOutlook, of id: CampaignID, isLast: Bool) {
    if isLast { isForecasting = false }
    guard var campaign = fleet.campaigns[id], campaign.status.isUnderWay else { return }
    if !isLast, campaign.outlook != nil { return }
    let before = campaign.outlook
    campaign.outlook = outlook
    if let before, before.likely == outlook.likely, before.late == outlook.late {
      // Nothing to tell but that it was looked at.
      campaign.outlook = before
      campaign.outlook?.madeAt = outlook.madeAt
      campaign.outlook?.waiting = outlook.waiting
    }
    campaign.revision += 1
    let now = SystemClock.now
    do {
      try commit(now: now) {
        try store.save(campaign)
        fleet.keep(campaign)
        hasNews = true
      }
      send(now: now)
    } catch {
      log(.warning, "a forecast could not be stored: \(error)")
      isForecasting = false
      do { try remember() } catch { log(.error, "\(error)") }
    }
  }
}
