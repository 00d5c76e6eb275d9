import Control
import Fleet
import Rollout

extension Glance {
  /// Rows of each list of a wave at most; the totals say how many there are.
  private static let listed = 500

  func wave(
    _ number: Int, of name: String, at now: Instant
  ) throws(StoreError) -> WaveDetail? {
    guard let campaign = try named(name) else { return nil }
    let counts = try counts(of: campaign)
    let cells = counts.cells.filter { $0.wave == number }
    let size = cells.reduce(0) { $0 + $1.n }
    guard size > 0 || campaign.waves.contains(where: { $0.number == number }) else { return nil }
    let strata = Set(cells.map(\.stratum))
    let key: [SQLValue] = [.int(campaign.id.rawValue), .int(number)]
    let gates = try campaign.strata.indices.filter { strata.contains($0) }
      .map { index throws(StoreError) in try gate(of: campaign, index, counts, at: now) }
    var detail = WaveDetail(
      at: now, summary: try summary(of: campaign, counts, at: now), number: number, size: size,
      gates: gates,
      funnel: Self.funnel(cells), failed: try list(.failed, of: campaign, key),
      deferred: try list(.deferred, of: campaign, key),
      unknown: try list(.unknown, of: campaign, key))
    detail.failedCount = cells.reduce(0) { $0 + ($1.phase.isBad && $1.failure != nil ? $1.n : 0) }
    detail.deferredCount = try total(.deferred, detail.deferred, key)
    detail.unknownCount = try total(.unknown, detail.unknown, key)
    return detail
  }

  /// Upgrades that a wave lists. Conditions are those of indexes, word for word: only so are they
  /// used.
  private enum List {
    /// Newest first.
    case failed
    /// By reason.
    case deferred
    case unknown

    var condition: String {
      switch self {
      case .failed:
        "phase IN ('rollingBack', 'rolledBack', 'quarantined', 'failed') AND failure IS NOT NULL"
      case .deferred: "phase = 'planned' AND deferral IS NOT NULL"
      case .unknown: "is_unknown = 1 AND has_ended = 0"
      }
    }

    var order: String {
      switch self {
      case .failed: "u.entered_at DESC, u.id"
      case .deferred: "u.deferral DESC, u.id"
      case .unknown: "u.id"
      }
    }
  }

  /// The gates of every stratum; none for a campaign that is not there.
  func gates(of name: String, at now: Instant) throws -> [GateDetail] {
    guard let campaign = try named(name) else { throw ControlError.unknownCampaign(name) }
    let counts = try counts(of: campaign)
    return try campaign.strata.indices.map { try gate(of: campaign, $0, counts, at: now) }
  }

  private func gate(
    of campaign: Campaign, _ index: Int, _ counts: CampaignCounts, at now: Instant
  ) throws(StoreError) -> GateDetail {
    let progress = campaign.strata[index]
    let health = try health(of: campaign, stratum: index, at: now)
    return GateDetail(
      stratum: progress.stratum.label, state: progress.state,
      explanation: Gate.explanation(
        campaign: campaign, stratum: index, evidence: counts.evidence(stratum: index),
        health: health),
      decisions: progress.decisions)
  }

  private func list(
    _ list: List, of campaign: Campaign, _ key: [SQLValue]
  ) throws(StoreError) -> [UpgradeRow] {
    try rows(
      of: campaign,
      """
      u.id IN (SELECT u.id FROM upgrades u WHERE campaign = ? AND wave = ? AND \(list.condition)
        ORDER BY \(list.order) LIMIT \(Self.listed)) ORDER BY \(list.order)
      """, key)
  }

  /// How many there are of a list; counted only when it was cut.
  private func total(
    _ list: List, _ rows: [UpgradeRow], _ key: [SQLValue]
  ) throws(StoreError) -> Int {
    if rows.count < Self.listed { return rows.count }
    let count = try connection.int(
      "SELECT count(*) FROM upgrades WHERE campaign = ? AND wave = ? AND \(list.condition)", key)
    return Int(count ?? 0)
  }

  /// Every stretch of the way, and of the ends those that somebody came to.
  private static func funnel(_ cells: [CampaignCounts.Cell]) -> [WaveDetail.Step] {
    func count(_ phases: [Upgrade.Phase]) -> Int {
      cells.reduce(0) { $0 + (phases.contains($1.phase) ? $1.n : 0) }
    }
    let way: [(Upgrade.Phase, [Upgrade.Phase])] = [
      (.draining, [.snapshot, .draining]),
      (.downloading, [.ordering, .ordered, .downloading, .downloaded]),
      (.installing, [.installing, .rebooting, .firmwareProved]),
      (.soakingOnFirmware, [.soakingOnFirmware, .readyToSwitch]),
      (.switching, [.drainingToSwitch, .switching]),
      (.verifying, [.provisioning, .accepting, .verifying, .restoring]),
      (.soaking, [.soaking]), (.migrated, [.migrated]),
    ]
    let waiting = WaveDetail.Step(label: "waiting", count: count([.planned]))
    let others: [Upgrade.Phase] = [
      .rollingBack, .rolledBack, .quarantined, .failed, .heldOn16, .skipped, .cancelled,
    ]
    return [waiting] + way.map { .init(label: $0.wording, count: count($1)) }
      + others.compactMap { phase in
        let n = count([phase])
        return n == 0 ? nil : .init(label: phase.wording, count: n)
      }
  }
}
