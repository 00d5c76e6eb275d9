import Fleet
import Rollout

extension InventoryRecords {
  /// A row of the ledger, or of the audit, that an independent check needs.
  package struct LedgerRow: Sendable {
    package var id: Int64
    package var charger: Int64?
    package var at: Int64
    package var kind: LedgerEntry.Kind
    package var version: ProtocolVersion?
    package var action: String
    package var body: [UInt8]
  }

  package struct AuditRow: Sendable {
    package var at: Int64
    package var action: String
    package var subject: String
    package var reason: String
    /// Nothing came of it.
    package var isRefused: Bool
  }

  package struct ChargerRow: Sendable {
    package var id: Int64
    package var identity: String
    package var site: Int64?
  }

  package struct UpgradeRecord: Sendable {
    package var id: Int64
    package var campaign: Int64
    package var charger: Int64
    package var site: Int64?
    package var stratum: Int
    package var phase: String
    package var holdsLease: Bool
    package var counts: Bool
    package var revision: Int
    package var failure: String?
  }

  /// What the engine wrote down for a check, boots, and statuses of connectors.
  package func ledger() throws(StoreError) -> [LedgerRow] {
    try connection.rows(
      """
      SELECT id, charger, at, kind, version, action, body FROM ledger WHERE kind IN (?, ?, ?)
        ORDER BY id
      """,
      [
        .int(Int64(LedgerEntry.Kind.turn.rawValue)), .int(Int64(LedgerEntry.Kind.status.rawValue)),
        .int(Int64(LedgerEntry.Kind.booted.rawValue)),
      ]
    ) { row in
      LedgerRow(
        id: row.int(0), charger: row.optionalInt(1), at: row.int(2),
        kind: LedgerEntry.Kind(rawValue: Int(row.int(3))) ?? .note,
        version: row.optionalInt(4).flatMap { ProtocolVersion(rawValue: Int($0)) },
        action: row.text(5), body: row.blob(6))
    }
  }

  /// Sessions by the rows of the ledger that began and ended them; nil: not ended.
  package func sessionSpans() throws(StoreError) -> [(
    charger: Int64, id: Int64, first: Int64, last: Int64?
  )] {
    try connection.rows("SELECT charger, id, entries, stopped_at FROM sessions ORDER BY id") {
      row in
      let ids = SessionEntries(bytes: row.blob(2))?.ids ?? []
      let isOver = row.optionalInt(3) != nil
      return (row.int(0), row.int(1), ids.first ?? 0, isOver ? ids.last ?? 0 : nil)
    }
  }

  package func audit() throws(StoreError) -> [AuditRow] {
    try connection.rows("SELECT at, action, subject, reason, outcome FROM audit ORDER BY id") {
      row in
      AuditRow(
        at: row.int(0), action: row.text(1), subject: row.text(2), reason: row.text(3),
        isRefused: row.text(4).hasPrefix("refused: "))
    }
  }

  /// Those that count for the budget of their site.
  package func chargers() throws(StoreError) -> [ChargerRow] {
    try connection.rows(
      "SELECT id, identity, CASE WHEN verdict = ? THEN NULL ELSE site END FROM chargers",
      [.int(Int64(Readiness.Verdict.endOfLife.rawValue))]
    ) { row in
      ChargerRow(id: row.int(0), identity: row.text(1), site: row.optionalInt(2))
    }
  }

  package func upgrades() throws(StoreError) -> [UpgradeRecord] {
    try connection.rows(
      """
      SELECT id, campaign, charger, stratum, phase, holds_lease, counts_for_gate, revision, failure,
        site
        FROM upgrades ORDER BY id
      """
    ) { row in
      UpgradeRecord(
        id: row.int(0), campaign: row.int(1), charger: row.int(2),
        site: row.optionalInt(9), stratum: Int(row.int(3)),
        phase: row.text(4), holdsLease: row.bool(5), counts: row.bool(6),
        revision: Int(row.int(7)), failure: row.optionalText(8))
    }
  }

  /// What consoles show: upgrades of a campaign by phase.
  package func tallies() throws(StoreError) -> [(campaign: Int64, phase: String, count: Int)] {
    try connection.rows(
      "SELECT campaign, phase, sum(n) FROM upgrade_tallies GROUP BY campaign, phase"
    ) { row in (row.int(0), row.text(1), Int(row.int(2))) }
  }

  package func sites() throws(StoreError) -> [Site] { try SiteTable.sites(connection) }

  /// Images that are no longer offered included.
  package func catalogue() throws(StoreError) -> [Firmware] {
    try FirmwareTable.catalogue(connection)
  }

  package func campaigns() throws(StoreError) -> [Campaign] {
    try CampaignTable.campaigns(connection)
  }

  package struct EndRow: Sendable, Codable {
    package var charger: String
    /// Nil: its plan did not take it.
    package var phase: String?
    package var at: Int64
    package var failure: String?
    package var detail: String?
    package var reason: String?
    package var deferral: String?
    /// The last sentence of its story since it is where it is.
    package var told: String?
  }

  /// How each charger that a campaign selected ended, or where it is.
  package func ends(of campaign: Campaign) throws(StoreError) -> [EndRow] {
    try connection.rows(
      """
      SELECT c.identity, u.phase, u.entered_at, u.failure, u.detail,
        u.document ->> '$.memory.endReason', u.deferral,
        (SELECT text FROM story s WHERE s.charger = u.charger AND s.at >= u.entered_at
          ORDER BY s.entry DESC LIMIT 1), c.key
      FROM upgrades u JOIN chargers c ON c.id = u.charger WHERE u.campaign = ?1
      UNION ALL
      SELECT c.identity, NULL, ?2, NULL, NULL, s.reason, NULL, NULL, c.key
      FROM staying s JOIN chargers c ON c.id = s.charger WHERE s.campaign = ?1
      ORDER BY 9
      """, [.int(campaign.id.rawValue), .int(campaign.createdAt.milliseconds)]
    ) { row in
      EndRow(
        charger: row.text(0), phase: row.optionalText(1), at: row.int(2),
        failure: row.optionalText(3),
        detail: row.optionalText(4), reason: row.optionalText(5), deferral: row.optionalText(6),
        told: row.optionalText(7))
    }
  }
}
