import Fleet
import Proof
import Rollout

/// Planning, dispatching and steering on a stage.
extension Stage {
  mutating func plan(_ number: Int) {
    let candidates = campaignOf.indices.filter { campaignOf[$0] == number }.map { station in
      Candidate(
        charger: .init(rawValue: id(station)), identity: "CP\(100 + station)",
        site: SiteID(rawValue: Int64(stations[station].site + 1)), stratum: Self.stratum,
        target: firmware.id)
    }
    let plan = Planner.plan(candidates: candidates, sites: [], playbook: playbook)
    let campaignID = CampaignID(rawValue: Int64(number + 1))
    let self_ = mutation == .approvesItself
    let campaign = Campaign(
      id: campaignID, name: "move \(number)", playbook: playbook, selection: "", author: "ann",
      approver: mutation == .startsUnapproved ? nil : self_ ? "ann" : "ben", createdAt: now,
      status: .running, planHash: plan.canonicalText, waves: plan.waves, strata: plan.strata)
    campaigns.append(campaign)
    fact(
      .policy(
        campaign: campaignID.rawValue,
        .init(
          acceptedHarm: playbook.gate.acceptedHarm, confidence: playbook.gate.confidence,
          siteBudget: playbook.siteBudget, needsTwoPeople: true)))
    tallies.append([.planned: candidates.count])
    for place in plan.upgrades {
      let candidate = plan.candidates[place.candidate]
      let id = candidate.charger.rawValue
      let upgrade = Upgrade(
        id: .init(rawValue: id), campaign: campaignID, charger: candidate.charger,
        site: candidate.site, wave: place.wave, stratum: place.stratum,
        target: candidate.target, enteredAt: now)
      while upgrades.count < id { upgrades.append(upgrade) }
      upgrades[Int(id) - 1] = upgrade
      fact(
        .upgrade(
          .init(
            id: id, campaign: campaignID.rawValue, charger: id, stratum: place.stratum)))
    }
    noteStatus(campaign)
  }

  private mutating func noteStatus(_ campaign: Campaign) {
    fact(
      .campaign(
        id: campaign.id.rawValue, status: campaign.status.rawValue, author: campaign.author,
        approver: campaign.approver, isPlanApproved: true))
  }

  mutating func dispatchSoon() {
    guard isUp else { return }
    dispatchAt = min(dispatchAt ?? now + .seconds(1), now + .seconds(1))
  }

  /// Takes waves on and lets chargers begin.
  mutating func dispatch() {
    dispatchAt = now + .minutes(10)
    for number in campaigns.indices { advance(number) }
    // Made anew each time, as after a start.
    var desk = desk()
    let granted = desk.grants(at: now)
    for (id, reason) in desk.takeDeferred() {
      let before = upgrades[Int(id.rawValue) - 1]
      var upgrade = before
      upgrade.defer(reason, at: now)
      if upgrade != before { store(upgrade, replacing: before) }
    }
    for id in granted {
      let station = Int(id.rawValue) - 1
      let site = SiteID(rawValue: Int64(stations[station].site + 1))
      fact(
        .lease(
          upgrade: id.rawValue, out: down(at: site) + leases(at: site), budget: nil, atRisk: 0,
          allowance: nil))
      feedNow(station, .leased)
    }
  }

  /// Who may begin, as the engine chooses it.
  private func desk() -> DispatchDesk {
    var under: [CampaignID: Campaign] = [:]
    for var campaign in campaigns where isUnderWay(campaign) {
      if mutation == .acceptsMoreHarm { campaign.playbook.gate.acceptedHarm *= 10 }
      under[campaign.id] = campaign
    }
    var members: [SiteID: [ChargerID]] = places.sites.mapValues { _ in [] }
    for station in stations.indices where mutation != .ignoresWhoIsDown {
      members[SiteID(rawValue: Int64(stations[station].site + 1)), default: []]
        .append(ChargerID(rawValue: id(station)))
    }
    return DispatchDesk(
      under,
      upgrades: { campaign in
        upgrades.filter { $0.campaign == campaign }.map { upgrade in
          var upgrade = upgrade
          if mutation == .countsNobodyAtRisk, upgrade.outcome == .underWay,
            upgrade.phase != .readyToSwitch
          {
            // It keeps its place and is no evidence.
            upgrade.phase = .skipped
          }
          return upgrade
        }
      }, terms: .init(sites: places.sites, members: members, zone: { [places] in places.zone($0) }),
      durations: Durations(), presence: { presence(of: $0) }, at: now)
  }

