import Fleet

/// The pure choice of what becomes of waves. Keeps no counters: everything is derived from the
/// upgrades at each call. Who may begin is the dispatcher's choice.
package enum Director {}

extension Upgrade {
  /// Notes why it does not begin although its wave is open.
  package mutating func `defer`(_ reason: Deferral, at now: Instant) {
    guard phase == .planned, deferral != reason else { return }
    deferral = reason
    memory.deferredSince = now
  }
}
