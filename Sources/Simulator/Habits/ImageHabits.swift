import OCPP

// What an image changes.
extension Station {
  /// What an operator has set before the CSMS that is met now; habits that lose or refuse settings
  /// need some to lose.
  static let operatorSettings = [
    ("ConnectionTimeOut", "120"), ("MeterValueSampleInterval", "300"), ("ResetRetries", "3"),
    ("LocalPreAuthorize", "true"), ("CpoName", "Swell"),
  ]

  /// The configuration it comes with.
  static func configuration(_ profile: StationProfile) -> Configuration {
    var configuration = Configuration(profile: profile)
    if profile.has(.forgetful) || profile.has(.rebootRequired) {
      for (key, value) in operatorSettings { configuration.set(key, value) }
    }
    return configuration
  }

  /// The reboot that starts an image, whichever that is.
  mutating func startImage(_ now: Int64) {
    takeLaterWrites()
    if profile.has(.reusedIDs) { restartIDs() }
    if let version = memory.ownImage {
      memory.ownImage = nil
      log(.running(from: firmware, to: version), now)
      firmware = version
    }
    guard case .booting(let image) = job?.phase else { return }
    if profile.has(.liarInstalled) { return dropJob() }
    log(.running(from: firmware, to: image.version), now)
    firmware = image.version
    let newer = image.protocols.filter { $0 != .v16 }
    offers = profile.has(.eager201) && !newer.isEmpty ? newer : image.protocols
    model = DeviceModel(profile: profile)
    if profile.has(.forgetful) { configuration = Configuration(profile: profile) }
    job?.phase = .proving
    if profile.has(.bricked) { phase = .bricked }
  }

  /// BootReasonEnumType of a reboot with that reason.
  func told(_ reason: String) -> String { profile.has(.powerUp) ? "PowerUp" : reason }

  /// Switched on: a looping image runs for a while.
  mutating func countDown() {
    guard profile.has(.bootLoop), firmware != profile.firmware else { return }
    act(.schedule(.crash, after: timing.habits.upTime))
  }

  /// Nobody asked for it.
  mutating func crash(_ now: Int64) {
    plan(RebootPlan(reason: "Watchdog", waitsForSessions: false))
    performReboot(now)
  }

  /// Fetches a version of its own accord, unless an update is under way or done.
  mutating func updateItself() {
    guard job == nil, reboot == nil, firmware == profile.firmware else { return }
    memory.ownImage = profile.firmware + "-auto"
    plan(RebootPlan(reason: "FirmwareUpdate", waitsForSessions: true))
  }

  /// Whether an image that has arrived is lost all the same.
  mutating func losesDownload() -> Bool {
    memory.downloads += 1
    return profile.has(.downloadRetry) && memory.downloads == 1
  }

  /// Bytes a second.
  var downloadRate: Int? {
    if profile.has(.stallingDownload) { return 1 }
    return profile.has(.slow) ? (timing.downloadRate ?? 400_000) / 8 : timing.downloadRate
  }
}
