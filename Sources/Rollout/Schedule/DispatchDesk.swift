import Fleet

/// The dispatcher of the campaigns under way, with the inventory's names for its numbers. Made from
/// rows, told what changes, and made anew when something changes that it can't be told.
package struct DispatchDesk: Sendable {
  private var dispatcher: Dispatcher
  /// By the number of a job.
  private var upgrades: [UpgradeID] = []
  private var jobOf: [ChargerID: Int] = [:]
  private var numberOf: [CampaignID: Int] = [:]
  /// Numbers of a campaign's strata start here.
  private var firstGroup: [Int] = []
  private var placeOf: [ChargerID: Int] = [:]
  private var online: Set<ChargerID> = []
  private var down: [Int]
  /// Outages of each stratum; the last is that of the version.
  private var steps: [Int] = []
  private let origin: Instant
  /// What durations its lengths rest on.
  private var observed = 0

  /// What a charger looks like, as far as it matters here.
  package struct Presence: Sendable, Equatable {
    package var online: Bool
    /// A session runs or a car is there.
    package var busy: Bool
    package init(online: Bool, busy: Bool) { (self.online, self.busy) = (online, busy) }
  }

  /// - Parameter upgrades: all of a campaign.
  package init(
    _ campaigns: [CampaignID: Campaign], upgrades rows: (CampaignID) -> [Upgrade],
    terms: DispatchTerms, durations: Durations, presence: (ChargerID) -> Presence, at now: Instant
  ) {
    origin = now
    var input = ScheduleInput(origin: now)
    input.modelBudgets = []
    let ids = campaigns.keys.sorted()
    let sites = terms.members.keys.sorted()
    var begun: [(job: Int, upgrade: Upgrade)] = []
    var numbers: [SiteID: Int] = [:]
    for (number, site) in sites.enumerated() { numbers[site] = number }
    down = .init(repeating: 0, count: sites.count)
    var models: [String: Int] = [:]
    for (number, id) in ids.enumerated() {
      guard let campaign = campaigns[id] else { continue }
      numberOf[id] = number
      firstGroup.append(input.groups.count)
      input.campaigns.append(
        .init(siteBudget: campaign.playbook.siteBudget, gate: campaign.playbook.gate))
      let members = rows(id).filter { campaign.strata.indices.contains($0.stratum) }
      var hops = [Int](repeating: 1, count: campaign.strata.count)
      for upgrade in members {
        hops[upgrade.stratum] = max(hops[upgrade.stratum], upgrade.way.count)
      }
      for (index, progress) in campaign.strata.enumerated() {
        let stratum = progress.stratum
        let name = "\(stratum.vendor)\u{0}\(stratum.model)"
        let model = models[name] ?? models.count
        if models[name] == nil {
          models[name] = model
          input.modelBudgets.append(nil)
        }
        let steps = OutageStep.steps(of: campaign.playbook, hops: hops[index])
        input.groups.append(
          .init(
            campaign: number, model: model,
            outages: steps.map { step in
              .init(
                long: durations.typical(
                  outage: step.number, of: stratum, limits: campaign.playbook.limits
                ).long, soak: step.soak, bytes: 0)
            }))
      }
      for upgrade in members {
        jobOf[upgrade.charger] = upgrades.count
        begun.append((upgrades.count, upgrade))
        upgrades.append(upgrade.id)
        input.jobs.append(
          .init(
            place: upgrade.site.flatMap { numbers[$0] },
            group: firstGroup[number] + upgrade.stratum, wave: upgrade.wave))
      }
    }
    terms.fill(&input, sites, ids.compactMap { campaigns[$0] })
    steps = input.groups.map(\.outages.count)
    dispatcher = Dispatcher(ScheduleShape(input), tracks: true)
    for campaign in campaigns.values { put(campaign) }
    for (site, chargers) in terms.members {
      guard let place = numbers[site] else { continue }
      for charger in chargers { placeOf[charger] = place }
      for charger in chargers where presence(charger).online { online.insert(charger) }
      down[place] = chargers.count { !online.contains($0) }
      dispatcher.setDown(place, down[place])
    }
    for (job, upgrade) in begun {
      let seen = presence(upgrade.charger)
      dispatcher.see(job, online: seen.online, busy: seen.busy)
      put(upgrade)
    }
    observed = durations.count
  }

  /// When somebody may begin although nothing happened.
  package var nextLook: Instant? { dispatcher.nextLook }

  /// Takes over where a campaign and its strata stand.
  package mutating func put(_ campaign: Campaign) {
    guard let number = numberOf[campaign.id] else { return }
    for (index, progress) in campaign.strata.enumerated() {
      let group = firstGroup[number] + index
      switch progress.state {
      case .open(let wave): dispatcher.open(group, wave: wave)
      case .waiting, .finished, .stopped:
        dispatcher.open(group, wave: dispatcher.wave(of: group), isOpen: false)
      }
    }
    dispatcher.setRunning(number, campaign.status == .running)
  }

  package mutating func put(_ upgrade: Upgrade) {
    guard let job = jobOf[upgrade.charger], upgrades[job] == upgrade.id else { return }
    dispatcher.move(job, toWave: upgrade.wave)
    guard let number = numberOf[upgrade.campaign] else { return }
    let last = steps[firstGroup[number] + upgrade.stratum] - 1
    dispatcher.set(
      job, upgrade.scheduledState,
      // Between two outages it waits for the next.
      stage: upgrade.scheduledOutage(last: last)
        + (upgrade.scheduledState == .resting ? 1 : 0), standing: upgrade.standing,
      notBefore: upgrade.memory.leaseNotBefore)
  }

  package mutating func see(_ charger: ChargerID, _ presence: Presence) {
    if let place = placeOf[charger], online.contains(charger) != presence.online {
      if presence.online { online.insert(charger) } else { online.remove(charger) }
      down[place] += presence.online ? -1 : 1
      dispatcher.setDown(place, down[place])
    }
    if let job = jobOf[charger] {
      dispatcher.see(job, online: presence.online, busy: presence.busy)
    }
  }

  /// Lets windows go by what was observed meanwhile.
  package mutating func learn(
    _ durations: Durations, _ campaigns: [CampaignID: Campaign]
  ) {
    guard durations.count > observed + observed / 10 else { return }
    observed = durations.count
    for (id, number) in numberOf {
      guard let campaign = campaigns[id] else { continue }
      for (index, progress) in campaign.strata.enumerated() {
        let group = firstGroup[number] + index
        for outage in 0..<steps[group] {
          let typical = durations.typical(
            outage: outage + 1 < steps[group] ? 0 : 1, of: progress.stratum,
            limits: campaign.playbook.limits)
          dispatcher.setLong(group, outage: outage, typical.long)
        }
      }
    }
  }

  /// Who begins now: planned upgrades in the open wave of their stratum, and soaked ones that wait
  /// for their second outage. Each is to be told `UpgradeEvent.leased`.
  package mutating func grants(at now: Instant) -> [UpgradeID] {
    dispatcher.grants(at: now).map { upgrades[Int($0)] }
  }

  /// Planned ones whose reason to wait has changed.
  package mutating func takeDeferred() -> [(id: UpgradeID, reason: Upgrade.Deferral)] {
    dispatcher.takeDeferred().map { (upgrades[$0.job], $0.reason) }
  }
}
