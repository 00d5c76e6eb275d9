import Fleet

/// A time that no schedule can beat, and what makes it so. Durations are those of the middle.
package struct LowerBound: Sendable, Equatable {
  package enum Kind: String, Sendable, Codable {
    case job = "one charger's own way"
    case waves = "waves, soaks and what may be at risk at once"
    case site = "the work of one site in its windows at its budget"
    case bytes = "bytes over bandwidth"
    case budget = "the budget of the fleet"
  }
  package var span = Span.milliseconds(0)
  package var kind = Kind.job
  /// The site it is about; index into the schedule's places.
  package var place: Int?
  /// The stratum it is about; index into the schedule's groups.
  package var group: Int?

  mutating func raise(_ span: Int64, _ kind: Kind, place: Int? = nil, group: Int? = nil) {
    guard span > self.span.milliseconds else { return }
    self.span = .milliseconds(span)
    (self.kind, self.place, self.group) = (kind, place, group)
  }

  /// - Parameter model: a schedule at its very beginning: nobody has begun.
  package init(_ model: ReplayModel) {
    var bounds = BoundFinder(model)
    bounds.find()
    self = bounds.bound
  }

  init() {}
}

private struct BoundFinder {
  let model: ReplayModel
  let shape: ScheduleShape
  var times: [Stretches]
  var bound = LowerBound()
  /// Middles by outage.
  let half: [Int64]
  let long: [Int64]
  /// The least time from which a wave of a group can begin.
  var release: [[Int64]] = []

  init(_ model: ReplayModel) {
    self.model = model
    shape = model.shape
    times = model.start.times
    half = model.tables.map { max(1, $0[$0.count / 2]) }
    long = model.start.outages.map(\.long)
  }

  mutating func find() {
    release = .init(repeating: [], count: shape.groupCount)
    for group in 0..<shape.groupCount where !model.waves[group].isEmpty { ramp(group) }
    sites()
    bytes()
  }

  /// When a charger that may begin at `time` is done, at a site with these windows.
  private mutating func done(_ group: Int, _ index: Int, from time: Int64) -> Int64 {
    var time = time
    for outage in shape.groups[group].outages {
      if index >= 0 { time = start(index, long[outage], from: time) }
      if time >= Stretches.never { return .max }
      time += half[outage] + shape.outages[outage].soak.milliseconds
    }
    return time
  }

  /// The first moment that leaves so much of its window.
  private mutating func start(_ index: Int, _ long: Int64, from time: Int64) -> Int64 {
    guard var at = times[index].index(after: time) else { return .max }
    while times[index].knows(at) {
      let start = max(time, times[index].opens[at])
      if start + long <= times[index].closes[at] { return start }
      at += 1
    }
    return .max
  }

  /// The waves of a stratum as if every site had room for all: each begins as early as the gate and
  /// the risk allow. As all take equally long, and who begins later is never done sooner, none can
  /// be faster.
  private mutating func ramp(_ group: Int) {
    // Whether one of it is at a site with these open times; the last: with none, day and night.
    var isUsed = [Bool](repeating: false, count: times.count + 1)
    for at in shape.memberStart[group]..<shape.memberStart[group + 1] {
      let place = Int(shape.jobs[Int(shape.members[Int(at)])].place)
      let index = Int(shape.placeTimes[place])
      isUsed[index < 0 ? times.count : index] = true
    }
    let indices = isUsed[times.count] ? [-1] : times.indices.filter { isUsed[$0] }
    let campaign = shape.groups[group].campaign
    let policy = shape.input.campaigns[campaign].gate
    var heap: [(at: Int64, count: Int)] = []
    var (time, ended, atRisk, toBegin) = (Int64(0), 0, 0, 0)
    var releases: [Int64] = []
    for (index, wave) in model.waves[group].enumerated() {
      if index > 0,
        !model.gates[group].passes(
          wave: Int(model.waves[group][index - 1].number), done: ended, failed: 0)
      {
        time += model.decision.milliseconds
      }
      releases.append(time)
      toBegin = Int(wave.size)
      while toBegin > 0 || !heap.isEmpty {
        let room = AtRisk.allowance(done: ended, failed: 0, policy: policy) - atRisk
        let count = min(toBegin, room)
        if count > 0 {
          var best = Int64.max
          for index in indices { best = min(best, done(group, index, from: time)) }
          guard best < .max else { return }
          if index == 0 { bound.raise(best, .job, group: group) }
          // Ends never overtake each other.
          if heap.last?.at == best {
            heap[heap.count - 1].count += count
          } else {
            heap.append((best, count))
          }
          toBegin -= count
          atRisk += count
        }
        guard !heap.isEmpty else { break }
        let next = heap.removeFirst()
        time = next.at
        ended += next.count
        atRisk -= next.count
      }
    }
    release[group] = releases
    bound.raise(time, .waves, group: group)
  }

