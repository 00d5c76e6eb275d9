import Fleet

extension Store {
  /// Takes what rows say of sites, in one transaction; the same rows again change nothing.
  package func importSites(_ rows: [ImportedSite], dryRun: Bool) throws -> ImportReport {
    var report = ImportReport()
    try discarding(dryRun) {
      let known = Dictionary(uniqueKeysWithValues: try sites().map { ($0.name, $0) })
      for row in rows {
        let old = known[row.name]
        guard old != nil || row.zone != nil else {
          report.refused.append(
            RefusedRow(
              line: row.line, column: SiteImport.Column.zone.rawValue,
              reason: "\"\(row.name)\" is new, and a new site needs its time zone"))
          continue
        }
        var site =
          old ?? Site(id: SiteID(rawValue: 0), name: row.name, zone: "Etc/UTC", budget: 0)
        if let flaw = site.take(row) {
          report.refused.append(
            RefusedRow(line: row.line, column: flaw.column.rawValue, reason: flaw.reason))
          continue
        }
        if site == old {
          report.counts.unchanged += 1
          continue
        }
        _ = try put(site)
        if old == nil { report.counts.added += 1 } else { report.counts.changed += 1 }
      }
    }
    return report
  }

  /// Writes a site that is known; throws when it is not.
  package func save(_ site: Site) throws {
    guard try sites().contains(where: { $0.id == site.id && $0.name == site.name }) else {
      throw StoreError.missing(subject: "Site \(site.name)")
    }
    _ = try put(site)
  }
}
