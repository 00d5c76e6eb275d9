import Fleet

/// The soak on the new image: keys it lost are written back, reboots are counted.
extension UpgradeTurn {
  mutating func endFirmwareSoak() {
    guard view.online else {
      _ = isGone()
      return
    }
    if isRestoringKeys {
      memory.limit = now + limits.answer
      return
    }
    let soaked = "soaked \(Phrase.span(firmwareSoak)) on \(firmware.version)"
    endHop()
    enter(.readyToSwitch, within: limits.absence)
    memory.drainTries = 0
    tell("ready", soaked + (upgrade.awaitsImage ? "; next is \(firmware.version)" : ""))
  }

  // MARK: Keys that the new image lost

  private var canRestoreKeys: Bool { view.speaks == .ocpp16 && !upgrade.snapshot.isEmpty }

  private var isRestoringKeys: Bool {
    canRestoreKeys && memory.lostKeys.map { !$0.left.isEmpty } ?? true
  }

  /// Reads the configuration once more, and writes back what the image lost, key by key.
  mutating func wantLostKeys() {
    guard canRestoreKeys, mayAsk else { return }
    guard let lost = memory.lostKeys else {
      ask(.readConfiguration)
      return
    }
    if let key = lost.left.first, let value = upgrade.snapshot[key] {
      ask(.writeConfiguration(key: key, value: value))
    }
  }

  /// The configuration under the new image.
  mutating func takeConfigurationAfter(_ answer: Answer) {
    guard answer != .lost, memory.lostKeys == nil else { return }
    guard case .configuration(let keys, let readOnly) = answer, !keys.isEmpty else {
      // It can't be known what was lost.
      memory.lostKeys = Upgrade.LostKeys(left: [])
      endWaitForKeys()
      return
    }
    let kept = (upgrade.readOnlyKeys ?? []).union(readOnly)
    memory.lostKeys = Upgrade.LostKeys(
      left: ConfigurationGuard.lost(before: upgrade.snapshot, readOnly: kept, now: keys))
    endWaitForKeys()
  }

  /// A soak that was only waiting for the keys is over with the last of them.
  private mutating func endWaitForKeys() {
    let isOver = upgrade.enteredAt + firmwareSoak <= now
    if isOver, !isRestoringKeys { memory.limit = now }
  }

  mutating func takeWrittenKey(_ key: String, _ answer: Answer) {
    guard upgrade.phase == .soakingOnFirmware, answer != .lost, var lost = memory.lostKeys,
      let at = lost.left.firstIndex(of: key)
    else { return }
    lost.left.remove(at: at)
    switch answer {
    case .accepted, .scheduled: lost.restored += 1
    case .needsReboot:
      lost.restored += 1
      lost.afterReset += 1
    default: lost.refused.append(key)
    }
    memory.lostKeys = lost
    if lost.left.isEmpty { tell("keys", lost.sentence) }
    endWaitForKeys()
  }

  // MARK: Reboots that nobody ordered

  mutating func countRebootsAnew() {
    memory.reboots = nil
    memory.firstRebootAt = nil
    memory.isBackAnew = nil
  }

  /// Whether this boot follows a connection that was lost, with nothing from here as its cause.
  mutating func isUnorderedReboot() -> Bool {
    defer { memory.isBackAnew = nil }
    return memory.isBackAnew == true && !memory.askedBoot && memory.open?.order.isCustom != true
  }

  mutating func countReboot(_ version: ProtocolVersion) {
    switch upgrade.phase {
    case .firmwareProved, .soakingOnFirmware: break
    // A short connection in the old version is a probe.
    case .restoring, .soaking: if version != target { return }
    case .rollingBack: if upgrade.failure?.reason != .bootLoop { return }
    default: return
    }
    let count = (memory.reboots ?? 0) + 1
    memory.reboots = count
    let first = memory.firstRebootAt ?? now
    memory.firstRebootAt = first
    guard count > limits.boots else { return }
    let detail = "\(count) boots in \(Phrase.span(now - first)) that nobody ordered"
    switch upgrade.phase {
    case .restoring, .soaking: rollBack(.bootLoop, detail)
    default: fail(.bootLoop, detail, to: .quarantined)
    }
  }
}

extension Upgrade.LostKeys {
  /// `restored 12 of 13 keys that the new image had lost; not HeartbeatInterval`.
  var sentence: String {
    var text = "restored \(restored) of \(total) keys that the new image had lost"
    if afterReset > 0 { text += "; \(afterReset) in effect after the next reset" }
    if !refused.isEmpty {
      let more = refused.count > 3 ? " and \(refused.count - 3) more" : ""
      text += "; not \(refused.prefix(3).joined(separator: ", "))\(more)"
    }
    return text
  }
}
