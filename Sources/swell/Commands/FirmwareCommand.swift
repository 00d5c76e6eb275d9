import Control
import Fleet

/// `swell firmware …`: the catalogue of images.
enum FirmwareCommand {
  /// What an entry is made of, for add and set.
  static let facts = [
    OptionInfo("model", "GLOB", "models it is for"),
    OptionInfo("vendor", "GLOB", "vendors it is for; any"),
    OptionInfo("hardware", "GLOB", "hardware revisions it is for; any"),
    OptionInfo("version", "V", "what chargers report once they run it"),
    OptionInfo("alias", "GLOBS", "other spellings of it, separated by commas"),
    OptionInfo("from", "GLOBS", "versions it installs on, separated by commas; any"),
    OptionInfo("through", "VERSIONS", "versions that must have run before, separated by commas"),
    OptionInfo("downgrade-from", "GLOBS", "newer versions that it may replace; none"),
    OptionInfo("protocols", "LIST", "what it speaks: 1.6,2.0.1"),
    OptionInfo("flash", "KB", "free flash it needs"),
    OptionInfo("ram", "KB", "free RAM it needs"),
    OptionInfo("schemes", "LIST", "how its chargers fetch: http,https,ftp,ftps,sftp; not known"),
    OptionInfo("notes", "TEXT", "what people should know of it"),
    OptionInfo("signature", "FILE", "Base64 signature over the image"),
    OptionInfo("certificate", "FILE", "PEM of the certificate it was signed with, then its chain"),
  ]

  static let all: [CommandInfo] =
    [FirmwareAdd.add, FirmwareAdd.set] + [
      CommandInfo(
        "firmware list", "", "the catalogue", [Workplace.option, Out.option], run: list),
      CommandInfo(
        "firmware show", "NUMBER", "everything about one image, and who runs it",
        [Workplace.option, Out.tableOrJSON], run: show),
      CommandInfo(
        "firmware remove", "NUMBER", "offer an image to nobody any more", [Workplace.option]
      ) { arguments in
        let id = try number(arguments)
        Out.line(try Workplace(arguments).perform(.removeFirmware(id)).message)
      },
      FirmwareVerify.info, FirmwareGraph.info, FirmwareTrust.info,
    ]

  /// The number that a command names.
  static func number(_ arguments: Arguments) throws -> FirmwareID {
    let word = try arguments.word(0, "an image's number, see swell firmware list")
    try arguments.noMoreWords(than: 1)
    guard let number = Int64(word), number > 0 else {
      throw UsageError("An image's number is wanted, not \"\(word)\": see swell firmware list.")
    }
    return FirmwareID(rawValue: number)
  }

  static func catalogue(_ place: Workplace) throws -> CatalogueView {
    guard case .catalogue(let view) = try place.ask(.catalogue) else {
      throw Failure("The engine gave another answer; is it of another version?")
    }
    return view
  }

  static func entry(_ id: FirmwareID, _ view: CatalogueView) throws -> Firmware {
    guard let entry = view.firmware.first(where: { $0.id == id }) else {
      throw Failure("There is no firmware number \(id.rawValue): see swell firmware list.")
    }
    return entry
  }

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    guard case .firmware(let entries) = try Workplace(arguments).ask(.firmware) else { return }
    try Listing.show(
      entries, arguments,
      [
        "NUMBER", "MODEL", "VENDOR", "HARDWARE", "VERSION", "FROM", "SPEAKS", "FLASH", "RAM",
        "SIZE",
        "SIGNED", "WHERE",
      ],
      right: [0, 7, 8, 9]
    ) { entry in
      [
        String(entry.id.rawValue), entry.model, entry.vendor, entry.hardware, entry.version,
        entry.from.isEmpty ? "any" : entry.from.joined(separator: " "), entry.protocols.label,
        entry.flashNeeded.map(String.init) ?? "-", entry.ramNeeded.map(String.init) ?? "-",
        entry.size.map(String.init) ?? "not counted", entry.signature == nil ? "no" : "yes",
        entry.address,
      ]
    }
  }

  private static func show(_ arguments: inout Arguments) throws {
    let id = try number(arguments)
    let view = try catalogue(try Workplace(arguments))
    let entry = try entry(id, view)
    if Out.wantsJSON(arguments) { return try Out.json(entry) }
    func line(_ name: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      Out.line(name + String(repeating: " ", count: max(1, 16 - name.count)) + value)
    }
    let running = view.running.filter { entry.runs($0) }
    let proved = running.reduce(into: VersionSet()) { $0.formUnion($1.proved) }
    line("version", entry.version)
    line("also reported", entry.aliases.joined(separator: " "))
    line("for", "\(entry.vendor) \(entry.model), hardware \(entry.hardware)")
    line("installs on", entry.from.isEmpty ? "any version" : entry.from.joined(separator: " "))
    line("goes through", entry.through.joined(separator: " "))
    line("may replace", entry.downgradeFrom.joined(separator: " "))
    line("speaks", "\(entry.protocols.label) by what is said")
    line(
      "proved", proved.isEmpty ? "nothing yet" : "\(proved.label) by chargers that run it")
    line("run by", "\(running.reduce(0) { $0 + $1.chargers }) chargers")
    line("needs flash", entry.flashNeeded.map { "\($0) kB" } ?? "not said")
    line("needs RAM", entry.ramNeeded.map { "\($0) kB" } ?? "not said")
    line("where", entry.address)
    line("fetched by", entry.schemes.map(\.rawValue).joined(separator: " "))
    line("size", entry.size.map { "\($0) bytes" })
    line("SHA-256", entry.sha256)
    line("signature", FirmwareVerify.state(of: entry, view.anchors))
    line("notes", entry.notes)
  }
}

extension Firmware {
  /// Where it lies.
  var address: String {
    switch location {
    case .depot(let path): path
    case .external(let url): url
    }
  }

  /// Whether it is meant for a kind of charger.
  func suits(_ kind: CatalogueView.Running) -> Bool {
    Glob(model).matches(kind.model) && (vendor == "*" || Glob(vendor).matches(kind.vendor))
      && (hardware == "*" || Glob(hardware).matches(kind.hardware))
  }

  /// Whether chargers of a kind run it.
  func runs(_ kind: CatalogueView.Running) -> Bool {
    suits(kind) && isReported(as: kind.firmware)
  }
}
