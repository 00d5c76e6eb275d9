import Fleet

/// A site, and how many of its chargers are there.
package struct SiteRow: Sendable, Equatable, Codable {
  package var site: Site
  package var chargers: Int
  /// Those that are offline and count for the budget: end-of-life ones do not.
  package var offline: Int
  package init(site: Site, chargers: Int, offline: Int) {
    (self.site, self.chargers, self.offline) = (site, chargers, offline)
  }
}

/// What a technician takes along to a quarantined charger.
package struct WorkOrder: Sendable, Equatable, Codable {
  package var charger: String
  package var site: String
  package var zone: String
  package var vendor: String
  package var model: String
  package var hardware: String
  package var serial: String
  /// Why it is quarantined, in the words of its upgrade.
  package var reason: String
  package var campaign: String
  package var since: Instant
  /// The version it last reported, or is said to run.
  package var firmware: String
  /// What the campaign wanted it to run; empty where nobody knows any more.
  package var target: String
  /// The disruptive steps that were tried, each with how it ended.
  package var tried: String
  package var online: Bool
  package var lastSeen: Instant?
  /// Each connector with its last known state.
  package var connectors: String
  package var notes: String

  package init(charger: String, since: Instant) {
    (self.charger, self.since) = (charger, since)
    (site, zone, vendor, model, hardware, serial) = ("", "", "", "", "", "")
    (reason, campaign, firmware, target, tried, connectors) = ("", "", "", "", "", "")
    (online, notes) = (false, "")
  }
}
