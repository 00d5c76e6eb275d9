import Fleet

/// Events: what they change, before anything is wanted.
extension UpgradeTurn {
  mutating func take(_ event: UpgradeEvent) {
    switch event {
    case .leased: takeLease()
    case .restarted: takeRestart()
    case .connected(let version): takeConnection(version)
    case .disconnected: takeDisconnection()
    case .booted(let boot, let version): takeBoot(boot, version)
    case .status: noteStatus()
    case .sessionStarted, .due: break
    case .sessionStopped(let completed):
      if completed, upgrade.phase == .soaking || upgrade.phase == .restoring,
        speaksTarget, !memory.sessionProved
      {
        memory.sessionProved = true
        tell("proved", "first session on \(target.label)")
      }
    case .firmwareStatus(let status, let requestID):
      if upgrade.phase.updates { takeFirmwareStatus(status, requestID) }
    case .served(let bytes, let total):
      if upgrade.phase.updates { takeServed(bytes, total) }
    case .sent(let messageID): takeSent(messageID)
    case .answered(let messageID, let answer): takeAnswer(messageID, answer)
    case .report(_, let variables, let isLast): takeReport(variables, isLast)
    case .cancel(let reason): takeCancel(reason)
    case .rollBack(let reason): takeRollBack(reason)
    case .recall(let reason): takeRecall(reason)
    }
  }

  private mutating func takeLease() {
    switch upgrade.phase {
    case .planned, .readyToSwitch: if waitsForSignOff() { return }
    default: return
    }
    switch upgrade.phase {
    case .planned, .readyToSwitch:
      if let strange = strangeFirmware(view.firmware) {
        skip(strange)
        return
      }
    default: break
    }
    switch upgrade.phase {
    case .planned where playbook.route == .rollBack: beginWayBack()
    case .planned where playbook.route == .switchOnly && !runsTarget:
      skip("runs \(view.firmware ?? "an unknown version"); this campaign installs nothing")
    case .planned:
      beginOutage()
      enter(.snapshot, within: limits.answer + limits.answer)
      tell(
        "outage 1",
        hopWord + (runsTarget ? "place taken; \(firmware.version) runs already" : "place taken"))
    case .readyToSwitch where upgrade.awaitsImage:
      beginOutage()
      enter(.snapshot, within: limits.answer + limits.answer)
      tell("outage 1", "\(hopWord)place taken")
    case .readyToSwitch:
      beginOutage()
      enter(.drainingToSwitch, within: limits.drain)
      tell("outage 2", "place taken")
    default: break
    }
  }

  /// Nothing sent before can be answered any more. What does no harm is asked again; a disruptive
  /// attempt is Unknown, and is reconciled by looking once the charger is back.
  private mutating func takeRestart() {
    memory.connectedAt = nil
    memory.isClosed = false
    memory.askedBoot = false
    memory.askedFirmwareStatus = false
    memory.askedStatus = false
    memory.askedReport = false
    memory.silentAt = nil
    memory.isEngineNew = true
    // Everybody comes back anew, some with a probe before: boots of two lives make no loop.
    countRebootsAnew()
    forgetConnection()
    // Nobody could connect while the engine was down.
    if upgrade.phase == .planned, upgrade.deferral == .offline, let since = memory.deferredSince {
      let earliest = Instant(
        milliseconds: now.milliseconds + limits.reboot.milliseconds - limits.absence.milliseconds)
      memory.deferredSince = min(now, max(since, earliest))
    }
    dropPending("the engine restarted")
    // The charger had no one to talk to either: it gets the time to come back, and to be asked what
    // became of an order.
    let asking = settling + limits.answer + limits.answer
    let earliest = now + limits.reboot + (upgrade.isUnknown ? asking : .milliseconds(0))
    if let limit = memory.limit, limit < earliest, !upgrade.phase.isEnd { memory.limit = earliest }
  }

  mutating func dropPending(_ evidence: String) {
    guard var pending = upgrade.pending else { return }
    upgrade.pending = nil
    if memory.open?.messageID == pending.messageID {
      settleOpen(.timedOut, evidence)
      upgrade.isUnknown = true
      return
    }
    pending.state = .timedOut
    pending.evidence = evidence
    commands.append(.settle(pending))
  }

  /// What was said of the connection before.
  private mutating func forgetConnection() {
    memory.silences = nil
    memory.patientUntil = nil
    memory.closedHere = nil
  }

  private mutating func takeConnection(_ version: ProtocolVersion) {
    // One that was closed from here, or by a restart of the engine, tells nothing of a reboot.
    memory.isBackAnew = memory.closedHere != true && memory.isEngineNew != true
    memory.isEngineNew = nil
    forgetConnection()
    if upgrade.phase == .planned, upgrade.deferral == .offline {
      upgrade.deferral = nil
      memory.deferredSince = nil
    }
    memory.connectedAt = now
    memory.offlineSince = nil
    memory.isClosed = false
    memory.restoreTries = 0
    memory.askedStatus = false
    memory.askedReport = false
    memory.askedBoot = false
    memory.askedFirmwareStatus = false
    memory.silentAt = nil
    memory.notBefore = max(memory.notBefore ?? now, now + settling)
    dropPending("the charger connected anew")
    if version >= target, upgrade.phase.isBeforeSwitch, memory.toldUnreleased != true,
      playbook.route != .rollBack
    {
      memory.toldUnreleased = true
      tell("unasked", "came up in \(version.label), which was not released for it; taken")
    }
    takeVersion(version)
    resumeSoak()
  }

