import Fleet

/// Outage 2: the version, and the way back.
extension UpgradeTurn {
  var switchStep: String { "switch reset" }

  mutating func giveUpDrainToSwitch() {
    dropPending("never free")
    if view.isHeld {
      // The hold kept it, not the drivers.
      enter(.readyToSwitch, within: limits.absence)
      return
    }
    memory.drainTries += 1
    let why = hindrance ?? "not quiet"
    if memory.drainTries > limits.attempts {
      upgrade.failure = .init(phase: .drainingToSwitch, reason: .drainTimeout, detail: why)
      stop("never free in \(Phrase.tries(memory.drainTries)): \(why)")
    } else {
      enter(.readyToSwitch, within: limits.absence)
      memory.leaseNotBefore = now + pause(limits.drain, after: memory.drainTries)
      tell("deferred", "not free in \(Phrase.span(limits.drain)): \(why); connectors back")
    }
  }

  /// The charger already speaks the new version: nothing to reset.
  mutating func adoptVersion() {
    leaveSteps(at: .beforeSwitch)
    commands.append(.release([.ocpp16, VersionSet(target)]))
    tell("outage 2", "speaks \(target.label) already: no reset needed")
    upgrade.countsForGate = true
    provision()
  }

  mutating func wantSwitch() {
    if !memory.triedSnapshot, view.speaks == .ocpp16 {
      if mayAsk { ask(.readConfiguration) }
      return
    }
    if speaksTarget, !memory.owesConnectors || memory.isClosed {
      adoptVersion()
      return
    }
    if memory.open != nil {
      _ = passed(.beforeSwitch)
    } else if !leavesForWindow(), drained(), passed(.beforeSwitch) {
      orderSwitch()
    }
  }

  private mutating func orderSwitch() {
    if upgrade.phase == .drainingToSwitch {
      let took = Phrase.span(now - (memory.outageSince ?? now))
      tell("outage 2", "drained in \(took); kept \(upgrade.snapshot.count) keys")
    }
    disrupt(.reset, step: switchStep)
    guard let open = memory.open else { return }
    // Before the reset can take effect, in the same transaction.
    commands.insert(
      .release([.ocpp16, VersionSet(target)]), at: max(0, commands.count - 1))
    enter(.switching, within: limits.reboot + limits.reboot)
    tell("outage 2", "released \(target.label), reset sent (\(name(open)))")
  }

  mutating func wantReconnect() {
    if speaksTarget {
      if !memory.askedBoot, mayAsk {
        // Some stations never boot by themselves, or not on every connection.
        memory.askedBoot = true
        ask(.triggerBoot)
        memory.silentAt = now + limits.answer
      }
    } else if isKeptForSession {
      if isQuiet {
        close("its session is over: connection closed so that it comes back in \(target.label)")
        memory.limit = now + limits.reboot + limits.reboot
      }
    } else if memory.open != nil {
      lookForReset()
    } else if sends(of: switchStep) < limits.attempts, !memory.resetUnknown {
      if !waitsForWindow(), drained() { orderSwitch() }
    } else if mayRetry {
      rollBack(.noSwitch, "Reset was refused \(Phrase.times(sends(of: switchStep)))")
    }
  }

  /// It came back while a session of it was open, so it was given the old version to end it in; and
  /// it has ended.
  private var isKeptForSession: Bool {
    guard memory.open != nil, view.online, memory.disconnectedSinceOrder, view.openSessions == 0,
      let ended = view.lastSessionEnd, let at = memory.connectedAt
    else { return false }
    return ended >= at && memory.closedHere != true
  }

  /// Evidence on a reset that nothing was heard of. A connection that has stayed up for longer
  /// than a reboot takes shows that it had no effect. After a restart of this engine a connection
  /// that came back without a boot shows it once the charger answers a triggered one.
  mutating func lookForReset() {
    guard let open = memory.open, view.online, !memory.disconnectedSinceOrder,
      !memory.bootedSinceOrder
    else { return }
    let stayed = memory.connectedAt.map { $0 <= open.writtenAt } ?? true
    if stayed {
      if open.writtenAt + limits.reboot <= now {
        settleOpen(
          .noEffect, "the same connection is alive \(Phrase.span(now - open.writtenAt)) on")
        tell("no effect", "Reset (\(name(open))): the connection never closed")
        if open.state == .timedOut { noteSilence() }
        waitToReset()
      }
    } else if upgrade.isUnknown, let at = memory.connectedAt, at + limits.answer <= now,
      !memory.askedBoot, mayAsk
    {
      memory.askedBoot = true
      ask(.triggerBoot)
    } else if upgrade.isUnknown, !memory.askedBoot, memory.silentAt == nil,
      let at = memory.connectedAt, at + limits.answer > now
    {
      memory.silentAt = at + limits.answer
    }
  }

  /// After a reset that came to nothing. The wait for the next one is not part of the time to come
  /// back. On the way back the version is taken already: a new connection does as well.
  mutating func waitToReset() {
    let step = upgrade.phase == .rollingBack ? rollBackStep : switchStep
    let tries = upgrade.phase == .accepting ? sends(of: applyStep) : sends(of: step)
    memory.retryNotBefore = now + pause(limits.reboot, after: tries)
    if upgrade.phase == .rollingBack {
      close("no reset to be had: connection closed so that it comes back in the old version")
      memory.limit = now + limits.drain + limits.reboot
    } else {
      memory.limit = now + pause(limits.reboot, after: tries) + limits.drain
    }
  }

