import Fleet

/// The images of an upgrade's way. Each is an outage of its own; the last speaks the new version.
extension Upgrade {
  /// Never empty.
  package var way: [FirmwareID] {
    guard let hops, hops.count > 1 else { return [target] }
    return hops
  }

  /// The one that is installed now, or was last; counted from 0.
  package var hop: Int { min(hopsDone ?? 0, way.count - 1) }
  package var image: FirmwareID { way[hop] }

  /// Has soaked on an image that it had to pass through; another comes before the switch.
  package var awaitsImage: Bool { way.count > 1 && (hopsDone ?? 0) < way.count }

  /// The step that orders of the current image are counted by.
  package var firmwareStep: String {
    way.count > 1 ? "hop \(hop + 1) update firmware" : "firmware update firmware"
  }

  /// Orders of any image so far.
  var firmwareOrders: Int {
    sends.reduce(0) { $0 + ($1.key.hasSuffix(" update firmware") ? $1.value : 0) }
  }
}

extension UpgradeTurn {
  /// In the order of the way.
  var images: [Firmware] { hops.count == upgrade.way.count ? hops : [final] }

  /// The one that is installed now, or was last.
  var firmware: Firmware { images.indices.contains(upgrade.hop) ? images[upgrade.hop] : final }

  /// What should run while nothing is installed.
  private var proved: Firmware {
    let done = upgrade.hopsDone ?? 0
    let waits = upgrade.phase == .readyToSwitch || upgrade.phase == .drainingToSwitch
    return waits && images.indices.contains(done - 1) ? images[done - 1] : firmware
  }

  /// What runs is what should, or an image further on that somebody else installed.
  func isOnItsWay(_ reported: String) -> Bool {
    proved.isReported(as: reported)
      || images.dropFirst(upgrade.hopsDone ?? 0).contains { $0.isReported(as: reported) }
  }

  /// How long it soaks on the current image.
  var firmwareSoak: Span {
    upgrade.hop + 1 < images.count ? playbook.soak.betweenHops : playbook.soak.onFirmware
  }

  /// Where it waits for a place when the outage for an image came to nothing.
  var waitsForImage: Upgrade.Phase {
    upgrade.countsForGate && (upgrade.hopsDone ?? 0) > 0 ? .readyToSwitch : .planned
  }

  /// Images that it runs already are behind it.
  mutating func passImages() {
    guard images.count > 1, let runs = view.firmware,
      let at = images.lastIndex(where: { $0.isReported(as: runs) }), at >= upgrade.hop
    else { return }
    upgrade.hopsDone = at + 1
  }

  /// Why the current image may not be installed on what runs; nil when it may (invariant 9).
  var wrongBase: String? {
    guard upgrade.hop > 0, images.indices.contains(upgrade.hop - 1) else { return nil }
    let base = images[upgrade.hop - 1]
    let runs = view.firmware ?? "an unknown version"
    return base.isReported(as: runs)
      ? nil : "runs \(runs), and \(firmware.version) is to be installed on \(base.version)"
  }

  /// The current image has soaked; the way goes on with the next one, or with the switch.
  mutating func endHop() {
    guard images.count > 1 else { return }
    upgrade.hopsDone = upgrade.hop + 1
    memory.refusedForms = 0
  }

  /// `hop 2 of 3: `, where there are several.
  var hopWord: String {
    images.count > 1 ? "hop \(upgrade.hop + 1) of \(images.count): " : ""
  }
}
