import Control
import Fleet
import Rollout

extension Glance {
  func dashboard(at now: Instant) throws(StoreError) -> Dashboard {
    var versions: [Int64: Int] = [:]
    var verdicts: [Int64: Int] = [:]
    var online = 0
    try connection.each("SELECT speaks, online, verdict, n FROM tallies") { row in
      versions[row.int(0), default: 0] += Int(row.int(3))
      verdicts[row.int(2), default: 0] += Int(row.int(3))
      online += row.bool(1) ? Int(row.int(3)) : 0
    }
    let week = Instant(milliseconds: now.milliseconds - Span.hours(7 * 24).milliseconds)
    let failures = try connection.rows(
      """
      SELECT failure, count(*) FROM upgrades
        WHERE failure IS NOT NULL AND entered_at >= ? AND has_ended = 1
        GROUP BY failure ORDER BY count(*) DESC, failure
      """, [.at(week)]
    ) { Dashboard.FailureCount(reason: $0.text(0), count: Int($0.int(1))) }
    return Dashboard(
      at: now, chargers: versions.values.reduce(0, +), online: online,
      versions: ProtocolVersion.allCases.map {
        .init(label: $0.label, count: versions[Int64($0.rawValue)] ?? 0)
      } + [.init(label: "never seen", count: versions[-1] ?? 0)],
      verdicts: Readiness.Verdict.allCases.compactMap { verdict in
        let count = verdicts[Int64(verdict.rawValue)] ?? 0
        return count == 0 ? nil : .init(verdict: verdict, count: count)
      },
      campaigns: try campaigns(), failures: failures,
      needsYou: try waitingStrata(at: now) + quarantined() + pending(at: now))
  }

  private func waitingStrata(at now: Instant) throws(StoreError) -> [Dashboard.Attention] {
    var attentions: [Dashboard.Attention] = []
    for campaign in try CampaignTable.campaigns(connection) where campaign.status.isLive {
      for (index, progress) in campaign.strata.enumerated() {
        guard case .waiting(let wave, let verdict) = progress.state else { continue }
        // The wave ended with the last of its upgrades.
        let since = try connection.int(
          "SELECT max(entered_at) FROM upgrades WHERE campaign = ? AND stratum = ? AND wave = ?",
          [.int(campaign.id.rawValue), .int(index), .int(wave)])
        attentions.append(
          .init(
            kind: verdict.word == .fail ? .gateFailed : .gateUndecided,
            text: "gate \(verdict.word == .fail ? "failed" : "undecided"): "
              + "\(progress.stratum.label), \(verdict.failed) of \(verdict.done) failed, wave \(wave)",
            campaign: campaign.name,
            since: since.map { Instant(milliseconds: $0) } ?? now,
            place: .wave(campaign: campaign.name, number: wave)))
      }
    }
    return attentions
  }

  /// Those whose newest upgrade ended so, as long as nobody gave the charger up and it has not
  /// arrived since.
  private func quarantined() throws(StoreError) -> [Dashboard.Attention] {
    try connection.rows(
      """
      SELECT k.name, c.site_name, count(*), min(u.entered_at), min(c.identity)
      FROM upgrades u JOIN campaigns k ON k.id = u.campaign JOIN chargers c ON c.id = u.charger
      WHERE u.phase = 'quarantined' AND c.verdict NOT IN (?, ?)
        AND NOT EXISTS (SELECT 1 FROM upgrades n WHERE n.charger = u.charger AND n.id > u.id)
      GROUP BY k.id, c.site_name ORDER BY min(u.entered_at)
      """,
      [
        .int(Readiness.Verdict.endOfLife.rawValue), .int(Readiness.Verdict.migrated.rawValue),
      ]
    ) { row in
      let place = row.text(1).isEmpty ? "" : " at \(row.text(1))"
      let who = row.int(2) == 1 ? "\(row.text(4)) is" : "\(row.int(2)) chargers are"
      return .init(
        kind: .quarantined, text: "\(who) quarantined\(place): a technician is needed",
        campaign: row.text(0), since: Instant(milliseconds: row.int(3)),
        place: .fleet(filter: "ready:quarantined"))
    }
  }

  private func pending(at now: Instant) throws(StoreError) -> [Dashboard.Attention] {
    try connection.rows(
      """
      SELECT count(*), min(last_seen), min(identity) FROM chargers
        WHERE admission = 1 HAVING count(*) > 0
      """
    ) { row in
      let who = row.int(0) == 1 ? "\(row.text(2)) is" : "\(row.int(0)) chargers are"
      return .init(
        kind: .pending,
        text: "\(who) not in the inventory and wait\(row.int(0) == 1 ? "s" : "") to be accepted",
        campaign: "", since: row.optionalInt(1).map { Instant(milliseconds: $0) } ?? now,
        place: .fleet(filter: "ready:unknown"))
    }
  }
}
