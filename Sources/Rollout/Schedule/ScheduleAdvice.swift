import Fleet

/// Why a plan can't end, and what would help: found by laying out the relaxed plan.
extension PlannedSchedule {
  /// Least gain that is worth a word.
  private static let worth = Span.hours(1)
  /// Sites that are named one by one.
  private static let named = 8

  func obstacles(_ done: Instant?, stuck: Int) -> [String] {
    var list: [String] = []
    var waiting: [Int: Set<Int>] = [:]
    var counts: [Int: Int] = [:]
    for job in input.jobs {
      guard let place = job.place else { continue }
      waiting[place, default: []].insert(job.group)
      counts[place, default: 0] += 1
    }
    if stuck > 0 {
      for place in waiting.keys.sorted() {
        guard let why = obstacle(place, waiting[place] ?? []) else { continue }
        list.append(
          "\(facts.sites[place].name): \(why); \(Phrase.chargers(counts[place] ?? 0)) will wait")
      }
      if list.count > Self.named {
        let more = list.count - Self.named
        list.removeLast(more)
        list.append("\(more) more sites can't begin or go on either")
      }
      if input.fleetBudget == 0 { list.append("the budget of the fleet allows nobody") }
      if input.fleetRate == 0 { list.append("no bandwidth is left for downloads") }
      if list.isEmpty { list.append("\(Phrase.chargers(stuck)) can't begin or go on") }
    }
    guard let deadline = playbook.deadline else { return list }
    if let done, done > deadline {
      list.append(
        "done \(CivilDay(done).dated), \(Phrase.span(done - deadline)) after the deadline of "
          + "\(CivilDay(deadline + .milliseconds(-1)).dated)")
    }
    if deadline < facts.begins + model.lowerBound {
      list.append(
        "no schedule can keep the deadline: it takes \(Phrase.span(model.lowerBound)) at least")
    }
    return list
  }

  private func obstacle(_ place: Int, _ groups: Set<Int>) -> String? {
    let budget = input.places[place].budget ?? playbook.siteBudget
    if budget <= 0 { return "budget 0 allows nobody" }
    let down = facts.sites[place].down
    if down >= budget { return "\(down) are offline and \(budget) may be out at once" }
    if let uplink = input.places[place].uplink {
      if input.uplinks[uplink].budget == 0 { return "the budget of its uplink allows nobody" }
      if input.uplinks[uplink].rate == 0 { return "its uplink has no bandwidth for downloads" }
    }
    guard let index = input.places[place].openTimes else { return nil }
    var times = model.start.times[index]
    var longest: Int64 = 0
    var at = 0
    // A year of nights tells.
    while at < 400, times.knows(at) {
      longest = max(longest, times.closes[at] - times.opens[at])
      at += 1
    }
    if longest == 0 { return "its windows never open" }
    let long = groups.flatMap { input.groups[$0].outages.map(\.long.milliseconds) }.max() ?? 0
    guard long > longest else { return nil }
    return "its longest window (\(Phrase.span(.milliseconds(longest)))) is shorter than the job "
      + "(95 of 100 take up to \(Phrase.span(.milliseconds(long))))"
  }

  /// Each limit by itself relaxed, as far as it gains something; most first.
  func advice(beside outline: ScheduleOutline) -> [String] {
    var gains: [(text: String, gain: Span)] = []
    for (text, relaxed) in relaxations(outline) {
      var replay = Replay(relaxed, seed: nil)
      let result = replay.run()
      if outline.result.stuck > 0 {
        guard result.stuck < outline.result.stuck else { continue }
        let more = outline.result.stuck - result.stuck
        gains.append(("\(text): \(Phrase.chargers(more)) more", .hours(24 * Double(more))))
      } else if result.stuck == 0 {
        let gain = Span.milliseconds(outline.result.end - result.end)
        guard gain >= Self.worth else { continue }
        gains.append(("\(text): \(Phrase.span(gain)) sooner", gain))
      }
    }
    return gains.sorted { $0.gain > $1.gain }.prefix(3).map(\.text)
  }

  private func relaxations(_ outline: ScheduleOutline) -> [(String, ReplayModel)] {
    var list: [(String, ReplayModel)] = []
    func relax(_ text: String, _ change: (inout ScheduleInput) -> Void) {
      var input = input
      change(&input)
      var relaxed = ReplayModel(
        ScheduleShape(input), tables: model.tables, weights: model.weights)
      for (index, site) in facts.sites.enumerated() where site.down > 0 {
        relaxed.start.setDown(index, site.down)
      }
      for job in model.absent { relaxed.start.see(Int(job), online: false, busy: false) }
      (relaxed.absent, relaxed.absence) = (model.absent, model.absence)
      list.append((text, relaxed))
    }
    if let place = slowest(outline) {
      let name = facts.sites[place].name
      let budget = max(0, input.places[place].budget ?? playbook.siteBudget)
      let wanted = max(budget, facts.sites[place].down) + 1
      relax("budget \(wanted) at \(name)") { $0.places[place].budget = wanted }
      if input.places[place].openTimes != nil {
        relax("installs at any time at \(name)") { $0.places[place].openTimes = nil }
      }
    }
    if playbook.siteBudget < 1000, input.places.contains(where: { $0.budget == nil }) {
      let wanted = playbook.siteBudget + 1
      relax("siteBudget \(wanted) in the playbook") { $0.campaigns[0].siteBudget = wanted }
    }
    if outline.result.stuck == 0, let gate = input.campaigns.first?.gate {
      relax("acceptedHarm \(gate.acceptedHarm * 2) instead of \(gate.acceptedHarm)") {
        $0.campaigns[0].gate.acceptedHarm *= 2
      }
    }
    if let budget = input.fleetBudget {
      relax("a fleet budget of \(max(1, budget * 2))") { $0.fleetBudget = max(1, budget * 2) }
    }
    if let rate = input.fleetRate {
      relax("twice the bandwidth") { $0.fleetRate = max(1, rate * 2) }
    }
    return list
  }

  /// The site that holds the others up: where somebody can never begin, else the one done last.
  private func slowest(_ outline: ScheduleOutline) -> Int? {
    var counts = [Int](repeating: 0, count: facts.sites.count)
    for job in input.jobs {
      if let place = job.place { counts[place] += input.groups[job.group].outages.count }
    }
    if outline.result.stuck > 0 {
      for stay in outline.result.stays {
        if let place = input.jobs[stay.job].place { counts[place] -= 1 }
      }
      return counts.indices.filter { counts[$0] > 0 }.max { counts[$0] < counts[$1] }
    }
    if let place = outline.bound.place { return place }
    return facts.sites.indices.filter { counts[$0] > 0 }
      .max { (outline.result.placeEnds[$0], $1) < (outline.result.placeEnds[$1], $0) }
  }
}

extension ReplayModel {
  fileprivate var lowerBound: Span { LowerBound(self).span }
}
