import Control
import Fleet
import Glibc
import Rollout

/// Tells a wall clock that was set from one that runs: the time since boot passes whatever anybody
/// sets. A suspended machine's clock was not set, so the time that counts suspensions is asked.
struct ClockWatch {
  /// Smaller steps are how a clock is kept right.
  static let tolerance = Span.seconds(5)

  private var wall: Instant
  private var elapsed: Span

  init(wall: Instant, elapsed: Span) { (self.wall, self.elapsed) = (wall, elapsed) }

  /// By how much the clock was set since the last look; nil while it runs as it should.
  func jump(wall now: Instant, elapsed: Span) -> Span? {
    let passed = elapsed.milliseconds - self.elapsed.milliseconds
    let span = Span(milliseconds: (now - wall).milliseconds - passed)
    return abs(span.milliseconds) > Self.tolerance.milliseconds ? span : nil
  }

  /// From here on this is right.
  mutating func trust(wall: Instant, elapsed: Span) { (self.wall, self.elapsed) = (wall, elapsed) }
}

extension SystemClock {
  /// Since the machine started, suspensions included.
  static var elapsed: Span {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Span(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

extension Core {
  /// Within a transaction, before anything is judged by `now`: when the clock was set, all that
  /// waits for a moment waits as long as before. Otherwise an hour forward would be an hour in
  /// which no charger answered, and an hour back one in which nothing happens.
  func followClock(now: Instant) throws {
    let elapsed = SystemClock.elapsed
    guard let jump = clock.jump(wall: now, elapsed: elapsed) else {
      return clock.trust(wall: now, elapsed: elapsed)
    }
    let seconds = abs(jump.milliseconds) / 1000
    let text =
      "the clock of this machine was set \(jump.milliseconds > 0 ? "forward" : "back") by "
      + "\(seconds) s; everything that waits for a moment waits as long as before"
    try note(nil, .note, "clock", text, at: now)
    try takeUpAll(now: now)
    for id in fleet.campaigns.keys {
      for upgrade in fleet.upgrades(of: id) where upgrade.waitsForMoments {
        var moved = upgrade
        moved.followClock(by: jump)
        moved.revision += 1
        try store.save(moved)
        fleet.put(moved)
      }
    }
    for charger in live.values {
      charger.lastSessionEnd = charger.lastSessionEnd.map { $0 + jump }
      charger.connectedAt = charger.connectedAt.map { $0 + jump }
    }
    desk = nil
    advanced = [:]
    forecastDue = forecastDue.map { $0 + jump }
    flushDue = flushDue.map { $0 + jump }
    dispatchDue = dispatchDue.map { $0 + jump }
    forgetAlarm(jump)
    clock.trust(wall: now, elapsed: elapsed)
    log(.warning, text)
  }
}

extension Upgrade {
  /// Of thousands that are only planned, or over, none need be written.
  fileprivate var waitsForMoments: Bool {
    switch phase {
    case .planned: memory.leaseNotBefore != nil
    case _ where phase.isEnd: memory.owesConnectors
    default: true
    }
  }
}
