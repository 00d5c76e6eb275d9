import Fleet

extension Upgrade {
  package struct Outage: Sendable, Hashable, Codable {
    /// 0: for an image, 1: for the version.
    package var number: Int
    package var span: Span
  }

  /// How long it took so far: what durations are learnt from.
  package struct Observed: Sendable, Hashable, Codable {
    /// The last stay in each phase.
    package var phases: [Phase: Span] = [:]
    /// Whole outages, from the lease to its return; only those that led on.
    package var outages: [Outage] = []
    /// Since when the lease that it holds is held.
    package var leasedAt: Instant?
    package init() {}
  }

  /// Notes what `before` has spent, now that it has come to be as it is.
  package mutating func observe(since before: Upgrade, at now: Instant) {
    guard phase != before.phase || holdsLease != before.holdsLease else { return }
    var seen = observed ?? Observed()
    if phase != before.phase, before.phase.isTimed {
      seen.phases[before.phase] = max(now - before.enteredAt, .milliseconds(0))
    }
    if holdsLease, !before.holdsLease {
      seen.leasedAt = now
    } else if !holdsLease, before.holdsLease {
      if let since = seen.leasedAt, before.phase.didItsWork {
        let number = before.phase.isOfImage ? 0 : 1
        seen.outages.append(.init(number: number, span: max(now - since, .milliseconds(0))))
      }
      seen.leasedAt = nil
    }
    if seen != observed ?? Observed() { observed = seen }
  }
}

extension Upgrade.Phase {
  /// Its length says something about charger and network, not about a policy.
  var isTimed: Bool {
    switch self {
    case .draining, .downloading, .installing, .rebooting, .drainingToSwitch, .switching,
      .provisioning, .accepting, .verifying:
      true
    default: false
    }
  }

  /// Of an outage for an image.
  package var isOfImage: Bool {
    switch self {
    case .snapshot, .draining, .ordering, .ordered, .downloading, .downloaded, .installing,
      .rebooting, .firmwareProved:
      true
    default: false
    }
  }

  /// Last of an outage that did its work.
  var didItsWork: Bool {
    switch self {
    case .firmwareProved, .restoring: true
    default: false
    }
  }
}
