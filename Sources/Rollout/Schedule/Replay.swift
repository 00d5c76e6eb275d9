import Fleet

/// The facts that replays of a schedule share: who is where when they begin, and how long things
/// take.
package struct ReplayModel: Sendable {
  package let shape: ScheduleShape
  /// Where everybody stands at the beginning.
  var start: Dispatcher
  /// Ends of the outages and soaks that run at the beginning: milliseconds from then, and whose.
  var running: [(at: Int64, job: Int32)] = []
  /// Planned chargers that are offline, and those of other states.
  var absent: [Int32] = []
  /// When a stratum that waits for a person goes on; from the beginning.
  var waiting: [(at: Int64, group: Int)] = []
  /// How many of 100 take no longer, by outage: the drawing of a replay.
  var tables: [[Int64]]
  /// How many observations a table rests on.
  var weights: [Int]
  var gates: [GateTable]
  /// How long a person takes to decide on a gate that did not pass.
  package var decision = Span.hours(24)
  /// How long an absent charger is waited for, and how long one is away on average.
  package var absence = Span.hours(24)
  package var away = Span.hours(8)
  /// Failed and done, for the rate at which upgrades fail; by group.
  var evidence: [(failed: Double, done: Double)]
  /// How uncertain the prior of durations is, as the deviation of its logarithm.
  package var doubt = 0.0
  /// Waves of each group, in order, with their sizes.
  let waves: [[(number: Int32, size: Int32)]]

  /// - Parameter tables: durations by outage, sorted; weights: observations behind each.
  package init(
    _ shape: ScheduleShape, tables: [[Int64]], weights: [Int]? = nil, failures: Int = 0,
    start: Dispatcher? = nil
  ) {
    self.shape = shape
    self.tables = tables
    self.weights = weights ?? tables.map { _ in 1 << 20 }
    self.start = start ?? Dispatcher(shape)
    evidence = shape.input.groups.map { _ in (0, 0) }
    let sizes = (0..<shape.groupCount).map {
      Int(shape.memberStart[$0 + 1] - shape.memberStart[$0])
    }
    gates = (0..<shape.groupCount).map { group in
      GateTable(
        policy: shape.input.campaigns[shape.groups[group].campaign].gate,
        population: sizes[group], failures: failures)
    }
    waves = (0..<shape.groupCount).map { group in
      var list: [(number: Int32, size: Int32)] = []
      for at in shape.memberStart[group]..<shape.memberStart[group + 1] {
        let wave = shape.jobs[Int(shape.members[Int(at)])].wave
        if list.last?.number == wave {
          list[list.count - 1].size += 1
        } else {
          list.append((wave, 1))
        }
      }
      return list
    }
  }
}

extension ReplayModel {
  /// Deviation of the logarithm of an outage's durations, from the middle two thirds of them.
  func spread(_ outage: Int) -> Double {
    let table = tables[outage]
    let low = Durations.quantile(table, 0.16)
    let high = Durations.quantile(table, 0.84)
    return low > 0 ? min(1, Double(high - low) / Double(high + low)) : 0
  }
}

/// What a replay came to.
package struct ReplayResult: Sendable {
  /// One outage of a charger.
  package struct Stay: Sendable, Equatable {
    package var job: Int
    package var stage: Int
    package var begins: Instant
    package var ends: Instant
  }
  /// When the last charger has ended, in milliseconds from the beginning.
  var end: Int64 = 0
  /// Chargers that never could begin, or go on.
  package var stuck = 0
  package var failed = 0
  /// How often a person was asked.
  package var decisions = 0
  /// First begin and last end of each wave, by group and place in `ReplayModel.waves`.
  var spans: [[(begins: Int64, ends: Int64)]] = []
  /// Last end by place, without soaks; of a replay that logs.
  var placeEnds: [Int64] = []
  package var stays: [Stay] = []
  /// Ends of chargers, in order; of a replay that logs.
  package var endings: [(job: Int, at: Instant, failed: Bool)] = []
  var waits: WaitLog?
}

