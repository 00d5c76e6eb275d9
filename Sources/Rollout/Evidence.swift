import Fleet

/// What the ends of a stratum's upgrades say about its build so far, over all its waves.
package struct Evidence: Sendable, Equatable {
  /// Ended with an outcome, failures included.
  package var done = 0
  package var failed = 0
  /// Begun and without an outcome yet: Unknown and soaking ones included.
  package var atRisk = 0
  /// Not begun.
  package var planned = 0
  /// All of these: chargers that are evidence, or may become it.
  package var population = 0
  package init() {}

  package init(stratum: Int, of upgrades: some Sequence<Upgrade>) {
    for upgrade in upgrades where upgrade.stratum == stratum { add(upgrade) }
  }

  package mutating func add(_ upgrade: Upgrade) {
    let outcome = upgrade.outcome
    if outcome != .noEvidence { population += 1 }
    switch outcome {
    case .planned: planned += 1
    case .underWay: atRisk += 1
    case .succeeded: done += 1
    case .failed:
      done += 1
      failed += 1
      if !upgrade.phase.isEnd { atRisk += 1 }
    case .noEvidence:
      // One that a person takes back is not back yet.
      if !upgrade.phase.isEnd { atRisk += 1 }
    }
  }
}

extension Upgrade {
  package enum Outcome: String, Sendable, Codable, CaseIterable {
    case planned
    case underWay
    case succeeded
    case failed
    /// Ended, and says nothing about the build: cancelled, skipped, never free, held by a person.
    case noEvidence
  }

  /// How it counts for its stratum's gate. A charger that is on its way back has failed already.
  package var outcome: Outcome {
    switch phase {
    case .planned: .planned
    case .migrated: .succeeded
    // Without a failure the way back is what its campaign is for.
    case .rollingBack where failure == nil: .underWay
    case .rolledBack where failure == nil: .succeeded
    case .rollingBack: failure?.reason == .byPerson ? .noEvidence : .failed
    case .rolledBack, .quarantined, .failed:
      // A person's wish says nothing of the build, nor does a charger that was never free.
      countsForGate && failure?.reason != .drainTimeout && failure?.reason != .byPerson
        ? .failed : .noEvidence
    case .heldOn16, .skipped, .cancelled: .noEvidence
    default: .underWay
    }
  }
}
