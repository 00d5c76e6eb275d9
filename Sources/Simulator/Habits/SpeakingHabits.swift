import OCPP

// What a station says, and how.
extension Station {
  /// The statuses that really leave for one that is due.
  mutating func disguised(_ notice: FirmwareNotice) -> [FirmwareNotice] {
    if profile.has(.silent) { return [] }
    if profile.has(.noInstalled), notice.status == "Installed" { return [] }
    var notice = notice
    if profile.has(.noRequestID) { notice.request?.id = nil }
    let told = profile.has(.shuffledStatus) ? shuffled(notice) : [notice]
    return profile.has(.doubleStatus) ? told.flatMap { [$0, $0] } : told
  }

  /// Installed first, then Installing, then Downloading; all of them before the reboot.
  private mutating func shuffled(_ notice: FirmwareNotice) -> [FirmwareNotice] {
    switch notice.status {
    case "Downloading", "Installing":
      memory.heldNotices.append(notice)
      return []
    case "InstallRebooting":
      var installed = notice
      installed.status = "Installed"
      defer { memory.heldNotices = [] }
      return [installed] + memory.heldNotices.reversed()
    case "Installed": return []
    case "DownloadFailed", "InstallationFailed", "InvalidSignature", "InstallVerificationFailed":
      memory.heldNotices = []
      return [notice]
    default: return [notice]
    }
  }

  /// A time as this station writes it.
  func stamp(_ time: Int64) -> JSON {
    let born = memory.bornAt ?? time
    let text = DateTime.format(profile.has(.from1970) ? max(0, time - born) : time)
    return .string(profile.has(.noZone) ? String(text.dropLast()) : text)
  }

  /// Whether a status waits until the session that it tells of is over.
  mutating func holdsBack(_ status: String, of connector: Int, _ now: Int64) -> Bool {
    guard profile.has(.lateStatus), connectors.contains(where: { $0.number == connector }),
      connectors[connector - 1].session != nil
    else { return false }
    memory.lateStatuses[connector] = (status, now)
    return true
  }

  /// Repeats the boot that was accepted, under its old id.
  mutating func repeatBoot() {
    guard isOnline, registration == .accepted, let boot = memory.lastBoot,
      !calls.contains(where: { $0.action == boot.action })
    else { return }
    calls.append(boot)
  }

  /// What follows from a boot that was accepted.
  mutating func greetAfterBoot(_ now: Int64) {
    if profile.has(.repeatsBoot) {
      act(.schedule(.bootRepetition, after: timing.habits.repetition))
    }
    if profile.has(.wholeStationStatus), version != .v16 {
      enqueue(
        "StatusNotification",
        [
          "timestamp": stamp(now), "evseId": 0, "connectorId": 0,
          "connectorStatus": isStationOperative ? "Available" : "Unavailable",
        ])
    }
  }
}
