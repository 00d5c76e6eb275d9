import Fleet

/// What happens next, by when, and what it waits for.
extension UpgradeExplaining {
  var next: [String] {
    var next: [String] = []
    switch upgrade.phase {
    case .planned: next = planned
    case .snapshot:
      next = ["Then its connectors are closed to drivers until it is free for the update."]
    case .draining where playbook.route == .rollBack:
      next = draining("\(old) alone is released and it is reset")
    case .draining: next = draining("the update to \(image) is ordered")
    case .ordering: next = ordered
    case .ordered, .downloading:
      next = ["Then it installs \(image) and reboots."]
      if let by = when(memory.limit) { next.append("A download that is not done \(by) fails.") }
    case .downloaded, .installing:
      next = ["A boot with \(image) proves it; no word but that does."]
      if let by = when(memory.limit) { next.append("What boots is judged \(by) at the latest.") }
    case .rebooting:
      next = ["Its next boot says what it runs: \(image) is a proof, the old image a failure."]
      if let by = when(memory.limit) { next.append("Without a boot it is quarantined \(by).") }
    case .firmwareProved:
      next = ["Then it soaks on \(image) for \(span(firmwareSoak))."]
    case .soakingOnFirmware: next = soakingOnFirmware
    case .readyToSwitch: next = readyToSwitch
    case .drainingToSwitch: next = draining("\(target) is released and it is reset")
    case .switching: next = switchingNext
    case .provisioning, .accepting, .verifying:
      next = ["Proof: a boot in \(target), and its device model read there with \(image)."]
      if let by = when(memory.limit) { next.append("Unproved \(by), it goes back to 1.6.") }
    case .restoring: next = ["Then it soaks on \(target) for \(span(playbook.soak.onVersion))."]
    case .soaking: next = soaking
    case .rollingBack: next = rollingBack
    case .migrated: break
    case .rolledBack, .quarantined, .heldOn16, .failed, .skipped, .cancelled: next = ended
    }
    if let step { next.insert(step, at: 0) }
    if !upgrade.phase.isEnd {
      if upgrade.phase != .planned, let offline { next.insert(offline, at: 0) }
      if let cancelled = memory.cancelled {
        next.append("It then stays on 1.6, because it was cancelled: \(cancelled)")
      }
    }
    if upgrade.phase.isEnd, memory.owesConnectors {
      next.append(
        online
          ? "Its connectors are still being given back to drivers."
          : "Its connectors are given back to drivers when it is online again.")
    }
    return next
  }

  /// The playbook's own message that is under way.
  private var step: String? {
    guard !upgrade.phase.isEnd, let order = memory.open?.order ?? upgrade.pending?.order,
      case .custom(let custom) = order
    else { return nil }
    let what = "The step \"\(custom.name)\" (\(custom.action)) was sent"
    if upgrade.isUnknown { return "\(what); not known whether that took effect." }
    if memory.open?.state == .accepted { return "\(what) and taken; it should come back after it." }
    return "\(what); its answer is awaited."
  }

  private func span(_ span: Span) -> String { Phrase.span(span) }

  private var firmwareSoak: Span {
    upgrade.hop + 1 < upgrade.way.count ? playbook.soak.betweenHops : playbook.soak.onFirmware
  }

  // MARK: Before it begins

  private var planned: [String] {
    if let waits = campaignWaits ?? stratumWaits { return [waits] }
    if let by = ahead(memory.leaseNotBefore) {
      return ["Drivers did not leave it free last time; the next try is \(by) at the earliest."]
    }
    switch upgrade.deferral {
    case .offline: return absent
    case .busy: return ["A car charges there; chargers that are free go first."]
    case .window: return ["Its site is outside its window; it begins when that opens."]
    case .budget:
      return ["Its site's budget is used up; it begins when another charger there is done or back."]
    case .atRisk:
      return ["As many are at risk as the evidence allows; it begins when others come to an end."]
    case .signOff:
      return ["A system that takes its site's data has not signed off; it begins when all have."]
    case nil:
      return online ? ["It begins with the next free place."] : absent
    }
  }

  private var absent: [String] {
    let away = offline ?? "It was offline when its turn came."
    guard upgrade.deferral == .offline, let since = memory.deferredSince else {
      return [away, "It begins when it is back."]
    }
    let by = when(since + limits.absence) ?? "later"
    return [away, "It begins when it is back; if its wave is over by then, it is left out \(by)."]
  }

  private var campaignWaits: String? {
    switch campaign.status {
    case .draft: "The campaign is a draft: it waits to be approved."
    case .approved: "The campaign is approved: it waits to be started."
    case .held: "The campaign is held: nothing new is sent until a person resumes it."
    case .aborting, .aborted: "The campaign is aborted: it will not begin."
    case .finished: "The campaign is finished: it will not begin."
    case .running: nil
    }
  }