/// A replay in virtual time: the real dispatcher, and outages whose lengths are given or drawn.
struct Replay {
  let model: ReplayModel
  var dispatcher: Dispatcher
  var random: ReplayRandom
  /// Durations to draw from, and where those of each outage lie among them: a power of two of each.
  private var pool: [Int64] = []
  private var ofOutage: [(start: Int, mask: Int)] = []
  private var failureRate: [Double]
  let draws: Bool
  var ends = TimeHeap()
  var soaks: [SoakLine]
  var pauses = TimeHeap()
  var returns = TimeHeap()
  /// Begun and not ended, by group.
  var live: [Int32]
  /// Planned ones in open waves, and how many of them are absent.
  var openLeft: [Int32]
  var absentOpen: [Int32]
  var planned: [Int32]
  var nextWave: [Int]
  var unfinished: Int
  var time: Int64 = 0
  private var granted: [Int32] = []
  var result = ReplayResult()
  let logs: Bool

  /// Soaks of one outage are equally long, so they end in the order in which they began.
  struct SoakLine {
    private var entries: [(at: Int64, job: Int32)] = []
    private var head = 0
    private(set) var first = Int64.max

    mutating func append(_ at: Int64, _ job: Int) {
      if head == entries.count { first = at }
      entries.append((at, Int32(job)))
    }

    /// Takes the first out; only of a line that is not empty.
    mutating func next() -> Int {
      defer {
        head += 1
        // What is done goes before much of it is dragged along.
        if head == 4096 {
          entries.removeFirst(head)
          head = 0
        }
        first = head < entries.count ? entries[head].at : .max
      }
      return Int(entries[head].job)
    }
  }

  /// - Parameter seed: nil: everything takes as long as the middle of its table, nothing fails.
  init(_ model: ReplayModel, seed: UInt64?, logs: Bool = false) {
    self.model = model
    self.logs = logs
    let shape = model.shape
    dispatcher = model.start
    random = ReplayRandom(seed: seed ?? 0)
    draws = seed != nil
    let groups = shape.groupCount
    soaks = .init(repeating: SoakLine(), count: shape.outages.count)
    live = .init(repeating: 0, count: groups)
    openLeft = .init(repeating: 0, count: groups)
    absentOpen = .init(repeating: 0, count: groups)
    planned = .init(repeating: 0, count: groups)
    nextWave = .init(repeating: 0, count: groups)
    unfinished = 0
    failureRate = []
    if draws { drawRates() }
    for number in dispatcher.jobs.indices {
      let job = dispatcher.jobs[number]
      if job.state == .ended { continue }
      unfinished += 1
      let group = Int(job.group)
      if job.state == .planned {
        planned[group] += 1
        if job.wave <= dispatcher.groups[group].openWave { openLeft[group] += 1 }
      } else {
        live[group] += 1
      }
    }
    for (at, job) in model.running { ends.push(at, Int(job)) }
    for (at, group) in model.waiting { pauses.push(at, group) }
    if logs {
      result.spans = model.waves.map { $0.map { _ in (.max, 0) } }
      result.placeEnds = .init(repeating: 0, count: shape.input.places.count + 1)
    }
    for job in model.absent { leave(Int(job)) }
    for group in 0..<groups {
      while nextWave[group] < model.waves[group].count,
        model.waves[group][nextWave[group]].number <= dispatcher.groups[group].openWave
      {
        nextWave[group] += 1
      }
    }
  }

  /// What this replay takes for true: each stratum's durations and rate of failure as uncertain as
  /// the observations leave them.
  private mutating func drawRates() {
    let doubt = model.doubt > 0 ? random.scale(model.doubt) : 1
    for (index, table) in model.tables.enumerated() {
      let seen = model.weights[index]
      let size = seen >= 256 ? 256 : seen >= 128 ? 128 : seen >= 48 ? 64 : seen >= 24 ? 32 : 16
      // What was seen has no longer tail than the longest seen: a smoothed bootstrap lends it one
      // (Silverman's width, on the logarithm).
      let blur = seen < 1 << 16 ? model.spread(index) * Self.width(seen) : 0
      ofOutage.append((pool.count, size - 1))
      for _ in 0..<size {
        let span = Double(table[random.below(table.count)]) * doubt
        pool.append(Int64(blur > 0 ? span * random.scale(blur) : span))
      }
    }
    for (failed, done) in model.evidence {
      // Before anything is known: a failure in fifty, worth twenty-five chargers.
      let rate = random.beta(failed + 0.5, done - failed + 24.5)
      failureRate.append(done.isFinite ? rate : 0)
    }
  }

