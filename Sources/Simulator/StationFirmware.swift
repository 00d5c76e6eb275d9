import OCPP

// OCPP 1.6 §5.19, security white paper L01, OCPP 2.0.1 L01 and L02. An image's hash stands for its
// signature: simulated images are signed by nobody.
extension Station {
  /// Whether a new request can no longer take the place of the one in progress.
  var isInstalling: Bool {
    switch job?.phase {
    case .installing, .booting: true
    default: false
    }
  }

  /// Takes a request. Returns UpdateFirmwareStatusEnumType.
  mutating func updateFirmware(_ new: FirmwareJob, retrieveAt: Int64, _ now: Int64) -> String {
    guard !isInstalling, reboot == nil else { return "Rejected" }
    let isReplacing = job != nil && job?.phase != .proving
    if isReplacing {
      act(.cancelDownload)
      for timer in [StationTimer.retrieve, .downloadRetry] { act(.cancel(timer)) }
      release()
    }
    job = new
    job?.phase = .scheduled
    if retrieveAt > now {
      tell("DownloadScheduled", now)
      let wait = Int64(Double(retrieveAt - now) * timing.scale)
      act(.schedule(.retrieve, after: wait))
    } else {
      download(now)
    }
    return isReplacing ? "AcceptedCanceled" : "Accepted"
  }

  mutating func download(_ now: Int64) {
    guard let job, job.phase == .scheduled else { return }
    self.job?.phase = .downloading
    tell("Downloading", now)
    act(.download(url: job.url, bytesPerSecond: downloadRate))
  }

  mutating func downloadFailed(_ now: Int64) {
    guard job?.phase == .downloading else { return }
    if let job, job.retries > 0 {
      self.job?.retries -= 1
      self.job?.phase = .scheduled
      let wait = timing.interval(job.retryInterval, floor: timing.retryFloor)
      return act(.schedule(.downloadRetry, after: wait))
    }
    fail("DownloadFailed", now)
  }

  mutating func downloaded(_ image: SimulatedImage.Received, _ now: Int64) {
    guard let job, job.phase == .downloading else { return }
    if losesDownload() { return downloadFailed(now) }
    let room = profile.has(.tooSmall) ? 0 : profile.flash ?? .max
    guard image.header.flash <= room else { return fail("DownloadFailed", now) }
    tell("Downloaded", now)
    guard image.isIntact else {
      if job.request.isSigned { return fail("InvalidSignature", now) }
      return fail("InstallVerificationFailed", now)
    }
    if job.request.isSigned { tell("SignatureVerified", now) }
    self.job?.phase = .waiting(image.header)
    if isCharging { tell("InstallScheduled", now) }
  }

  /// Begins the installation when no car charges any more; free connectors take no car until then
  /// (L01.FR.06, L01.FR.07).
  mutating func installWhenIdle(_ now: Int64) {
    guard case .waiting(let image) = job?.phase else { return }
    for index in connectors.indices
    where connectors[index].session == nil && !model.allowsSessionsPendingFirmware {
      connectors[index].isHeld = true
    }
    guard !isCharging, reboot == nil else { return }
    for index in connectors.indices { connectors[index].isHeld = true }
    job?.phase = .installing(image)
    tell("Installing", now)
    act(.schedule(.install, after: pick(timing.install, isSlowed: true)))
  }

  mutating func installed(_ now: Int64) {
    guard case .installing(let image) = job?.phase else { return }
    let fits = image.model == "*" || image.model == profile.model
    guard fits, image.ram <= profile.ram ?? .max, !profile.has(.failingInstall) else {
      let isLeftBehind = profile.has(.failingInstall) && Bool.random(using: &generator)
      return fail("InstallationFailed", keepsConnectors: isLeftBehind, now)
    }
    job?.phase = .booting(image)
    tell("InstallRebooting", now)
    if profile.has(.liarInstalled) { tell("Installed", now) }
    plan(RebootPlan(reason: "FirmwareUpdate", waitsForSessions: false))
  }

  /// After the first accepted boot of the new image (L01.FR.32 option a).
  mutating func proveFirmware(_ now: Int64) {
    guard job?.phase == .proving else { return }
    tell("Installed", now)
    dropJob()
  }

  /// The update is over, and connectors serve cars again.
  mutating func dropJob() {
    job = nil
    release()
  }

  private mutating func fail(_ status: String, keepsConnectors: Bool = false, _ now: Int64) {
    tell(status, now)
    job = nil
    if !keepsConnectors { release() }
  }

  private mutating func release() {
    for index in connectors.indices { connectors[index].isHeld = false }
  }

  private mutating func tell(_ status: String, _ now: Int64) {
    notices += disguised(FirmwareNotice(status: status, request: job?.request))
    log(.firmware(status: status, version: firmware), now)
  }

  /// The status that a TriggerMessage asks for.
  var firmwareStatus: FirmwareNotice {
    let status =
      switch job?.phase {
      case nil, .proving: "Idle"
      case .scheduled: "DownloadScheduled"
      case .downloading: "Downloading"
      case .waiting: "Downloaded"
      case .installing, .booting: "Installing"
      }
    // Idle carries no request (OCPP 2.0.1 L01.FR.25).
    return FirmwareNotice(status: status, request: status == "Idle" ? nil : job?.request)
  }
}
