import Control
import Fleet
import Rollout

/// What an action would be about.
extension ConsoleState {
  struct ChargerSubject: Sendable, Equatable {
    var identity: String
    /// As far as it is known here.
    var verdict: Readiness.Verdict?
    var reason = ""
    var row: FleetRow?
    var detail: ChargerDetail?
  }

  struct StratumSubject: Sendable, Equatable {
    var label: String
    var state: StratumProgress.State
    /// The gate's numbers.
    var sentences: [String]

    var isWaiting: Bool {
      if case .waiting = state { return true }
      return false
    }
    var isOver: Bool { state == .finished || state == .stopped }
  }

  var openedIdentity: String? {
    if case .charger(let identity) = screen { return identity }
    return nil
  }

  /// How many chargers an action would be about.
  var chargerCount: Int {
    screen == .fleet && !fleet.marked.isEmpty ? fleet.marked.count : charger == nil ? 0 : 1
  }

  /// The charger an action would be about; nil when it is several, or none.
  var charger: ChargerSubject? {
    switch screen {
    case .fleet:
      if fleet.marked.count > 1 { return nil }
      if let identity = fleet.marked.first {
        return ChargerSubject(
          identity: identity, verdict: fleet.verdict(ofMarked: identity),
          reason: fleet.loaded.first { $0.identity == identity }?.reason ?? "",
          row: fleet.loaded.first { $0.identity == identity })
      }
      return fleet.current.map(Self.subject)
    case .charger:
      guard case .known(let detail, _) = opened else { return nil }
      return ChargerSubject(
        identity: detail.row.identity, verdict: detail.readiness.verdict,
        reason: detail.readiness.reason, row: detail.row, detail: detail)
    case .endOfLife:
      guard let page = endOfLife, page.rows.indices.contains(list.cursor - page.query.offset) else {
        return nil
      }
      return Self.subject(page.rows[list.cursor - page.query.offset].charger)
    case .wave:
      guard case .charger(let identity) = currentRow else { return nil }
      return ChargerSubject(identity: identity)
    case .messages(let identity):
      return (identity ?? currentFrame?.charger).map { ChargerSubject(identity: $0) }
    default: return nil
    }
  }

  private static func subject(_ row: FleetRow) -> ChargerSubject {
    ChargerSubject(identity: row.identity, verdict: row.verdict, reason: row.reason, row: row)
  }

  /// All of them, in the order of their names.
  var chargers: [String] {
    if screen == .fleet, !fleet.marked.isEmpty { return fleet.marked.sorted() }
    return charger.map { [$0.identity] } ?? []
  }

  /// The campaign an action would be about.
  var campaignSubject: CampaignSummary? {
    switch screen {
    case .campaigns:
      guard let campaigns, campaigns.indices.contains(list.cursor) else { return nil }
      return campaigns[list.cursor]
    case .campaign: return campaign?.summary
    case .wave: return wave?.summary
    default: return nil
    }
  }

  var strata: [StratumSubject] {
    switch screen {
    case .campaign:
      return (campaign?.strata ?? []).map { row in
        StratumSubject(
          label: row.label, state: row.state,
          sentences: row.verdict.map { [$0.sentence] } ?? Self.sentences(of: row.state))
      }
    case .wave:
      return (wave?.gates ?? []).map { gate in
        StratumSubject(
          label: gate.stratum, state: gate.state, sentences: gate.explanation.sentences)
      }
    default: return []
    }
  }

  private static func sentences(of state: StratumProgress.State) -> [String] {
    if case .waiting(_, let verdict) = state { return [verdict.sentence] }
    return []
  }

  /// Campaigns as they were told last, by the list or by the dashboard.
  var knownCampaigns: [CampaignSummary] { campaigns ?? dashboard?.campaigns ?? [] }

  /// The wave that runs or waits for a person, the newest one; of the campaign on top, else of any.
  var liveWave: Screen? {
    let own = campaignSubject ?? campaign?.summary
    let running: [Campaign.Status] = [.running, .held, .aborting]
    let candidates =
      switch screen {
      case .campaigns, .campaign: own.map { [$0] } ?? []
      default:
        knownCampaigns.filter { running.contains($0.status) }.sorted {
          ($0.startedAt ?? .distantPast) > ($1.startedAt ?? .distantPast)
        }
      }
    for summary in candidates {
      let live = summary.waves.last { $0.inFlight > 0 || $0.waiting }
      let begun = summary.waves.last { $0.ended > 0 }
      if let wave = live ?? begun ?? summary.waves.first {
        return .wave(campaign: summary.name, number: wave.number)
      }
    }
    return nil
  }
}

extension Instant {
  fileprivate static let distantPast = Instant(milliseconds: .min)
}
