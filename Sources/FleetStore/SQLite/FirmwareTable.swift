import Control
import Fleet

enum FirmwareTable {
  static func catalogue(_ connection: Connection) throws(StoreError) -> [Firmware] {
    try connection.rows("SELECT id, document FROM firmware ORDER BY vendor, model, id") {
      row throws(StoreError) in
      var firmware = try Document.value(
        Firmware.self, from: row.text(1), subject: "Firmware \(row.int(0))")
      // The number was not known when the document was written.
      firmware.id = FirmwareID(rawValue: row.int(0))
      return firmware
    }
  }

  static func anchors(_ connection: Connection) throws(StoreError) -> [TrustAnchor] {
    try connection.rows(
      "SELECT fingerprint, subject, not_after, pem, added_by, at FROM trust_anchors ORDER BY subject"
    ) {
      TrustAnchor(
        fingerprint: $0.text(0), subject: $0.text(1), notAfter: $0.int(2), pem: $0.text(3),
        by: $0.text(4), at: Instant(milliseconds: $0.int(5)))
    }
  }
}
