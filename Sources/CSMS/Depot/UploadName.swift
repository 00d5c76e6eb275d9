import Control
import Fleet
import OCPP
import Trust

/// Names of directories and files that others had a say in: they can name nothing outside of their
/// place, whatever they are.
enum UploadName {
  /// Longest name of a directory that is an identity as it is.
  private static let limit = 150

  /// A charger's directory: its identity where that is harmless, else with `~XX` for each byte that
  /// is not a letter, a digit, `-` or `_`. Fit for a URL too.
  static func place(_ identity: String) -> String {
    var text = ""
    for byte in identity.utf8 {
      if isPlain(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "~" + Hex.encode([byte])
      }
    }
    guard text.utf8.count > limit else { return text }
    return text.prefix(limit / 2) + "~~"
      + Hex.encode(Array(Digest.sha256(Array(identity.utf8)).prefix(8)))
  }

  /// The identity that a directory is of; nil for one that was too long for a name.
  static func identity(_ place: String) -> String? {
    var bytes: [UInt8] = []
    var rest = place.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "~") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
        return nil
      }
      rest = rest.dropFirst(2)
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A file's own name, made harmless: letters, digits, `.`, `-` and `_`, no dot in front.
  static func file(_ given: String) -> String {
    let kept = given.utf8.suffix(100).map { byte in
      isPlain(byte) || byte == UInt8(ascii: ".") ? byte : UInt8(ascii: "_")
    }
    let name = kept.drop { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
    return name.isEmpty ? "log" : String(decoding: name, as: UTF8.self)
  }

  /// `20261123T065800123Z-diagnostics-42-given.zip`: sorted by name, they are sorted by time.
  static func stored(_ link: UploadLink, given: String, at now: Instant) -> String {
    let time = DateTime.format(now.milliseconds).filter { $0 != "-" && $0 != ":" && $0 != "." }
    return "\(time)-\(link.kind.rawValue)-\(link.request)-\(file(given))"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