  /// A soak that ran out while the charger was away is over once it has had the time to boot, and
  /// anew with each connection, so that no boot loop slips through; its absence is not waited out.
  private mutating func resumeSoak() {
    let soak: Span
    switch upgrade.phase {
    case .soakingOnFirmware: soak = firmwareSoak
    case .soaking: soak = playbook.soak.onVersion
    default: return
    }
    memory.limit = max(upgrade.enteredAt + soak, now + settling)
  }

  private mutating func takeDisconnection() {
    memory.disconnectedSinceOrder = true
    memory.offlineSince = memory.offlineSince ?? now
    memory.isClosed = false
    memory.silentAt = nil
    dropPending("the connection closed")
    if upgrade.phase == .rebooting {
      memory.limit = max(memory.limit ?? now, now + limits.reboot)
    }
  }

  private mutating func takeBoot(_ boot: Boot, _ version: ProtocolVersion) {
    // A triggered boot is an answer, not a reboot.
    let isReboot = !memory.askedBoot || memory.disconnectedSinceOrder
    if memory.open == nil || memory.disconnectedSinceOrder || isReboot {
      memory.bootedSinceOrder = true
    }
    memory.restoreTries = 0
    if let at = memory.connectedAt, at + settling >= now { memory.notBefore = nil }
    let reported = boot.firmware ?? view.firmware
    let isTarget = reported.map { firmware.isReported(as: $0) } ?? false
    let isUnordered = isUnorderedReboot()
    switch upgrade.phase {
    case let phase where phase.updates:
      takeFirmwareBoot(reported ?? "unknown firmware", isTarget: isTarget)
    case .firmwareProved, .soakingOnFirmware, .readyToSwitch, .drainingToSwitch:
      if let runs = boot.firmware, !isOnItsWay(runs) {
        if let strange = strangeFirmware(runs) {
          skip(strange)
        } else {
          fail(
            .wrongFirmware, "boots \(runs) after it ran \(firmware.version)", to: .quarantined)
        }
      } else if isUnordered {
        countReboot(version)
      }
    default:
      if isUnordered { countReboot(version) }
      takeVersionBoot(version)
    }
  }

  private mutating func takeSent(_ messageID: String) {
    guard var pending = upgrade.pending, pending.messageID == messageID else { return }
    pending.state = .sent
    upgrade.pending = pending
    memory.answerBy = now + (pending.order.patience ?? limits.answer)
    if memory.open?.messageID == messageID { memory.open = pending }
  }

  private mutating func takeCancel(_ reason: String) {
    switch upgrade.phase {
    case .draining where memory.open != nil, .drainingToSwitch where memory.open != nil:
      stopAfterStep(reason)
    case .planned, .snapshot, .draining, .soakingOnFirmware, .readyToSwitch, .drainingToSwitch:
      stop(reason)
    case .ordering where memory.open == nil, .switching where memory.open == nil:
      if upgrade.phase == .switching { commands.append(.release(.ocpp16)) }
      stop(reason)
    case let phase where phase.updates || phase == .firmwareProved:
      if memory.cancelled == nil { tell("cancelled", "after this outage: \(reason)") }
      memory.cancelled = reason
    default: break
    }
  }

  /// A disruptive step is on its way: what became of it is seen first.
  private mutating func stopAfterStep(_ reason: String) {
    if memory.cancelled == nil { tell("cancelled", "after this step: \(reason)") }
    memory.cancelled = reason
  }

  /// Gives an outage up whose disruptive order is not written; that is no try.
  private mutating func takeRecall(_ reason: String) {
    guard memory.open == nil else { return }
    switch upgrade.phase {
    case .snapshot, .draining, .ordering:
      dropPending("recalled")
      waitForImage()
    case .drainingToSwitch, .switching:
      if upgrade.phase == .switching { commands.append(.release(.ocpp16)) }
      dropPending("recalled")
      enter(.readyToSwitch, within: limits.absence)
    default: return
    }
    tell("recalled", reason)
  }

  /// Ends where nothing is under way: on the old version.
  mutating func stop(_ reason: String) {
    let end: Upgrade.Phase = upgrade.countsForGate ? .heldOn16 : .cancelled
    memory.endReason = reason
    dropPending("cancelled")
    enter(end, within: nil)
    tell(end == .heldOn16 ? "held on 1.6" : "cancelled", reason)
  }

  private mutating func takeRollBack(_ reason: String) {
    switch upgrade.phase {
    case .provisioning, .accepting, .verifying, .restoring, .soaking, .migrated:
      rollBack(.byPerson, reason)
    case .switching:
      memory.rollBackReason = reason
    case .drainingToSwitch where memory.open != nil: stopAfterStep(reason)
    case .soakingOnFirmware, .readyToSwitch, .drainingToSwitch:
      stop(reason)
    default: break
    }
  }
}
