/// A value of the inventory that knows where it came from; unknown is a state of its own.
package struct Fact<Value: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
  /// The value, who or what said it (`fleet.csv line 12`, `BootNotification`), and when.
  package struct Sighting: Sendable, Equatable, Codable {
    package var value: Value
    package var source: String
    package var at: Instant
    package init(_ value: Value, source: String, at: Instant) {
      (self.value, self.source, self.at) = (value, source, at)
    }
  }

  /// What an import or a datasheet says.
  package var claimed: Sighting?
  /// What the charger itself, or a technician in front of it, reported.
  package var observed: Sighting?

  package init(claimed: Sighting? = nil, observed: Sighting? = nil) {
    (self.claimed, self.observed) = (claimed, observed)
  }

  /// The observed value, else the claimed one.
  package var value: Value? { observed?.value ?? claimed?.value }
  package var best: Sighting? { observed ?? claimed }
}
