import Fleet
import Rollout

/// All that a run in virtual time is made of; the same scenario gives the same run.
package struct Scenario: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    package var habit: Habit
    package var site: Int
    package var campaign: Int
  }
  package struct Event: Sendable, Equatable {
    package var at: Span
    package var what: Upset
  }
  /// What comes in between.
  package enum Upset: Sendable, Equatable {
    case car(station: Int, Span)
    case lostConnection(station: Int)
    case drift(station: Int)
    case mark(station: Int)
    case rollBack(station: Int)
    case hold(campaign: Int)
    case recall(campaign: Int)
    case resume(campaign: Int)
    case abort(campaign: Int)
    /// The clock of the engine's machine is set.
    case clock(Span)
  }

  package var seed: UInt64
  package var members: [Member]
  /// Of each site.
  package var budgets: [Int]
  package var campaigns: Int
  package var harm: Int
  package var canary: Int
  package var events: [Event]
  /// Numbers of the boundaries at which the engine dies, counted over all its lives.
  package var crashes: Set<Int>
  /// Of each site; nil, or none for it: at any time.
  package var hours: [Hours?] = []

  func hours(of site: Int) -> Hours? { hours.indices.contains(site) ? hours[site] : nil }

  /// One that a seed gives.
  package static func random(seed: UInt64, crashes share: Int = 60) -> Scenario {
    var chance = Chance(seed: seed)
    let count = 3 + chance.below(14)
    let sites = 1 + chance.below(4)
    let campaigns = chance.once(in: 4) ? 2 : 1
    let members = (0..<count).map { _ in
      Member(
        habit: chance.once(in: 3) ? chance.pick(Habit.allCases) : .good,
        site: chance.below(sites), campaign: chance.below(campaigns))
    }
    var events: [Event] = []
    func when() -> Span { .seconds(Double(chance.below(chance.once(in: 2) ? 20_000 : 250_000))) }
    for _ in 0..<chance.below(12) {
      events.append(
        .init(
          at: when(),
          what: .car(
            station: chance.below(count), .minutes(Double(5 + chance.below(300))))))
    }
    for _ in 0..<chance.below(8) {
      let upset: Upset =
        switch chance.below(12) {
        case 0, 1: .lostConnection(station: chance.below(count))
        case 2: .drift(station: chance.below(count))
        case 3: .mark(station: chance.below(count))
        case 4: .rollBack(station: chance.below(count))
        case 5, 6: .hold(campaign: chance.below(campaigns))
        case 7: .recall(campaign: chance.below(campaigns))
        case 8:
          chance.once(in: 3)
            ? .abort(campaign: chance.below(campaigns))
            : .resume(campaign: chance.below(campaigns))
        case 9: .clock(.seconds(Double(chance.below(30_000) - 15_000)))
        default: .resume(campaign: chance.below(campaigns))
        }
      events.append(.init(at: when(), what: upset))
    }
    // Deaths are dense in half of the runs and rare in the other.
    let deaths = share == 0 ? 0 : chance.below(share)
    let span = chance.once(in: 2) ? 400 : 4000
    var scenario = Scenario(
      seed: seed, members: members, budgets: (0..<sites).map { _ in 1 + chance.below(3) },
      campaigns: campaigns, harm: 1 + chance.below(4), canary: 1 + chance.below(4),
      events: events.sorted { $0.at < $1.at },
      crashes: Set((0..<deaths).map { _ in 1 + chance.below(span) }))
    if chance.once(in: 3) {
      scenario.hours = (0..<sites).map { _ in
        chance.once(in: 4) ? nil : .random(&chance, from: Stage.beginning)
      }
    }
    return scenario
  }
}

extension Scenario: CustomStringConvertible {
  package var description: String {
    let who = members.map { "\($0.habit)@\($0.site)/\($0.campaign)" }.joined(separator: " ")
    let what = events.map { "\(Int($0.at.seconds)) s \($0.what)" }.joined(separator: ", ")
    let open = hours.enumerated().compactMap { site, hours in
      hours.map { "; site \(site) \($0)" }
    }.joined()
    return "seed \(seed): \(who); budgets \(budgets), harm \(harm), canary \(canary)\(open)"
      + (events.isEmpty ? "" : "; \(what)")
      + (crashes.isEmpty ? "" : "; dies at \(crashes.sorted())")
  }
}
