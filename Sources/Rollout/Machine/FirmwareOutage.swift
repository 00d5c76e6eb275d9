import Fleet

/// Outage 1: the image, under the old version.
extension UpgradeTurn {
  var firmwareStep: String { upgrade.firmwareStep }

  mutating func endSnapshot() {
    passImages()
    if runsTarget, upgrade.hop + 1 == images.count {
      if speaksTarget { adoptVersion() } else { enter(.drainingToSwitch, within: limits.drain) }
    } else {
      enter(.draining, within: limits.drain)
    }
  }

  /// What it runs when that is neither what it was planned from nor the target.
  func strangeFirmware(_ runs: String?) -> String? {
    guard let from = view.plannedFrom, !from.isEmpty, let runs, !runs.isEmpty, runs != from,
      !images.contains(where: { $0.isReported(as: runs) })
    else { return nil }
    return "runs \(runs), planned from \(from)"
  }

  mutating func giveUpDrain() {
    dropPending("never free")
    if view.isHeld {
      // The hold kept it, not the drivers.
      waitForImage()
      return
    }
    memory.drainTries += 1
    let why = hindrance ?? "not quiet"
    if memory.drainTries > limits.attempts, waitsForImage == .readyToSwitch {
      upgrade.failure = .init(phase: .draining, reason: .drainTimeout, detail: why)
      stop("never free in \(Phrase.tries(memory.drainTries)): \(why)")
    } else if memory.drainTries > limits.attempts {
      upgrade.failure = .init(phase: .draining, reason: .drainTimeout, detail: why)
      enter(.skipped, within: nil)
      tell("skipped", "never free in \(Phrase.tries(memory.drainTries)): \(why)")
    } else {
      waitForImage()
      if upgrade.phase == .planned {
        upgrade.deferral = .busy
        memory.deferredSince = now
      }
      memory.leaseNotBefore = now + pause(limits.drain, after: memory.drainTries)
      tell("deferred", "not free in \(Phrase.span(limits.drain)): \(why); connectors back")
    }
  }

  mutating func waitForImage() {
    let phase = waitsForImage
    enter(phase, within: phase == .planned ? nil : limits.absence)
  }

  /// Writes the intent to update. Only where `drained` has just said yes.
  mutating func orderFirmware() {
    // Somebody else may have updated it since it got its place (invariant 9).
    if let strange = strangeFirmware(view.firmware) {
      skip(strange)
      return
    }
    if let wrongBase {
      stop(wrongBase)
      return
    }
    if upgrade.phase == .draining {
      let took = Phrase.span(now - (memory.outageSince ?? now))
      tell("outage 1", "\(hopWord)drained in \(took); kept \(upgrade.snapshot.count) keys")
      upgrade.signed = firmware.signature != nil && view.supportsSigned != false
    }
    let number = upgrade.firmwareOrders + 1
    // Fits 31 bits: 2.x says integer, and some stations mean 32.
    let requestID = Int(upgrade.id.rawValue % 20_000_000) * 100 + number % 100
    disrupt(
      .updateFirmware(firmware.id, signed: upgrade.signed, requestID: requestID),
      step: firmwareStep)
    guard memory.open != nil else { return }
    memory.requestID = requestID
    enter(.ordering, within: limits.download)
  }

  mutating func wantOrder() {
    if memory.open == nil {
      if !waitsForWindow(), drained() { orderFirmware() }
    } else if upgrade.isUnknown, mayAsk, !memory.askedFirmwareStatus {
      memory.askedFirmwareStatus = true
      ask(.triggerFirmwareStatus)
    }
  }

  mutating func takeOrderAnswer(_ open: Attempt, signed: Bool, _ answer: Answer) {
    let what = "\(signed ? "SignedUpdateFirmware" : "UpdateFirmware") \(firmware.version)"
    switch answer {
    case .rejected(let why):
      guard upgrade.phase == .ordering else { return }
      settleOpen(.rejected, why)
      tell("refused", "\(what) (\(name(open))): \(why)")
      retryOrder(.rejected, why, after: limits.reboot)
    case .notSupported(let why):
      guard upgrade.phase == .ordering else { return }
      settleOpen(.notSupported, why)
      memory.refusedForms += 1
      commands.append(.recordSigned(!signed))
      // That answer is the evidence that this form had no effect; the other one may follow.
      let other = signed || firmware.signature != nil
      if let cancelled = memory.cancelled {
        stop(cancelled)
      } else if other, memory.refusedForms == 1 {
        upgrade.signed = !signed
        tell("refused", "\(what) is not known; trying the \(signed ? "unsigned" : "signed") form")
        enter(.ordering, within: limits.drain)
      } else {
        fail(.rejected, "knows no form of the update: \(why)", to: .failed)
      }
    default:
      settleOpen(.accepted, "")
      upgrade.isUnknown = false
      tell("sent", "\(what) (\(name(open))), accepted")
      if upgrade.phase == .ordering { enter(.ordered, within: limits.download) }
    }
  }

