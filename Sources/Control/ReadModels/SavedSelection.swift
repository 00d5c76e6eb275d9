import Fleet

/// A filter that people keep under a name; `@NAME` in any other stands for it.
package struct SavedSelection: Sendable, Equatable, Codable {
  package var name: String
  /// In the language of `FleetFilter`.
  package var terms: String
  package var by: String
  package var at: Instant
  package init(name: String, terms: String, by: String, at: Instant) {
    self.name = name
    self.terms = terms
    self.by = by
    self.at = at
  }
}
