import Fleet
import Rollout

extension Store: CampaignStore {
  package func add(
    _ campaign: Campaign, upgrades: [Upgrade], staying: [StayingBehind]
  ) throws -> Campaign {
    try withLargeCache { try insert(campaign, upgrades, staying) }
  }

  private func insert(
    _ campaign: Campaign, _ upgrades: [Upgrade], _ staying: [StayingBehind]
  ) throws -> Campaign {
    try transaction {
      try connection.run(
        "INSERT INTO campaigns (name, status, revision, document) VALUES (?, ?, ?, ?)",
        [
          .text(campaign.name), .text(campaign.status.rawValue), .int(campaign.revision),
          .text(try Document.text(of: campaign)),
        ])
      let id = CampaignID(rawValue: connection.lastInsertedID)
      for var upgrade in upgrades {
        upgrade.campaign = id
        try connection.run(
          """
          INSERT INTO upgrades (site, wave, stratum, target, phase, entered_at, deferral, failure,
            detail, holds_lease, is_unknown, counts_for_gate, revision, document, campaign, charger,
            is_live)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
          try UpgradeTable.values(of: upgrade) + [
            .int(id.rawValue), .int(upgrade.charger.rawValue), .bool(campaign.status.isLive),
          ])
      }
      for one in staying {
        try connection.run(
          "INSERT INTO staying (campaign, charger, reason) VALUES (?, ?, ?)",
          [.int(id.rawValue), .int(one.charger.rawValue), .text(one.reason)])
      }
      var added = campaign
      added.id = id
      return added
    }
  }

  package func campaign(_ id: CampaignID) throws -> Campaign? {
    try CampaignTable.campaigns(connection, "WHERE id = ?", [.int(id.rawValue)]).first
  }

  package func campaigns() throws -> [Campaign] { try CampaignTable.campaigns(connection) }

  package func save(_ campaign: Campaign) throws {
    try transaction {
      let changed = try connection.run(
        """
        UPDATE campaigns SET name = ?, status = ?, revision = ?, document = ?
          WHERE id = ? AND revision = ?
        """,
        [
          .text(campaign.name), .text(campaign.status.rawValue), .int(campaign.revision),
          .text(try Document.text(of: campaign)), .int(campaign.id.rawValue),
          .int(campaign.revision - 1),
        ])
      guard changed == 1 else {
        throw StoreError.stale(subject: "Campaign \(campaign.name)", revision: campaign.revision)
      }
      try setLive(campaign)
    }
  }

  /// A charger is in one campaign under way at most: the index on `is_live` refuses a second.
  private func setLive(_ campaign: Campaign) throws(StoreError) {
    do throws(StoreError) {
      try connection.run(
        "UPDATE upgrades SET is_live = ?2 WHERE campaign = ?1 AND is_live <> ?2",
        [.int(campaign.id.rawValue), .bool(campaign.status.isLive)])
    } catch .constraint {
      let rival = try connection.first(
        """
        SELECT c.identity, k.name FROM upgrades mine
          JOIN upgrades other ON other.charger = mine.charger AND other.is_live = 1
            AND other.has_ended = 0 AND other.campaign <> mine.campaign
          JOIN chargers c ON c.id = mine.charger JOIN campaigns k ON k.id = other.campaign
        WHERE mine.campaign = ? AND mine.has_ended = 0 ORDER BY c.key LIMIT 1
        """, [.int(campaign.id.rawValue)]
      ) { ($0.text(0), $0.text(1)) }
      guard let (charger, name) = rival else {
        throw StoreError.constraint("a charger is in two campaigns under way")
      }
      throw StoreError.constraint(
        "\(charger) is in the campaign \(name), which is under way; a charger is in one at a time")
    }
  }

  package func upgrades(of campaign: CampaignID) throws -> [Upgrade] {
    try connection.rows(
      UpgradeTable.select + "WHERE campaign = ? ORDER BY id", [.int(campaign.rawValue)]
    ) { row throws(StoreError) in try UpgradeTable.read(row) }
  }

  package func members(of campaign: CampaignID) throws -> [ChargerID] {
    try connection.rows(
      "SELECT charger FROM upgrades WHERE campaign = ? ORDER BY id", [.int(campaign.rawValue)]
    ) { row in ChargerID(rawValue: row.int(0)) }
  }

  package func allUpgrades(of charger: ChargerID) throws -> [Upgrade] {
    try connection.rows(
      UpgradeTable.select + "WHERE charger = ? ORDER BY campaign", [.int(charger.rawValue)]
    ) { row throws(StoreError) in try UpgradeTable.read(row) }
  }

  package func upgrade(of charger: ChargerID) throws -> Upgrade? {
    try UpgradeTable.newest(of: charger, connection)
  }

  package func save(_ upgrade: Upgrade) throws {
    let changed = try connection.run(
      """
      UPDATE upgrades SET site = ?, wave = ?, stratum = ?, target = ?, phase = ?, entered_at = ?,
        deferral = ?, failure = ?, detail = ?, holds_lease = ?, is_unknown = ?, counts_for_gate = ?,
        revision = ?, document = ?
        WHERE id = ? AND revision = ?
      """,
      try UpgradeTable.values(of: upgrade) + [
        .int(upgrade.id.rawValue), .int(upgrade.revision - 1),
      ])
    if changed == 0 {
      throw StoreError.stale(
        subject: "Upgrade \(upgrade.id.rawValue)", revision: upgrade.revision)
    }
  }

  package func add(_ attempt: Attempt) throws {
    try connection.run(
      "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .int(attempt.upgrade.rawValue), .text(attempt.step), .int(attempt.number),
        .text(attempt.messageID), .text(try Document.text(of: attempt.order)),
        .text(attempt.state.rawValue), .at(attempt.writtenAt), .text(attempt.evidence),
      ])
  }

  package func settle(_ attempt: Attempt) throws {
    let changed = try connection.run(
      """
      UPDATE attempts SET state = ?, evidence = ?
        WHERE upgrade = ? AND step = ? AND number = ? AND message_id = ?
      """,
      [
        .text(attempt.state.rawValue), .text(attempt.evidence), .int(attempt.upgrade.rawValue),
        .text(attempt.step), .int(attempt.number), .text(attempt.messageID),
      ])
    if changed == 0 { throw StoreError.missing(subject: "Attempt \(attempt.messageID)") }
  }

  package func attempts(of upgrade: UpgradeID) throws -> [Attempt] {
    try AttemptTable.attempts(of: upgrade, connection)
  }
}