  mutating func takeVersion(_ version: ProtocolVersion) {
    switch upgrade.phase {
    case .switching:
      if version == target {
        settleOpen(.tookEffect, "connected in \(version.label)")
        upgrade.isUnknown = false
        memory.limit = now + limits.verify
      }
    case let phase where phase.isInNewVersion:
      if version == target {
        memory.fellBackAt = nil
        if phase == .provisioning, !memory.reportDone { clearReport() }
        if phase == .accepting { takeAppliedReset() }
      } else {
        memory.fellBackAt = memory.fellBackAt ?? now
      }
    default: break
    }
  }

  mutating func takeVersionBoot(_ version: ProtocolVersion) {
    switch upgrade.phase {
    case .switching:
      if version == target {
        settleOpen(.tookEffect, "booted in \(version.label)")
        memory.pendingBoots = 1
        provision()
      } else if memory.askedBoot, upgrade.isUnknown, !memory.bootedSinceOrder {
        settleOpen(.noEffect, "back without a boot, still \(version.label), answers")
        memory.limit = now + limits.drain
      }
    case .provisioning:
      if version == target { memory.pendingBoots += 1 }
    case .accepting:
      if version == target {
        memory.pendingBoots = 0
        if memory.disconnectedSinceOrder { takeAppliedReset() }
      }
    default: break
    }
  }

  private mutating func clearReport() {
    memory.reportDone = false
    memory.askedReport = false
    memory.reportedVariables = 0
    memory.writes = []
    memory.writesDone = false
    memory.mappedKeys = 0
    memory.refusedKeys = 0
    memory.apply = nil
  }

  mutating func provision() {
    let took = Phrase.span(now - (memory.open?.writtenAt ?? upgrade.enteredAt))
    tell("booted", "in \(target.label), back in \(took)")
    if upgrade.pending != nil { dropPending("answered by the boot") }
    clearReport()
    memory.readFirmware = nil
    enter(.provisioning, within: limits.verify)
    if let reason = memory.rollBackReason { rollBack(.byPerson, reason) }
  }

  mutating func wantProvision() {
    guard speaksTarget, mayAsk else { return }
    if !memory.reportDone {
      if memory.askedReport { return }
      if sends(of: "read report") >= 3 + limits.attempts {
        memory.reportDone = true
        return
      }
      memory.askedReport = true
      let number = sends(of: "read report") + 1
      ask(.readReport(requestID: Int(upgrade.id.rawValue % 20_000_000) * 100 + number % 100))
    } else if !memory.writes.isEmpty, !memory.writesDone {
      ask(.writeVariables(memory.writes))
    } else {
      memory.unmappedIntoCounts(keys: upgrade.snapshot.count)
      if memory.reportedVariables > 0 {
        let refused = memory.refusedKeys > 0 ? "; \(memory.refusedKeys) refused" : ""
        let counts = "\(memory.carriedKeys) of \(upgrade.snapshot.count) keys"
        let form = "\(memory.unmappedKeys) have no \(target.label) form"
        tell("carried", "\(counts); \(form)\(refused)")
      }
      memory.writes = []
      move(to: .accepting)
    }
  }

  mutating func wantProof() {
    guard passed(.afterSwitch), speaksTarget else { return }
    if let read = memory.readFirmware, !firmware.isReported(as: read) {
      rollBack(.notProved, "its device model says \(read), not \(firmware.version)")
      return
    }
    if memory.readFirmware == nil {
      if mayAsk { ask(.readFirmwareVersion) }
    } else if !view.hasConnectors(in: target) {
      if mayAsk, !memory.askedStatus {
        memory.askedStatus = true
        ask(.triggerStatus)
      }
    } else {
      let model = "device model \(memory.reportedVariables) variables"
      tell("verified", "\(model), \(Phrase.connectors(view.connectors.count)) reported")
      enter(.restoring, within: limits.reboot)
      countRebootsAnew()
    }
  }

  mutating func endSoak() {
    guard view.online else {
      _ = isGone()
      return
    }
    if !speaksTarget {
      memory.fellBackAt = memory.fellBackAt ?? now
      memory.limit = now + limits.reboot + limits.answer
    } else if playbook.provesSession, !memory.sessionProved {
      // Nobody charged yet: that is no failure, and no proof.
      memory.limit = now + max(playbook.soak.onVersion, .minutes(1))
    } else {
      commands.append(.proved(target))
      enter(.migrated, within: nil)
      tell("migrated", "soaked \(Phrase.span(playbook.soak.onVersion)) on \(target.label)")
    }
  }
}

extension Upgrade.Memory {
  /// Sums up what was carried over: each key is carried, refused, or without a place.
  mutating func unmappedIntoCounts(keys: Int) {
    unmappedKeys = max(0, keys - mappedKeys)
    carriedKeys = max(0, mappedKeys - refusedKeys)
  }
}
