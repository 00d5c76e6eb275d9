import Fleet
import Proof
import Rollout

/// Goes through every order of events of a small fleet, breadth first: which charger's next message
/// comes next, whether time runs out before it, whether a car comes or a connection is lost, and
/// whether the engine dies before the commit, behind it, or beside a send.
package struct Explorer {
  package struct Findings: Sendable {
    package var states = 0
    package var edges = 0
    /// Events from the beginning.
    package var depth = 0
    /// Every state within the depth was seen: nothing was cut off.
    package var isComplete = false
    package var deaths = 0
    package var failing: String?
  }

  /// Deaths, cars and lost connections on one way.
  package var deaths = 1
  package var cars = 1
  package var losses = 1
  /// States after which it stops.
  package var limit: Int
  package var depth: Int

  package init(limit: Int, depth: Int = 400) { (self.limit, self.depth) = (limit, depth) }

  private struct Node {
    var stage: Stage
    /// Left of deaths, cars and losses.
    var left: [Int]
  }

  /// Explores three chargers at two sites, one with a budget of one.
  package func explore(_ habits: [Habit], mutation: Mutation? = nil) -> Findings {
    let scenario = Scenario(
      seed: 1,
      members: habits.enumerated().map {
        .init(habit: $0.element, site: $0.offset % 2, campaign: 0)
      },
      budgets: [1, 2], campaigns: 1, harm: 2, canary: 3, events: [], crashes: [])
    var findings = Findings()
    var stage = Stage(scenario, mutation: mutation)
    stage.decisionAt = nil
    // Everybody has been there before anything begins.
    while stage.dispatchAt == nil || stage.queue.contains(where: { $0.doing != .report }) {
      guard let next = stage.nextInQueue else { break }
      stage.time = max(stage.time, stage.queue[next].at)
      stage.deliver(stage.queue.remove(at: next))
    }
    var frontier = [Node(stage: stage, left: [deaths, cars, losses])]
    var visited: Set<StageKey> = [StageKey(stage, upsets: frontier[0].left)]
    while !frontier.isEmpty, findings.depth < depth {
      var next: [Node] = []
      findings.depth += 1
      for node in frontier {
        for child in successors(of: node, &findings) {
          findings.edges += 1
          if let breach = child.stage.checker.breaches.first {
            findings.failing =
              "invariant \(breach.invariant): \(breach.sentence)\n"
              + child.stage.story.suffix(30).joined(separator: "\n")
            findings.states = visited.count
            return findings
          }
          if visited.insert(StageKey(child.stage, upsets: child.left)).inserted {
            next.append(child)
          }
        }
        if visited.count >= limit {
          findings.states = visited.count
          return findings
        }
      }
      frontier = next
    }
    findings.isComplete = frontier.isEmpty
    findings.states = visited.count
    return findings
  }

  private func successors(of node: Node, _ findings: inout Findings) -> [Node] {
    let stage = node.stage
    if stage.startsAt != nil {
      var next = node
      next.stage.time = max(stage.time, stage.startsAt ?? stage.time)
      next.stage.start()
      return [next]
    }
    var all: [Node] = []
    func add(_ move: (inout Stage) -> Void) {
      var calm = node
      move(&calm.stage)
      all.append(calm)
      guard node.left[0] > 0 else { return }
      // Each place at which the engine can die while it does this.
      for place in 0..<(calm.stage.boundaries - stage.boundaries) {
        var dead = node
        dead.left[0] -= 1
        dead.stage.crashes = [stage.boundaries + place + 1]
        move(&dead.stage)
        dead.stage.crashes = []
        findings.deaths += 1
        all.append(dead)
      }
    }
    for station in stage.stations.indices {
      let first = stage.queue.indices.filter {
        stage.queue[$0].station == station && stage.mayHappen(stage.queue[$0])
      }.min {
        (stage.queue[$0].at, stage.queue[$0].number) < (stage.queue[$1].at, stage.queue[$1].number)
      }
      if let first {
        add { stage in
          stage.time = max(stage.time, stage.queue[first].at)
          stage.deliver(stage.queue.remove(at: first))
        }
      }
      if node.left[1] > 0, !stage.stations[station].hasCar, stage.stations[station].isOpen {
        var next = node
        next.left[1] -= 1
        next.stage.deliver(
          Happening(at: stage.time, number: 0, station: station, connection: nil, doing: .car(true))
        )
        next.stage.soon(station, Soon(after: .minutes(20), doing: .car(false), isBound: false))
        all.append(next)
      }
      if node.left[2] > 0, stage.stations[station].online {
        var next = node
        next.left[2] -= 1
        next.stage.deliver(
          Happening(
            at: stage.time, number: 0, station: station, connection: nil, doing: .disconnect))
        all.append(next)
      }
    }
    let due = [stage.upgrades.compactMap(\.deadline).min(), stage.dispatchAt].compactMap { $0 }
      .min()
    if let due {
      add { stage in
        stage.time = max(stage.time, due)
        stage.tick()
      }
    }
    return all
  }
}
