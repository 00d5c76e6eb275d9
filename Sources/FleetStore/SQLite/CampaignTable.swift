import Fleet
import Rollout

enum CampaignTable {
  static func campaigns(
    _ connection: Connection, _ clause: String = "", _ values: [SQLValue] = []
  ) throws(StoreError) -> [Campaign] {
    try connection.rows("SELECT id, document FROM campaigns \(clause) ORDER BY id", values) {
      row throws(StoreError) in
      var campaign = try Document.value(
        Campaign.self, from: row.text(1), subject: "Campaign \(row.int(0))")
      // The number was not known when the document was first written.
      campaign.id = CampaignID(rawValue: row.int(0))
      return campaign
    }
  }
}

extension Campaign.Status {
  /// Its upgrades have begun and not all are at their end: nobody else may touch its chargers.
  var isLive: Bool {
    switch self {
    case .running, .held, .aborting: true
    case .draft, .approved, .aborted, .finished: false
    }
  }
}

enum UpgradeTable {
  static let select =
    "SELECT id, campaign, charger, site, wave, stratum, target, phase, entered_at, holds_lease, "
    + "revision, document FROM upgrades "

  /// The greatest of rank and number in one integer: sorting would cost each charger that connects a
  /// table of its own, more than all else that is read for it.
  private static let selectNewest =
    select
      + """
      WHERE id = (
        SELECT max((2 * (is_live AND NOT has_ended) + is_live) << 60 | id) & 0xFFFFFFFFFFFFFFF
          FROM upgrades WHERE charger = ?)
      """

  /// The one of a campaign under way, else the newest.
  static func newest(
    of charger: ChargerID, _ connection: Connection
  ) throws(StoreError) -> Upgrade? {
    try connection.first(selectNewest, [.int(charger.rawValue)]) { row throws(StoreError) in
      try read(row)
    }
  }

  /// Values of the columns that a save writes, `site` to `document`.
  static func values(of upgrade: Upgrade) throws(StoreError) -> [SQLValue] {
    [
      .optional(upgrade.site?.rawValue), .int(upgrade.wave), .int(upgrade.stratum),
      .int(upgrade.target.rawValue), .text(upgrade.phase.rawValue), .at(upgrade.enteredAt),
      .optional(upgrade.deferral?.rawValue), .optional(upgrade.failure?.reason.rawValue),
      .optional(upgrade.failure?.detail ?? (upgrade.progress.isEmpty ? nil : upgrade.progress)),
      .bool(upgrade.holdsLease), .bool(upgrade.isUnknown), .bool(upgrade.countsForGate),
      .int(upgrade.revision),
      // A planned upgrade is its columns; a document would make a restart with many of them slow.
      isPlain(upgrade) ? .null : .text(try Document.text(of: upgrade)),
    ]
  }

  static func read(_ row: Row) throws(StoreError) -> Upgrade {
    let subject = "Upgrade \(row.int(0))"
    var upgrade: Upgrade
    if let text = row.optionalText(11) {
      upgrade = try Document.value(Upgrade.self, from: text, subject: subject)
      // The numbers were not known when the document was first written.
      upgrade.id = UpgradeID(rawValue: row.int(0))
      upgrade.campaign = CampaignID(rawValue: row.int(1))
    } else {
      upgrade = Upgrade(
        id: UpgradeID(rawValue: row.int(0)), campaign: CampaignID(rawValue: row.int(1)),
        charger: ChargerID(rawValue: row.int(2)),
        site: row.optionalInt(3).map { SiteID(rawValue: $0) }, wave: Int(row.int(4)),
        stratum: Int(row.int(5)), target: FirmwareID(rawValue: row.int(6)),
        enteredAt: Instant(milliseconds: row.int(8)))
      upgrade.revision = Int(row.int(10))
    }
    guard upgrade.phase.rawValue == row.text(7), upgrade.holdsLease == row.bool(9) else {
      throw .damaged(subject: subject, reason: "its document and its columns disagree")
    }
    return upgrade
  }

  /// Nothing has happened to it: its columns say all there is, whatever fields it may have.
  private static func isPlain(_ upgrade: Upgrade) -> Bool {
    var plain = Upgrade(
      id: upgrade.id, campaign: upgrade.campaign, charger: upgrade.charger, site: upgrade.site,
      wave: upgrade.wave, stratum: upgrade.stratum, target: upgrade.target,
      enteredAt: upgrade.enteredAt)
    plain.revision = upgrade.revision
    return plain == upgrade
  }
}
