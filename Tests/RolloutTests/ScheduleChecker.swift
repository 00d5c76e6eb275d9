import Fleet

@testable import Rollout

/// Holds a finished schedule against every limit, knowing nothing of how it came about: counts over
/// the stays, moment by moment.
final class ScheduleChecker {
  let input: ScheduleInput
  let result: ReplayResult
  private(set) var broken: [String] = []

  init(_ input: ScheduleInput, _ result: ReplayResult) {
    (self.input, self.result) = (input, result)
    places()
    shared()
    windows()
    stages()
    waves()
    downloads()
  }

  private typealias Stay = ReplayResult.Stay

  private func place(_ stay: Stay) -> ScheduleInput.Place? {
    input.jobs[stay.job].place.map { input.places[$0] }
  }

  private func campaign(_ stay: Stay) -> ScheduleInput.Campaign {
    input.campaigns[input.groups[input.jobs[stay.job].group].campaign]
  }

  private func count(
    _ name: String, _ stays: [Stay], _ budget: (Stay) -> Int?
  ) {
    for stay in stays {
      guard let budget = budget(stay) else { continue }
      let out = stays.count { $0.begins <= stay.begins && $0.ends > stay.begins }
      if out > budget { broken.append("\(out) of \(budget) out at \(name)") }
    }
  }

  private func places() {
    for (place, stays) in Dictionary(grouping: result.stays, by: { input.jobs[$0.job].place }) {
      guard let place else { continue }
      count("place \(place)", stays) {
        input.places[place].budget ?? campaign($0).siteBudget
      }
    }
  }

  private func shared() {
    count("fleet", result.stays) { _ in input.fleetBudget }
    let byUplink = Dictionary(grouping: result.stays) { place($0)?.uplink }
    for case (let uplink?, let stays) in byUplink {
      count("uplink \(uplink)", stays) { _ in input.uplinks[uplink].budget }
    }
    let byModel = Dictionary(grouping: result.stays) {
      input.groups[input.jobs[$0.job].group].model
    }
    for (model, stays) in byModel {
      count("model \(model)", stays) { _ in input.modelBudgets[model] }
    }
  }

  private func windows() {
    for stay in result.stays {
      guard let index = place(stay)?.openTimes else { continue }
      let long = input.groups[input.jobs[stay.job].group].outages[stay.stage].long
      guard let stretch = input.openTimes[index].next(stay.begins) else {
        broken.append("began after its last window")
        continue
      }
      if stretch.opens > stay.begins { broken.append("began before its window") }
      if stay.begins + long > stretch.closes { broken.append("may run past its window") }
    }
  }

  private func stages() {
    for (job, stays) in Dictionary(grouping: result.stays, by: \.job) {
      let outages = input.groups[input.jobs[job].group].outages
      let sorted = stays.sorted { $0.stage < $1.stage }
      if sorted.map(\.stage) != Array(0..<sorted.count) { broken.append("stages \(sorted)") }
      for (a, b) in zip(sorted, sorted.dropFirst()) where b.begins < a.ends + outages[a.stage].soak
      {
        broken.append("did not soak")
      }
    }
  }

  private func waves() {
    let ends = Dictionary(uniqueKeysWithValues: result.endings.map { ($0.job, $0) })
    for group in input.groups.indices {
      let policy = input.campaigns[input.groups[group].campaign].gate
      let begins = result.stays.filter { $0.stage == 0 && input.jobs[$0.job].group == group }
      let members = input.jobs.indices.filter { input.jobs[$0].group == group }
      for stay in begins {
        let wave = input.jobs[stay.job].wave
        let isEarly = members.contains {
          input.jobs[$0].wave < wave && (ends[$0].map { $0.at > stay.begins } ?? true)
        }
        if isEarly { broken.append("began before the wave before had ended") }
        let over = begins.compactMap { ends[$0.job] }.filter { $0.at <= stay.begins }
        // Those let in at the same moment count up to it.
        let atRisk =
          begins.count { $0.begins <= stay.begins } - over.count
        let allowance = AtRisk.allowance(
          done: over.count, failed: over.count { $0.failed }, policy: policy)
        if atRisk > allowance { broken.append("\(atRisk) at risk, \(allowance) allowed") }
      }
    }
  }

  private func downloads() {
    func check(_ name: String, _ stays: [Stay], _ rate: Int) {
      var clear = Instant(milliseconds: .min / 2)
      for stay in stays.sorted(by: { $0.begins < $1.begins }) {
        let bytes = input.groups[input.jobs[stay.job].group].outages[stay.stage].bytes
        guard bytes > 0 else { continue }
        if stay.begins < clear { broken.append("too many bytes at \(name)") }
        clear = max(clear, stay.begins) + .milliseconds(bytes * 1000 / Int64(rate))
      }
    }
    if let rate = input.fleetRate { check("the fleet", result.stays, rate) }
    for (uplink, value) in input.uplinks.enumerated() {
      guard let rate = value.rate else { continue }
      check("uplink \(uplink)", result.stays.filter { place($0)?.uplink == uplink }, rate)
    }
  }
}
