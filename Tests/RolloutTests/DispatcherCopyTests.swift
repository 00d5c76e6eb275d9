import Fleet
import Testing

@testable import Rollout

@Suite("Copies of a dispatcher")
struct DispatcherCopyTests {
  /// Every row, as text.
  private func rows(_ dispatcher: Dispatcher) -> [String] {
    dispatcher.jobs.indices.map { "\(dispatcher.jobs[$0])" }
      + dispatcher.cells.indices.map { index in
        let cell = dispatcher.cells[index]
        return "\(cell.heaped) \((0..<3).map { "\(cell.lines[$0])" })"
      }
      + dispatcher.places.indices.map { "\(dispatcher.places[$0])" }
      + dispatcher.groups.indices.map { "\(dispatcher.groups[$0])" }
  }

  /// One of the things that a dispatcher is told, or asked, at random.
  private func disturb(_ dispatcher: inout Dispatcher, _ random: inout SplitMix, at hour: Int) {
    let job = random.below(dispatcher.jobs.count)
    let group = Int(dispatcher.jobs[job].group)
    switch random.below(8) {
    case 0: dispatcher.open(group, wave: random.below(5), isOpen: random.below(4) > 0)
    case 1: dispatcher.see(job, online: random.below(3) > 0, busy: random.below(2) > 0)
    case 2: dispatcher.setDown(Int(dispatcher.jobs[job].place), random.below(3))
    case 3: dispatcher.move(job, toWave: 1 + random.below(4))
    case 4: dispatcher.setRunning(dispatcher.groups[group].campaign, random.below(3) > 0)
    case 5:
      dispatcher.set(
        job, [.planned, .holding, .resting, .ready, .ended][random.below(5)], stage: 0,
        standing: .underWay)
    default:
      _ = dispatcher.grants(
        at: Instant(milliseconds: dispatcher.origin + Int64(hour) * 3_600_000))
    }
  }

  @Test("what happens to one does not reach the other, whichever is told first")
  func apart() {
    for seed in 0..<40 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      var dispatcher = Dispatcher(
        ScheduleShape(RandomSchedule.input(&random, chargers: 1 + random.below(60))),
        tracks: random.below(2) > 0)
      for hour in 0..<60 {
        var other = dispatcher
        let before = rows(dispatcher)
        var same = random
        disturb(&other, &random, at: hour)
        #expect(rows(dispatcher) == before, "seed \(seed)")
        // Told the same, they stand the same.
        disturb(&dispatcher, &same, at: hour)
        #expect(rows(dispatcher) == rows(other), "seed \(seed)")
        if random.below(2) > 0 { swap(&dispatcher, &other) }
      }
    }
  }
}
