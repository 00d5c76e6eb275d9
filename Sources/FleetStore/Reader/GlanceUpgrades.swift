import Control
import Fleet
import Rollout

extension Glance {
  func upgrades(of name: String) throws -> [UpgradeRow] {
    guard let campaign = try named(name) else { throw ControlError.unknownCampaign(name) }
    return try rows(
      of: campaign, "u.campaign = ? ORDER BY u.wave, c.key", [.int(campaign.id.rawValue)])
  }

  /// The newest upgrade of a charger; nil when it never had one.
  func upgrade(of identity: String, at now: Instant) throws(StoreError) -> UpgradeDetail? {
    guard let charger = try ChargerTable.chargers(like: identity, connection).first else {
      return nil
    }
    return try upgrade(of: charger, at: now)
  }

  func upgrade(of charger: Charger, at now: Instant) throws(StoreError) -> UpgradeDetail? {
    guard let upgrade = try UpgradeTable.newest(of: charger.id, connection),
      let campaign = try CampaignTable.campaigns(
        connection, "WHERE id = ?", [.int(upgrade.campaign.rawValue)]
      ).first,
      let row = try rows(of: campaign, "u.id = ?", [.int(upgrade.id.rawValue)]).first
    else { return nil }
    var detail = UpgradeDetail(
      row: row, campaign: campaign.name, online: charger.online, failure: upgrade.failure,
      explanation: upgrade.explanation(
        campaign: campaign, online: charger.online, at: now, versions: try versions(of: upgrade)),
      attempts: try AttemptTable.attempts(of: upgrade.id, connection),
      story: try story(of: charger.id))
    detail.continuity = try continuity(of: charger, at: now)
    return detail
  }

  /// Of the images of its way, where it has several.
  private func versions(of upgrade: Upgrade) throws(StoreError) -> [FirmwareID: String] {
    guard upgrade.way.count > 1 else { return [:] }
    let images = try FirmwareTable.catalogue(connection).filter { upgrade.way.contains($0.id) }
    return Dictionary(images.map { ($0.id, $0.version) }) { first, _ in first }
  }

  func story(of charger: ChargerID) throws(StoreError) -> [ChargerDetail.StoryLine] {
    try connection.rows(
      "SELECT at, text FROM story WHERE charger = ? ORDER BY entry", [.int(charger.rawValue)]
    ) { ChargerDetail.StoryLine(at: Instant(milliseconds: $0.int(0)), text: $0.text(1)) }
  }

  /// - Parameter clause: over `upgrades u` and `chargers c`.
  func rows(
    of campaign: Campaign, _ clause: String, _ values: [SQLValue]
  ) throws(StoreError) -> [UpgradeRow] {
    try connection.rows(
      """
      SELECT c.identity, c.site_name, u.wave, u.stratum, u.phase, u.entered_at, u.deferral,
        u.failure, u.detail, c.last_seen,
        CASE WHEN u.deferral IS NULL THEN NULL ELSE u.document ->> '$.memory.deferredSince' END
      FROM upgrades u JOIN chargers c ON c.id = u.charger WHERE \(clause)
      """, values
    ) { row throws(StoreError) in
      let stratum = Int(row.int(3))
      guard let phase = Upgrade.Phase(rawValue: row.text(4)),
        campaign.strata.indices.contains(stratum)
      else {
        throw .damaged(
          subject: "The upgrade of \(row.text(0))",
          reason: "phase \(row.text(4)), stratum \(stratum)")
      }
      let deferral = phase == .planned ? row.optionalText(6) : nil
      return UpgradeRow(
        identity: row.text(0), site: row.text(1), wave: Int(row.int(2)),
        stratum: campaign.strata[stratum].stratum.label, phase: phase,
        since: Self.since(row, deferral),
        detail: phase == .planned && deferral != nil
          ? campaign.obstacle(stratum) ?? Self.detail(row, deferral) : Self.detail(row, deferral))
    }
  }

  /// Since when it is in its phase, or kept from beginning.
  private static func since(_ row: Row, _ deferral: String?) -> Instant {
    let entered = Instant(milliseconds: row.int(5))
    guard deferral != nil, let deferred = row.optionalInt(10) else { return entered }
    // An absent one was away before anybody asked.
    if deferral == Upgrade.Deferral.offline.rawValue, let seen = row.optionalInt(9) {
      return Instant(milliseconds: min(seen, deferred))
    }
    return Instant(milliseconds: deferred)
  }

  private static func detail(_ row: Row, _ deferral: String?) -> String {
    if let failure = row.optionalText(7) {
      let detail = row.text(8)
      return detail.isEmpty ? failure : "\(failure): \(detail)"
    }
    if let deferral { return Upgrade.Deferral(rawValue: deferral)?.wording ?? deferral }
    return row.text(8)
  }
}

extension Campaign {
  /// What keeps a whole stratum from beginning: then a charger's own reason is of the past.
  fileprivate func obstacle(_ stratum: Int) -> String? {
    switch strata[stratum].state {
    case .waiting: "its gate waits for a decision"
    case .stopped: "its stratum was stopped"
    case .open, .finished: status == .held ? "the campaign is held" : nil
    }
  }
}
