import Fleet

/// An authority that is trusted to say who signs images.
package struct TrustAnchor: Sendable, Equatable, Codable {
  /// SHA-256 of the certificate, hexadecimal.
  package var fingerprint: String
  package var subject: String
  /// Seconds since 1970.
  package var notAfter: Int64
  package var pem: String
  package var by: String
  package var at: Instant
  package init(
    fingerprint: String, subject: String, notAfter: Int64, pem: String, by: String, at: Instant
  ) {
    self.fingerprint = fingerprint
    self.subject = subject
    self.notAfter = notAfter
    self.pem = pem
    self.by = by
    self.at = at
  }
}

/// The firmware catalogue beside what chargers run.
package struct CatalogueView: Sendable, Equatable, Codable {
  /// Chargers of one kind that report one version.
  package struct Running: Sendable, Equatable, Codable {
    package var vendor: String
    package var model: String
    /// Empty: unknown.
    package var hardware: String
    /// As reported; empty: unknown.
    package var firmware: String
    package var chargers: Int
    /// Versions of OCPP that some of them proved while they ran it.
    package var proved: VersionSet
    package init(
      vendor: String, model: String, hardware: String, firmware: String, chargers: Int,
      proved: VersionSet
    ) {
      self.vendor = vendor
      self.model = model
      self.hardware = hardware
      self.firmware = firmware
      self.chargers = chargers
      self.proved = proved
    }
  }
  package var at: Instant
  package var firmware: [Firmware]
  /// Most chargers first; at most some thousand kinds.
  package var running: [Running]
  package var hasMore: Bool
  package var anchors: [TrustAnchor]
  package init(
    at: Instant, firmware: [Firmware], running: [Running], hasMore: Bool, anchors: [TrustAnchor]
  ) {
    self.at = at
    self.firmware = firmware
    self.running = running
    self.hasMore = hasMore
    self.anchors = anchors
  }
}

/// A campaign that an image belongs to.
package struct CampaignUse: Sendable, Equatable {
  package var campaign: String
  /// It is not over.
  package var isLive: Bool
  package init(campaign: String, isLive: Bool) {
    (self.campaign, self.isLive) = (campaign, isLive)
  }
}
