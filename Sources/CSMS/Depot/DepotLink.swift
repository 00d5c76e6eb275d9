import Fleet
import Rollout
import Trust

/// The part of a download URL that lets one charger fetch one image for a while. It carries what it
/// means, signed, so that links survive a restart and need no table.
package struct DepotLink: Sendable, Equatable {
  package var firmware: FirmwareID
  package var upgrade: UpgradeID
  package var expires: Instant
  /// Whose uplink the download takes; nil: of a charger without a site.
  package var site: SiteID?

  package init(
    firmware: FirmwareID, upgrade: UpgradeID, expires: Instant, site: SiteID? = nil
  ) {
    (self.firmware, self.upgrade, self.expires, self.site) = (firmware, upgrade, expires, site)
  }

  private var text: String {
    ([firmware.rawValue, upgrade.rawValue, expires.milliseconds / 1000]
      + (site.map { [$0.rawValue] } ?? []))
      .map { String($0, radix: 36) }.joined(separator: "-")
  }

  /// `text-signature`, for the path. The text has a fourth part for a charger with a site.
  package func token(key: [UInt8]) -> String {
    "\(text)-\(Hex.encode(Array(HMAC.sha256(key: key, Array(text.utf8)).prefix(16))))"
  }

  /// Nil when the token is not one of ours.
  package init?(token: some StringProtocol, key: [UInt8]) {
    let parts = token.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4 || parts.count == 5, let firmware = Int64(parts[0], radix: 36),
      let upgrade = Int64(parts[1], radix: 36), let seconds = Int64(parts[2], radix: 36),
      (0...Int64(1 << 40)).contains(seconds)
    else { return nil }
    var site: SiteID?
    if parts.count == 5 {
      guard let number = Int64(parts[3], radix: 36) else { return nil }
      site = SiteID(rawValue: number)
    }
    self.init(
      firmware: FirmwareID(rawValue: firmware), upgrade: UpgradeID(rawValue: upgrade),
      expires: Instant(seconds: seconds), site: site)
    guard
      constantTimeEquals(Array(self.token(key: key).utf8), Array(String(token).utf8))
    else { return nil }
  }
}
