/// A firmware's row in this inventory.
package struct FirmwareID: RawRepresentable, Sendable, Hashable, Comparable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A catalogue entry: an image, the hardware it is for, and what it brings.
package struct Firmware: Sendable, Equatable, Codable {
  /// Where chargers fetch the image.
  package enum Location: Sendable, Equatable, Codable {
    /// A file this engine serves itself; bytes are counted.
    case depot(path: String)
    /// An ftp, sftp or https URL elsewhere; progress is not counted.
    case external(url: String)
  }

  package var id: FirmwareID
  /// Glob over the vendor name; `*` for any.
  package var vendor: String
  /// Glob over the model.
  package var model: String
  /// Glob over the hardware revision; `*` for any, unknown revisions included.
  package var hardware: String
  /// The version the charger reports once it runs this image.
  package var version: String
  /// Globs of other spellings of `version` that chargers report.
  package var aliases: [String]
  /// Globs over the versions this image installs on; empty: on any.
  package var from: [String]
  /// Versions that must have run before: on an older one this image does not install, on one of
  /// these or a newer one it may. See `VersionGraph`.
  package var through: [String]
  /// Globs over newer versions that this image may replace; empty: none.
  package var downgradeFrom: [String]
  /// What it is said to speak; what it does speak, chargers that run it prove.
  package var protocols: VersionSet
  /// Free flash needed in kB; nil where the catalogue is silent.
  package var flashNeeded: Int?
  /// Free RAM needed in kB; nil where the catalogue is silent.
  package var ramNeeded: Int?
  package var location: Location
  /// Size in bytes; nil for an external image nobody measured.
  package var size: Int?
  /// Lower-case hexadecimal SHA-256; nil for an external image nobody hashed.
  package var sha256: String?
  /// Base64 signature over the image (OCPP 1.6 security white paper L01; OCPP 2.0.1 L01).
  package var signature: String?
  /// PEM of the certificate the signature was made with.
  package var signingCertificate: String?
  /// How chargers of this kind can fetch a file; empty where nobody knows.
  package var schemes: [TransferScheme]
  package var notes: String
  /// No longer offered to anybody; kept for the record of campaigns that used it.
  package var isRetired: Bool

  package init(
    id: FirmwareID, vendor: String = "*", model: String, hardware: String = "*", version: String,
    aliases: [String] = [], from: [String] = [], through: [String] = [],
    downgradeFrom: [String] = [], protocols: VersionSet, flashNeeded: Int? = nil,
    ramNeeded: Int? = nil, location: Location, size: Int? = nil, sha256: String? = nil,
    signature: String? = nil, signingCertificate: String? = nil, schemes: [TransferScheme] = [],
    notes: String = "", isRetired: Bool = false
  ) {
    self.id = id
    self.vendor = vendor
    self.model = model
    self.hardware = hardware
    self.version = version
    self.aliases = aliases
    self.from = from
    self.through = through
    self.downgradeFrom = downgradeFrom
    self.protocols = protocols
    self.flashNeeded = flashNeeded
    self.ramNeeded = ramNeeded
    self.location = location
    self.size = size
    self.sha256 = sha256
    self.signature = signature
    self.signingCertificate = signingCertificate
    self.schemes = schemes
    self.notes = notes
    self.isRetired = isRetired
  }

  /// Entries of earlier catalogues lack what came later.
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try fields.decode(FirmwareID.self, forKey: .id),
      vendor: try fields.decode(String.self, forKey: .vendor),
      model: try fields.decode(String.self, forKey: .model),
      hardware: try fields.decode(String.self, forKey: .hardware),
      version: try fields.decode(String.self, forKey: .version),
      aliases: try fields.decode([String].self, forKey: .aliases),
      from: try fields.decode([String].self, forKey: .from),
      through: try fields.decodeIfPresent([String].self, forKey: .through) ?? [],
      downgradeFrom: try fields.decodeIfPresent([String].self, forKey: .downgradeFrom) ?? [],
      protocols: try fields.decode(VersionSet.self, forKey: .protocols),
      flashNeeded: try fields.decodeIfPresent(Int.self, forKey: .flashNeeded),
      ramNeeded: try fields.decodeIfPresent(Int.self, forKey: .ramNeeded),
      location: try fields.decode(Location.self, forKey: .location),
      size: try fields.decodeIfPresent(Int.self, forKey: .size),
      sha256: try fields.decodeIfPresent(String.self, forKey: .sha256),
      signature: try fields.decodeIfPresent(String.self, forKey: .signature),
      signingCertificate: try fields.decodeIfPresent(String.self, forKey: .signingCertificate),
      schemes: try fields.decodeIfPresent([TransferScheme].self, forKey: .schemes) ?? [],
      notes: try fields.decodeIfPresent(String.self, forKey: .notes) ?? "",
      isRetired: try fields.decodeIfPresent(Bool.self, forKey: .isRetired) ?? false)
  }

  /// Whether a reported version text is this image.
  package func isReported(as text: String) -> Bool {
    text == version || aliases.contains { Glob($0).matches(text) }
  }
}
