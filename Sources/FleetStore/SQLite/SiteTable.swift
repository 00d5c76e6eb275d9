import Fleet

enum SiteTable {
  static func sites(_ connection: Connection) throws(StoreError) -> [Site] {
    try connection.rows("SELECT id, name, zone, budget, terms FROM sites ORDER BY name") {
      row throws(StoreError) in
      var site = Site(
        id: SiteID(rawValue: row.int(0)), name: row.text(1), zone: row.text(2),
        budget: Int(row.int(3)))
      if let terms = row.optionalText(4) {
        site.terms = try Document.value(
          SiteTerms.self, from: terms, subject: "The terms of site \(site.name)")
      }
      return site
    }
  }

  /// NULL for a site of which nobody has said anything.
  static func terms(of site: Site) throws(StoreError) -> SQLValue {
    site.terms == SiteTerms() ? .null : .text(try Document.text(of: site.terms))
  }
}
