import Control
import Fleet
import Trust

/// The part of an upload's URL that lets one charger leave files for a while. Like `DepotLink` it
/// carries what it means, signed, so that links survive a restart and need no table.
struct UploadLink: Sendable, Equatable {
  /// Name of the charger's directory.
  var place: String
  var kind: ChargerLog
  /// What the log was asked for with.
  var request: Int
  var expires: Instant

  init(place: String, kind: ChargerLog, request: Int, expires: Instant) {
    (self.place, self.kind, self.request, self.expires) = (place, kind, request, expires)
  }

  private var text: String {
    "\(kind.rawValue).\(String(request, radix: 36))."
      + "\(String(expires.milliseconds / 1000, radix: 36)).\(place)"
  }

  /// `text.signature`, for the path. What is signed is no text of a download.
  func token(key: [UInt8]) -> String {
    let mac = HMAC.sha256(key: key, Array("upload ".utf8) + Array(text.utf8))
    return "\(text).\(Hex.encode(Array(mac.prefix(16))))"
  }

  /// Nil when the token is not one of ours.
  init?(token: some StringProtocol, key: [UInt8]) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 5, let kind = ChargerLog(rawValue: String(parts[0])),
      let request = Int(parts[1], radix: 36), let seconds = Int64(parts[2], radix: 36),
      (0...Int64(1 << 40)).contains(seconds)
    else { return nil }
    self.init(
      place: String(parts[3]), kind: kind, request: request, expires: Instant(seconds: seconds))
    guard constantTimeEquals(Array(self.token(key: key).utf8), Array(String(token).utf8)) else {
      return nil
    }
  }
}
