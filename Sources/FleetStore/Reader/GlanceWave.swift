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
    let ended = "phase IN ('rollingBack', 'rolledBack', 'quarantined', 'failed')"
    var detail = WaveDetail(
      at: now, summary: try summary(of: campaign, counts, at: now), number: number, size: size,
      gates: campaign.strata.indices.filter { strata.contains($0) }
        .map { gate(of: campaign, $0, counts) },
      funnel: Self.funnel(cells),
      failed: try list(of: campaign, "u.\(ended) ORDER BY u.entered_at DESC, u.id", key),
      deferred: try list(
        of: campaign, "u.phase = 'planned' AND u.deferral IS NOT NULL ORDER BY u.id", key),
      unknown: try list(of: campaign, "u.is_unknown = 1 AND u.has_ended = 0 ORDER BY u.id", key))
    detail.failedCount = counts.bad.reduce(0) { $0 + ($1.wave == number ? $1.n : 0) }
    detail.deferredCount = try total(
      detail.deferred, "phase = 'planned' AND deferral IS NOT NULL", key)
    detail.unknownCount = try total(detail.unknown, "is_unknown = 1 AND has_ended = 0", key)
    return detail
  }

  /// The gates of every stratum; none for a campaign that is not there.
  func gates(of name: String) throws -> [GateDetail] {
    guard let campaign = try named(name) else { throw ControlError.unknownCampaign(name) }
    let counts = try counts(of: campaign)
    return campaign.strata.indices.map { gate(of: campaign, $0, counts) }
  }

  private func gate(of campaign: Campaign, _ index: Int, _ counts: CampaignCounts) -> GateDetail {
    let progress = campaign.strata[index]
    return GateDetail(
      stratum: progress.stratum.label, state: progress.state,
      explanation: Gate.explanation(
        campaign: campaign, stratum: index, evidence: counts.evidence(stratum: index)),
      decisions: progress.decisions)
  }

  private func list(
    of campaign: Campaign, _ clause: String, _ key: [SQLValue]
  ) throws(StoreError) -> [UpgradeRow] {
    try rows(
      of: campaign, "u.campaign = ? AND u.wave = ? AND \(clause) LIMIT \(Self.listed)", key)
  }

  /// How many there are of a list; counted only when it was cut.
  private func total(
    _ rows: [UpgradeRow], _ clause: String, _ key: [SQLValue]
  ) throws(StoreError) -> Int {
    if rows.count < Self.listed { return rows.count }
    return Int(
      try connection.int(
        "SELECT count(*) FROM upgrades WHERE campaign = ? AND wave = ? AND \(clause)", key) ?? 0)
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
