import Fleet

/// When a campaign will be done, as its engine last saw it.
package struct CampaignOutlook: Sendable, Equatable, Codable {
  package var madeAt: Instant
  /// If everything takes as long as the middle of what was seen and nothing fails; nil: never.
  package var done: Instant?
  /// Half, and nine of ten, replays are done by then; nil while they are not drawn yet, or endless.
  package var likely: Instant?
  package var late: Instant?
  package var replays = 0
  /// Outages that the durations rest on.
  package var observed = 0
  /// Replays in which a gate asks a person on the way.
  package var asking = 0
  /// Strata that waited for a person when it was made, which is taken to need a day: what it says
  /// ends with a decision. Nil: none, and in what older releases kept.
  package var waiting: Int?
  package init(madeAt: Instant) { self.madeAt = madeAt }

  /// Whether it still speaks of that campaign as it stands: as many strata wait for a person.
  package func isOf(_ campaign: Campaign) -> Bool { waiting ?? 0 == campaign.waitingStrata }
}

/// A campaign under way as a schedule: everybody where their rows say they are.
package struct CampaignSchedule: Sendable {
  private let schedule: PlannedSchedule
  private let begins: Instant
  private let observed: Int
  private let waiting: Int

  package init(_ campaign: Campaign, _ upgrades: [Upgrade], _ facts: ScheduleFacts) {
    let known = upgrades.filter { campaign.strata.indices.contains($0.stratum) }
    let plan = Plan(
      playbook: campaign.playbook,
      candidates: known.map {
        Candidate(
          charger: $0.charger, identity: "", site: $0.site,
          stratum: campaign.strata[$0.stratum].stratum, target: $0.target, hops: $0.hops ?? [])
      }, waves: campaign.waves, strata: campaign.strata,
      upgrades: known.enumerated().map { index, upgrade in
        .init(candidate: index, wave: upgrade.wave, stratum: upgrade.stratum)
      }, warnings: [])
    var facts = facts
    facts.durations.addRunning(upgrades, of: campaign, at: facts.begins)
    var schedule = PlannedSchedule(plan, facts, failures: 400)
    begins = facts.begins
    observed = facts.durations.count
    waiting = campaign.waitingStrata
    for (job, upgrade) in known.enumerated() {
      schedule.model.place(
        job, upgrade, stopped: campaign.strata[upgrade.stratum].state == .stopped,
        at: facts.begins)
    }
    for (group, progress) in campaign.strata.enumerated() {
      switch progress.state {
      case .open(let wave): schedule.model.start.open(group, wave: wave)
      case .waiting(let wave, _):
        schedule.model.start.open(group, wave: wave, isOpen: false)
        schedule.model.waiting.append((schedule.model.decision.milliseconds, group))
      case .finished, .stopped: schedule.model.start.open(group, wave: .max >> 33, isOpen: false)
      }
    }
    self.schedule = schedule
  }

  /// The end in the middle of everything, at once.
  package func outlook() -> CampaignOutlook {
    var replay = Replay(schedule.model, seed: nil)
    let result = replay.run()
    var outlook = CampaignOutlook(madeAt: begins)
    outlook.done = result.stuck == 0 ? begins + .milliseconds(result.end) : nil
    outlook.observed = observed
    outlook.waiting = waiting
    return outlook
  }

  /// The same with what `count` replays with drawn durations and failures say.
  package func outlook(replays count: UInt64) -> CampaignOutlook {
    var outlook = outlook()
    let ends = schedule.model.ends(seeds: 1..<count + 1)
    outlook.replays = ends.count
    outlook.asking = ends.count { $0.decisions > 0 }
    let spans = ends.map(\.span)
    outlook.likely = Spans.quantile(spans, 0.5).map { begins + $0 }
    outlook.late = Spans.quantile(spans, 0.9).map { begins + $0 }
    return outlook
  }
}

