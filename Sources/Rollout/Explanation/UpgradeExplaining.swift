import Fleet

extension Upgrade {
  /// - Parameters:
  ///   - online: whether the charger is connected now.
  ///   - versions: of the images of its way, where it has several.
  package func explanation(
    campaign: Campaign, online: Bool, at now: Instant, versions: [FirmwareID: String] = [:]
  ) -> UpgradeExplanation {
    let explaining = UpgradeExplaining(
      upgrade: self, campaign: campaign, online: online, now: now, versions: versions)
    return UpgradeExplanation(now: explaining.standing, next: explaining.next)
  }
}

/// Finds the words for one upgrade at one moment.
struct UpgradeExplaining {
  let upgrade: Upgrade
  let campaign: Campaign
  let online: Bool
  let now: Instant
  let versions: [FirmwareID: String]

  var playbook: Playbook { campaign.playbook }
  var limits: Limits { playbook.limits }
  var memory: Upgrade.Memory { upgrade.memory }
  var target: String { playbook.target.label }
  var old: String { ProtocolVersion.ocpp16.label }
  /// Of the image that is installed now or was last, with its place where there are several.
  var image: String {
    guard upgrade.way.count > 1 else { return lastImage }
    let name = versions[upgrade.image] ?? (upgrade.image == upgrade.target ? lastImage : "an image")
    return "\(name) (hop \(upgrade.hop + 1) of \(upgrade.way.count))"
  }

  /// Of the image that has soaked already, while the next one is waited for.
  private var provedImage: String {
    let done = (upgrade.hopsDone ?? 0) - 1
    guard upgrade.way.count > 1, upgrade.way.indices.contains(done) else { return image }
    return versions[upgrade.way[done]] ?? lastImage
  }

  private var lastImage: String {
    campaign.strata.indices.contains(upgrade.stratum)
      ? campaign.strata[upgrade.stratum].stratum.toFirmware : "the new image"
  }

  /// `for 12 min`.
  var sofar: String { "for \(Phrase.span(now - upgrade.enteredAt))" }
  var ago: String { "\(Phrase.span(now - upgrade.enteredAt)) ago" }

  /// `in 4 min`; `now` when the moment has come.
  func when(_ instant: Instant?) -> String? {
    instant.map { $0 > now ? "in \(Phrase.span($0 - now))" : "now" }
  }

  /// `once more in 4 min` and the like need a moment that is still to come.
  func ahead(_ instant: Instant?) -> String? {
    instant.flatMap { $0 > now ? "in \(Phrase.span($0 - now))" : nil }
  }

  var offline: String? {
    if online { return nil }
    guard let since = memory.offlineSince ?? memory.deferredSince else { return "It is offline." }
    return "It has been offline for \(Phrase.span(now - since))."
  }

  var isHeld: Bool { campaign.status == .held }

  // MARK: Where it stands

  var standing: String {
    switch upgrade.phase {
    case .planned: "Planned for wave \(upgrade.wave); it has not begun."
    case .snapshot: "Reading its configuration before anything changes, \(sofar)."
    case .draining: "Closed to new drivers and waiting until it is free, \(sofar)."
    case .ordering: ordering
    case .ordered: "Told to update to \(image), and took the order; no download seen, \(sofar)."
    case .downloading: "Downloading \(image), \(sofar)\(fetched)."
    case .downloaded: "It has \(image) and has not begun to install it, \(sofar)."
    case .installing: "Installing \(image), \(sofar)."
    case .rebooting: "Rebooting after the install of \(image), \(sofar)."
    case .firmwareProved: "Runs \(image), proved by its boot; its connectors are given back."
    case .soakingOnFirmware: "Soaking: \(image) is watched on \(speaks), \(sofar)."
    case .readyToSwitch where upgrade.awaitsImage:
      "Soaked on \(provedImage); ready for \(image), \(sofar)."
    case .readyToSwitch: "Soaked on \(image); ready for \(target), \(sofar)."
    case .drainingToSwitch:
      "Closed to new drivers and waiting until it is free to switch to \(target), \(sofar)."
    case .switching: switching
    case .provisioning: "In \(target): its settings are read and carried over, \(sofar)."
    case .accepting: accepting
    case .verifying: "In \(target): it has yet to prove it, \(sofar)."
    case .restoring: "Proved in \(target); its connectors are given back, \(sofar)."
    case .soaking: "Soaking: it is watched on \(target), \(sofar)."
    case .rollingBack: "On its way back to \(old), \(sofar)\(because)."
    case .migrated: "Migrated to \(target) \(ago)."
    case .rolledBack: "Back on \(old), \(sofar)\(because)."
    case .quarantined: "Quarantined \(ago)\(because)."
    case .heldOn16: "Stays on \(old) with \(image), \(sofar)\(because)."
    case .failed: "Failed \(ago)\(because)."
    case .skipped: "Skipped \(ago)\(because)."
    case .cancelled: "Cancelled \(ago)\(because)."
    }
  }

  private var speaks: String { memory.toldUnreleased == true ? target : old }

  private var fetched: String {
    let progress = upgrade.progress
    return progress.isEmpty || memory.isCounted == false ? "" : "; \(progress) fetched"
  }

  /// `: no boot after install: offline for 3 h`.
  private var because: String { upgrade.reason.map { ": \($0)" } ?? "" }

  private var ordering: String {
    if let open = memory.open {
      let age = Phrase.span(now - open.writtenAt)
      return upgrade.isUnknown
        ? "Told to update to \(image) \(age) ago; not known whether that took effect."
        : "Told to update to \(image) \(age) ago; its answer is awaited."
    }
    return "Waiting to be told once more to update to \(image), \(sofar)."
  }

  private var switching: String {
    if upgrade.isUnknown {
      return "Told to reset into \(target); not known whether that took effect, \(sofar)."
    }
    if memory.open == nil { return "Released for \(target); waiting for another reset, \(sofar)." }
    return "Released for \(target) and told to reset, \(sofar)."
  }

  private var accepting: String {
    guard let apply = memory.apply else {
      return "In \(target): its last boot is awaited, \(sofar)."
    }
    let count = apply.variables.count
    return "In \(target): \(count) of its new values wait for one more reset, \(sofar)."
  }
}

extension Upgrade {
  /// Why it ended or goes back, in a few words; nil where there is nothing to say.
  package var reason: String? {
    if let failure { return "\(failure.reason.rawValue): \(failure.detail)" }
    return memory.endReason
  }
}
