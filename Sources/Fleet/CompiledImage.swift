/// A catalogue entry with its patterns compiled.
struct CompiledImage: Sendable {
  let image: Firmware
  let model: Glob
  let number: FirmwareVersion?
  private let vendor: Glob
  private let hardware: Glob
  private let aliases: [Glob]
  private let from: [Glob]
  private let through: [(text: Glob, number: FirmwareVersion?)]
  private let downgradeFrom: [Glob]

  init(_ image: Firmware) {
    self.image = image
    model = Glob(image.model)
    number = FirmwareVersion(image.version)
    vendor = Glob(image.vendor)
    hardware = Glob(image.hardware)
    aliases = image.aliases.map { Glob($0) }
    from = image.from.map { Glob($0) }
    through = image.through.map { (Glob($0), FirmwareVersion($0)) }
    downgradeFrom = image.downgradeFrom.map { Glob($0) }
  }

  func suits(_ vendor: String?, _ model: String, _ hardware: String?) -> Bool {
    self.model.matches(model)
      && (image.vendor == "*" || vendor.map { self.vendor.matches($0) } ?? false)
      && (image.hardware == "*" || hardware.map { self.hardware.matches($0) } ?? false)
  }

  func isReported(as text: String) -> Bool {
    text == image.version || aliases.contains { $0.matches(text) }
  }

  /// Why it does not install on a version; nil: it does.
  func obstacle(on standing: VersionGraph.Standing) -> VersionGraph.Obstacle? {
    if standing.images.contains(image.id) { return .runs }
    if !from.isEmpty, !from.contains(where: standing.matches) { return .from(image.from) }
    for (required, text) in zip(through, image.through) {
      let isPast = required.number.map { least in standing.number.map { $0 >= least } ?? false }
      if !(isPast ?? false), !standing.matches(required.text) { return .through(text) }
    }
    if let number, let runs = standing.number, number < runs,
      !downgradeFrom.contains(where: standing.matches)
    {
      return .downgrade
    }
    return nil
  }

  /// In the order of versions; one without numbers is older than all that have some, and among
  /// equals what came into the catalogue later is newer.
  func isOlder(than other: CompiledImage) -> Bool {
    switch (number, other.number) {
    case (let old?, let new?) where old != new: old < new
    case (nil, .some): true
    case (.some, nil): false
    default: image.id < other.image.id
    }
  }
}
