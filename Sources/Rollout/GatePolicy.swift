import Fleet

/// When a wave's evidence lets the next one begin.
package struct GatePolicy: Sendable, Equatable, Codable {
  /// Greatest failure rate that passes.
  package var maxFailureRate = 0.10
  /// One-sided confidence.
  package var confidence = 0.95
  /// Harm the planner accepts: chargers that may be lost while evidence is thin.
  package var acceptedHarm = 3
  /// When a bad build is stopped in the middle of a wave.
  package var stop = StopPolicy()
  package var health = HealthPolicy()
  /// Waves that wait for a person although they passed.
  package var manual = ManualGate.never
  /// Whoever planned the campaign may neither approve it nor decide on its gates.
  package var fourEyes = false
  package init() {}
}

extension GatePolicy {
  /// A policy that was stored before something was thought of goes by its default.
  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    maxFailureRate =
      try values.decodeIfPresent(Double.self, forKey: .maxFailureRate) ?? maxFailureRate
    confidence = try values.decodeIfPresent(Double.self, forKey: .confidence) ?? confidence
    acceptedHarm = try values.decodeIfPresent(Int.self, forKey: .acceptedHarm) ?? acceptedHarm
    stop = try values.decodeIfPresent(StopPolicy.self, forKey: .stop) ?? stop
    health = try values.decodeIfPresent(HealthPolicy.self, forKey: .health) ?? health
    manual = try values.decodeIfPresent(ManualGate.self, forKey: .manual) ?? manual
    fourEyes = try values.decodeIfPresent(Bool.self, forKey: .fourEyes) ?? fourEyes
  }

  /// Every figure, in a fixed order: a share of what an approval is bound to.
  var canonicalText: String {
    "gate \(maxFailureRate) \(confidence) \(acceptedHarm) \(stop.canonicalText) "
      + "\(health.canonicalText) manual \(manual.rawValue) fourEyes \(fourEyes)"
  }
}

/// Waves whose gate a person opens, however good the evidence.
package enum ManualGate: String, Sendable, Codable, CaseIterable {
  case never
  /// The first wave only.
  case canary
  case every

  func holds(wave: Int) -> Bool {
    switch self {
    case .never: false
    case .canary: wave == 1
    case .every: true
    }
  }
}

/// The sequential test that stops a wave early.
package struct StopPolicy: Sendable, Equatable, Codable {
  package var isOn = true
  /// The failure rate of a good build, p0.
  package var goodRate = 0.02
  /// That of a bad one, p1; greater.
  package var badRate = 0.10
  /// Chance that a good build is stopped, α.
  package var falseStop = 0.05
  /// Chance that a bad one is not, β.
  package var missedBad = 0.05
  package init() {}

  var canonicalText: String {
    isOn ? "stop \(goodRate) \(badRate) \(falseStop) \(missedBad)" : "stop off"
  }
}

/// What of a charger must be no worse after its migration than before.
package struct HealthPolicy: Sendable, Equatable, Codable {
  package enum Demand: String, Sendable, Codable, CaseIterable {
    /// Not looked at.
    case off
    /// What is plainly worse fails the gate; what is not known lets it pass.
    case noHarm
    /// What is not known is inconclusive.
    case proof
  }
  package var demand = Demand.noHarm
  /// At most so many times the rate before.
  package var reconnects = 2.0
  package var boots = 2.0
  package var faults = 2.0
  /// The share of sessions with energy may fall by so much.
  package var success = 0.05
  /// The energy of a session may fall by this share.
  package var energy = 0.25
  /// Chance, over all figures together, that one that is as before is called worse.
  package var falseAlarm = 0.05
  /// Time compared on each side, at most.
  package var span = Span.hours(7 * 24)
  /// Time on each side that a charger must have been heard of to be compared.
  package var least = Span.hours(6)
  /// Share of the migrated ones that must be comparable.
  package var coverage = 0.8
  package init() {}

  var canonicalText: String {
    if demand == .off { return "health off" }
    return "health \(demand.rawValue) \(reconnects) \(boots) \(faults) \(success) \(energy) "
      + "\(falseAlarm) \(span.milliseconds) \(least.milliseconds) \(coverage)"
  }
}

extension HealthPolicy {
  /// A policy that was stored before a figure was thought of goes by its default.
  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    demand = try values.decodeIfPresent(Demand.self, forKey: .demand) ?? demand
    reconnects = try values.decodeIfPresent(Double.self, forKey: .reconnects) ?? reconnects
    boots = try values.decodeIfPresent(Double.self, forKey: .boots) ?? boots
    faults = try values.decodeIfPresent(Double.self, forKey: .faults) ?? faults
    success = try values.decodeIfPresent(Double.self, forKey: .success) ?? success
    energy = try values.decodeIfPresent(Double.self, forKey: .energy) ?? energy
    falseAlarm = try values.decodeIfPresent(Double.self, forKey: .falseAlarm) ?? falseAlarm
    span = try values.decodeIfPresent(Span.self, forKey: .span) ?? span
    least = try values.decodeIfPresent(Span.self, forKey: .least) ?? least
    coverage = try values.decodeIfPresent(Double.self, forKey: .coverage) ?? coverage
  }
}
