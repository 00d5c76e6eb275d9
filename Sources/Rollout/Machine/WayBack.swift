import Fleet

/// The way back to the old version.
extension UpgradeTurn {
  var rollBackStep: String { "roll back reset" }

  /// Back where it came from: on 1.6 where that is what the campaign is for, else on anything older.
  private func isBack(_ speaks: ProtocolVersion) -> Bool {
    playbook.route == .rollBack ? speaks == .ocpp16 : speaks < target
  }

  // MARK: A campaign of its own

  /// A charger that speaks 1.6, although more was released for it, is back with the word alone.
  mutating func beginWayBack() {
    beginOutage()
    if view.speaks == .ocpp16 {
      takeVersionBack()
    } else {
      enter(.draining, within: limits.drain)
      tell("way back", "place taken")
    }
  }

  mutating func wantWayBack() {
    guard view.online else { return }
    if view.speaks == .ocpp16 {
      takeVersionBack()
      return
    }
    guard !leavesForWindow(), drained() else { return }
    let took = Phrase.span(now - (memory.outageSince ?? now))
    disrupt(.reset, step: rollBackStep)
    guard let open = memory.open else { return }
    // Before the reset can take effect, in the same transaction.
    commands.insert(.release(.ocpp16), at: max(0, commands.count - 1))
    enter(.rollingBack, within: limits.reboot + limits.drain)
    tell("way back", "drained in \(took); released \(ProtocolVersion.ocpp16.label) alone")
    tell("way back", "reset sent (\(name(open)))")
  }

  private mutating func takeVersionBack() {
    dropPending("speaks \(ProtocolVersion.ocpp16.label) already")
    commands.append(.release(.ocpp16))
    upgrade.countsForGate = true
    enter(.rollingBack, within: limits.reboot)
    tell("way back", "speaks \(ProtocolVersion.ocpp16.label) already: no reset needed")
  }

  // MARK: The way back of a campaign that moves forward

  /// Takes the version back. Going back is to un-release and reset, not to downgrade the image.
  mutating func rollBack(_ reason: Upgrade.Failure.Class, _ detail: String) {
    upgrade.failure = .init(phase: upgrade.phase, reason: reason, detail: detail)
    dropPending("rolling back")
    if let open = memory.open {
      let stayed = !memory.disconnectedSinceOrder && view.online && open.state != .accepted
      settleOpen(
        stayed ? .noEffect : .tookEffect,
        stayed ? "the same connection is alive" : "the charger went away after it")
    }
    commands.append(.release(.ocpp16))
    memory.rollBackReason = nil
    memory.apply = nil
    memory.retryNotBefore = nil
    countRebootsAnew()
    memory.fellBackAt = nil
    memory.outageSince = now
    memory.isClosed = memory.isClosed && memory.owesConnectors
    upgrade.holdsLease = true
    enter(.rollingBack, within: limits.drain + limits.reboot)
    tell("roll back", "\(reason.rawValue): \(detail); back to \(ProtocolVersion.ocpp16.label)")
  }

  /// A charger that rebooted again and again must have come to rest on the old version.
  var calmAt: Instant? {
    guard upgrade.phase == .rollingBack, upgrade.failure?.reason == .bootLoop, view.online,
      let at = memory.connectedAt
    else { return nil }
    return at + limits.reboot
  }

  mutating func wantRollBack() {
    guard view.online, let speaks = view.speaks else { return }
    if isBack(speaks) {
      settleOpen(.tookEffect, "connected in \(speaks.label)")
      payDebt()
      if isRestored, calmAt.map({ $0 <= now }) ?? true { endRollBack(speaks) }
    } else if memory.open != nil {
      lookForReset()
    } else if memory.resetUnknown || sends(of: rollBackStep) >= limits.attempts {
      if mayAsk { close("connection closed so that it comes back in the old version") }
    } else if drained() {
      disrupt(.reset, step: rollBackStep)
      if let open = memory.open { tell("roll back", "reset sent (\(name(open)))") }
    }
  }

  private mutating func endRollBack(_ speaks: ProtocolVersion) {
    enter(.rolledBack, within: nil)
    tell("rolled back", "speaks \(speaks.label)")
  }

  mutating func giveUpRollBack() {
    dropPending("given up")
    if view.online, let speaks = view.speaks, isBack(speaks) {
      endRollBack(speaks)
      return
    }
    if view.online, memory.closedHere != true {
      // Never free for a reset; a connection may be closed all the same.
      close("never free for a reset: connection closed so that it comes back in the old version")
      memory.limit = now + limits.reboot
      return
    }
    let last = "does not come back in \(ProtocolVersion.ocpp16.label)"
    if var failure = upgrade.failure {
      failure.detail += "; \(last)"
      upgrade.failure = failure
    } else {
      upgrade.failure = .init(phase: .rollingBack, reason: .notBack, detail: last)
    }
    enter(.quarantined, within: nil)
    tell("quarantined", last)
  }
}
