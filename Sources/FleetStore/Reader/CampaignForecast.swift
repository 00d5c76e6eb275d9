import Control
import Fleet
import Rollout

/// When a campaign will be done at its present pace.
struct CampaignForecast {
  var campaign: Campaign
  var counts: CampaignCounts
  var startedAt: Instant?
  /// Why nothing begins.
  var stalled: String?
  /// How many migrated since `Self.start(startedAt:at:)`.
  var migrated: Int

  /// What the pace is taken over.
  private static let window = Span.hours(24)

  /// Since when migrations count for the pace.
  static func start(startedAt: Instant?, at now: Instant) -> Instant {
    let day = Instant(milliseconds: now.milliseconds - window.milliseconds)
    guard let startedAt, startedAt <= now else { return day }
    return max(day, startedAt)
  }

  /// nil while nothing runs, or when nothing is left.
  func forecast(at now: Instant) -> Forecast? {
    guard campaign.status == .running || campaign.status == .held else { return nil }
    let left = counts.count { !$0.phase.isEnd }
    if left == 0 { return nil }
    for progress in campaign.strata {
      if case .waiting(let wave, _) = progress.state {
        return Forecast(done: nil, basis: "a person must decide on wave \(wave) first")
      }
    }
    if let stalled { return Forecast(done: nil, basis: "nothing begins: \(stalled)") }
    if let outlook = campaign.outlook, outlook.isOf(campaign),
      let known = Self.forecast(outlook, at: now)
    {
      return known
    }
    let start = Self.start(startedAt: startedAt, at: now)
    let elapsed = now - start
    guard migrated > 0, elapsed > .milliseconds(0) else {
      let ever = counts.count { $0.phase == .migrated }
      return Forecast(
        done: nil,
        basis: ever == 0
          ? "no charger has migrated yet: no pace to go by"
          : "no charger has migrated in the last 24 h")
    }
    let pace = Double(migrated) / elapsed.seconds
    let byPace = now + .seconds(Double(left) / pace)
    let (waves, soaks) = soaksLeft
    let bySoaks = now + soaks
    if bySoaks > byPace {
      let basis =
        switch waves {
        case 0: "what is in flight has to soak"
        case 1: "1 wave has yet to begin and soaks \(Wording.span(soak))"
        default: "\(waves) waves have yet to begin, and each soaks \(Wording.span(soak))"
        }
      return Forecast(done: bySoaks, basis: basis)
    }
    let basis =
      elapsed >= Self.window
      ? "\(migrated) in the last 24 h"
      : "\(migrated) in the \(Wording.span(elapsed)) so far"
    return Forecast(done: byPace, basis: basis)
  }

  /// What the engine's replays say; nil where they are old, as when no engine runs.
  private static func forecast(_ outlook: CampaignOutlook, at now: Instant) -> Forecast? {
    guard outlook.madeAt <= now, outlook.madeAt + window > now else { return nil }
    let observed =
      outlook.observed == 0
      ? "no outage was observed yet" : "\(outlook.observed) outages observed"
    guard outlook.replays > 0 else {
      return outlook.done.map { Forecast(done: $0, basis: "if nothing fails; \(observed)") }
    }
    guard let likely = outlook.likely else {
      return Forecast(
        done: nil, basis: "in most of \(outlook.replays) replays somebody can never begin")
    }
    let asking =
      outlook.asking == 0
      ? "" : "; in \(outlook.asking) a person is asked, which is taken to need a day"
    return Forecast(
      done: likely, basis: "the middle of \(outlook.replays) replays, \(observed)\(asking)",
      late: outlook.late)
  }

  private var soak: Span {
    let policy = campaign.playbook.soak
    return .milliseconds(policy.onFirmware.milliseconds + policy.onVersion.milliseconds)
  }

  /// Waves that have yet to begin in the stratum that has most of them, and the least time that
  /// they and what is in flight must soak.
  private var soaksLeft: (waves: Int, Span) {
    var most = (waves: 0, Span.milliseconds(0))
    for index in campaign.strata.indices {
      let cells = counts.cells.filter { $0.stratum == index }
      let waves = Set(cells.filter { $0.phase == .planned }.map(\.wave)).count
      let inFlight = cells.filter(\.phase.isInFlight).map { rest(after: $0.phase) }.max()
      let underWay = inFlight?.milliseconds ?? 0
      let total = Span.milliseconds(Int64(waves) * soak.milliseconds + underWay)
      if total > most.1 { most = (waves, total) }
    }
    return most
  }

  /// What a charger must still soak at least.
  private func rest(after phase: Upgrade.Phase) -> Span {
    switch phase {
    case .soaking, .rollingBack: .milliseconds(0)
    case .soakingOnFirmware, .readyToSwitch, .drainingToSwitch, .switching, .provisioning,
      .accepting, .verifying, .restoring:
      campaign.playbook.soak.onVersion
    default: soak
    }
  }
}