extension Durations {
  /// Outages that still run. Without them only the quick ones would have been seen so far: each
  /// counts as one that took as long as those that took longer than it has lasted.
  fileprivate mutating func addRunning(
    _ upgrades: [Upgrade], of campaign: Campaign, at now: Instant
  ) {
    let seen = self
    var turn = 0.0
    var tables: [Int: [Int64]] = [:]
    for upgrade in upgrades
    where upgrade.holdsLease && campaign.strata.indices.contains(upgrade.stratum) {
      let stratum = campaign.strata[upgrade.stratum].stratum
      let number = upgrade.phase.isOfImage ? 0 : 1
      let spent = (now - (upgrade.observed?.leasedAt ?? upgrade.enteredAt)).milliseconds
      let key = 2 * upgrade.stratum + number
      let table =
        tables[key]
        ?? seen.table(
          .outage(number), of: stratum,
          prior: Self.prior(Self.expected(number, campaign.playbook.limits)))
      tables[key] = table
      let longer = table.filter { $0 > spent }
      // Spread evenly over them: no chance, so that the same rows give the same forecast.
      turn = (turn + 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
      let span = longer.isEmpty ? spent + spent / 4 : longer[Int(turn * Double(longer.count))]
      add(.milliseconds(span), of: .outage(number), stratum: stratum)
    }
  }
}

extension ReplayModel {
  /// Puts a charger where its row says it is.
  fileprivate mutating func place(
    _ job: Int, _ upgrade: Upgrade, stopped: Bool, at now: Instant
  ) {
    let group = Int(shape.jobs[job].group)
    let outages = shape.groups[group].outages
    let last = outages.count - 1
    let stage = upgrade.scheduledOutage(last: last)
    switch upgrade.standing {
    case .succeeded: evidence[group].done += 1
    case .failed, .failing:
      evidence[group].done += 1
      evidence[group].failed += 1
    case .planned, .underWay, .noEvidence: break
    }
    let state = upgrade.scheduledState
    if state == .ended || (stopped && upgrade.phase == .planned) {
      start.set(job, .ended, stage: stage, standing: upgrade.standing)
      return
    }
    switch state {
    case .holding:
      start.set(job, .holding, stage: stage, standing: .underWay)
      let spent = (now - (upgrade.observed?.leasedAt ?? upgrade.enteredAt)).milliseconds
      running.append((rest(outages.lowerBound + stage, after: spent), Int32(job)))
    case .resting:
      start.set(job, .resting, stage: min(stage, last) + 1, standing: .underWay)
      let soak = shape.outages[outages.lowerBound + min(stage, last)].soak.milliseconds
      running.append((max(1, soak - (now - upgrade.enteredAt).milliseconds), Int32(job)))
    case .ready: start.set(job, .ready, stage: stage, standing: .underWay)
    case .planned, .ended: break
    }
  }

  /// The middle of what is left of an outage that has lasted for so long.
  private func rest(_ outage: Int, after spent: Int64) -> Int64 {
    let longer = tables[outage].filter { $0 > spent }
    // Longer than any that was seen: about a tenth more.
    return longer.isEmpty ? max(60_000, spent / 10) : max(1, longer[longer.count / 2] - spent)
  }
}

extension Upgrade {
  package var scheduledState: Dispatcher.State {
    if holdsLease { return .holding }
    if phase.isEnd { return .ended }
    switch phase {
    case .planned: return .planned
    case .readyToSwitch: return .ready
    default: return .resting
    }
  }

  /// Which outage it is in, waits for, or soaks after; the last is that of the version.
  package func scheduledOutage(last: Int) -> Int {
    switch phase {
    case .planned, .soakingOnFirmware: min(hop, max(0, last - 1))
    case .readyToSwitch where awaitsImage: min(hop, last)
    default: phase.isOfImage ? min(hop, last) : last
    }
  }

  package var standing: Dispatcher.Standing {
    switch outcome {
    case .planned: .planned
    case .underWay: .underWay
    case .succeeded: .succeeded
    case .failed: phase.isEnd ? .failed : .failing
    // One that a person takes back is not back yet.
    case .noEvidence: phase.isEnd ? .noEvidence : .underWay
    }
  }
}
