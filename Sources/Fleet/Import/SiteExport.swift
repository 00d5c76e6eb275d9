/// Writes sites back in the columns of an import.
package enum SiteExport {
  package static var header: String { CSV.line(SiteImport.Column.allCases.map(\.rawValue)) }

  package static func line(_ site: Site) -> String { CSV.line(fields(site)) }

  /// In the order of the columns; empty where the site has nothing of its own.
  package static func fields(_ site: Site) -> [String] {
    SiteImport.Column.allCases.map { column in
      switch column {
      case .site: site.name
      case .zone: site.zone
      case .budget: site.allowance?.label ?? ""
      case .windows: site.terms.windows?.label ?? ""
      case .blackouts: site.terms.blackouts.label
      case .uplink: site.terms.uplink?.name ?? ""
      case .bandwidth: site.terms.uplink?.bandwidth.map { "\($0)B" } ?? ""
      case .costPerMegabyte: site.terms.uplink?.costPerMegabyte.map { "\($0)" } ?? ""
      case .integrations: site.terms.integrations.map(\.name).joined(separator: "; ")
      }
    }
  }
}
