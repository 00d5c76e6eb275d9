import Glibc
import Synchronization
import Transport

/// Places at which a test may end the process as a power cut would, to prove that nothing is lost
/// or sent twice there. `SWELL_CRASH_AT=after-commit:3` ends it at the third time it gets there.
package enum CrashPoint: String, CaseIterable, Sendable {
  /// The intent of a disruptive order is committed, and nothing else happened.
  case afterIntent = "after-intent"
  /// The order is on its loop, not yet on the socket.
  case beforeSend = "before-send"
  /// The order's bytes were given to the socket.
  case afterSend = "after-send"
  /// A charger's message is committed and not yet answered.
  case afterCommit = "after-commit"
  /// The answer's bytes were given to the socket.
  case afterAnswer = "after-answer"

  fileprivate struct Plan: Sendable {
    var point: CrashPoint
    var count: Int
  }

  fileprivate static let plan: Plan? = {
    guard let text = getenv("SWELL_CRASH_AT").map({ String(cString: $0) }) else { return nil }
    let parts = text.split(separator: ":")
    guard let point = parts.first.flatMap({ CrashPoint(rawValue: String($0)) }) else { return nil }
    return Plan(point: point, count: parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
  }()

  /// Whether this process is to end at one of them.
  static var isPlanned: Bool { plan != nil }

  private static let reached = Atomic<Int>(0)

  func reach() {
    guard let plan = Self.plan, plan.point == self else { return }
    if Self.reached.add(1, ordering: .relaxed).newValue == plan.count { kill(getpid(), SIGKILL) }
  }
}

extension CrashPoint {
  func reach(if condition: Bool) { if condition { reach() } }

  /// On the round after this one, when what was sent has left.
  func reach(behind loop: EventLoop) {
    guard Self.plan?.point == self else { return }
    loop.schedule(after: 1) { reach() }
  }
}

extension Core {
  func reachCrashPoints() {
    for item in outbound.items {
      switch item {
      case .reply: CrashPoint.afterCommit.reach()
      case .order(_, _, let order, _, _): CrashPoint.afterIntent.reach(if: order.isDisruptive)
      case .admit, .accepted, .quirks, .refuse, .call, .close: break
      }
    }
  }
}
