import Fleet

/// What the windows of a charger's site say at this moment.
package struct SiteWindow: Sendable, Equatable {
  /// When the opening that runs now ends; nil while it is shut.
  package var closesAt: Instant?
  /// When the next one begins; nil: none does.
  package var opensAt: Instant?
  package init(closesAt: Instant?, opensAt: Instant?) {
    (self.closesAt, self.opensAt) = (closesAt, opensAt)
  }

  /// Nil where installs may run at any time from now on.
  package init?(_ openings: Openings, at now: Instant) {
    guard !openings.isAlways else { return nil }
    closesAt = openings.end(at: now)
    opensAt = openings.next(after: now)?.start
  }

  /// Why what takes so long may not begin now; nil when it may.
  package func hindrance(to take: Span, at now: Instant) -> String? {
    guard let closesAt else { return "outside the window of its site" }
    guard now + take > closesAt else { return nil }
    return "95 of 100 take up to \(Phrase.span(take)), and the window of its site closes in "
      + Phrase.span(closesAt - now)
  }
}

/// What 95 of 100 disruptive orders of a stratum take at most, from the order until the charger is
/// back in service.
package struct ExpectedDurations: Sendable, Equatable {
  /// The firmware order, until the new image is proved.
  package var firmware: Span
  /// The switch of the version, until it is proved.
  package var version: Span
  /// One reset more, in the midst of the switch.
  package var reset: Span
  package init(firmware: Span, version: Span, reset: Span) {
    (self.firmware, self.version, self.reset) = (firmware, version, reset)
  }

  /// What was observed of a stratum, filled up by its model, the fleet, and the playbook's limits.
  /// An outage is measured from its lease, so that the drain before the order is in it: on the safe
  /// side.
  package init(_ durations: Durations = .init(), of stratum: Stratum, limits: Limits) {
    firmware = durations.typical(outage: 0, of: stratum, limits: limits).long
    version = durations.typical(outage: 1, of: stratum, limits: limits).long
    reset = min(version, limits.reboot)
  }
}

extension ExpectedDurations {
  /// What a disruptive order takes, for the record: told by the order, not by the phase that lets it
  /// go. Nil where no window binds it: it belongs to an outage whose first order had to fit, or to a
  /// way back that is not what its campaign is for.
  package func span(of attempt: Attempt, _ playbook: Playbook) -> Span? {
    switch attempt.order {
    case .updateFirmware: return firmware
    case .reset where attempt.step == "apply reset": return reset
    case .reset where attempt.step == "roll back reset":
      return playbook.route == .rollBack && attempt.number == 1 ? version : nil
    case .reset: return version
    case .custom(let order):
      switch playbook.steps.first(where: { $0.name == order.name })?.point {
      case .beforeFirmware: return playbook.route == .rollBack ? version : firmware
      case .beforeSwitch: return version
      case .afterFirmware, .afterSwitch, .afterVerified, nil: return nil
      }
    default: return nil
    }
  }
}

/// A disruptive order leaves only where it will be over before the window closes (invariant 8). The
/// way back is no such order: the charger is out of service until it is over.
extension UpgradeTurn {
  /// What the order of this phase takes; nil where it has none that a window binds.
  private var orderTakes: Span? {
    guard upgrade.phase.isBoundByWindow, let expected = view.expected else { return nil }
    switch upgrade.phase {
    case .draining, .ordering:
      return playbook.route == .rollBack ? expected.version : expected.firmware
    case .accepting: return expected.reset
    default: return expected.version
    }
  }

  /// Why the place itself does not let the order leave now.
  var placeHindrance: String? {
    if upgrade.phase.switchesVersion, !unsigned.isEmpty {
      return "\(unsigned.joined(separator: ", ")) \(unsigned.count == 1 ? "has" : "have")"
        + " not signed off"
    }
    guard let window = view.window, let takes = orderTakes else { return nil }
    return window.hindrance(to: takes, at: now)
  }

  /// A drain that can't lead to its order any more ends at once, and drivers get their connectors:
  /// true when it did. It is a try only where drivers kept the charger until then.
  mutating func leavesForWindow() -> Bool {
    guard let why = placeHindrance else { return false }
    let isFirst = upgrade.phase == .draining
    let opensAt = view.window?.opensAt ?? now + limits.answer
    if memory.isClosed, isOccupied, unsigned.isEmpty {
      if isFirst { giveUpDrain() } else { giveUpDrainToSwitch() }
      memory.leaseNotBefore = max(memory.leaseNotBefore ?? opensAt, opensAt)
      return true
    }
    dropPending("the place does not let it go on")
    if isFirst { waitForImage() } else { waitToSwitch() }
    if upgrade.phase == .planned {
      upgrade.deferral = unsigned.isEmpty ? .window : .signOff
      memory.deferredSince = now
    }
    memory.leaseNotBefore = opensAt
    tell("deferred", "\(why); connectors back")
    return true
  }

  private var isOccupied: Bool {
    view.openSessions > 0 || view.connectors.contains { $0.state.isTaken }
  }

  private mutating func waitToSwitch() { enter(.readyToSwitch, within: limits.absence) }

  /// Between two tries of an order: while the place does not let the next one leave, drivers have
  /// the connectors, and its time to become free begins when the window opens.
  mutating func waitsForWindow() -> Bool {
    guard placeHindrance != nil else { return false }
    memory.isClosed = false
    payDebt()
    let by = (view.window?.opensAt ?? now + limits.absence) + limits.drain
    memory.limit = max(memory.limit ?? by, by)
    return true
  }

  /// When the window says something else than now.
  var windowTimers: [Instant?] {
    guard let window = view.window, let takes = orderTakes else { return [] }
    let tooLate = window.closesAt.map {
      Instant(milliseconds: $0.milliseconds - takes.milliseconds + 1)
    }
    return [tooLate, window.opensAt]
  }
}

extension Upgrade.Phase {
  fileprivate var switchesVersion: Bool { self == .drainingToSwitch || self == .switching }

  fileprivate var isBoundByWindow: Bool {
    self == .draining || self == .ordering || switchesVersion || self == .accepting
  }
}