  private var stratumWaits: String? {
    guard campaign.strata.indices.contains(upgrade.stratum) else { return nil }
    switch campaign.strata[upgrade.stratum].state {
    case .open(let wave):
      return upgrade.wave > wave
        ? "Wave \(upgrade.wave) opens when wave \(upgrade.wave - 1) has passed its gate." : nil
    case .waiting(let wave, let verdict):
      if verdict.awaitsApproval == true {
        return "Wave \(wave) passed its gate and waits for a person to open the next."
      }
      return "Wave \(wave) did not pass its gate (\(verdict.done) done, \(verdict.failed) failed): "
        + "a person decides."
    case .stopped: return "Its stratum was stopped: it will not begin."
    case .finished: return "Its stratum is finished: it will not begin."
    }
  }

  // MARK: Under way

  private func draining(_ then: String) -> [String] {
    var next: [String] = []
    if isHeld { next.append("The campaign is held: nothing is sent until a person resumes it.") }
    if let by = ahead(memory.retryNotBefore) { next.append("The next try is \(by).") }
    next.append("When no car is there and it was quiet for \(span(limits.quiet)), \(then).")
    if let by = when(memory.limit) {
      let tries = memory.drainTries + 1
      let times = "try \(tries) of \(limits.attempts + 1)"
      next.append("Not free \(by), it gets its connectors back (\(times)).")
    }
    return next
  }

  private var ordered: [String] {
    guard memory.open != nil else { return draining("the update to \(image) is ordered again") }
    guard upgrade.isUnknown else {
      return ["Then it downloads \(image)."]
    }
    var next = ["A firmware status, a byte of the image fetched or a boot would tell."]
    if let by = when(memory.silentAt ?? memory.limit) {
      let sends = "\(upgrade.sends[upgrade.firmwareStep] ?? 0) of \(limits.attempts) sent"
      next.append("With none of them \(by) it counts as without effect (\(sends)).")
    }
    return next
  }

  private var soakingOnFirmware: [String] {
    var next: [String] = []
    let isLast = upgrade.hop + 1 == upgrade.way.count
    let then = isLast ? target : "the next image"
    if let by = when(memory.limit) { next.append("It is ready for \(then) \(by).") }
    if let lost = memory.lostKeys, lost.total > 0 {
      let counts = "\(lost.restored) of \(lost.total)"
      next.append("\(counts) keys that the new image had lost are restored.")
    }
    return next + reboots
  }

  private var reboots: [String] {
    guard let count = memory.reboots, count > 0 else { return [] }
    let boots = count == 1 ? "1 boot" : "\(count) boots"
    return ["\(boots) that nobody ordered so far; more than \(limits.boots) end the soak."]
  }

  private var readyToSwitch: [String] {
    if isHeld { return ["The campaign is held: nothing new is sent until a person resumes it."] }
    if campaign.status != .running, let waits = campaignWaits { return [waits] }
    if let by = ahead(memory.leaseNotBefore) {
      return ["Drivers did not leave it free last time; the next try is \(by) at the earliest."]
    }
    if !online {
      let by = memory.offlineSince.flatMap { when($0 + limits.absence) }
      let verb = upgrade.awaitsImage ? "is updated" : "switches"
      return ["It \(verb) when it is back\(by.map { "; a technician's case \($0)" } ?? "")."]
    }
    if upgrade.awaitsImage {
      return ["It is updated to \(image) with the next free place of its site's budget."]
    }
    return ["It switches to \(target) with the next free place of its site's budget."]
  }

  private var switchingNext: [String] {
    var next: [String] = []
    if upgrade.isUnknown {
      next.append(
        "A connection in \(target) would tell, or the same connection still alive after "
          + "\(span(limits.reboot)).")
    } else if memory.open == nil, let by = ahead(memory.retryNotBefore) {
      next.append("The next reset is sent \(by), when it is free.")
    }
    if let by = when(memory.limit) {
      next.append("Not in \(target) \(by), the version is taken back.")
    }
    return next
  }

  private var soaking: [String] {
    var next: [String] = []
    if let since = memory.fellBackAt, let by = when(since + limits.reboot) {
      next.append("It speaks \(old) again; unless it returns, the version is taken back \(by).")
    } else if let by = when(memory.limit) {
      next.append(
        playbook.provesSession && !memory.sessionProved
          ? "It counts as migrated \(by) if a session has been completed on \(target) by then."
          : "It counts as migrated \(by).")
    }
    return next + reboots
  }

  private var rollingBack: [String] {
    var next = ["The release is taken back; seen in \(old), it counts as rolled back."]
    if let by = when(memory.limit) {
      next.append("Not seen in \(old) \(by), its connection is closed; then it is quarantined.")
    }
    return next
  }
}
