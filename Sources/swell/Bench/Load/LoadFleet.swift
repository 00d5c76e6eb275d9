import Foundation
import Glibc
import Threads
import Transport

/// Many chargers on one event loop, as light as they can be: their frames are ready-made and of an
/// answer no more is read than its id. Every method is for any thread but the loop's.
///
///     let fleet = try LoadFleet(plan)      // plan.csv was imported before
///     fleet.connect()
///     try fleet.awaitBoots()
///     fleet.start(.statuses, .open(perSecond: 5000))
///     let tally = fleet.take()
final class LoadFleet: Sendable {
  let plan: LoadPlan
  private let loop: EventLoop
  private let desk: LoadDesk

  init(_ plan: LoadPlan) throws {
    self.plan = plan
    Self.raiseDescriptorLimit()
    loop = try EventLoop(name: "load")
    desk = LoadDesk(plan, loop)
    loop.submit { [desk] in desk.fill() }
  }

  /// Connects all that are not connected.
  func connect() { loop.submit { [desk] in desk.connectAll() } }

  /// Waits until everybody's boot was answered.
  func awaitBoots(patience: Int = 120_000) throws {
    do {
      try wait("all chargers have booted", patience: patience, every: 10) {
        tally.booted == plan.chargers
      }
    } catch {
      let tally = self.tally
      throw Failure(
        "\(tally.booted) of \(plan.chargers) chargers booted in \(patience / 1000) s: \(tally.remarks)"
      )
    }
  }

  func start(_ mix: LoadMix, _ pace: LoadPace) {
    loop.submit { [desk] in desk.start(mix, pace) }
  }

  /// Has so many a second reboot, besides what `start` made them say, until the next `pause`.
  func reboot(perSecond count: Int) {
    loop.submit { [desk] in desk.reboot(perSecond: count) }
  }

  /// Everybody stays connected and says nothing new.
  func pause() { loop.submit { [desk] in desk.pause() } }

  /// What was counted since the last `take`.
  var tally: LoadTally { onLoop { $0.tally } }

  /// What was counted, and counts anew.
  func take() -> LoadTally { onLoop { $0.tally.take() } }

  /// Everybody closes, which counts as no disconnect.
  func leave() { loop.submit { [desk] in desk.leaveAll() } }

  /// Everybody is gone without a word.
  func drop() { loop.submit { [desk] in desk.dropAll() } }

  func stop() {
    onLoop { $0.dropAll() }
    loop.stop()
  }

  private func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (LoadDesk) -> Result
  ) -> Result {
    let box = Handover<Result>()
    let done = DispatchSemaphore(value: 0)
    loop.submit { [desk] in
      box.result.withLock { $0 = body(desk) }
      done.signal()
    }
    done.wait()
    guard let value = box.result.withLock({ $0 }) else {
      preconditionFailure("signalled by nobody but the job that has filled it")
    }
    return value
  }

  private final class Handover<Value: Sendable>: Sendable {
    let result = Monitor<Value?>(nil)
  }

  /// A connection is a descriptor: as many as the system allows.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
