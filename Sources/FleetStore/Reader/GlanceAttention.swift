import Control
import Fleet
import Rollout

/// What waits for a person.
extension Glance {
  /// Sites that are told one by one at most.
  private static let sites = 50

  /// Most urgent first; of one kind, what has waited longest.
  func needsYou(
    _ campaigns: [Campaign], at now: Instant
  ) throws(StoreError) -> [Dashboard.Attention] {
    var all: [Dashboard.Attention] = []
    for campaign in campaigns where campaign.status.isLive {
      all += try gates(of: campaign, at: now)
      if let standstill = try standstill(of: campaign, try counts(of: campaign), at: now) {
        all.append(blocked(campaign, standstill))
      }
    }
    for campaign in campaigns where campaign.status == .draft || campaign.status == .approved {
      all.append(try unbegun(campaign))
    }
    all += try quarantined(at: now)
    all += try pending(at: now)
    let order = Dashboard.Attention.Kind.allCases
    return all.sorted {
      (order.firstIndex(of: $0.kind) ?? 0, $0.since, $0.text)
        < (order.firstIndex(of: $1.kind) ?? 0, $1.since, $1.text)
    }
  }

  private func gates(
    of campaign: Campaign, at now: Instant
  ) throws(StoreError) -> [Dashboard.Attention] {
    var attentions: [Dashboard.Attention] = []
    for (index, progress) in campaign.strata.enumerated() {
      guard case .waiting(let wave, let verdict) = progress.state else { continue }
      // The gate was judged when the last of them ended.
      let since = try connection.int(
        """
        SELECT max(entered_at) FROM upgrades
          WHERE campaign = ? AND stratum = ? AND wave = ? AND has_ended = 1
        """, [.int(campaign.id.rawValue), .int(index), .int(wave)])
      let hasFailed = verdict.word == .fail
      let result =
        hasFailed
        ? "\(verdict.failed) of \(verdict.done) failed: up to \(Self.percent(verdict.upperBound)) may, "
          + "allowed are \(Self.percent(verdict.limit))"
        : verdict.awaitsApproval == true
          ? "\(verdict.done) done, \(verdict.failed) failed"
          : verdict.done == 0 ? "nobody came through" : "\(verdict.done) done, too few to tell"
      attentions.append(
        .init(
          kind: hasFailed ? .gateFailed : .gateUndecided,
          text: "gate \(Self.standing(verdict)): \(campaign.name) wave \(wave), "
            + "\(progress.stratum.label) (\(result))",
          campaign: campaign.name, since: since.map { Instant(milliseconds: $0) } ?? now,
          place: .wave(campaign: campaign.name, number: wave)))
    }
    return attentions
  }

  private static func standing(_ verdict: GateVerdict) -> String {
    if verdict.awaitsApproval == true { return "passed and waits for an approval" }
    return verdict.word == .fail ? "failed" : "undecided"
  }

  /// In whole percent, as gates say them; small ones rounded up, so that none looks like nothing.
  private static func percent(_ share: Double) -> String {
    "\(Int((share * 100 - 1e-9).rounded(share < 0.1 ? .up : .toNearestOrAwayFromZero))) %"
  }

  private func blocked(_ campaign: Campaign, _ standstill: Standstill) -> Dashboard.Attention {
    .init(
      kind: .blocked,
      text: campaign.status == .held
        ? "\(campaign.name) is \(standstill.text)"
        : "\(campaign.name) stands still: \(standstill.text)",
      campaign: campaign.name, since: standstill.since, place: .campaign(campaign.name))
  }

  /// A plan that nobody has taken on yet.
  private func unbegun(_ campaign: Campaign) throws(StoreError) -> Dashboard.Attention {
    let isDraft = campaign.status == .draft
    let who = Wording.chargers(try counts(of: campaign).count { _ in true })
    let approval = isDraft ? nil : try deed(["approve"], on: campaign.name)
    return .init(
      kind: isDraft ? .awaitsApproval : .awaitsStart,
      text: isDraft
        ? "\(campaign.name) waits for its approval (\(who))"
        : "\(campaign.name) waits for its start (\(who))",
      campaign: campaign.name, since: approval?.at ?? campaign.createdAt,
      place: .campaign(campaign.name))
  }

  private func quarantined(at now: Instant) throws(StoreError) -> [Dashboard.Attention] {
    try connection.rows(
      """
      SELECT c.site_name, count(*), min(d.quarantine ->> 'at'), min(c.identity),
        min(d.quarantine ->> 'campaign'), max(d.quarantine ->> 'campaign'),
        min(d.quarantine ->> 'reason'), max(d.quarantine ->> 'reason')
      FROM chargers c JOIN dossiers d ON d.charger = c.id WHERE c.verdict = ?
      GROUP BY c.site_name ORDER BY 3 LIMIT ?
      """, [.int(Readiness.Verdict.quarantined.rawValue), .int(Self.sites)]
    ) { row in
      let site = row.text(0)
      let isOne = row.int(1) == 1
      let who = isOne ? "\(row.text(3)) is" : "\(row.int(1)) chargers are"
      let reason = row.text(6) == row.text(7) ? row.text(6) : "several reasons"
      return .init(
        kind: .quarantined,
        text: "\(who) quarantined\(site.isEmpty ? "" : " at \(site)"), \(reason): "
          + "a technician is needed",
        campaign: row.text(4) == row.text(5) ? row.text(4) : "",
        since: row.optionalInt(2).map { Instant(milliseconds: $0) } ?? now,
        place: isOne
          ? .charger(row.text(3))
          : .fleet(filter: "quarantined" + (site.isEmpty ? "" : " \(Wording.filter(site: site))")))
    }
  }

  private func pending(at now: Instant) throws(StoreError) -> [Dashboard.Attention] {
    try connection.rows(
      """
      SELECT count(*), min(last_seen), min(identity) FROM chargers
        WHERE admission = 1 HAVING count(*) > 0
      """
    ) { row in
      let isOne = row.int(0) == 1
      return .init(
        kind: .pending,
        text: isOne
          ? "\(row.text(2)) came unannounced and waits to be accepted"
          : "\(row.int(0)) chargers came unannounced and wait to be accepted",
        campaign: "", since: row.optionalInt(1).map { Instant(milliseconds: $0) } ?? now,
        place: isOne ? .charger(row.text(2)) : .fleet(filter: "pending"))
    }
  }
}