  /// 1.06 n^(-1/5), for some sizes; a little more for small ones, whose spread is uncertain itself.
  private static func width(_ n: Int) -> Double {
    n >= 4096 ? 0.2 : n >= 1024 ? 0.27 : n >= 256 ? 0.35 : n >= 64 ? 0.5 : n >= 16 ? 0.66 : 0.75
  }

  private mutating func leave(_ job: Int) {
    let group = Int(dispatcher.jobs[job].group)
    if dispatcher.jobs[job].wave <= dispatcher.groups[group].openWave { absentOpen[group] += 1 }
    let away = draws ? random.exponential(model.away) : model.away.milliseconds
    returns.push(min(away, model.absence.milliseconds), job)
  }

  mutating func run() -> ReplayResult {
    begin()
    while pass(), goOn() {}
    return finish()
  }

  /// Opens the first waves.
  mutating func begin() {
    for group in 0..<model.shape.groupCount { close(group) }
  }

  /// Lets in who may begin now; false when all have ended.
  mutating func pass() -> Bool {
    guard unfinished > 0 else { return false }
    if !granted.isEmpty { granted.removeAll(keepingCapacity: true) }
    dispatcher.grants(at: time, into: &granted)
    for job in granted { begin(Int(job)) }
    return true
  }

  /// Goes on to the next thing that happens; false when nothing does any more.
  mutating func goOn() -> Bool {
    var soonest = min(min(ends.first, pauses.first), min(returns.first, dispatcher.nextWake))
    for index in soaks.indices { soonest = min(soonest, soaks[index].first) }
    guard soonest < Stretches.never else { return false }
    time = max(time, soonest)
    step()
    return true
  }

  mutating func finish() -> ReplayResult {
    result.stuck = unfinished
    result.waits = dispatcher.waits
    return result
  }

  private mutating func step() {
    while ends.first <= time {
      let job = ends.top
      ends.pop()
      if dispatcher.jobs[job].state == .holding {
        finish(job)
      } else {
        mature(job)
      }
    }
    for index in soaks.indices {
      while soaks[index].first <= time {
        mature(soaks[index].next())
      }
    }
    while returns.first <= time {
      let job = returns.top
      returns.pop()
      comeBack(job)
    }
    while pauses.first <= time {
      let group = pauses.top
      pauses.pop()
      decide(group)
    }
  }

  private mutating func begin(_ job: Int) {
    let row = dispatcher.jobs[job]
    let group = Int(row.group)
    let stage = Int(row.stage)
    let outage = dispatcher.groups[group].outages.lowerBound + stage
    if stage == 0 {
      openLeft[group] -= 1
      planned[group] -= 1
      live[group] += 1
    }
    let span: Int64
    if draws {
      let (start, mask) = ofOutage[outage]
      span = pool[start + Int(truncatingIfNeeded: random.next()) & mask]
    } else {
      span = model.tables[outage][model.tables[outage].count / 2]
    }
    ends.push(time + max(1, span), job)
    guard logs else { return }
    if stage == 0, let at = model.waves[group].firstIndex(where: { $0.number == row.wave }) {
      result.spans[group][at].begins = min(result.spans[group][at].begins, time)
    }
    result.stays.append(
      .init(
        job: job, stage: stage, begins: Instant(milliseconds: dispatcher.origin + time),
        ends: Instant(milliseconds: dispatcher.origin + time + max(1, span))))
    let place = Int(row.place)
    result.placeEnds[place] = max(result.placeEnds[place], time + span)
  }

