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
}
