import Fleet
import Rollout

/// Chargers that will never move.
package struct EndOfLifePage: Sendable, Equatable, Codable {
  package struct Row: Sendable, Equatable, Codable {
    package var charger: FleetRow
    package var endOfLife: EndOfLife
    package init(charger: FleetRow, endOfLife: EndOfLife) {
      (self.charger, self.endOfLife) = (charger, endOfLife)
    }
  }
  package var at: Instant
  package var query: RegisterQuery
  package var matching: Int
  package var total: Int
  /// How many for each reason, of all; most frequent first.
  package var reasons: [Dashboard.FailureCount]
  /// Newest mark first.
  package var rows: [Row]
  package init(
    at: Instant, query: RegisterQuery, matching: Int, total: Int,
    reasons: [Dashboard.FailureCount], rows: [Row]
  ) {
    self.at = at
    self.query = query
    self.matching = matching
    self.total = total
    self.reasons = reasons
    self.rows = rows
  }
}

/// What people did.
package struct AuditPage: Sendable, Equatable, Codable {
  package var at: Instant
  package var query: RegisterQuery
  package var matching: Int
  /// Newest first.
  package var entries: [AuditEntry]
  package init(at: Instant, query: RegisterQuery, matching: Int, entries: [AuditEntry]) {
    (self.at, self.query, self.matching, self.entries) = (at, query, matching, entries)
  }
}

/// A stretch of a register.
package struct RegisterQuery: Sendable, Equatable, Codable {
  /// End-of-life: the filter language of the fleet. Audit: a part of any column.
  package var filter: String
  package var offset: Int
  package var limit: Int
  package init(filter: String = "", offset: Int = 0, limit: Int = 100) {
    (self.filter, self.offset, self.limit) = (filter, offset, limit)
  }
}

/// A screen with its subject.
package enum Place: Sendable, Hashable, Codable {
  case campaign(String)
  case wave(campaign: String, number: Int)
  case charger(String)
  /// The fleet under a filter.
  case fleet(filter: String)
}
