import Fleet

/// How a charger did over a span.
package struct Vitals: Sendable, Equatable, Codable {
  /// Hours in which it was heard of: what its counts are weighed by.
  package var hours = 0
  /// Connections that ended, whoever ended them.
  package var reconnects = 0
  package var boots = 0
  /// Connectors that went to Faulted.
  package var faults = 0
  package var started = 0
  /// Sessions that ended with energy.
  package var charged = 0
  /// Of those, in Wh.
  package var energy = 0.0
  package init() {}
}

/// One charger before its migration and after it, over spans of equal length.
package struct VitalsPair: Sendable, Equatable {
  package var before: Vitals
  package var after: Vitals
  package init(before: Vitals, after: Vitals) { (self.before, self.after) = (before, after) }
}

/// The migrated chargers of a stratum that a gate looks at.
package struct HealthSample: Sendable, Equatable {
  /// Most that are compared of one stratum: newest first, enough to see what matters.
  package static let limit = 300
  package var pairs: [VitalsPair]
  package init(pairs: [VitalsPair]) { self.pairs = pairs }
}

/// One figure of the health of a stratum, before and after.
package struct HealthLine: Sendable, Equatable, Codable {
  package enum Figure: String, Sendable, Codable, CaseIterable {
    case reconnects
    case boots
    case faults
    /// Sessions that end with energy, of those started.
    case success
    /// Of a session.
    case energy
  }
  package var figure: Figure
  package var word: GateVerdict.Word
  /// Over all compared: events a day, a share, Wh of a session; nil where none was compared.
  package var before: Double?
  package var after: Double?
  package var compared: Int
  /// Chargers that should have been comparable.
  package var wanted: Int
  package var worse: Int
  package var better: Int
  /// How often chance alone makes as many as much worse; nil where none was compared.
  package var chance: Double?
  package var sentence: String
}
