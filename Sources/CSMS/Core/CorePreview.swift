import Control
import Fleet
import Rollout

/// A plan laid out in time.
extension Core {
  /// Chargers up to which a preview also draws replays: more would keep the engine from its work.
  private static let mostDrawn = 1000

  /// - Parameter advises: whether relaxed plans are laid out too.
  func preview(_ plan: Plan, advises: Bool, now: Instant) throws -> SchedulePreview {
    let schedule = PlannedSchedule(plan, try facts(of: plan, now: now), failures: 60)
    let replays: UInt64 = plan.upgrades.count <= Self.mostDrawn ? 200 : 0
    return schedule.preview(replays: replays, advises: advises)
  }

  func facts(of plan: Plan, now: Instant) throws -> ScheduleFacts {
    try facts(
      playbook: plan.playbook,
      jobs: plan.upgrades.map {
        let candidate = plan.candidates[$0.candidate]
        return (candidate.charger, candidate.site, $0.stratum, candidate.target)
      }, strata: plan.strata.count, now: now)
  }

  /// What a schedule has to know besides who is to be migrated.
  func facts(
    playbook: Playbook,
    jobs: [(charger: ChargerID, site: SiteID?, stratum: Int, target: FirmwareID)], strata: Int,
    now: Instant
  ) throws -> ScheduleFacts {
    var facts = ScheduleFacts(begins: now)
    let sites = try store.sites()
    let members = members.isEmpty ? try store.siteMembers() : members
    var times = SiteTimes(playbook.windows, zone: { [zones] in zones.zone($0) })
    facts.openTimesOfNone = times.number(of: nil, in: &facts.openTimes)
    let planned = Set(jobs.compactMap(\.site))
    var onUplink = 0
    for site in sites where planned.contains(site.id) || site.terms.uplink != nil {
      let chargers = members[site.id] ?? []
      var known = ScheduleSite(id: site.id, name: site.name)
      known.budget = playbook.budget(of: site).places(of: chargers.count)
      known.openTimes = times.number(of: site, in: &facts.openTimes)
      if let uplink = site.terms.uplink {
        known.uplink = uplink.name
        known.rate = uplink.bandwidth
        known.costPerMegabyte = uplink.costPerMegabyte
        onUplink += chargers.count
      }
      if isServing { known.down = chargers.count { live[$0]?.connection == nil } }
      facts.sites.append(known)
    }
    facts.uplinkBudget = playbook.budgets.uplink?.places(of: onUplink)
    facts.fleetBudget =
      playbook.budgets.fleet?.places(of: members.values.reduce(0) { $0 + $1.count })
    if let budget = playbook.budgets.model {
      var sizes = [Int](repeating: 0, count: strata)
      for job in jobs where sizes.indices.contains(job.stratum) { sizes[job.stratum] += 1 }
      facts.modelBudget = sizes.map { budget.places(of: $0) }
    }
    facts.fleetRate = settings.bandwidth
    facts.durations = durations
    for job in jobs where facts.images[job.target] == nil {
      facts.images[job.target] = catalogue[job.target]?.size.map(Int64.init) ?? 0
    }
    if isServing {
      facts.offline = Set(jobs.map(\.charger).filter { live[$0]?.connection == nil })
    }
    return facts
  }
}
