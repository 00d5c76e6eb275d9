import Fleet

extension Upgrade {
  /// How long it took so far: what durations are learnt from.
  package struct Observed: Sendable, Hashable, Codable {
    /// The last stay in each phase.
    package var phases: [Phase: Span] = [:]
    /// Whole outages, from the lease to its return; only those that led on.
    package var outages: [Span] = []
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
      if let since = seen.leasedAt, phase.leadsOn {
        seen.outages.append(max(now - since, .milliseconds(0)))
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

  /// What an outage that did its work ends in.
  var leadsOn: Bool {
    switch self {
    case .soakingOnFirmware, .readyToSwitch, .soaking, .migrated: true
    default: false
    }
  }
}
