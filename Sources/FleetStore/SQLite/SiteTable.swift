import Fleet

enum SiteTable {
  static func sites(_ connection: Connection) throws(StoreError) -> [Site] {
    try connection.rows("SELECT id, name, zone, budget FROM sites ORDER BY name") { row in
      Site(
        id: SiteID(rawValue: row.int(0)), name: row.text(1), zone: row.text(2),
        budget: Int(row.int(3)))
    }
  }
}