  /// An outage ends.
  private mutating func finish(_ job: Int) {
    let group = Int(dispatcher.jobs[job].group)
    let stage = Int(dispatcher.jobs[job].stage)
    let outages = dispatcher.groups[group].outages
    if draws, failureRate[group] > 0,
      random.share() * Double(outages.count) < failureRate[group]
    {
      result.failed += 1
      end(job, group, .failed)
      return
    }
    dispatcher.set(job, .resting, stage: stage + 1, standing: .underWay)
    let outage = outages.lowerBound + stage
    let soak = dispatcher.outages[outage].soak
    if soak <= 0 { mature(job) } else { soaks[outage].append(time + soak, job) }
  }

  /// A soak ends.
  private mutating func mature(_ job: Int) {
    let group = Int(dispatcher.jobs[job].group)
    let stage = Int(dispatcher.jobs[job].stage)
    if stage < dispatcher.groups[group].outages.count {
      dispatcher.set(job, .ready, stage: stage, standing: .underWay)
    } else {
      end(job, group, .succeeded)
    }
  }

  private mutating func end(_ job: Int, _ group: Int, _ standing: Dispatcher.Standing) {
    let row = dispatcher.jobs[job]
    dispatcher.set(job, .ended, stage: Int(row.stage), standing: standing)
    unfinished -= 1
    result.end = max(result.end, time)
    if row.state == .planned {
      planned[group] -= 1
      openLeft[group] -= 1
    } else {
      live[group] -= 1
    }
    if logs {
      result.endings.append(
        (job, Instant(milliseconds: dispatcher.origin + time), standing == .failed))
      if let at = model.waves[group].firstIndex(where: { $0.number == row.wave }) {
        result.spans[group][at].ends = max(result.spans[group][at].ends, time)
      }
    }
    if standing == .failed { fail(group) }
    if live[group] == 0 { close(group) }
  }

  /// After a failure: when even success of all that is open can't pass any more, a person decides.
  private mutating func fail(_ group: Int) {
    guard dispatcher.groups[group].isOpen, planned[group] > 0 else { return }
    let most = Int(dispatcher.groups[group].done + live[group] + openLeft[group])
    if most < model.gates[group].needed(failed: Int(dispatcher.groups[group].failed)) { ask(group) }
  }

  private mutating func ask(_ group: Int) {
    result.decisions += 1
    dispatcher.groups[group].isOpen = false
    pauses.push(time + model.decision.milliseconds, group)
  }

  private mutating func decide(_ group: Int) {
    dispatcher.open(group, wave: Int(dispatcher.groups[group].openWave))
    if live[group] == 0, openLeft[group] == absentOpen[group] { openNext(group) }
  }

  /// Closes a wave in which all have ended that were there, and opens the next if its gate passes.
  private mutating func close(_ group: Int) {
    guard live[group] == 0, openLeft[group] == absentOpen[group], dispatcher.groups[group].isOpen
    else {
      return
    }
    if dispatcher.groups[group].openWave == 0 { return openNext(group) }
    guard nextWave[group] < model.waves[group].count else { return }
    let passes = model.gates[group].passes(
      wave: Int(dispatcher.groups[group].openWave), done: Int(dispatcher.groups[group].done),
      failed: Int(dispatcher.groups[group].failed))
    if passes { openNext(group) } else { ask(group) }
  }

  private mutating func openNext(_ group: Int) {
    guard nextWave[group] < model.waves[group].count else { return }
    let (number, size) = model.waves[group][nextWave[group]]
    nextWave[group] += 1
    openLeft[group] += size
    for job in model.absent {
      let row = dispatcher.jobs[Int(job)]
      if Int(row.group) == group, row.wave == number, !row.isOnline, row.state == .planned {
        absentOpen[group] += 1
      }
    }
    dispatcher.open(group, wave: Int(number))
    // Nobody of it is there: the next one.
    if openLeft[group] == absentOpen[group], live[group] == 0 { close(group) }
  }

  private mutating func comeBack(_ job: Int) {
    let row = dispatcher.jobs[job]
    let group = Int(row.group)
    if row.state == .planned, row.wave <= dispatcher.groups[group].openWave {
      absentOpen[group] -= 1
    }
    dispatcher.addDown(Int(row.place), -1)
    dispatcher.see(job, online: true, busy: false)
  }
}
