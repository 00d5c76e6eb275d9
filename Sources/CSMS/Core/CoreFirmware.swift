import Control
import Fleet
import Rollout
import Trust

/// The firmware catalogue, and what may be sent of it.
extension Core {
  func addFirmware(_ firmware: Firmware, _ now: Instant) throws -> Outcome {
    var firmware = firmware
    firmware.isRetired = false
    try refuse(flawed: firmware, now)
    let added = try store.addFirmware(firmware)
    try catalogueHasChanged()
    return Outcome(
      message: "Firmware \(added.model) \(added.version) is in the catalogue, number "
        + "\(added.id.rawValue).\(Self.remark(on: added, trusts: !imageAuthorities.isEmpty))")
  }

  func changeFirmware(_ firmware: Firmware, _ now: Instant) throws -> Outcome {
    let old = try entry(firmware.id)
    guard old != firmware else {
      return Outcome(message: "Firmware \(firmware.version) is so already.")
    }
    let isSameImage =
      (old.version, old.location, old.sha256) == (
        firmware.version, firmware.location, firmware.sha256
      )
    let live = try store.campaigns(using: firmware.id).filter(\.isLive).map(\.campaign)
    guard isSameImage || live.isEmpty else {
      throw ControlError.refused(
        "\(old.model) \(old.version) is what \(live.joined(separator: ", ")) brings to chargers: "
          + "its image and version stay until that is over. Add another image instead.")
    }
    if let other = catalogue.values.first(where: {
      $0.id != firmware.id && $0.vendor == firmware.vendor && $0.model == firmware.model
        && $0.hardware == firmware.hardware && $0.version == firmware.version
    }) {
      throw ControlError.refused(
        "Number \(other.id.rawValue) is \(other.model) \(other.version) already.")
    }
    try refuse(flawed: firmware, now)
    try store.change(firmware)
    try catalogueHasChanged()
    return Outcome(message: "Firmware \(firmware.model) \(firmware.version) is changed.")
  }

  func removeFirmware(_ id: FirmwareID) throws -> Outcome {
    var firmware = try entry(id)
    let name = "Firmware \(firmware.model) \(firmware.version)"
    let uses = try store.campaigns(using: id)
    let live = uses.filter(\.isLive).map(\.campaign)
    guard live.isEmpty else {
      throw ControlError.refused(
        "\(name) is used by \(live.joined(separator: ", ")): finish or abort that first.")
    }
    if uses.isEmpty {
      try store.removeFirmware(id)
      try catalogueHasChanged()
      return Outcome(message: "\(name) is out of the catalogue. Its file stays where it is.")
    }
    firmware.isRetired = true
    try store.change(firmware)
    try catalogueHasChanged()
    return Outcome(
      message: "\(name) is offered to nobody any more. Its entry is kept for the record of "
        + "\(uses.map(\.campaign).joined(separator: ", ")).")
  }

  /// Why an image must not be sent, as a sentence; nil: it may.
  ///
  /// Called before each disruptive order that brings it, so it must be cheap: a file is read again
  /// only when it changed (ROLLOUT invariant 9).
  func flaw(of id: FirmwareID, now: Instant) -> String? {
    guard let firmware = catalogue[id] else { return "it is in the catalogue no more" }
    return flaw(of: firmware, now).map { "\(firmware.model) \(firmware.version): \($0.sentence)" }
  }

  /// Holds campaigns that bring an image which must not be sent: found before a charger is drained
  /// for it.
  func holdFlawed(now: Instant) throws {
    for campaign in fleet.campaigns.values.sorted(by: { $0.id < $1.id })
    where campaign.status == .running && campaign.playbook.route.installs {
      guard let flaw = images(of: campaign).lazy.compactMap({ self.flaw(of: $0, now: now) }).first
      else { continue }
      let reason = "its image must not be sent: \(flaw)"
      _ = try steer(
        .hold(campaign: campaign.name, reason: reason), by: Caller(name: "engine", role: .admin),
        now: now)
      log(.error, "campaign \(campaign.name) is held: \(reason)")
    }
  }

  /// For a plan that would bring them.
  func refuseFlawed(_ images: Set<FirmwareID>, _ playbook: Playbook, _ now: Instant) throws {
    guard playbook.route.installs else { return }
    for image in images.sorted() {
      if let flaw = flaw(of: image, now: now) {
        throw ControlError.refused("Nothing is planned: an image must not be sent. \(flaw).")
      }
    }
  }

