import Fleet

/// What a plan comes to in time, for people.
package struct SchedulePreview: Sendable, Equatable, Codable {
  package struct Wave: Sendable, Equatable, Codable {
    package var stratum: String
    package var number: Int
    package var size: Int
    package var begins: Instant
    package var ends: Instant
  }

  package struct Site: Sendable, Equatable, Codable {
    package var name: String
    package var chargers: Int
    package var budget: Int
    package var begins: Instant
    /// When its last outage is over; soaks follow.
    package var ends: Instant
    /// What its chargers waited for longest; nil: nothing.
    package var binding: String?
  }

  package var begins: Instant
  /// When the last charger has ended if all goes in the middle of what was seen; nil: never.
  package var done: Instant?
  /// Half, and nine of ten, replays with drawn durations and failures are done by then.
  package var likely: Instant?
  package var late: Instant?
  /// How many replays that rests on.
  package var replays = 0
  package var bound: Span
  /// Makespan over lower bound; nil where there is no makespan.
  package var ratio: Double?
  /// What the lower bound consists of.
  package var boundBy: String
  /// What decides how long it takes.
  package var binding: String
  package var waves: [Wave] = []
  /// Those that are done last, in that order.
  package var sites: [Site] = []
  /// Gates that ask a person on the way, each taken to need a day.
  package var decisions = 0
  /// Why it can't end, or not in time.
  package var obstacles: [String] = []
  /// What would help, with what it would gain.
  package var advice: [String] = []
  /// Bytes of all images.
  package var bytes: Int64 = 0
  /// What they cost over uplinks that have a price; nil: none has.
  package var cost: Double?
  /// Outages of which nobody has seen one yet rest on the playbook's limits.
  package var observed = 0
}

extension PlannedSchedule {
  /// Sites that a preview names.
  private static let named = 100

  /// - Parameters:
  ///   - replays: how many with drawn durations; 0 leaves likely and late ends out.
  ///   - advises: whether relaxed plans are laid out too.
  package func preview(replays: UInt64 = 0, advises: Bool = true) -> SchedulePreview {
    let outline = outline(logs: true)
    let result = outline.result
    let ends = result.stuck == 0
    var preview = SchedulePreview(
      begins: facts.begins, done: ends ? facts.begins + outline.span : nil,
      bound: outline.bound.span, ratio: ends ? outline.ratio : nil,
      boundBy: words(outline.bound), binding: binding(outline))
    preview.decisions = result.decisions
    preview.observed = facts.durations.count
    preview.waves = waves(result)
    preview.sites = sites(result)
    (preview.bytes, preview.cost) = data()
    preview.obstacles = obstacles(preview.done, stuck: result.stuck)
    if advises { preview.advice = advice(beside: outline) }
    if replays > 0, ends {
      let spans = model.ends(seeds: 1..<replays + 1).map(\.span)
      preview.replays = Int(replays)
      preview.likely = Spans.quantile(spans, 0.5).map { facts.begins + $0 }
      preview.late = Spans.quantile(spans, 0.9).map { facts.begins + $0 }
    }
    return preview
  }

  private func words(_ bound: LowerBound) -> String {
    if let place = bound.place, place < facts.sites.count {
      return "\(bound.kind.rawValue): \(facts.sites[place].name)"
    }
    if let group = bound.group, strata.count > 1 {
      return "\(bound.kind.rawValue): \(strata[group].label)"
    }
    return bound.kind.rawValue
  }

  /// What decides how long it takes: what the bound consists of where the plan is close to it,
  /// else what sites waited for longest.
  private func binding(_ outline: ScheduleOutline) -> String {
    if outline.result.stuck == 0, outline.ratio <= (outline.bound.place == nil ? 1.1 : 1.5) {
      return words(outline.bound)
    }
    guard let waits = outline.result.waits else { return words(outline.bound) }
    var sums: [WaitReason: Int64] = [:]
    for place in 0...facts.sites.count {
      let (reason, span) = waits.binding(of: place)
      sums[reason, default: 0] += span
    }
    let most = sums.filter { $0.key != .none }.max {
      ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue)
    }
    return most?.key.words ?? words(outline.bound)
  }

  private func waves(_ result: ReplayResult) -> [SchedulePreview.Wave] {
    var list: [SchedulePreview.Wave] = []
    for group in strata.indices {
      for (index, wave) in model.waves[group].enumerated() {
        let span = result.spans[group][index]
        guard span.begins < .max else { continue }
        list.append(
          .init(
            stratum: strata[group].label, number: Int(wave.number), size: Int(wave.size),
            begins: facts.begins + .milliseconds(span.begins),
            ends: facts.begins + .milliseconds(max(span.begins, span.ends))))
      }
    }
    return list
  }

  private func sites(_ result: ReplayResult) -> [SchedulePreview.Site] {
    var counts = [Int](repeating: 0, count: facts.sites.count)
    for job in input.jobs { if let place = job.place { counts[place] += 1 } }
    var begins = [Int64](repeating: .max, count: facts.sites.count)
    for stay in result.stays {
      guard let place = input.jobs[stay.job].place else { continue }
      begins[place] = min(begins[place], (stay.begins - facts.begins).milliseconds)
    }
    let last = facts.sites.indices.filter { counts[$0] > 0 && begins[$0] < .max }
      .sorted { (-result.placeEnds[$0], $0) < (-result.placeEnds[$1], $1) }
      .prefix(Self.named)
    return last.map { place in
      SchedulePreview.Site(
        name: facts.sites[place].name, chargers: counts[place],
        budget: input.places[place].budget ?? playbook.siteBudget,
        begins: facts.begins + .milliseconds(begins[place]),
        ends: facts.begins + .milliseconds(result.placeEnds[place]),
        binding: result.waits.map { $0.binding(of: place).0 }.flatMap {
          $0 == .none ? nil : $0.words
        })
    }
  }

  /// Bytes that chargers load, and what that costs.
  private func data() -> (Int64, Double?) {
    var (bytes, cost) = (Int64(0), Double?.none)
    for job in input.jobs {
      let sum = input.groups[job.group].outages.reduce(Int64(0)) { $0 + $1.bytes }
      bytes += sum
      if let place = job.place, let price = facts.sites[place].costPerMegabyte {
        cost = (cost ?? 0) + price * Double(sum) / 1e6
      }
    }
    return (bytes, cost)
  }
}

extension WaitReason {
  /// What somebody waits for.
  package var words: String {
    switch self {
    case .none: "nothing"
    case .busy: "drivers"
    case .offline: "chargers that are offline"
    case .window: "windows"
    case .budget: "site budgets"
    case .atRisk: "what may be at risk at once"
    case .uplink: "the budget of uplinks"
    case .model: "the budget of models"
    case .fleet: "the budget of the fleet"
    case .bandwidth: "bandwidth"
    }
  }
}

/// Spans of which some may be endless.
package enum Spans {
  /// The span that so many of all do not exceed; nil where that is endless.
  package static func quantile(_ spans: [Span?], _ share: Double) -> Span? {
    let finite = spans.compactMap { $0 }.sorted()
    let rank = Int((share * Double(spans.count)).rounded(.up))
    guard rank > 0, rank <= finite.count else { return nil }
    return finite[rank - 1]
  }
}