  /// The work that a site has from each wave on, laid into its windows.
  private mutating func sites() {
    let places = shape.input.places.count
    var (work, slack, tail) = (
      [Int64](repeating: 0, count: places), [Int64](repeating: .max, count: places),
      [Int64](repeating: .max, count: places)
    )
    var budget = [Int](repeating: 0, count: places)
    // The latest release first: at each site, work only grows.
    var order: [(at: Int64, group: Int, wave: Int32)] = []
    for group in release.indices {
      for (index, at) in release[group].enumerated() {
        order.append((at, group, model.waves[group][index].number))
      }
    }
    order.sort { ($0.at, $0.group, $0.wave) > ($1.at, $1.group, $1.wave) }
    for (at, group, wave) in order {
      let outages = shape.groups[group].outages
      let way = half[outages].reduce(0, +)
      let unused = outages.map { max(0, long[$0] - half[$0]) }.min() ?? 0
      let soak = shape.outages[outages.upperBound - 1].soak.milliseconds
      let common = Int(shape.groups[group].siteBudget)
      var seen: [Int] = []
      for member in range(of: wave, in: group) {
        let place = Int(shape.jobs[Int(shape.members[member])].place)
        guard place < places else { continue }
        work[place] += way
        slack[place] = min(slack[place], unused)
        tail[place] = min(tail[place], soak)
        budget[place] = max(budget[place], shape.input.places[place].budget ?? common)
        seen.append(place)
      }
      for place in seen where budget[place] > 0 {
        let lane = work[place] / Int64(budget[place])
        // Only a site that can raise the bound is laid out.
        let end = lay(lane, place, from: at, slack: slack[place])
        if end < .max { bound.raise(end + tail[place], .site, place: place) }
      }
    }
  }

  /// Places in `members` of a wave of a group.
  private func range(of wave: Int32, in group: Int) -> Range<Int> {
    var at = Int(shape.memberStart[group])
    for (number, size) in model.waves[group] {
      if number == wave { return at..<at + Int(size) }
      at += Int(size)
    }
    return at..<at
  }

  private mutating func lay(
    _ lane: Int64, _ place: Int, from time: Int64, slack: Int64
  ) -> Int64 {
    let index = Int(shape.placeTimes[place])
    if index < 0 { return time + lane }
    var left = lane
    guard var at = times[index].index(after: time) else { return .max }
    while times[index].knows(at) {
      let open = max(time, times[index].opens[at])
      // What begins last leaves its slack unused.
      let room = max(0, times[index].closes[at] - slack - open)
      if left <= room { return open + left }
      left -= room
      at += 1
    }
    return .max
  }

  private mutating func bytes() {
    let input = shape.input
    var fleet: Int64 = 0
    var largest: Int64 = 0
    var ups = [(sum: Int64, largest: Int64)](repeating: (0, 0), count: input.uplinks.count)
    var work: Int64 = 0
    for (group, row) in shape.groups.enumerated() {
      let count = Int64(shape.memberStart[group + 1] - shape.memberStart[group])
      for outage in row.outages where count > 0 {
        let bytes = shape.outages[outage].bytes
        work += count * half[outage]
        fleet += count * bytes
        largest = max(largest, bytes)
      }
    }
    for job in shape.jobs where !ups.isEmpty {
      let uplink = Int(shape.places[Int(job.place)].uplink)
      for outage in shape.groups[Int(job.group)].outages where uplink >= 0 {
        ups[uplink].sum += shape.outages[outage].bytes
        ups[uplink].largest = max(ups[uplink].largest, shape.outages[outage].bytes)
      }
    }
    if let rate = input.fleetRate, rate > 0 {
      bound.raise((fleet - largest) * 1000 / Int64(rate), .bytes)
    }
    for (uplink, sum) in ups.enumerated() {
      guard let rate = input.uplinks[uplink].rate, rate > 0 else { continue }
      bound.raise((sum.sum - sum.largest) * 1000 / Int64(rate), .bytes)
    }
    if let budget = input.fleetBudget, budget > 0 { bound.raise(work / Int64(budget), .budget) }
  }
}
