import Fleet

/// What the ledger holds of security: chargers that were refused and why, and what they report of
/// themselves.
package struct SecurityPage: Sendable, Equatable, Codable {
  package struct Row: Sendable, Equatable, Codable {
    package var at: Instant
    /// Nil: who it was is not known, because it failed before it said a name.
    package var charger: String?
    /// `connection refused`, or the type of a charger's own security event.
    package var event: String
    package var detail: String
    /// Whether the charger tells it of itself (SecurityEventNotification); else the engine saw it.
    package var isReported: Bool
    package init(
      at: Instant, charger: String?, event: String, detail: String, isReported: Bool
    ) {
      self.at = at
      self.charger = charger
      self.event = event
      self.detail = detail
      self.isReported = isReported
    }
  }
  package var at: Instant
  package var query: SecurityQuery
  package var matching: Int
  /// Newest first.
  package var rows: [Row]
  package init(at: Instant, query: SecurityQuery, matching: Int, rows: [Row]) {
    (self.at, self.query, self.matching, self.rows) = (at, query, matching, rows)
  }
}

/// A stretch of what the ledger holds of security.
package struct SecurityQuery: Sendable, Equatable, Codable {
  /// Nil: of all, and of those that are nobody.
  package var charger: String?
  package var offset: Int
  package var limit: Int
  package init(charger: String? = nil, offset: Int = 0, limit: Int = 100) {
    (self.charger, self.offset, self.limit) = (charger, offset, limit)
  }
}
