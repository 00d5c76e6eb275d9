import Fleet

/// Answers to orders.
extension UpgradeTurn {
  mutating func takeAnswer(_ messageID: String, _ answer: Answer) {
    // A late answer to a disruptive order still counts: it is evidence.
    if let open = memory.open, open.messageID == messageID {
      if upgrade.pending?.messageID == messageID { upgrade.pending = nil }
      takeDisruptiveAnswer(open, answer)
      return
    }
    guard var attempt = upgrade.pending, attempt.messageID == messageID else { return }
    upgrade.pending = nil
    (attempt.state, attempt.evidence) = answer.outcome
    commands.append(.settle(attempt))
    hear(answer)
    switch attempt.order {
    case .setAvailability(operative: false): takeClosed(answer)
    case .setAvailability(operative: true): takeRestored(answer)
    case .readConfiguration:
      if upgrade.phase == .soakingOnFirmware {
        takeConfigurationAfter(answer)
      } else {
        takeConfiguration(answer)
      }
    case .writeConfiguration(let key, _): takeWrittenKey(key, answer)
    case .triggerStatus:
      // The statuses themselves follow the answer.
      memory.notBefore = now + settling
    case .triggerFirmwareStatus:
      if answer != .lost { takeFirmwareTrigger(answer) }
    case .readReport:
      if upgrade.phase != .provisioning { break }
      switch answer {
      case .lost: memory.askedReport = false
      case .accepted, .scheduled: memory.silentAt = now + limits.answer
      default:
        memory.reportDone = true
        tell("carried", "no report to be had (\(attempt.evidence)); nothing is carried over")
      }
    case .writeVariables(let writes): takeWritten(writes, answer)
    case .readVariables(let wanted): takeReadBack(wanted, answer)
    case .readFirmwareVersion: takeReadFirmware(answer)
    case .custom: takeStepAnswer(attempt, answer)
    case .triggerBoot, .updateFirmware, .reset: break
    }
  }

  /// Asked what became of an order. Only a status says something; a trigger that is refused or not
  /// known proves nothing, and then it takes a download's time without a byte fetched; restarts of
  /// the engine, after which it is asked again, do not begin that time anew.
  private mutating func takeFirmwareTrigger(_ answer: Answer) {
    if case .notSupported = answer, upgrade.asksSigned {
      // The other form may be known, as with the order itself.
      memory.asksPlainly = true
      memory.askedFirmwareStatus = false
      return
    }
    guard upgrade.phase == .ordering, upgrade.isUnknown, memory.silentAt == nil else { return }
    let since = memory.askedInVainSince ?? now
    memory.askedInVainSince = since
    memory.limit = max(memory.limit ?? now, since + limits.download)
  }

  private mutating func takeClosed(_ answer: Answer) {
    switch answer {
    case .lost: break
    case .timedOut: memory.notBefore = now + limits.answer
    case .rejected, .notSupported:
      // It is waited until it is free all the same.
      memory.isClosed = true
      tell("drain", "the charger does not close its connectors; waiting until it is free")
    default: memory.isClosed = true
    }
  }

  private mutating func takeRestored(_ answer: Answer) {
    switch answer {
    case .accepted, .scheduled:
      memory.owesConnectors = false
      memory.restoreTries = 0
      noteGivenBack()
    case .lost: break
    default:
      memory.restoreTries += 1
      memory.notBefore = now + limits.answer
      if memory.restoreTries == Self.restoreTries {
        tell("connectors", "not taken back by the charger: tried \(memory.restoreTries) times")
      }
    }
  }

  private mutating func takeConfiguration(_ answer: Answer) {
    if answer == .lost { return }
    memory.triedSnapshot = true
    guard case .configuration(let keys, let readOnly) = answer, !keys.isEmpty else { return }
    // What the new image no longer has is still to be carried over.
    let isSecond = upgrade.phase == .drainingToSwitch || upgrade.hop > 0
    upgrade.snapshot = isSecond ? upgrade.snapshot.merging(keys) { _, new in new } : keys
    upgrade.readOnlyKeys = isSecond ? (upgrade.readOnlyKeys ?? []).union(readOnly) : readOnly
  }

  private mutating func takeWritten(_ writes: [ReportedVariable], _ answer: Answer) {
    guard upgrade.phase == .provisioning, answer != .lost else { return }
    memory.writesDone = true
    guard case .written(_, let afterReboot, let refused) = answer else {
      memory.refusedKeys += writes.count
      return
    }
    memory.refusedKeys += refused.count
    let later = writes.filter { write in afterReboot.contains { $0.isSame(as: write) } }
    if !later.isEmpty { memory.apply = Upgrade.Apply(variables: later) }
  }

  private mutating func takeReadFirmware(_ answer: Answer) {
    guard upgrade.phase == .verifying else { return }
    if case .variables(let variables) = answer, let value = variables.lazy.compactMap(\.value).first
    {
      memory.readFirmware = value
    } else if answer != .lost {
      memory.notBefore = now + settling
    }
  }

  private mutating func takeDisruptiveAnswer(_ open: Attempt, _ answer: Answer) {
    switch answer {
    case .timedOut, .lost:
      if upgrade.isUnknown { return }
      hear(answer)
      settleOpen(.timedOut, answer.outcome.1)
      upgrade.isUnknown = true
      return
    default: hear(answer)
    }
    if open.order.isCustom {
      takeOpenStepAnswer(open, answer)
      return
    }
    if case .updateFirmware(_, let signed, _) = open.order {
      takeOrderAnswer(open, signed: signed, answer)
      return
    }
    switch answer {
    case .rejected(let why):
      settleOpen(.rejected, why)
      tell("refused", "Reset (\(name(open))): \(why)")
      waitToReset()
    case .notSupported(let why):
      settleOpen(.notSupported, why)
      memory.resetUnknown = true
      tell("refused", "Reset is not known: \(why)")
      switch upgrade.phase {
      case .switching:
        memory.retryNotBefore = now + limits.reboot
        memory.limit = now + limits.reboot + limits.reboot
        close("the connection is closed instead")
      case .rollingBack: waitToReset()
      default: break
      }
    default:
      settleOpen(.accepted, "")
      upgrade.isUnknown = false
    }
  }

  mutating func takeReport(_ variables: [ReportedVariable], _ isLast: Bool) {
    guard upgrade.phase == .provisioning, !memory.reportDone else { return }
    memory.reportedVariables += variables.count
    let plan = carry(upgrade.snapshot, variables)
    memory.writes += plan.writes
    memory.mappedKeys += plan.mapped
    memory.refusedKeys += plan.refused
    memory.silentAt = isLast ? nil : now + limits.answer
    memory.reportDone = isLast
  }
}

extension ReportedVariable {
  /// Names the same variable, whatever the values.
  func isSame(as other: ReportedVariable) -> Bool {
    component == other.component && variable == other.variable && instance == other.instance
  }
}

extension Answer {
  /// What an attempt that got this answer has become, and why.
  var outcome: (Attempt.State, String) {
    switch self {
    case .accepted, .configuration, .variables, .written, .custom: (.accepted, "")
    case .needsReboot: (.accepted, "in effect after a reboot")
    case .scheduled: (.accepted, "scheduled")
    case .rejected(let why): (.rejected, why)
    case .notSupported(let why): (.notSupported, why)
    case .timedOut: (.timedOut, "no answer")
    case .lost: (.timedOut, "the connection closed before an answer")
    }
  }
}
