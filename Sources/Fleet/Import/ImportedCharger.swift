/// A row of a fleet's CSV that passed every check; nil where the file is silent.
package struct ImportedCharger: Sendable, Equatable {
  /// Line in the file, from 1.
  package var line: Int
  package var identity: String
  package var site: String?
  package var zone: String?
  package var budget: Int?
  package var vendor: String?
  package var model: String?
  package var hardware: String?
  package var serial: String?
  package var firmware: String?
  /// Free flash in kB.
  package var flashFree: Int?
  /// Free RAM in kB.
  package var ramFree: Int?
  package var versions: VersionSet?
  /// How many connectors it is said to have.
  package var connectors: Int?
  package var securityProfile: Int?
  /// In clear as the file has it; hashed before it is stored.
  package var password: String?
  /// OCPP 1.6's AuthorizationKey, decoded: 16 to 20 bytes, which stand in the header as they are
  /// (security white paper A01); hashed before it is stored.
  package var authorizationKey: [UInt8]?
  package var notes: String?

  package init(line: Int, identity: String) {
    (self.line, self.identity) = (line, identity)
  }

  /// What the charger proves itself with in a Basic header; nil when the file has none.
  package var secret: [UInt8]? { authorizationKey ?? password.map { Array($0.utf8) } }
}
