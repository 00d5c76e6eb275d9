import Fleet
import Glibc
import Trust

/// Why an image must not be sent.
package enum ImageFlaw: Error, Sendable, Equatable {
  /// It can't be read; the system's reason.
  case unreadable(path: String, reason: String)
  /// Its size or its hash is not what was added.
  case changed(path: String)
  /// It is signed, and nobody says with what.
  case noCertificate
  /// The signature is no Base64.
  case notBase64
  /// Longer than the field that it is sent in (OCPP 2.0.1 FirmwareType).
  case tooLong(what: String, limit: Int)
  case signing(SigningFlaw)

  /// What is wrong, as the end of a sentence that names the image.
  package var sentence: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) can't be read: \(reason)"
    case .changed(let path): "\(path) is not the file that was added: its size or hash differs"
    case .noCertificate:
      "it has a signature and no certificate to check it with, which chargers ask for"
    case .notBase64: "its signature is no Base64"
    case .tooLong(let what, let limit): "its \(what) is longer than the \(limit) characters of OCPP"
    case .signing(let flaw): Self.sentence(flaw)
    }
  }

  private static func sentence(_ flaw: SigningFlaw) -> String {
    switch flaw {
    case .noCertificate: "its signing certificate is none"
    case .noAuthority: "the trusted authority is no certificate"
    case .key(let kind): "its signing certificate has a key \(kind)"
    case .notForSigning: "its signing certificate says that its key is not for signing"
    case .notYetValid(let from): "its signing certificate is not valid before \(day(from))"
    case .expired(let at): "its signing certificate has expired on \(day(at))"
    case .chain(let why):
      "its signing certificate does not come from an authority that is trusted (\(why)); "
        + "swell firmware trust lists them"
    case .signature: "its signature is not one of its certificate over this image"
    }
  }

  private static func day(_ seconds: Int64) -> String {
    let day = CivilDay(Instant(seconds: seconds))
    return "\(day.label) \(day.year)"
  }
}
