/// A site's row in this inventory.
package struct SiteID: RawRepresentable, Sendable, Hashable, Comparable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A place with chargers.
package struct Site: Sendable, Equatable, Codable {
  package var id: SiteID
  package var name: String
  /// IANA name, for example `Europe/Berlin`.
  package var zone: String
  /// How many of its chargers may be out of service at once, those already down included;
  /// 0: none of its own, the playbook's applies.
  package var budget: Int
  /// The budget of its own; nil leaves it to the playbook.
  package var ownBudget: Int? { budget > 0 ? budget : nil }
  package init(id: SiteID, name: String, zone: String, budget: Int) {
    (self.id, self.name, self.zone, self.budget) = (id, name, zone, budget)
  }
}