  /// After evidence that the last order had no effect: once more, or the end. Each pause is twice
  /// the one before, `base` at first.
  mutating func retryOrder(
    _ reason: Upgrade.Failure.Class, _ detail: String, after base: Span,
    to end: Upgrade.Phase = .failed
  ) {
    if let cancelled = memory.cancelled {
      stop(cancelled)
    } else if sends(of: firmwareStep) < limits.attempts + memory.refusedForms {
      let pause = self.pause(base, after: sends(of: firmwareStep))
      enter(.ordering, within: pause + limits.drain)
      memory.retryNotBefore = now + pause
    } else {
      fail(reason, detail, to: end)
    }
  }

  /// Nothing came of an order whose answer never came.
  mutating func concludeNoEffect(_ evidence: String) {
    guard memory.open != nil, upgrade.isUnknown, !runsTarget, !memory.sawFirmwareStatus,
      memory.bytesServed == 0, view.online
    else { return }
    settleOpen(.noEffect, evidence)
    tell("no effect", "UpdateFirmware: \(evidence)")
    retryOrder(.silent, "no answer to UpdateFirmware", after: settling)
  }

  /// The first sign of a running update answers for the order.
  private mutating func noteEffect(_ evidence: String) {
    if upgrade.isUnknown || upgrade.phase == .ordering {
      if var open = memory.open {
        // As good as its answer; what comes of it is still open.
        open.state = .accepted
        open.evidence = evidence
        commands.append(.settle(open))
        memory.open = open
        if upgrade.pending?.messageID == open.messageID { upgrade.pending = nil }
      }
      upgrade.isUnknown = false
    }
    memory.silentAt = nil
  }

  private mutating func advance(to phase: Upgrade.Phase, within limit: Span) {
    guard phase.rank > upgrade.phase.rank else { return }
    // A status that comes too early must not shorten the time that is left for the earlier steps.
    let left = upgrade.phase == .ordering ? nil : memory.limit
    enter(phase, within: limit)
    memory.limit = max(now + limit, left ?? now)
  }

  mutating func takeServed(_ bytes: Int64, _ total: Int64) {
    guard bytes > 0, bytes >= memory.bytesServed else { return }
    noteEffect("fetched \(bytes) bytes of the image")
    if bytes > memory.bytesServed { noteProgress() }
    memory.bytesServed = bytes
    memory.bytesTotal = total
    advance(to: .downloading, within: limits.download)
    if total > 0, bytes >= total, upgrade.phase == .downloading {
      let took = Phrase.span(now - (memory.open?.writtenAt ?? upgrade.enteredAt))
      tell("downloaded", "\(Phrase.bytes(bytes)) in \(took) (counted here)")
      enter(.downloaded, within: limits.install)
    }
  }

  mutating func takeFirmwareStatus(_ status: FirmwareStatus, _ requestID: Int?) {
    if let requestID, requestID != memory.requestID { return }
    if status == .idle {
      takeIdle()
      return
    }
    noteEffect("reported \(status.rawValue)")
    memory.sawFirmwareStatus = true
    // What it says when asked is no progress.
    if !memory.askedFirmwareStatus { noteProgress() }
    if status.impliesDownloaded { memory.saidDownloaded = true }
    switch status {
    case .idle: break
    case .downloadScheduled: advance(to: .ordered, within: limits.download)
    case .downloading, .downloadPaused: advance(to: .downloading, within: limits.download)
    case .downloaded, .signatureVerified, .installScheduled:
      if upgrade.phase.rank < Upgrade.Phase.downloaded.rank {
        tell("downloaded", memory.isCounted == false ? "it says (not counted)" : "it says")
      }
      advance(to: .downloaded, within: limits.install)
    case .installing: advance(to: .installing, within: limits.install)
    case .installRebooting, .installed: advance(to: .rebooting, within: limits.reboot)
    case .downloadFailed:
      // All bytes may have left here and yet not arrived as an image.
      if memory.saidDownloaded == true || upgrade.phase.rank > Upgrade.Phase.downloaded.rank {
        return
      }
      settleOpen(.noEffect, "reported DownloadFailed")
      tell("failed", "download, by its own word")
      retryOrder(.downloadFailed, "the charger reported DownloadFailed", after: limits.answer)
    case .invalidSignature:
      settleOpen(.noEffect, "reported InvalidSignature")
      fail(.badSignature, "the charger refused the signature of the image", to: .failed)
    case .installationFailed, .installVerificationFailed:
      settleOpen(.noEffect, "reported \(status.rawValue)")
      tell("failed", "install, by its own word")
      retryOrder(
        .installFailed, "the charger reported \(status.rawValue)", after: limits.answer,
        to: .quarantined)
    }
  }

