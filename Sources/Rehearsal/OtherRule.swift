import Fleet
import Rollout

/// The same chargers under hawkBit's rule of groups and under waves with gates: what each loses on a
/// build that is bad.
///
/// hawkBit begins the next group once a share of the one before is finished, cancelled ones included,
/// and stops when a share of a group has failed (`RolloutManagement`, conditions THRESHOLD and error
/// PAUSE). It asks for no evidence, and a silent charger is neither finished nor failed.
package struct OtherRule {
  /// What becomes of a charger, whoever begins with it.
  package struct Trace: Sendable {
    package enum End: Sendable { case good, bricked, cancelled }
    package var end: End
    /// From its beginning to its end; a bricked one says nothing until its time is over.
    package var takes: Span
  }

  package struct Result: Sendable {
    /// Chargers that will not come back.
    package var bricked = 0
    /// Everybody was let through.
    package var isPromoted = false
    /// Until everybody has ended, or it stopped.
    package var hours = 0.0
  }

  package var chargers = 400
  /// Failures that the planner lets pass.
  package var limit = 0.10
  /// A tenth first, as in hawkBit's own examples: then a fifth, and the rest.
  package var groups = [0.1, 0.2, 0.7]
  package var successThreshold = 0.5
  package var errorThreshold = 0.3

  package init() {}

  package func traces(failing share: Double, seed: UInt64) -> [Trace] {
    var chance = Chance(seed: seed)
    return (0..<chargers).map { _ in
      let draw = Double(chance.below(100_000)) / 100_000
      // One in ten is cancelled before it begins: absent, or by a person.
      if chance.once(in: 10) { return Trace(end: .cancelled, takes: .minutes(1)) }
      return draw < share
        ? Trace(end: .bricked, takes: .hours(2))
        : Trace(end: .good, takes: .minutes(Double(20 + chance.below(40))))
    }
  }

  // MARK: hawkBit

  package func asGroups(_ traces: [Trace]) -> Result {
    var result = Result()
    var first = 0
    var begin = 0.0
    var ends = 0.0
    for (index, share) in groups.enumerated() {
      let isLast = index == groups.count - 1
      let count = isLast ? traces.count - first : Int(Double(traces.count) * share)
      let group = traces[first..<first + count].sorted { $0.takes < $1.takes }
      first += count
      result.bricked += group.count { $0.end == .bricked }
      ends = max(ends, begin + (group.last?.takes.seconds ?? 0) / 3600)
      if isLast { break }
      let finished = group.filter { $0.end != .bricked }
      let wanted = Int((Double(count) * successThreshold).rounded(.up))
      let failures = group.filter { $0.end == .bricked }
      let stops = Int((Double(count) * errorThreshold).rounded(.up))
      let passesAt = finished.count >= wanted ? finished[wanted - 1].takes : nil
      let stopsAt = failures.count >= stops ? failures[stops - 1].takes : nil
      guard let passesAt, stopsAt.map({ passesAt <= $0 }) ?? true else {
        result.hours = begin + (stopsAt?.seconds ?? 0) / 3600
        return result
      }
      begin += passesAt.seconds / 3600
    }
    result.isPromoted = true
    result.hours = ends
    return result
  }

  // MARK: Waves with gates

  package func asWaves(_ traces: [Trace]) -> Result {
    var result = Result()
    var playbook = Playbook(name: "rule", title: "rule", target: .ocpp201)
    playbook.gate.maxFailureRate = limit
    playbook.gate.acceptedHarm = 10
    playbook.siteBudget = traces.count
    let stratum = Stratum(
      vendor: "Volta", model: "AC22", hardware: "", fromFirmware: "1", toFirmware: "2")
    let plan = Planner.plan(
      candidates: traces.indices.map {
        Candidate(
          charger: .init(rawValue: Int64($0 + 1)), identity: "CP\(10_000 + $0)", site: nil,
          stratum: stratum, target: .init(rawValue: 1))
      }, sites: [], playbook: playbook)
    var now = Instant(milliseconds: 0)
    var campaign = Campaign(
      id: .init(rawValue: 1), name: "rule", playbook: playbook, selection: "", author: "",
      createdAt: now, status: .running, planHash: "", waves: plan.waves, strata: plan.strata)
    var upgrades = plan.rows(campaign: campaign.id, at: now)
    for index in upgrades.indices { upgrades[index].id = .init(rawValue: Int64(index + 1)) }
    var running: [(at: Instant, index: Int)] = []
    while true {
      for _ in 0..<16 {
        let (next, steps) = Director.advance(campaign: campaign, upgrades: upgrades, at: now)
        if next == campaign, steps.isEmpty { break }
        campaign = next
      }
      // Nobody decides here: what a gate does not pass has stopped.
      if campaign.status != .running { break }
      if case .waiting = campaign.strata[0].state, running.isEmpty { break }
      var desk = DispatchDesk(
        [campaign.id: campaign], upgrades: { [upgrades] _ in upgrades },
        terms: .init(sites: [:], members: [:], zone: { _ in nil }), durations: Durations(),
        presence: { _ in .init(online: true, busy: false) }, at: now)
      for leased in desk.grants(at: now) {
        let index = Int(leased.rawValue) - 1
        upgrades[index].phase = .soaking
        upgrades[index].countsForGate = true
        running.append(
          (now + traces[Int(upgrades[index].charger.rawValue) - 1].takes, index))
      }
      guard let next = running.indices.min(by: { running[$0].at < running[$1].at }) else { break }
      let (at, index) = running.remove(at: next)
      now = at
      upgrades[index].enteredAt = now
      switch traces[Int(upgrades[index].charger.rawValue) - 1].end {
      case .good: upgrades[index].phase = .migrated
      case .cancelled:
        upgrades[index].phase = .cancelled
        upgrades[index].countsForGate = false
      case .bricked:
        result.bricked += 1
        upgrades[index].phase = .quarantined
        upgrades[index].failure = .init(phase: .rebooting, reason: .noBoot, detail: "")
      }
    }
    result.isPromoted = !upgrades.contains { $0.phase == .planned }
    result.hours = (now - Instant(milliseconds: 0)).seconds / 3600
    return result
  }
}
