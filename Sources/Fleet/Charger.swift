/// A charger's row in this inventory; never on the wire.
package struct ChargerID: RawRepresentable, Sendable, Hashable, Comparable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// How an identity came to be in the inventory.
package enum Admission: Int, Sendable, Codable {
  /// Imported, or accepted by a person.
  case known = 0
  /// Connected unannounced under `--admit pending`; its boots are answered Pending.
  case pending = 1
}

/// A charger as the inventory knows it.
package struct Charger: Sendable, Equatable {
  package var id: ChargerID
  /// As the charger or the import spells it; compared without regard to case.
  package var identity: String
  package var admission: Admission
  package var site: SiteID?
  package var vendor: Fact<String>
  package var model: Fact<String>
  /// Hardware revision.
  package var hardware: Fact<String>
  package var serial: Fact<String>
  package var firmware: Fact<String>
  /// Free flash in kB.
  package var flashFree: Fact<Int>
  /// Free RAM in kB.
  package var ramFree: Fact<Int>
  /// Versions the hardware is said to speak, and those it offered in a handshake.
  package var versions: Fact<VersionSet>
  /// How many connectors it has.
  package var connectorCount: Fact<Int>
  /// Versions the engine may select for this charger; belongs to campaigns.
  package var released: VersionSet
  /// Version of the live connection, or of the last one.
  package var speaks: ProtocolVersion?
  package var online: Bool
  package var lastSeen: Instant?
  /// Whether it answered a signed firmware update; nil while nobody asked.
  package var signedUpdates: Bool?
  /// The least security profile that it must connect with, as an import or an admin says.
  package var securityProfile: Int
  /// The highest profile that it was ever let in with; a lower one is refused from then on.
  package var profileSeen: Fact<SecurityProfile>.Sighting?
  /// An admin's leave to come back once with profile 2 after 3.
  @Rare package var downgrade: SecurityDowngrade?
  /// The client certificate of its last connection with one.
  @Rare package var certificate: ClientCertificate?
  /// Stored password hash (see `PasswordHash`), nil when none is asked for.
  package var passwordHash: String?
  /// Of a password that was set and that it has not come with yet: until it has, both are right.
  package var nextPasswordHash: String?
  @Rare package var endOfLife: EndOfLife?
  @Rare package var pin: Pin?
  /// Set when an upgrade left it in need of a technician.
  @Rare package var quarantine: Quarantine?
  /// How its migration ended, once one did.
  @Rare package var migration: MigrationRecord?
  package var notes: String

  package init(id: ChargerID, identity: String) {
    self.id = id
    self.identity = identity
    admission = .known
    vendor = .init()
    model = .init()
    hardware = .init()
    serial = .init()
    firmware = .init()
    flashFree = .init()
    ramFree = .init()
    versions = .init()
    connectorCount = .init()
    released = []
    online = false
    securityProfile = 0
    notes = ""
  }
}

/// A technician's word that a charger will never move.
package struct EndOfLife: Sendable, Equatable, Codable {
  package enum Reason: String, Sendable, CaseIterable, Codable {
    case memoryTooSmall = "memory too small"
    case noVendorFirmware = "vendor has no firmware"
    case damaged
    case parts
    case siteCloses = "site closes"
    case other
  }
  package var reason: Reason
  package var evidence: String
  package var replacement: String
  package var by: String
  package var at: Instant
  package init(reason: Reason, evidence: String, replacement: String, by: String, at: Instant) {
    self.reason = reason
    self.evidence = evidence
    self.replacement = replacement
    self.by = by
    self.at = at
  }
}

/// A person's freeze on a charger.
package struct Pin: Sendable, Equatable, Codable {
  package var reason: String
  package var by: String
  package var at: Instant
  package init(reason: String, by: String, at: Instant) {
    (self.reason, self.by, self.at) = (reason, by, at)
  }
}

/// A charger that a technician must see before anybody tries again.
package struct Quarantine: Sendable, Equatable, Codable {
  /// What went wrong, in the words of the upgrade.
  package var reason: String
  package var campaign: String
  package var at: Instant
  package init(reason: String, campaign: String, at: Instant) {
    (self.reason, self.campaign, self.at) = (reason, campaign, at)
  }
}

/// What a finished migration left behind.
package struct MigrationRecord: Sendable, Equatable, Codable {
  /// The version that was proved.
  package var proved: ProtocolVersion
  package var at: Instant
  /// Set when the charger was later seen below the proved version although it is released.
  package var regressedAt: Instant?
  package init(proved: ProtocolVersion, at: Instant, regressedAt: Instant? = nil) {
    (self.proved, self.at, self.regressedAt) = (proved, at, regressedAt)
  }
}
