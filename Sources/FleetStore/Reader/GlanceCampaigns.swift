import Control
import Fleet
import Rollout

extension Glance {
  func campaigns() throws(StoreError) -> [CampaignSummary] {
    var summaries: [CampaignSummary] = []
    for campaign in try CampaignTable.campaigns(connection) {
      summaries.append(Self.summary(of: campaign, try counts(of: campaign)))
    }
    return summaries
  }

  func campaign(_ name: String) throws(StoreError) -> CampaignDetail? {
    guard let campaign = try named(name) else { return nil }
    let counts = try counts(of: campaign)
    let strata = campaign.strata.enumerated().map { index, progress in
      let own = counts.filter { $0.stratum == index }
      var phases: [Upgrade.Phase: Int] = [:]
      for count in own { phases[count.phase, default: 0] += count.n }
      let verdict: GateVerdict? =
        if case .waiting(_, let verdict) = progress.state { verdict } else { nil }
      return CampaignDetail.StratumRow(
        label: progress.stratum.label, state: progress.state, size: own.reduce(0) { $0 + $1.n },
        phases: phases, verdict: verdict)
    }
    return CampaignDetail(
      summary: Self.summary(of: campaign, counts), author: campaign.author,
      approver: campaign.approver, selection: campaign.selection, strata: strata)
  }

  func upgrades(of name: String) throws -> [UpgradeRow] {
    guard let campaign = try named(name) else { throw ControlError.unknownCampaign(name) }
    return try connection.rows(
      """
      SELECT c.identity, c.site_name, u.wave, u.stratum, u.phase, u.entered_at, u.deferral,
        u.failure, u.detail
      FROM upgrades u JOIN chargers c ON c.id = u.charger WHERE u.campaign = ?
      ORDER BY u.wave, c.key
      """, [.int(campaign.id.rawValue)]
    ) { row throws(StoreError) in
      let stratum = Int(row.int(3))
      guard let phase = Upgrade.Phase(rawValue: row.text(4)),
        campaign.strata.indices.contains(stratum)
      else {
        throw .damaged(
          subject: "The upgrade of \(row.text(0))",
          reason: "phase \(row.text(4)), stratum \(stratum)")
      }
      return UpgradeRow(
        identity: row.text(0), site: row.text(1), wave: Int(row.int(2)),
        stratum: campaign.strata[stratum].stratum.label, phase: phase,
        since: Instant(milliseconds: row.int(5)), detail: Self.detail(row))
    }
  }

  private static func detail(_ row: Row) -> String {
    if let failure = row.optionalText(7) {
      let detail = row.text(8)
      return detail.isEmpty ? failure : "\(failure): \(detail)"
    }
    return row.optionalText(6).map { "waits: \($0)" } ?? row.text(8)
  }

  private func named(_ name: String) throws(StoreError) -> Campaign? {
    try CampaignTable.campaigns(connection, "WHERE name = ?", [.text(name)]).first
  }

  struct PhaseCount {
    var wave: Int
    var stratum: Int
    var phase: Upgrade.Phase
    var n: Int
  }

  func counts(of campaign: Campaign) throws(StoreError) -> [PhaseCount] {
    try connection.rows(
      """
      SELECT wave, stratum, phase, count(*) FROM upgrades WHERE campaign = ?
        GROUP BY stratum, wave, phase
      """, [.int(campaign.id.rawValue)]
    ) { row throws(StoreError) in
      guard let phase = Upgrade.Phase(rawValue: row.text(2)) else {
        throw .damaged(subject: "Campaign \(campaign.name)", reason: "phase \(row.text(2))")
      }
      return PhaseCount(
        wave: Int(row.int(0)), stratum: Int(row.int(1)), phase: phase, n: Int(row.int(3)))
    }
  }

  static func summary(of campaign: Campaign, _ counts: [PhaseCount]) -> CampaignSummary {
    func count(_ holds: (PhaseCount) -> Bool) -> Int {
      counts.reduce(0) { $0 + (holds($1) ? $1.n : 0) }
    }
    func isInFlight(_ phase: Upgrade.Phase) -> Bool { !phase.isEnd && phase != .planned }
    return CampaignSummary(
      id: campaign.id, name: campaign.name, status: campaign.status,
      target: campaign.playbook.target, planHash: campaign.planHash, total: count { _ in true },
      migrated: count { $0.phase == .migrated }, inFlight: count { isInFlight($0.phase) },
      toGo: count { $0.phase == .planned },
      failed: count { $0.phase == .failed || $0.phase == .rolledBack },
      quarantined: count { $0.phase == .quarantined },
      waves: campaign.waves.map { wave in
        WaveSummary(
          number: wave.number, size: wave.size,
          ended: count { $0.wave == wave.number && $0.phase.isEnd },
          inFlight: count { $0.wave == wave.number && isInFlight($0.phase) },
          waiting: campaign.strata.contains { $0.state.waits(in: wave.number) })
      })
  }
}

extension StratumProgress.State {
  fileprivate func waits(in wave: Int) -> Bool {
    if case .waiting(wave, _) = self { true } else { false }
  }
}
