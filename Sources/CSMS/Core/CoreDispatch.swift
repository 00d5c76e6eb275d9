import Fleet
import Rollout

/// Taking waves on and letting chargers begin.
extension Core {
  func dispatch(now: Instant) throws {
    dispatchDue = nil
    // Who holds places is not known yet.
    guard takingUp.isOver else { return }
    try holdFlawed(now: now)
    for id in fleet.campaigns.keys.sorted() where isAdvanceDue(id, now: now) {
      _ = fleet.takeRestless(id)
      advanced[id] = now
      try advance(id, now: now)
    }
    try bringDeskUpToDate(now: now)
    let granted = desk?.grants(at: now) ?? []
    for (id, reason) in desk?.takeDeferred() ?? [] {
      guard let charger = fleet.charger(of: id), let before = fleet.upgrade(of: charger) else {
        continue
      }
      var upgrade = before
      upgrade.defer(reason, at: now)
      if upgrade != before { try store(upgrade, replacing: before) }
    }
    for id in granted {
      guard let charger = fleet.charger(of: id) else { continue }
      try recordPlace(of: charger, now: now)
      try feedNow(charger, .leased, now: now)
      // It may have ended instead, or be as it was: the desk holds a place for it.
      if let upgrade = fleet.upgrade(of: charger) { desk?.put(upgrade) }
    }
    try settleFollowUps(now: now)
    // Absent chargers and budgets that free up by themselves are looked at again.
    guard !fleet.campaigns.isEmpty, dispatchDue == nil else { return }
    let pause = max(settings.dispatchEvery, .seconds(5))
    let next = min(desk?.nextLook ?? now + pause, now + pause)
    dispatchDue = max(next, now + settings.dispatchEvery)
  }

  /// Whether a campaign's waves are to be looked at: after upgrades began or ended, and now and
  /// then for what time alone brings. It costs what the campaign has, so a large one waits longer.
  private func isAdvanceDue(_ id: CampaignID, now: Instant) -> Bool {
    guard let last = advanced[id], last <= now else { return true }
    let size = Int64(fleet.members[id]?.count ?? 0)
    if fleet.restless.contains(id), last + .milliseconds(size / 20) <= now { return true }
    let pause = max(settings.dispatchEvery, .seconds(5))
    return last + max(pause, .milliseconds(size / 2)) <= now
  }

  /// Tells the desk what has changed, or makes it anew from what is in memory.
  private func bringDeskUpToDate(now: Instant) throws {
    let seen = presenceNotes.take()
    let changes = fleet.takeChanges()
    presenceNotes.isOn = !fleet.campaigns.isEmpty
    guard desk != nil, let changes else {
      desk =
        fleet.campaigns.isEmpty
        ? nil
        : DispatchDesk(
          fleet.campaigns, upgrades: { fleet.upgrades(of: $0) },
          terms: .init(sites: sites, members: members, zone: { [zones] in zones.zone($0) }),
          durations: durations, presence: { presence(of: $0) }, at: now)
      return
    }
    desk?.learn(durations, fleet.campaigns)
    for id in changes.campaigns {
      if let campaign = fleet.campaigns[id] { desk?.put(campaign) }
    }
    for charger in seen { desk?.see(charger, presence(of: charger)) }
    for charger in changes.chargers {
      if let upgrade = fleet.upgrade(of: charger) { desk?.put(upgrade) }
    }
  }

  private func presence(of id: ChargerID) -> DispatchDesk.Presence {
    guard let charger = live[id], charger.connection != nil else {
      return .init(online: false, busy: false)
    }
    return .init(online: true, busy: !charger.openSessions.isEmpty)
  }

  /// Takes what campaigns under way have seen so far.
  func recallDurations() {
    durations = Durations()
    learnt = LearntLimits()
    for (id, campaign) in fleet.campaigns {
      for upgrade in fleet.upgrades(of: id) where campaign.strata.indices.contains(upgrade.stratum)
      {
        durations.add(upgrade, stratum: campaign.strata[upgrade.stratum].stratum)
      }
    }
  }
}

/// Time limits by stratum, looked up again when much more has been observed.
struct LearntLimits {
  private var known: [Stratum: (playbook: Limits, count: Int, limits: Limits)] = [:]

  mutating func limits(
    of stratum: Stratum, _ playbook: Limits, _ durations: Durations
  ) -> Limits {
    if let known = known[stratum], known.playbook == playbook,
      durations.count < known.count + 20 + known.count / 10
    {
      return known.limits
    }
    let limits = durations.limits(for: stratum, playbook: playbook).limits
    known[stratum] = (playbook, durations.count, limits)
    return limits
  }
}