  /// Planned once and for all, so that going through the upgrades once is enough.
  private func images(of campaign: Campaign) -> [FirmwareID] {
    if let images = campaignImages[campaign.id] { return images.sorted() }
    var images = Set(campaign.strata.map(\.target))
    if campaign.playbook.route == .overHops {
      for upgrade in fleet.upgrades(of: campaign.id) { images.formUnion(upgrade.hops ?? []) }
    }
    campaignImages[campaign.id] = images
    return images.sorted()
  }

  private func flaw(of firmware: Firmware, _ now: Instant) -> ImageFlaw? {
    if let depot, catalogue[firmware.id] == firmware {
      return depot.flaw(of: firmware, trusting: imageAuthorities, at: now)
    }
    return Image(firmware).flaw(trusting: imageAuthorities, at: now.milliseconds / 1000)
  }

  private func refuse(flawed firmware: Firmware, _ now: Instant) throws {
    if firmware.version.isEmpty || firmware.version.contains(where: { "*?,".contains($0) }) {
      throw ControlError.refused(
        "\(firmware.model) is not taken: \"\(firmware.version)\" is no version. Say the one that "
          + "this image brings, for example 2.4.0; patterns say what it installs on.")
    }
    if let flaw = flaw(of: firmware, now) {
      throw ControlError.refused(
        "\(firmware.model) \(firmware.version) is not taken: \(flaw.sentence).")
    }
    if case .external(let url) = firmware.location, !firmware.schemes.isEmpty,
      let scheme = TransferScheme(ofAddress: url), !firmware.schemes.contains(scheme)
    {
      throw ControlError.refused(
        "\(firmware.model) \(firmware.version) is not taken: it lies at a \(scheme.rawValue) "
          + "address, and its chargers fetch by "
          + "\(firmware.schemes.map(\.rawValue).joined(separator: ", ")) only.")
    }
  }

  private static func remark(on firmware: Firmware, trusts: Bool) -> String {
    guard firmware.signature != nil else { return "" }
    return trusts
      ? " Its signature is its maker's."
      : " Its signature fits its certificate; who made that is not checked before an authority is "
        + "trusted: swell firmware trust FILE."
  }

  private func entry(_ id: FirmwareID) throws -> Firmware {
    guard let firmware = try store.catalogue().first(where: { $0.id == id }), !firmware.isRetired
    else {
      throw ControlError.refused(
        "There is no firmware number \(id.rawValue): see swell firmware list.")
    }
    return firmware
  }

  private func catalogueHasChanged() throws {
    try loadCatalogue()
    try flush()
    try store.recomputeReadiness()
  }

  // MARK: Trust

  func trustAuthority(_ pem: String, _ caller: Caller, _ now: Instant) throws -> Outcome {
    let found = DER.certificates(inPEM: pem)
    guard let certificate = found.first.flatMap(Certificate.init(der:)), found.count == 1 else {
      throw ControlError.invalid("One certificate in PEM is wanted; here are \(found.count).")
    }
    guard certificate.notAfter > now.milliseconds / 1000 else {
      throw ControlError.refused("The certificate of \(certificate.subject) has expired.")
    }
    guard try store.trustAnchors().count < 100 else {
      throw ControlError.refused("100 authorities are trusted already; remove one first.")
    }
    try store.save(
      TrustAnchor(
        fingerprint: certificate.fingerprint, subject: certificate.subject,
        notAfter: certificate.notAfter, pem: pem, by: caller.name, at: now))
    try loadCatalogue()
    let lost = catalogue.values.filter { !$0.isRetired && $0.signature != nil }
      .filter { flaw(of: $0, now) != nil }.map { "\($0.model) \($0.version)" }.sorted()
    return Outcome(
      message: "\(certificate.subject) is trusted to sign images."
        + (lost.isEmpty
          ? "" : " Not sent before they are signed under it: \(lost.joined(separator: ", "))."))
  }

  func distrustAuthority(_ fingerprint: String) throws -> Outcome {
    let matching = try store.trustAnchors().filter {
      fingerprint.utf8.count >= 8 && $0.fingerprint.hasPrefix(fingerprint.lowercased())
    }
    guard let anchor = matching.first, matching.count == 1 else {
      throw ControlError.refused(
        "\(matching.count) trusted authorities begin with \"\(fingerprint)\": at least 8 digits of "
          + "one are wanted, see swell firmware trust.")
    }
    try store.removeAnchor(anchor.fingerprint)
    try loadCatalogue()
    return Outcome(message: "\(anchor.subject) is not trusted to sign images any more.")
  }
}
