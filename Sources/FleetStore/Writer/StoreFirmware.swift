import Control
import Fleet

/// What becomes of images after they were added, and whose signatures are believed.
extension Store {
  /// Replaces the entry with the same number. Call `recomputeReadiness` afterwards.
  package func change(_ firmware: Firmware) throws {
    judge = nil
    let changed = try connection.run(
      """
      UPDATE firmware SET vendor = ?, model = ?, hardware = ?, version = ?, document = ?
        WHERE id = ?
      """,
      [
        .text(firmware.vendor), .text(firmware.model), .text(firmware.hardware),
        .text(firmware.version), .text(try Document.text(of: firmware)),
        .int(firmware.id.rawValue),
      ])
    guard changed > 0 else { throw StoreError.missing(subject: "Firmware \(firmware.version)") }
  }

  /// Campaigns whose upgrades lead to an image.
  package func campaigns(using firmware: FirmwareID) throws -> [CampaignUse] {
    try connection.rows(
      """
      SELECT name, max(is_live) FROM (
        SELECT k.name, u.is_live FROM upgrades u JOIN campaigns k ON k.id = u.campaign
          WHERE u.target = ?1
        UNION ALL
        SELECT k.name, u.is_live FROM upgrades u JOIN campaigns k ON k.id = u.campaign
          WHERE u.document ->> 'hops' IS NOT NULL
            AND EXISTS (SELECT 1 FROM json_each(u.document, '$.hops') WHERE value = ?1)
        UNION ALL
        SELECT k.name, k.status NOT IN ('finished', 'aborted') FROM campaigns k, json_each(
            k.document, '$.strata') s WHERE s.value ->> 'target' = ?1)
        GROUP BY name ORDER BY name
      """, [.int(firmware.rawValue)]
    ) { CampaignUse(campaign: $0.text(0), isLive: $0.bool(1)) }
  }

  /// Only where no campaign uses it. Call `recomputeReadiness` afterwards.
  package func removeFirmware(_ firmware: FirmwareID) throws {
    judge = nil
    try connection.run("DELETE FROM firmware WHERE id = ?", [.int(firmware.rawValue)])
  }

  /// In the order of their subjects.
  package func trustAnchors() throws -> [TrustAnchor] { try FirmwareTable.anchors(connection) }

  package func save(_ anchor: TrustAnchor) throws {
    try connection.run(
      """
      INSERT OR REPLACE INTO trust_anchors (fingerprint, subject, not_after, pem, added_by, at)
        VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .text(anchor.fingerprint), .text(anchor.subject), .int(anchor.notAfter),
        .text(anchor.pem), .text(anchor.by), .at(anchor.at),
      ])
  }

  package func removeAnchor(_ fingerprint: String) throws {
    try connection.run("DELETE FROM trust_anchors WHERE fingerprint = ?", [.text(fingerprint)])
  }
}