  private mutating func advance(_ number: Int) {
    for _ in 0..<16 {
      let campaign = campaigns[number]
      let mine = upgrades.indices.filter { campaignOf[$0] == number }.map { upgrades[$0] }
      var (next, steps) = Director.advance(campaign: campaign, upgrades: mine, at: now)
      if next == campaign, steps.isEmpty { return }
      if next != campaign {
        next.revision = campaign.revision + 1
        campaigns[number] = next
        changes.campaigns.append(next)
        if next.status != campaign.status { noteStatus(next) }
      }
      for step in steps { take(step) }
      if !isUnderWay(next) { count(number) }
    }
  }

  /// What consoles show, held against the rows.
  private mutating func count(_ number: Int) {
    for phase in Upgrade.Phase.allCases {
      fact(
        .counted(
          campaign: campaigns[number].id.rawValue, phase: phase.rawValue,
          tallies[number][phase] ?? 0))
    }
  }

  private mutating func take(_ step: Director.Step) {
    switch step {
    case .tell(let text): tell(text)
    case .move(let id, let wave):
      let before = upgrades[Int(id.rawValue) - 1]
      var upgrade = before
      upgrade.move(toWave: wave)
      if upgrade != before { store(upgrade, replacing: before) }
    case .skip(let id, let reason):
      let before = upgrades[Int(id.rawValue) - 1]
      var upgrade = before
      _ = upgrade.skip(reason: reason, at: now)
      if upgrade != before { store(upgrade, replacing: before) }
    case .cancel(let id, let reason):
      feedNow(Int(id.rawValue) - 1, .cancel(reason: reason))
    }
  }

  private func presence(of charger: ChargerID) -> DispatchDesk.Presence {
    let known = seen[Int(charger.rawValue) - 1]
    return .init(online: known.online, busy: !known.sessions.isEmpty)
  }

  private func down(at site: SiteID) -> Int {
    stations.indices.count { stations[$0].site + 1 == site.rawValue && !seen[$0].online }
  }

  private func leases(at site: SiteID) -> Int {
    upgrades.indices.count {
      upgrades[$0].site == site && upgrades[$0].holdsLease && seen[$0].online
    }
  }

  func isUnderWay(_ campaign: Campaign) -> Bool {
    switch campaign.status {
    case .running, .held, .aborting, .approved: true
    case .draft, .aborted, .finished: false
    }
  }

  // MARK: People

  mutating func steer(_ number: Int, _ body: (inout Campaign, inout Stage) -> Void) {
    transact { me in
      var campaign = me.campaigns[number]
      let before = campaign
      body(&campaign, &me)
      guard campaign != before else { return }
      campaign.revision += 1
      me.campaigns[number] = campaign
      me.changes.campaigns.append(campaign)
      me.noteStatus(campaign)
      me.dispatchSoon()
    }
  }

  mutating func hold(_ number: Int) {
    steer(number) { campaign, _ in if campaign.status == .running { campaign.status = .held } }
  }

  mutating func resume(_ number: Int) {
    steer(number) { campaign, me in
      guard campaign.status == .held else { return }
      campaign.status = .running
      for station in me.upgrades.indices
      where me.campaignOf[station] == number && me.upgrades[station].phase.drains {
        me.feed(station, .due)
      }
    }
  }

  mutating func recall(_ number: Int) {
    steer(number) { campaign, me in
      guard campaign.status == .running || campaign.status == .held else { return }
      campaign.status = .held
      me.campaigns[number].status = .held
      for station in me.upgrades.indices where me.campaignOf[station] == number {
        me.feed(station, .recall(reason: "rehearsal"))
      }
    }
  }

  mutating func abort(_ number: Int) {
    steer(number) { campaign, _ in
      if campaign.status == .running || campaign.status == .held { campaign.status = .aborting }
    }
  }

  /// A person looks at what waits for a decision.
  mutating func decide(_ number: Int) {
    let goesOn = chance.below(3) > 0
    steer(number) { campaign, me in
      for index in campaign.strata.indices {
        guard case .waiting = campaign.strata[index].state else { continue }
        me.fact(.decision(campaign: campaign.id.rawValue, stratum: index))
        if goesOn {
          let mine = me.upgrades.indices.filter { me.campaignOf[$0] == number }.map {
            me.upgrades[$0]
          }
          campaign = Director.resume(
            campaign: campaign, stratum: index, by: "cleo", reason: "seen to", upgrades: mine,
            at: me.now)
        } else {
          campaign = Director.stop(campaign: campaign, stratum: index)
        }
      }
    }
  }
}
