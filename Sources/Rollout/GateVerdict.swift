import Fleet

/// A gate's word on a stratum with the numbers it rests on.
package struct GateVerdict: Sendable, Equatable, Codable {
  package enum Word: String, Sendable, Codable {
    case pass
    case fail
    case inconclusive
  }
  package var word: Word
  package var done: Int
  package var failed: Int
  /// One-sided upper bound of the failure rate: of the build, or, in a small stratum, of the stratum
  /// itself.
  package var upperBound: Double
  package var limit: Double
  package var confidence: Double
  /// One sentence with those numbers.
  package var sentence: String
  /// What else the word rests on; nil in rows from before it was kept.
  package var basis: GateBasis?
  /// The health of those that migrated, a line for each figure; nil where nobody looked.
  package var health: [HealthLine]?
  /// The gate passed, and the playbook wants a person to open it.
  package var awaitsApproval: Bool?

  package init(
    word: Word, done: Int, failed: Int, upperBound: Double, limit: Double, confidence: Double,
    sentence: String, basis: GateBasis? = nil, health: [HealthLine]? = nil,
    awaitsApproval: Bool? = nil
  ) {
    self.word = word
    self.done = done
    self.failed = failed
    self.upperBound = upperBound
    self.limit = limit
    self.confidence = confidence
    self.sentence = sentence
    self.basis = basis
    self.health = health
    self.awaitsApproval = awaitsApproval
  }

  /// `passed, waits for an approval`, `fail`: how it stands, for a list.
  package var label: String {
    awaitsApproval == true ? "passed, waits for an approval" : word.rawValue
  }
}

/// Which bound a gate goes by.
package enum GateBound: String, Sendable, Codable, CaseIterable {
  /// Of the rate of the build, after one planned look.
  case clopperPearson
  /// Of the rate of the build, at any number of looks: a person has let the stratum go on after a
  /// gate that failed, so that the planned look is spent.
  case anytime
  /// Of the failing ones among the chargers of the stratum, which are too few for the other.
  case hypergeometric

  package var label: String {
    switch self {
    case .clopperPearson: "Clopper-Pearson"
    case .anytime: "valid at every look"
    case .hypergeometric: "hypergeometric"
    }
  }
}

/// The numbers behind a gate's word.
package struct GateBasis: Sendable, Equatable, Codable {
  package var bound: GateBound
  /// Chargers of the stratum that are evidence or may become it.
  package var population: Int
  /// Least number done, with as many failures as now, that passes; nil where none does.
  package var needed: Int?
  /// Least number for a bound on the build's rate without a failure: from so many on Clopper-Pearson
  /// is used.
  package var neededForBuild: Int
  /// Of all of the stratum, how many may be failing ones; for the hypergeometric bound.
  package var failing: Int?
  /// The bound that holds at every look; it caps who is at risk, and promotes nobody.
  package var anytimeBound: Double
  /// The sequential test; nil where the playbook has none.
  package var stop: StopReading?
  package init(
    bound: GateBound, population: Int, needed: Int?, neededForBuild: Int, failing: Int?,
    anytimeBound: Double, stop: StopReading?
  ) {
    self.bound = bound
    self.population = population
    self.needed = needed
    self.neededForBuild = neededForBuild
    self.failing = failing
    self.anytimeBound = anytimeBound
    self.stop = stop
  }
}
