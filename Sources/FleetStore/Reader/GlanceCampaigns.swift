import Control
import Fleet
import Rollout

extension Glance {
  func campaigns(at now: Instant) throws(StoreError) -> [CampaignSummary] {
    var summaries: [CampaignSummary] = []
    for campaign in try CampaignTable.campaigns(connection) {
      summaries.append(try summary(of: campaign, try counts(of: campaign), at: now))
    }
    return summaries
  }

  func campaign(_ name: String, at now: Instant) throws(StoreError) -> CampaignDetail? {
    guard let campaign = try named(name) else { return nil }
    let counts = try counts(of: campaign)
    let strata = campaign.strata.enumerated().map { index, progress in
      var phases: [Upgrade.Phase: Int] = [:]
      for cell in counts.cells where cell.stratum == index {
        phases[cell.phase, default: 0] += cell.n
      }
      let verdict: GateVerdict? =
        if case .waiting(_, let verdict) = progress.state { verdict } else { nil }
      var row = CampaignDetail.StratumRow(
        label: progress.stratum.label, state: progress.state, size: phases.values.reduce(0, +),
        phases: phases, verdict: verdict)
      row.decisions = progress.decisions
      return row
    }
    return CampaignDetail(
      summary: try summary(of: campaign, counts, at: now), author: campaign.author,
      approver: campaign.approver, selection: campaign.selection, strata: strata)
  }

  func named(_ name: String) throws(StoreError) -> Campaign? {
    try CampaignTable.campaigns(connection, "WHERE name = ?", [.text(name)]).first
  }

  func summary(
    of campaign: Campaign, _ counts: CampaignCounts, at now: Instant
  ) throws(StoreError) -> CampaignSummary {
    var summary = CampaignSummary(
      id: campaign.id, name: campaign.name, status: campaign.status,
      target: campaign.playbook.target, planHash: campaign.planHash,
      total: counts.count { _ in true }, migrated: counts.count(\.isDone),
      inFlight: counts.count { $0.phase.isInFlight },
      toGo: counts.count { $0.phase == .planned },
      failed: counts.count { $0.phase == .failed || $0.phase == .rolledBack && !$0.isDone },
      quarantined: counts.count { $0.phase == .quarantined },
      waves: campaign.waves.map { wave in
        var summary = WaveSummary(
          number: wave.number, size: wave.size,
          ended: counts.count { $0.wave == wave.number && $0.phase.isEnd },
          inFlight: counts.count { $0.wave == wave.number && $0.phase.isInFlight },
          waiting: campaign.strata.contains { $0.state.waits(in: wave.number) })
        let decisions = campaign.strata.flatMap(\.decisions)
        summary.overriddenBy =
          decisions.last { $0.wave == wave.number && $0.isOverride }?.by
        return summary
      })
    summary.leftOut = counts.count {
      $0.phase == .heldOn16 || $0.phase == .skipped || $0.phase == .cancelled
    }
    summary.staying = Int(
      try connection.int(
        "SELECT count(*) FROM staying WHERE campaign = ?", [.int(campaign.id.rawValue)]) ?? 0)
    summary.failures = counts.failures
    if campaign.status != .draft, campaign.status != .approved {
      summary.startedAt = try deed(["start"], on: campaign.name)?.at
    }
    if campaign.status == .finished || campaign.status == .aborted {
      summary.endedAt = try end(of: campaign)
    }
    summary.stalled = try standstill(of: campaign, counts, at: now)?.text
    if campaign.status == .running || campaign.status == .held {
      let start = CampaignForecast.start(startedAt: summary.startedAt, at: now)
      let migrated = try connection.int(
        """
        SELECT count(*) FROM upgrades
          WHERE campaign = ? AND phase = 'migrated' AND entered_at >= ?
        """, [.int(campaign.id.rawValue), .at(start)])
      summary.forecast = CampaignForecast(
        campaign: campaign, counts: counts, startedAt: summary.startedAt,
        stalled: summary.stalled, migrated: Int(migrated ?? 0)
      ).forecast(at: now)
    }
    return summary
  }

  /// When the last charger of a campaign that is over came to its end.
  private func end(of campaign: Campaign) throws(StoreError) -> Instant? {
    if let known = ended[campaign.id], known.revision == campaign.revision { return known.at }
    let at = try connection.int(
      "SELECT max(entered_at) FROM upgrades WHERE campaign = ? AND has_ended = 1",
      [.int(campaign.id.rawValue)])
    ended[campaign.id] = (campaign.revision, at.map { Instant(milliseconds: $0) })
    return ended[campaign.id]?.at
  }

  /// The newest of some deeds on a subject that was not refused.
  func deed(_ actions: [String], on subject: String) throws(StoreError) -> AuditEntry? {
    let marks = actions.map { _ in "?" }.joined(separator: ", ")
    return try connection.first(
      """
      SELECT at, who, action, subject, reason, outcome FROM audit
        WHERE subject = ? AND action IN (\(marks)) AND outcome NOT LIKE 'refused:%'
        ORDER BY id DESC LIMIT 1
      """, [.text(subject)] + actions.map { .text($0) }
    ) { AuditEntry($0) }
  }
}

extension AuditEntry {
  /// From `at, who, action, subject, reason, outcome`.
  init(_ row: Row) {
    self.init(
      at: Instant(milliseconds: row.int(0)), who: row.text(1), action: row.text(2),
      subject: row.text(3), reason: row.text(4), outcome: row.text(5))
  }
}

extension StratumProgress.State {
  fileprivate func waits(in wave: Int) -> Bool {
    if case .waiting(wave, _) = self { true } else { false }
  }
}
