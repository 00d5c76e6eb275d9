import CSMS
import Control
import Fleet
import Trust

/// `swell firmware trust`: whose signatures of images are believed.
enum FirmwareTrust {
  static let info = CommandInfo(
    "firmware trust", "[FILE]",
    "who is trusted to sign images; with FILE (PEM) trust one more authority",
    [
      Workplace.option, OptionInfo("remove", "FINGERPRINT", "trust it no more; 8 digits suffice"),
      Out.option,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 1)
    let place = try Workplace(arguments)
    if let fingerprint = arguments["remove"] {
      return Out.line(try place.perform(.distrustAuthority(fingerprint: fingerprint)).message)
    }
    if let file = arguments.words.first {
      return Out.line(try place.perform(.trustAuthority(pem: try Files.text(file))).message)
    }
    let anchors = try FirmwareCommand.catalogue(place).anchors
    try Listing.show(
      anchors, arguments, ["FINGERPRINT", "AUTHORITY", "VALID UNTIL", "BY", "SINCE"]
    ) { anchor in
      [
        String(anchor.fingerprint.prefix(16)), anchor.subject,
        Out.time(Instant(seconds: anchor.notAfter)), anchor.by, Out.time(anchor.at),
      ]
    }
  }
}

/// `swell firmware verify`: reads every image again.
enum FirmwareVerify {
  static let info = CommandInfo(
    "firmware verify", "[NUMBER]", "read images again: hash, signature and who signed",
    [
      Workplace.option,
      OptionInfo("trust", "FILE", "check against these authorities (PEM) instead of those stored"),
      Out.option,
    ], run: verify)

  /// What was found of one image.
  private struct Finding: Encodable {
    var number: Int64
    var model: String
    var version: String
    var place: String
    var signature: String
    /// Nil: nothing is wrong.
    var flaw: String?
  }

  private static func verify(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 1)
    let view = try FirmwareCommand.catalogue(try Workplace(arguments))
    let entries =
      arguments.words.isEmpty
      ? view.firmware : [try FirmwareCommand.entry(try FirmwareCommand.number(arguments), view)]
    let authorities = try arguments["trust"].map { [try Files.text($0)] } ?? view.anchors.map(\.pem)
    let findings = entries.map { entry in
      let image = Image(entry)
      let flaw = image.flaw(trusting: authorities, at: SystemClock.now.milliseconds / 1000)
      return Finding(
        number: entry.id.rawValue, model: entry.model, version: entry.version,
        place: entry.address, signature: word(entry, image, authorities), flaw: flaw?.sentence)
    }
    try Listing.show(
      findings, arguments, ["NUMBER", "MODEL", "VERSION", "SIGNATURE", "FOUND", "WHERE"], right: [0]
    ) {
      [
        String($0.number), $0.model, $0.version, $0.signature,
        $0.flaw.map { "BAD: \($0)" } ?? "good",
        $0.place,
      ]
    }
    let bad = findings.count { $0.flaw != nil }
    guard bad == 0 else {
      throw Failure(
        "\(bad) of \(findings.count) images must not be sent; the engine sends none of them. Put the "
          + "right file back, or add the image again.")
    }
  }

  /// For a person, as far as the entry alone tells.
  static func state(of entry: Firmware, _ anchors: [TrustAnchor]) -> String {
    let image = Image(entry)
    let word = word(entry, image, anchors.map(\.pem))
    let flaw = image.flaw(trusting: anchors.map(\.pem), at: SystemClock.now.milliseconds / 1000)
    return flaw.map { "must not be sent: \($0.sentence)" } ?? word
  }

  private static func word(_ entry: Firmware, _ image: Image, _ authorities: [String]) -> String {
    guard entry.signature != nil else { return "none" }
    let scheme = image.scheme?.rawValue ?? "not checked: the image is elsewhere"
    return authorities.isEmpty ? "\(scheme); no authority is trusted yet" : scheme
  }
}
