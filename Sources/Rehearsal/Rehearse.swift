import Proof

/// A run that broke an invariant, or did not end.
package struct Failing: Sendable {
  package var scenario: Scenario
  package var invariant: Int
  package var sentence: String
}

extension Scenario {
  /// What went wrong in a run of it; nil when nothing did.
  package func failure(mutation: Mutation? = nil) -> Failing? {
    var stage = Stage(self, mutation: mutation)
    stage.run()
    return Failing(stage, self)
  }

  /// The smallest scenario that still fails of the same invariant: chargers, events and deaths are
  /// left out as long as it does.
  package func shrunk(from failing: Failing, mutation: Mutation? = nil) -> Failing {
    var best = failing
    var isSmaller = true
    var tries = 0
    while isSmaller, tries < 150 {
      isSmaller = false
      for candidate in best.scenario.smaller {
        tries += 1
        if let found = candidate.failure(mutation: mutation), found.invariant == best.invariant {
          best = found
          isSmaller = true
          break
        }
        if tries >= 150 { break }
      }
    }
    return best
  }

  /// The same with something left out, the most first.
  private var smaller: [Scenario] {
    var all: [Scenario] = []
    func add(_ change: (inout Scenario) -> Void) {
      var next = self
      change(&next)
      if next != self { all.append(next) }
    }
    add { $0.crashes = [] }
    add { $0.events = [] }
    if crashes.count > 1 {
      let sorted = crashes.sorted()
      add { $0.crashes = Set(sorted.prefix(sorted.count / 2)) }
      add { $0.crashes = Set(sorted.suffix(sorted.count / 2)) }
    }
    for crash in crashes.sorted() { add { $0.crashes.remove(crash) } }
    for index in events.indices { add { $0.events.remove(at: index) } }
    if members.count > 1 {
      for index in members.indices.reversed() {
        add { scenario in
          scenario.members.remove(at: index)
          scenario.events.removeAll { $0.what.station == index }
          for at in scenario.events.indices { scenario.events[at].what.moveDown(behind: index) }
        }
      }
    }
    for index in hours.indices where hours[index] != nil {
      add { $0.hours[index] = nil }
      add { $0.hours[index]?.change = nil }
    }
    for index in members.indices where members[index].habit != .good {
      add { $0.members[index].habit = .good }
    }
    return all
  }
}

extension Failing {
  package init?(_ stage: Stage, _ scenario: Scenario) {
    if let breach = stage.checker.breaches.first {
      self.init(scenario: scenario, invariant: breach.invariant, sentence: breach.sentence)
    } else if let stuck = stage.stuck {
      self.init(scenario: scenario, invariant: 0, sentence: stuck)
    } else {
      return nil
    }
  }
}

extension Scenario.Upset {
  fileprivate var station: Int? {
    switch self {
    case .car(let station, _), .lostConnection(let station), .drift(let station),
      .mark(let station), .rollBack(let station):
      station
    default: nil
    }
  }

  fileprivate mutating func moveDown(behind index: Int) {
    guard let station, station > index else { return }
    switch self {
    case .car(_, let span): self = .car(station: station - 1, span)
    case .lostConnection: self = .lostConnection(station: station - 1)
    case .drift: self = .drift(station: station - 1)
    case .mark: self = .mark(station: station - 1)
    case .rollBack: self = .rollBack(station: station - 1)
    default: break
    }
  }
}

extension Failing: CustomStringConvertible {
  /// With the story of a run that comes to it.
  package var description: String {
    var stage = Stage(scenario)
    stage.tells = true
    stage.run()
    return "invariant \(invariant): \(sentence)\n\(scenario)\n"
      + stage.story.suffix(40).joined(separator: "\n")
  }
}
