import Control
import Fleet
import Foundation
import Trust

/// `swell firmware …`.
enum FirmwareCommand {
  static let all: [CommandInfo] = [
    CommandInfo(
      "firmware add", "--model GLOB --version V --protocols LIST (--file FILE | --url URL)",
      "add an image to the catalogue",
      [
        Workplace.option, OptionInfo("model", "GLOB", "models it is for"),
        OptionInfo("vendor", "GLOB", "vendors it is for; any"),
        OptionInfo("hardware", "GLOB", "hardware revisions it is for; any"),
        OptionInfo("version", "V", "what chargers report once they run it"),
        OptionInfo("alias", "GLOBS", "other spellings of it, separated by commas"),
        OptionInfo("from", "GLOBS", "versions it installs on, separated by commas; any"),
        OptionInfo("protocols", "LIST", "what it speaks: 1.6,2.0.1"),
        OptionInfo("flash", "KB", "free flash it needs"),
        OptionInfo("ram", "KB", "free RAM it needs"),
        OptionInfo("file", "FILE", "the image; this engine serves it"),
        OptionInfo(
          "url", "URL", "where it is instead: ftp, sftp or https; progress is not counted"),
        OptionInfo("sha256", "HEX", "its hash; compared with the file"),
        OptionInfo("signature", "FILE", "Base64 signature over the image"),
        OptionInfo("certificate", "FILE", "PEM of the certificate it was signed with"),
      ], run: add),
    CommandInfo("firmware list", "", "the catalogue", [Workplace.option, Out.option]) { arguments in
      guard case .firmware(let entries) = try Workplace(arguments).ask(.firmware) else { return }
      try Listing.show(
        entries, arguments,
        [
          "MODEL", "VENDOR", "HARDWARE", "VERSION", "FROM", "SPEAKS", "FLASH", "RAM", "SIZE",
          "SIGNED", "WHERE",
        ],
        right: [6, 7, 8]
      ) { entry in
        let place: String
        switch entry.location {
        case .depot(let path): place = path
        case .external(let url): place = url
        }
        return [
          entry.model, entry.vendor, entry.hardware, entry.version,
          entry.from.isEmpty ? "any" : entry.from.joined(separator: " "), entry.protocols.label,
          entry.flashNeeded.map(String.init) ?? "-", entry.ramNeeded.map(String.init) ?? "-",
          entry.size.map(String.init) ?? "not counted", entry.signature == nil ? "no" : "yes",
          place,
        ]
      }
    },
  ]

  private static func add(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    guard let protocols = VersionSet(label: try arguments.required("protocols")), !protocols.isEmpty
    else {
      throw UsageError(
        "--protocols wants versions such as 1.6,2.0.1, not \"\(arguments["protocols"] ?? "")\".")
    }
    var firmware = Firmware(
      id: FirmwareID(rawValue: 0), vendor: arguments["vendor"] ?? "*",
      model: try arguments.required("model"), hardware: arguments["hardware"] ?? "*",
      version: try arguments.required("version"), aliases: list(arguments["alias"]),
      from: list(arguments["from"]), protocols: protocols,
      flashNeeded: try arguments.number("flash", in: 0...10_000_000),
      ramNeeded: try arguments.number("ram", in: 0...10_000_000),
      location: .external(url: ""), sha256: arguments["sha256"]?.lowercased())
    switch (arguments["file"], arguments["url"]) {
    case (let file?, nil): try take(file, into: &firmware)
    case (nil, let url?):
      guard ["ftp", "ftps", "sftp", "http", "https"].contains(URL(string: url)?.scheme ?? "") else {
        throw UsageError("--url wants an ftp, sftp or https address, not \"\(url)\".")
      }
      firmware.location = .external(url: url)
    default: throw UsageError("firmware add wants --file or --url, one of them.")
    }
    if let file = arguments["signature"] {
      firmware.signature = try Files.text(file).filter { !$0.isWhitespace }
      firmware.signingCertificate = try Files.text(try arguments.required("certificate"))
    }
    Out.line(try Workplace(arguments).perform(.addFirmware(firmware)).message)
  }

  private static func take(_ file: String, into firmware: inout Firmware) throws {
    let image = try Files.bytes(file)
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

  private static func list(_ text: String?) -> [String] {
    text.map { $0.split(separator: ",").map(String.init) } ?? []
  }
}
