/// When and how work may be done at a site. What nobody has said is nil, and left to the playbook.
package struct SiteTerms: Sendable, Equatable, Codable {
  /// When installs may run, in the site's time.
  package var windows: Windows?
  /// Days on which nothing is installed there; those of the playbook count besides.
  package var blackouts: [Blackout]
  /// How it is connected.
  package var uplink: Uplink?
  /// What share of its chargers may be out of service at once, from above 0 to 1. Stands for the
  /// site's budget where that is no number.
  package var share: Double?
  /// Systems that take the site's data; a playbook may require that all have signed off.
  package var integrations: [Integration]

  package init() { (blackouts, integrations) = ([], []) }

  /// Integrations that have not signed off.
  package var unsigned: [Integration] { integrations.filter { $0.signOff == nil } }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    windows = try values.decodeIfPresent(Windows.self, forKey: .windows)
    blackouts = try values.decodeIfPresent([Blackout].self, forKey: .blackouts) ?? []
    uplink = try values.decodeIfPresent(Uplink.self, forKey: .uplink)
    share = try values.decodeIfPresent(Double.self, forKey: .share)
    integrations = try values.decodeIfPresent([Integration].self, forKey: .integrations) ?? []
  }
}

/// What the chargers of a site are connected through. Sites may share one: it has one name, and its
/// bandwidth is divided among all of them.
package struct Uplink: Sendable, Hashable, Codable {
  package var name: String
  /// Bytes a second that downloads may take of it; nil where nobody said.
  package var bandwidth: Int?
  /// What a megabyte (1,000,000 bytes) of mobile data costs, in the operator's currency; nil for a
  /// line without such a price.
  package var costPerMegabyte: Double?
  package init(name: String, bandwidth: Int? = nil, costPerMegabyte: Double? = nil) {
    (self.name, self.bandwidth, self.costPerMegabyte) = (name, bandwidth, costPerMegabyte)
  }
}

/// A system that takes data of a site, such as a billing backend or a building's load manager, and
/// that must be ready for what its chargers will send after the switch.
package struct Integration: Sendable, Hashable, Codable {
  package var name: String
  /// Nil until somebody has signed off.
  package var signOff: SignOff?
  package init(name: String, signOff: SignOff? = nil) {
    (self.name, self.signOff) = (name, signOff)
  }

  package struct SignOff: Sendable, Hashable, Codable {
    /// Whose word it is: of the system's own people.
    package var by: String
    package var at: Instant
    package init(by: String, at: Instant) { (self.by, self.at) = (by, at) }
  }
}
