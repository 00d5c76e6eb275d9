import CSMS
import Control
import Fleet
import Foundation
import Trust

/// `swell firmware add` and `swell firmware set`.
enum FirmwareAdd {
  static let add = CommandInfo(
    "firmware add", "(--file FILE | --url URL) --model GLOB --version V --protocols LIST",
    "add an image to the catalogue; model and version are guessed from the file's name",
    [Workplace.option] + FirmwareCommand.facts + [
      OptionInfo("file", "FILE", "the image; this engine serves it"),
      OptionInfo(
        "url", "URL",
        "where it is instead: ftp, sftp or https; with --file too, that is what lies there"),
      OptionInfo("sha256", "HEX", "its hash; compared with the file"),
      OptionInfo(
        "trust", "FILE", "the signing certificate must come from these authorities (PEM)"),
    ], run: add)

  static let set = CommandInfo(
    "firmware set", "NUMBER OPTIONS", "change what the catalogue says of an image",
    [Workplace.option] + FirmwareCommand.facts, run: set)

  private static func add(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    let place = try Workplace(arguments)
    guard arguments.has("file") || arguments.has("url") else {
      throw UsageError("firmware add wants --file or --url.")
    }
    guard arguments.has("protocols") else {
      throw UsageError("firmware add wants --protocols, what the image speaks: 1.6,2.0.1.")
    }
    var firmware = Firmware(
      id: FirmwareID(rawValue: 0), model: "", version: "", protocols: [],
      location: .external(url: ""), sha256: arguments["sha256"]?.lowercased())
    try apply(arguments, to: &firmware)
    if let file = arguments["file"] { try take(file, into: &firmware) }
    if let url = arguments["url"] {
      guard TransferScheme(ofAddress: url) != nil, URL(string: url)?.host() != nil else {
        throw UsageError("--url wants an ftp, sftp or https address, not \"\(url)\".")
      }
      firmware.location = .external(url: url)
    }
    try guess(&firmware, from: arguments["file"] ?? arguments["url"] ?? "", place)
    if let trust = arguments["trust"] { try check(firmware, trust) }
    Out.line(try place.perform(.addFirmware(firmware)).message)
  }

  private static func set(_ arguments: inout Arguments) throws {
    let id = try FirmwareCommand.number(arguments)
    let place = try Workplace(arguments)
    var firmware = try FirmwareCommand.entry(id, try FirmwareCommand.catalogue(place))
    try apply(arguments, to: &firmware)
    Out.line(try place.perform(.changeFirmware(firmware)).message)
  }

  /// Takes over what was said, and leaves the rest.
  private static func apply(_ arguments: Arguments, to firmware: inout Firmware) throws {
    func text(_ name: String, _ part: WritableKeyPath<Firmware, String>) {
      if let value = arguments[name] { firmware[keyPath: part] = value }
    }
    func list(_ name: String, _ part: WritableKeyPath<Firmware, [String]>) {
      guard let value = arguments[name] else { return }
      firmware[keyPath: part] = value.split(separator: ",").map { String($0.trimmingSpaces) }
    }
    text("model", \.model)
    text("vendor", \.vendor)
    text("hardware", \.hardware)
    text("version", \.version)
    text("notes", \.notes)
    list("alias", \.aliases)
    list("from", \.from)
    list("through", \.through)
    list("downgrade-from", \.downgradeFrom)
    if let word = arguments["protocols"] {
      guard let protocols = VersionSet(label: word), !protocols.isEmpty else {
        throw UsageError("--protocols wants versions such as 1.6,2.0.1, not \"\(word)\".")
      }
      firmware.protocols = protocols
    }
    if let flash = try arguments.number("flash", in: 0...10_000_000) {
      firmware.flashNeeded = flash
    }
    if let ram = try arguments.number("ram", in: 0...10_000_000) { firmware.ramNeeded = ram }
    if let words = arguments["schemes"] {
      firmware.schemes = try words.split(separator: ",").map { word in
        guard let scheme = TransferScheme(rawValue: word.lowercased()) else {
          let known = TransferScheme.allCases.map(\.rawValue)
          throw UsageError(
            "--schemes wants some of \(known.joined(separator: ",")), not \"\(word)\"."
              + Arguments.suggestion(String(word), known))
        }
        return scheme
      }
    }
    for version in firmware.through where FirmwareVersion(version) == nil {
      throw UsageError(
        "--through wants versions with numbers, such as 2.3.1: \"\(version)\" has no order, so "
          + "nobody could tell whether a charger is past it.")
    }
    if let file = arguments["signature"] {
      firmware.signature = try Files.text(file).filter { !$0.isWhitespace }
      firmware.signingCertificate = try Files.text(try arguments.required("certificate"))
    } else if let file = arguments["certificate"] {
      guard firmware.signature != nil else {
        throw UsageError("--certificate says who made a signature: --signature is missing.")
      }
      firmware.signingCertificate = try Files.text(file)
    }
  }

  private static func take(_ file: String, into firmware: inout Firmware) throws {
    let image = try Files.bytes(file)
    guard !image.isEmpty else { throw Failure("\(file) is empty; nothing was added.") }
    let hash = Hex.encode(Digest.sha256(Array(image)))
    if let expected = firmware.sha256, expected != hash {
      throw Failure(
        "\(file) does not match its hash: it is \(hash), --sha256 says \(expected). Fetch the image again; nothing was added."
      )
    }
    firmware.sha256 = hash
    firmware.size = image.count
    firmware.location = .depot(path: URL(fileURLWithPath: file).standardizedFileURL.path)
  }

  /// Model and version from the file's name, the vendor from chargers of that model; each guess is
  /// said, none is made where there are two.
  private static func guess(
    _ firmware: inout Firmware, from path: String, _ place: Workplace
  ) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if firmware.model.isEmpty {
      // Before the first charger nothing is known to compare with.
      let running = (try? FirmwareCommand.catalogue(place).running) ?? []
      let models = Set(running.map(\.model)).filter {
        !$0.isEmpty && name.lowercased().contains($0.lowercased())
      }
      // AC22 is in AC22-DUO too: the longest is meant.
      guard let model = models.max(by: { $0.count < $1.count }) else {
        throw UsageError(
          "firmware add wants --model: the name \(name) holds no model of the inventory.")
      }
      firmware.model = model
      Out.talk("swell: guessed from the name: --model \(model)")
      let vendors = Set(running.filter { $0.model == model }.map(\.vendor)).filter { !$0.isEmpty }
      if firmware.vendor == "*", vendors.count == 1, let vendor = vendors.first {
        firmware.vendor = vendor
        Out.talk("swell: guessed from chargers of that model: --vendor \"\(vendor)\"")
      }
    }
    if firmware.version.isEmpty {
      let rest = name.replacing(firmware.model, with: "")
      guard let version = FirmwareVersion(rest), version.numbers.count > 1,
        let found = rest.firstMatch(of: /[0-9]+(\.[0-9]+)+/)
      else {
        throw UsageError("firmware add wants --version: the name \(name) holds none.")
      }
      firmware.version = String(found.output.0)
      Out.talk("swell: guessed from the name: --version \(firmware.version)")
    }
  }

  private static func check(_ firmware: Firmware, _ file: String) throws {
    guard firmware.signature != nil else {
      throw UsageError("--trust says whose signature is believed: --signature is missing.")
    }
    let image = Image(firmware)
    if let flaw = image.flaw(
      trusting: [try Files.text(file)], at: SystemClock.now.milliseconds / 1000)
    {
      throw Failure("\(firmware.version) was not added: \(flaw.sentence).")
    }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
