import Fleet

/// A kind of message against a rule that was let pass, and how often.
package struct TolerationRow: Sendable, Equatable, Codable {
  package var version: ProtocolVersion
  package var action: String
  /// Where in the payload, without the numbers of list items; empty for the whole message.
  package var path: String
  /// What was wrong with it.
  package var what: String
  /// The quirk that let it pass; empty: the answer policy.
  package var quirk: String
  package var count: Int
  package var first: Instant
  package var last: Instant
  package init(
    version: ProtocolVersion, action: String, path: String, what: String, quirk: String,
    count: Int, first: Instant, last: Instant
  ) {
    self.version = version
    self.action = action
    self.path = path
    self.what = what
    self.quirk = quirk
    self.count = count
    self.first = first
    self.last = last
  }
}

/// A row of the quirk table that applies to a charger.
package struct QuirkRow: Sendable, Equatable, Codable {
  package var name: String
  package var value: String
  /// What the engine does about it.
  package var does: String
  package init(name: String, value: String, does: String) {
    (self.name, self.value, self.does) = (name, value, does)
  }
}

/// Something that a charger holds, as it said last: a reservation, a charging profile, a message
/// on its display.
package struct HoldingRow: Sendable, Equatable, Codable {
  package var topic: String
  package var key: String
  package var summary: String
  package var at: Instant
  package var ends: Instant?
  package init(topic: String, key: String, summary: String, at: Instant, ends: Instant?) {
    self.topic = topic
    self.key = key
    self.summary = summary
    self.at = at
    self.ends = ends
  }
}
