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

  package init(
    id: FirmwareID, vendor: String = "*", model: String, hardware: String = "*", version: String,
    aliases: [String] = [], from: [String] = [], protocols: VersionSet, flashNeeded: Int? = nil,
    ramNeeded: Int? = nil, location: Location, size: Int? = nil, sha256: String? = nil,
    signature: String? = nil, signingCertificate: String? = nil
  ) {
    self.id = id
    self.vendor = vendor
    self.model = model
    self.hardware = hardware
    self.version = version
    self.aliases = aliases
    self.from = from
    self.protocols = protocols
    self.flashNeeded = flashNeeded
    self.ramNeeded = ramNeeded
    self.location = location
    self.size = size
    self.sha256 = sha256
    self.signature = signature
    self.signingCertificate = signingCertificate
  }

  /// Whether a reported version text is this image.
  package func isReported(as text: String) -> Bool {
    text == version || aliases.contains { Glob($0).matches(text) }
  }
}
