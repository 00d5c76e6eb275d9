import Fleet

/// The pure choice of who may begin, and of what becomes of waves. Keeps no counters: everything
/// is derived from the upgrades at each call.
package enum Director {
  /// What is seen of a charger at this moment.
  package struct Presence: Sendable, Equatable {
    package var online: Bool
    /// A session runs or a car is there.
    package var busy: Bool
    package init(online: Bool, busy: Bool) { (self.online, self.busy) = (online, busy) }
  }

  package struct Grants: Sendable, Equatable {
    /// In the order of the grants; each gets `UpgradeEvent.leased`.
    package var leased: [UpgradeID] = []
    /// Planned ones whose reason to wait has changed.
    package var deferred: [Deferred] = []
    package init() {}
  }

  package struct Deferred: Sendable, Equatable {
    package var id: UpgradeID
    package var reason: Upgrade.Deferral
  }

  /// Who may begin now: planned upgrades in the open wave of their stratum, and soaked ones that
  /// wait for their second outage.
  ///
  /// - Parameters:
  ///   - upgrades: all of the campaign.
  ///   - budget: of a site; nil where it has none of its own.
  ///   - down: chargers of the site that are offline now, whoever they belong to.
  ///   - obstacle: why the place lets it not begin now, such as its window.
  ///   - leasedElsewhere: places at the site that other campaigns hold.
  package static func grants(
    campaign: Campaign, upgrades: some Collection<Upgrade>,
    presence: (ChargerID) -> Presence, budget: (SiteID) -> Int?, down: (SiteID) -> Int,
    obstacle: (Upgrade) -> Upgrade.Deferral? = { _ in nil },
    leasedElsewhere: (SiteID) -> Int = { _ in 0 }, at now: Instant
  ) -> Grants {
    var grants = Grants()
    guard campaign.status == .running else { return grants }
    let policy = campaign.playbook.gate
    var evidence = [Evidence](repeating: .init(), count: campaign.strata.count)
    var leased: [SiteID: Int] = [:]
    var toSwitch: [Upgrade] = []
    var free: [Upgrade] = []
    var busy: [Upgrade] = []
    for upgrade in upgrades where campaign.strata.indices.contains(upgrade.stratum) {
      evidence[upgrade.stratum].add(upgrade)
      // One that is offline is counted among those that are down.
      if upgrade.holdsLease, let site = upgrade.site, presence(upgrade.charger).online {
        leased[site, default: 0] += 1
      }
      if upgrade.holdsLease || upgrade.memory.leaseNotBefore.map({ $0 > now }) ?? false { continue }
      let state = campaign.strata[upgrade.stratum].state
      switch upgrade.phase {
      case .readyToSwitch:
        if presence(upgrade.charger).online, obstacle(upgrade) == nil { toSwitch.append(upgrade) }
      case .planned:
        guard case .open(let wave) = state, upgrade.wave <= wave else { continue }
        let seen = presence(upgrade.charger)
        if !seen.online {
          grants.wait(upgrade, .offline)
        } else if let obstacle = obstacle(upgrade) {
          grants.wait(upgrade, obstacle)
        } else if seen.busy {
          busy.append(upgrade)
        } else {
          free.append(upgrade)
        }
      default: break
      }
    }
    var room = campaign.strata.indices.map {
      AtRisk.allowance(done: evidence[$0].done, failed: evidence[$0].failed, policy: policy)
        - evidence[$0].atRisk
    }
    func allowed(_ upgrade: Upgrade) -> Bool {
      guard let site = upgrade.site else { return !campaign.playbook.budget(of: nil).allowsNobody }
      let out = leased[site, default: 0] + leasedElsewhere(site) + down(site)
      return out < budget(site) ?? campaign.playbook.siteBudget
    }
    // Those begun come first: they hold room at risk until they end.
    for upgrade in toSwitch where allowed(upgrade) {
      grants.leased.append(upgrade.id)
      if let site = upgrade.site { leased[site, default: 0] += 1 }
    }
    for (upgrade, isBusy) in free.map({ ($0, false) }) + busy.map({ ($0, true) }) {
      if room[upgrade.stratum] <= 0 {
        grants.wait(upgrade, isBusy ? .busy : .atRisk)
      } else if !allowed(upgrade) {
        grants.wait(upgrade, isBusy ? .busy : .budget)
      } else {
        grants.leased.append(upgrade.id)
        room[upgrade.stratum] -= 1
        if let site = upgrade.site { leased[site, default: 0] += 1 }
      }
    }
    return grants
  }
}

extension Director.Grants {
  fileprivate mutating func wait(_ upgrade: Upgrade, _ reason: Upgrade.Deferral) {
    if upgrade.deferral != reason { deferred.append(.init(id: upgrade.id, reason: reason)) }
  }
}

extension Upgrade {
  /// Notes why it does not begin although its wave is open.
  package mutating func `defer`(_ reason: Deferral, at now: Instant) {
    guard phase == .planned, deferral != reason else { return }
    deferral = reason
    memory.deferredSince = now
  }
}