  /// Idle is only said when asked: no update runs on the charger.
  private mutating func takeIdle() {
    switch upgrade.phase {
    case .ordering:
      // It may have taken the order and be about to begin.
      if upgrade.isUnknown { memory.silentAt = now + limits.answer }
    case .ordered, .downloading:
      guard memory.askedFirmwareStatus, !runsTarget else { return }
      // It was away since, and has not said what it runs now: it may be done already.
      if memory.disconnectedSinceOrder, !memory.bootedSinceOrder {
        askForBoot()
        return
      }
      settleOpen(.noEffect, "reported Idle when asked: no update runs")
      tell("failed", "download: the charger is idle and runs the old version")
      retryOrder(.downloadFailed, "the download came to nothing", after: limits.answer)
    default: break
    }
  }

  private mutating func askForBoot() {
    guard !memory.askedBoot, mayAsk else { return }
    memory.askedBoot = true
    // Once more when it has said what it runs.
    memory.askedFirmwareStatus = false
    ask(.triggerBoot)
  }

  mutating func takeFirmwareBoot(_ reported: String, isTarget: Bool) {
    if isTarget {
      proveFirmware()
      return
    }
    switch upgrade.phase {
    case .rebooting:
      // Some repeat their boot on one connection, are asked for it, or only come back to an engine
      // that was away: then the reboot is still to come, and the limit decides.
      guard memory.disconnectedSinceOrder else { return }
      fail(.wrongFirmware, "boots \(reported): image not taken", to: .quarantined)
    case .ordered, .downloading:
      // A restart ends a download on many chargers: ask once it may be asked.
      if !memory.askedFirmwareStatus, mayAsk {
        memory.askedFirmwareStatus = true
        ask(.triggerFirmwareStatus)
      }
    // Not said to be over: a connection that broke may have made it boot anew.
    default: break
    }
  }

  mutating func wantBoot() {
    guard let at = memory.connectedAt, let since = memory.open?.writtenAt, at > since,
      !memory.askedBoot, !memory.bootedSinceOrder, mayAsk
    else { return }
    memory.askedBoot = true
    ask(.triggerBoot)
  }

  mutating func giveUpOrder() {
    if memory.open == nil {
      fail(.drainTimeout, hindrance ?? "not quiet", to: .failed)
    } else {
      // Bytes of other places are not counted here, so they prove nothing.
      if case .depot = firmware.location {
        concludeNoEffect(
          "no word, and no byte fetched in \(Phrase.span(limits.download)); old version")
      }
      guard memory.open != nil else { return }
      fail(.silent, "no word on UpdateFirmware", to: view.online ? .failed : .quarantined)
    }
  }

  /// Time to install is over: what boots now?
  mutating func judgeInstall() {
    if runsTarget {
      proveFirmware()
    } else if !view.online {
      let since = memory.offlineSince ?? upgrade.enteredAt
      fail(.noBoot, "no boot for \(Phrase.span(now - since)) after install", to: .quarantined)
    } else if !memory.askedBoot || upgrade.pending != nil {
      if mayAsk {
        memory.askedBoot = true
        ask(.triggerBoot)
        memory.limit = now + limits.answer + settling
      } else {
        memory.limit = now + settling
      }
    } else if memory.disconnectedSinceOrder, !memory.bootedSinceOrder {
      // What it ran before says nothing of what it runs now.
      fail(.noBoot, "connected, but sends no boot and can't be asked for one", to: .quarantined)
    } else {
      let runs = view.firmware ?? "an unknown version"
      fail(.wrongFirmware, "runs \(runs): image not taken", to: .quarantined)
    }
  }

  private mutating func proveFirmware() {
    dropPendingHarmless()
    settleOpen(.tookEffect, "booted \(firmware.version)")
    let speaks = view.speaks.map { "\($0 == target ? "in" : "still") \($0.label)" } ?? "offline"
    enter(.firmwareProved, within: limits.reboot)
    countRebootsAnew()
    memory.lostKeys = nil
    tell("booted", "\(firmware.version), \(speaks): firmware proved")
  }

  private mutating func dropPendingHarmless() {
    if let pending = upgrade.pending, pending.messageID != memory.open?.messageID {
      dropPending("answered by the boot")
    }
  }

  mutating func endFirmwareOutage() {
    upgrade.holdsLease = false
    if let cancelled = memory.cancelled {
      stop(cancelled)
    } else {
      enter(.soakingOnFirmware, within: firmwareSoak)
    }
  }
}

extension FirmwareStatus {
  /// Any later status implies the earlier ones; this one, that the image is on the charger.
  fileprivate var impliesDownloaded: Bool {
    switch self {
    case .downloaded, .signatureVerified, .installScheduled, .installRebooting, .installing,
      .installed, .installationFailed, .installVerificationFailed, .invalidSignature:
      true
    case .idle, .downloadScheduled, .downloading, .downloadPaused, .downloadFailed: false
    }
  }
}
