import Fleet
import Rollout

/// Whether forecasts keep their word: campaigns whose outages take twice what the playbook's limits
/// let expect are replayed to their end, and forecast once on the way, from what was seen by then.
struct CalibrationFigures {
  var campaigns = 200
  /// The forecast is made when so many of 100 have ended.
  var progress = 0.25

  private static let begins = Instant(seconds: 1_799_020_800)
  private static let chargers = 150

  func measure() -> [Figure] {
    var covered = 0
    var under = 0
    var widths: [Double] = []
    for seed in 1...UInt64(campaigns) {
      guard let outcome = outcome(seed) else { continue }
      if outcome.end <= outcome.late { covered += 1 }
      if outcome.end <= outcome.likely { under += 1 }
      let left = (outcome.end - outcome.at).seconds
      if left > 0 { widths.append((outcome.late - outcome.likely).seconds / left) }
    }
    let share = 100 / Double(campaigns)
    let name = "campaigns twice as slow as the prior, forecast at a quarter"
    return [
      Figure("\(name): done by P90", Double(covered) * share, "%", .atLeast(85)),
      Figure("\(name): done by P90, not too often", Double(covered) * share, "%", .atMost(95)),
      Figure("\(name): done by P50", Double(under) * share, "%"),
      Figure("from P50 to P90, of what is left, median", widths.percentile(0.5) * 100, "%"),
    ]
  }

  private struct Outcome {
    var end: Instant
    var at: Instant
    var likely: Instant
    var late: Instant
  }

  private func outcome(_ seed: UInt64) -> Outcome? {
    var playbook = Playbook(name: "calibration", title: "calibration", target: .ocpp201)
    playbook.gate.acceptedHarm = 30
    playbook.soak.onFirmware = .hours(1)
    playbook.soak.onVersion = .hours(1)
    var facts = ScheduleFacts(begins: Self.begins)
    for site in 0..<Self.chargers / 5 {
      var known = ScheduleSite(id: .init(rawValue: Int64(site + 1)), name: "Site \(site + 1)")
      known.budget = 1
      facts.sites.append(known)
    }
    let candidates = (0..<Self.chargers).map { n in
      Candidate(
        charger: .init(rawValue: Int64(n + 1)), identity: "CP-\(n)",
        site: .init(rawValue: Int64(n % facts.sites.count + 1)),
        stratum: Stratum(
          vendor: "Volta", model: "AC1", hardware: "", fromFirmware: "2.3.1",
          toFirmware: "2.4.0"), target: .init(rawValue: 1))
    }
    let plan = Planner.plan(candidates: candidates, sites: [], playbook: playbook)
    let truth = PlannedSchedule(plan, facts, failures: 60).model
      .slower(by: 2, failed: 20, of: 2000).drawn(seed: seed)
    guard truth.stuck == 0, let end = truth.endings.last?.at else { return nil }
    let at = truth.endings[Int(Double(Self.chargers) * progress)].at
    let rows = Rows(plan: plan, truth: truth, at: at)
    facts.begins = at
    for (outage, span) in rows.seen {
      facts.durations.add(span, of: .outage(outage), stratum: plan.strata[0].stratum)
    }
    let outlook = CampaignSchedule(rows.campaign, rows.upgrades, facts).outlook(replays: 200)
    guard let likely = outlook.likely, let late = outlook.late else { return nil }
    return Outcome(end: end, at: at, likely: likely, late: late)
  }
}

/// The rows of a campaign as they would be at a moment of a replay.
private struct Rows {
  var campaign: Campaign
  var upgrades: [Upgrade]
  /// Outages that were over, by number.
  var seen: [(Int, Span)] = []

  init(plan: Plan, truth: ReplayResult, at now: Instant) {
    upgrades = plan.rows(campaign: .init(rawValue: 1), at: now)
    campaign = Campaign(
      id: .init(rawValue: 1), name: "calibration", playbook: plan.playbook, selection: "",
      author: "", createdAt: now, status: .running, planHash: "", waves: plan.waves,
      strata: plan.strata)
    for index in upgrades.indices {
      upgrades[index].id = .init(rawValue: Int64(index + 1))
    }
    var wave = 1
    for stay in truth.stays where stay.begins <= now {
      wave = max(wave, upgrades[stay.job].wave)
      if stay.ends <= now {
        seen.append((stay.stage, stay.ends - stay.begins))
        upgrades[stay.job].phase = stay.stage == 0 ? .soakingOnFirmware : .soaking
        upgrades[stay.job].enteredAt = stay.ends
        let soak =
          stay.stage == 0 ? plan.playbook.soak.onFirmware : plan.playbook.soak.onVersion
        if stay.stage == 0, stay.ends + soak <= now { upgrades[stay.job].phase = .readyToSwitch }
        upgrades[stay.job].holdsLease = false
      } else {
        upgrades[stay.job].phase = stay.stage == 0 ? .installing : .switching
        upgrades[stay.job].enteredAt = stay.begins
        upgrades[stay.job].holdsLease = true
      }
    }
    for ending in truth.endings where ending.at <= now {
      upgrades[ending.job].phase = ending.failed ? .failed : .migrated
      upgrades[ending.job].countsForGate = true
      upgrades[ending.job].holdsLease = false
    }
    campaign.strata[0].state = .open(wave: wave)
  }
}
