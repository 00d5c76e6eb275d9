import Glibc

/// The IANA time zones that this system has.
enum SystemZones {
  private static let folder = "/usr/share/zoneinfo"

  /// A system without any zone data can't tell, and believes.
  static func knows(_ zone: String) -> Bool {
    if zone == "Etc/UTC" || access(folder, F_OK) != 0 { return true }
    guard !zone.contains(".."), !zone.hasPrefix("/") else { return false }
    var status = stat()
    return stat("\(folder)/\(zone)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
