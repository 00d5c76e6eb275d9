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
    switch attempt.order {
    case .setAvailability(operative: false): takeClosed(answer)
    case .setAvailability(operative: true): takeRestored(answer)
    case .readConfiguration: takeConfiguration(answer)
    case .triggerStatus:
      // The statuses themselves follow the answer.
      memory.notBefore = now + settling
    case .triggerFirmwareStatus:
      if answer != .lost { takeFirmwareTrigger(attempt.state) }
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
    case .readFirmwareVersion: takeReadFirmware(answer)
    case .triggerBoot, .updateFirmware, .reset: break
    }
  }

  /// Asked what became of an order. Only a status says something; one that does not come proves
  /// nothing, and then it takes a download's time without a byte fetched.
  private mutating func takeFirmwareTrigger(_ state: Attempt.State) {
    guard upgrade.phase == .ordering, upgrade.isUnknown, memory.silentAt == nil else { return }
    if state == .notSupported, view.speaks == .ocpp16, case .depot = firmware.location,
      case .updateFirmware(_, signed: true, _)? = memory.open?.order
    {
      // Both are of one extension of 1.6 (security white paper §4.3.4 and §4.3.5).
      concludeNoEffect(
        "knows no ExtendedTriggerMessage, hence no signed update; no byte served, old version")
    } else {
      memory.limit = max(memory.limit ?? now, now + limits.download)
    }
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
    if case .configuration(let keys) = answer, !keys.isEmpty { upgrade.snapshot = keys }
  }

  private mutating func takeWritten(_ writes: [ReportedVariable], _ answer: Answer) {
    guard upgrade.phase == .provisioning, answer != .lost else { return }
    memory.writesDone = true
    if case .variables(let written) = answer {
      memory.refusedKeys += written.count { $0.value == nil }
    } else {
      memory.refusedKeys += writes.count
    }
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
      settleOpen(.timedOut, answer.outcome.1)
      upgrade.isUnknown = true
      return
    default: break
    }
    if case .updateFirmware(_, let signed, _) = open.order {
      takeOrderAnswer(open, signed: signed, answer)
      return
    }
    switch answer {
    case .rejected(let why):
      settleOpen(.rejected, why)
      memory.notBefore = now + limits.reboot
      // The wait for the next try is not part of the time to come back.
      memory.limit = now + limits.drain
      tell("refused", "Reset (\(name(open))): \(why)")
    case .notSupported(let why):
      settleOpen(.notSupported, why)
      memory.resetUnknown = true
      memory.notBefore = now + limits.reboot
      memory.limit = now + limits.reboot + limits.reboot
      tell("refused", "Reset is not known: \(why); the connection is closed instead")
      commands.append(.disconnect)
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

extension Answer {
  /// What an attempt that got this answer has become, and why.
  var outcome: (Attempt.State, String) {
    switch self {
    case .accepted, .configuration, .variables: (.accepted, "")
    case .scheduled: (.accepted, "scheduled")
    case .rejected(let why): (.rejected, why)
    case .notSupported(let why): (.notSupported, why)
    case .timedOut: (.timedOut, "no answer")
    case .lost: (.timedOut, "the connection closed before an answer")
    }
  }
}
