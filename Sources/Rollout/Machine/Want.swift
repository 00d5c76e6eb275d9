import Fleet

/// What each phase wants next, and what becomes of it when its time is over.
extension UpgradeTurn {
  mutating func want() {
    switch upgrade.phase {
    case .planned: payDebt()
    case .snapshot:
      if memory.triedSnapshot { endSnapshot() } else if mayAsk { ask(.readConfiguration) }
    case .draining where playbook.route == .rollBack: wantWayBack()
    case .draining where memory.open != nil: _ = passed(.beforeFirmware)
    case .draining: if !leavesForWindow(), drained(), passed(.beforeFirmware) { orderFirmware() }
    case .ordering: wantOrder()
    case .ordered, .downloading: lookForStall()
    case .downloaded, .installing: break
    case .rebooting: wantBoot()
    case .firmwareProved where !passed(.afterFirmware): break
    case .firmwareProved:
      payDebt()
      if isRestored { endFirmwareOutage() }
    case .soakingOnFirmware:
      payDebt()
      wantLostKeys()
    case .readyToSwitch: payDebt()
    case .drainingToSwitch: wantSwitch()
    case .switching: wantReconnect()
    case .provisioning: wantProvision()
    case .accepting: wantAccepted()
    case .verifying: wantProof()
    case .restoring where !passed(.afterVerified): break
    case .restoring:
      payDebt()
      if isRestored {
        enter(.soaking, within: playbook.soak.onVersion)
        upgrade.holdsLease = false
      }
    case .soaking: payDebt()
    case .rollingBack: wantRollBack()
    case .migrated, .rolledBack, .quarantined, .heldOn16, .failed, .skipped, .cancelled: payDebt()
    }
  }

  /// Gives connectors back; drivers come before any outcome.
  mutating func payDebt() {
    guard memory.owesConnectors, mayAsk, memory.restoreTries < Self.restoreTries else { return }
    ask(.setAvailability(operative: true))
  }

  var isRestored: Bool { !memory.owesConnectors || memory.restoreTries >= 3 }

  /// Goes on under the same time limit.
  mutating func move(to phase: Upgrade.Phase) {
    let limit = memory.limit
    enter(phase, within: nil)
    memory.limit = limit
  }

  /// Closes the charger to drivers and waits until it is free; true when a disruptive order may
  /// leave at this moment.
  mutating func drained() -> Bool {
    guard mayAsk else { return false }
    if !memory.isClosed {
      noteInoperative()
      memory.owesConnectors = true
      ask(.setAvailability(operative: false))
      return false
    }
    // States from before the connection may be stale.
    let isStale = memory.connectedAt.map { at in memory.outageSince.map { at > $0 } ?? true }
    if !memory.askedStatus, view.connectors.isEmpty || isStale == true {
      memory.askedStatus = true
      ask(.triggerStatus)
      return false
    }
    return hindrance == nil && isQuiet
  }

  mutating func expire() {
    if let pending = upgrade.pending, let by = memory.answerBy, by <= now {
      takeAnswer(pending.messageID, .timedOut)
    }
    if let at = memory.silentAt, at <= now {
      memory.silentAt = nil
      takeSilence()
    }
    if let at = memory.fellBackAt, at + limits.reboot <= now {
      memory.fellBackAt = nil
      if upgrade.phase.isInNewVersion, !speaksTarget {
        rollBack(.notProved, "fell back to \(view.speaks?.label ?? "nothing") by itself")
      }
    }
    if let limit = memory.limit, limit <= now {
      memory.limit = nil
      takeLimit()
    }
  }

  private mutating func takeSilence() {
    switch upgrade.phase {
    case .ordering: concludeNoEffect("asked, and no update runs; no byte served, old version")
    case .provisioning:
      memory.reportDone = true
      tell("carried", "the report broke off after \(memory.reportedVariables) variables")
    case .switching: if speaksTarget { provision() }
    default: break
    }
  }

  private mutating func takeLimit() {
    if giveUpStep() { return }
    switch upgrade.phase {
    case .planned: break
    case .snapshot:
      dropPending("no answer")
      endSnapshot()
    case .draining: giveUpDrain()
    case .ordering: giveUpOrder()
    case .ordered, .downloading: giveUpDownload()
    case .downloaded, .installing, .rebooting: judgeInstall()
    case .firmwareProved: endFirmwareOutage()
    case .soakingOnFirmware: endFirmwareSoak()
    case .readyToSwitch: _ = isGone()
    case .drainingToSwitch: giveUpDrainToSwitch()
    case .switching:
      rollBack(.noSwitch, "not seen in \(target.label) in time")
    case .accepting where memory.apply?.isOver == false: giveUpApply()
    case .provisioning, .accepting, .verifying:
      rollBack(.notProved, "not proved \(Phrase.span(limits.verify)) after its first boot")
    case .restoring:
      enter(.soaking, within: playbook.soak.onVersion)
      upgrade.holdsLease = false
    case .soaking: endSoak()
    case .rollingBack: giveUpRollBack()
    case .migrated, .rolledBack, .quarantined, .heldOn16, .failed, .skipped, .cancelled: break
    }
  }

  /// Whether the charger has been away for longer than patience lasts; then it is a technician's.
  /// A shorter absence is waited for.
  mutating func isGone() -> Bool {
    guard !view.online else {
      memory.limit = now + limits.absence
      return false
    }
    let since = memory.offlineSince ?? now
    memory.offlineSince = since
    if since + limits.absence <= now {
      fail(.silent, "offline for \(Phrase.span(now - since))", to: .quarantined)
      return true
    }
    memory.limit = since + limits.absence
    return false
  }
}

extension Span {
  static func + (a: Span, b: Span) -> Span {
    Span(milliseconds: a.milliseconds + b.milliseconds)
  }
}

extension Upgrade.Phase {
  /// Has been seen in the new version.
  var isInNewVersion: Bool {
    switch self {
    case .provisioning, .accepting, .verifying, .restoring, .soaking: true
    default: false
    }
  }
}
