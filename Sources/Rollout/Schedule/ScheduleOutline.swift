import Fleet

/// A plan laid out in time: how it goes when everything takes as long as the middle of what was
/// seen, and the time that no schedule can beat.
package struct ScheduleOutline: Sendable {
  package var result: ReplayResult
  package var bound: LowerBound
  package var span: Span { .milliseconds(result.end) }
  /// Makespan over lower bound.
  package var ratio: Double {
    bound.span.milliseconds > 0
      ? Double(result.end) / Double(bound.span.milliseconds) : 1
  }
}

extension PlannedSchedule {
  /// - Parameter logs: with each charger's stays, and what sites waited for.
  package func outline(logs: Bool = false) -> ScheduleOutline {
    var model = model
    if logs { model.start.logWaits() }
    var replay = Replay(model, seed: nil, logs: logs)
    return ScheduleOutline(result: replay.run(), bound: LowerBound(model))
  }
}

extension Dispatcher {
  mutating func logWaits() {
    waits = WaitLog(places: places.count, cells: cells.count)
    isTouched = .init(repeating: false, count: cells.count)
  }
}

/// A replay that is gone through step by step, for measuring what one event costs.
package struct SteppedReplay: Sendable {
  private var replay: Replay

  package init(_ model: ReplayModel, tracks: Bool) {
    var model = model
    if tracks { model.start.trackReasons() }
    replay = Replay(model, seed: 1)
    replay.begin()
  }

  /// One event, and the pass that follows it; false at the end.
  package mutating func step() -> Bool {
    guard replay.pass(), replay.goOn() else { return false }
    replay.dispatcher.deferred.removeAll(keepingCapacity: true)
    return true
  }
}

extension Dispatcher {
  mutating func trackReasons() {
    tracks = true
    isTouched = .init(repeating: false, count: cells.count)
  }
}

/// What single replays came to, as far as a forecast needs it.
package struct ReplayEnd: Sendable, Equatable {
  /// From the beginning; nil where somebody can never begin.
  package var span: Span?
  package var decisions: Int
  package var failed: Int
}

extension ReplayModel {
  /// The same with other durations and another rate of failure, both taken for certain: a truth that
  /// forecasts can be held against.
  package func slower(by factor: Double, failed: Double, of done: Double) -> ReplayModel {
    var truth = self
    truth.tables = tables.map { $0.map { Int64(Double($0) * factor) } }
    truth.weights = weights.map { _ in 1 << 20 }
    truth.evidence = evidence.map { _ in (failed, done) }
    truth.doubt = 0
    return truth
  }

  /// One replay with every stay of every charger.
  package func drawn(seed: UInt64) -> ReplayResult {
    var replay = Replay(self, seed: seed, logs: true)
    return replay.run()
  }

  /// Replays with drawn durations and failures, one for each seed.
  package func ends(seeds: Range<UInt64>) -> [ReplayEnd] {
    var model = self
    return seeds.map { seed in
      var replay = Replay(model, seed: seed)
      let result = replay.run()
      // What one has looked up of the windows the next one need not.
      model.start.times = replay.dispatcher.times
      return ReplayEnd(
        span: result.stuck > 0 ? nil : .milliseconds(result.end), decisions: result.decisions,
        failed: result.failed)
    }
  }
}
