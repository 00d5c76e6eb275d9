extension ChargerImport {
  /// A column of a fleet's CSV; the raw value is its name in an export.
  package enum Column: String, Sendable, CaseIterable {
    case identity
    case site
    case zone
    case budget
    case vendor
    case model
    case hardware
    case serial
    case firmware
    case flashFree = "flash_free_kb"
    case ramFree = "ram_free_kb"
    case versions
    case connectors
    case securityProfile = "security_profile"
    case password
    case authorizationKey = "authorization_key"
    case notes

    /// Reads a heading without regard to case, spaces around it, and `_`, `-` or space inside.
    package init?(heading: String) {
      let scalars = heading.unicodeScalars.filter { !" _-\t".unicodeScalars.contains($0) }
      let name = String(String.UnicodeScalarView(scalars)).lowercased()
      guard let column = Self.allCases.first(where: { $0.names.contains(name) }) else { return nil }
      self = column
    }

    private var names: [String] {
      switch self {
      case .identity: ["identity", "charger", "id", "chargepoint", "chargepointid"]
      case .site: ["site", "location"]
      case .zone: ["zone", "timezone"]
      case .budget: ["budget", "sitebudget"]
      case .vendor: ["vendor", "manufacturer"]
      case .model: ["model"]
      case .hardware: ["hardware", "hardwarerevision", "revision"]
      case .serial: ["serial", "serialnumber"]
      case .firmware: ["firmware", "firmwareversion"]
      case .flashFree: ["flashfreekb", "flashfree", "flashkb"]
      case .ramFree: ["ramfreekb", "ramfree", "ramkb"]
      case .versions: ["versions", "protocols", "ocpp", "ocppversions"]
      case .connectors: ["connectors", "connectorcount"]
      case .securityProfile: ["securityprofile"]
      case .password: ["password"]
      case .authorizationKey: ["authorizationkey"]
      case .notes: ["notes", "note"]
      }
    }
  }
}
