/// Writes a fleet back in the columns of an import, without passwords.
package enum FleetExport {
  private static let columns = ChargerImport.Column.allCases.filter {
    $0 != .password && $0 != .authorizationKey
  }

  package static func csv(_ rows: [(charger: Charger, site: Site?)]) -> String {
    header + rows.map { line($0.charger, site: $0.site) }.joined()
  }

  package static var header: String { CSV.line(columns.map(\.rawValue)) }

  /// One charger's line: the observed value of each fact, else the claimed one.
  package static func line(_ charger: Charger, site: Site?) -> String {
    CSV.line(columns.map { value($0, charger, site) ?? "" })
  }

  private static func value(
    _ column: ChargerImport.Column, _ charger: Charger, _ site: Site?
  ) -> String? {
    switch column {
    case .identity: charger.identity
    case .site: site?.name
    case .zone: site?.zone
    case .budget: site.flatMap { $0.budget > 0 ? String($0.budget) : nil }
    case .vendor: charger.vendor.value
    case .model: charger.model.value
    case .hardware: charger.hardware.value
    case .serial: charger.serial.value
    case .firmware: charger.firmware.value
    case .flashFree: charger.flashFree.value.map(String.init)
    case .ramFree: charger.ramFree.value.map(String.init)
    case .versions: charger.versions.value.map(\.label)
    case .connectors: charger.connectorCount.value.map(String.init)
    case .securityProfile: String(charger.securityProfile)
    case .password, .authorizationKey: nil
    case .notes: charger.notes
    }
  }
}
