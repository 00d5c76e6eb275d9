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
  /// 0: no such number of its own.
  package var budget: Int
  /// When and how work may be done there, as far as it was said.
  package var terms: SiteTerms
  /// The budget of its own as a number; nil where it is a share, or is left to the playbook.
  package var ownBudget: Int? { budget > 0 ? budget : nil }
  /// The budget of its own; nil leaves it to the playbook.
  package var allowance: Budget? {
    get { terms.share.map { .share($0) } ?? ownBudget.map { .count($0) } }
    set {
      (budget, terms.share) = (0, nil)
      switch newValue {
      case .count(let count): budget = count
      case .share(let share): terms.share = share
      case nil: break
      }
    }
  }

  package init(id: SiteID, name: String, zone: String, budget: Int, terms: SiteTerms = .init()) {
    (self.id, self.name, self.zone, self.budget) = (id, name, zone, budget)
    self.terms = terms
  }
}

extension Site {
  /// One that was written before it had terms has none.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    id = try values.decode(SiteID.self, forKey: .id)
    name = try values.decode(String.self, forKey: .name)
    zone = try values.decode(String.self, forKey: .zone)
    budget = try values.decode(Int.self, forKey: .budget)
    terms = try values.decodeIfPresent(SiteTerms.self, forKey: .terms) ?? .init()
  }
}
