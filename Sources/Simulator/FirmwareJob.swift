import OCPP

/// A firmware update in progress.
struct FirmwareJob: Sendable {
  enum Phase: Sendable, Equatable {
    /// Until the retrieve date.
    case scheduled
    case downloading
    /// Downloaded and checked; until no car charges (L01.FR.06).
    case waiting(SimulatedImage.Header)
    case installing(SimulatedImage.Header)
    /// The image is written; the reboot will start it.
    case booting(SimulatedImage.Header)
    /// The new image runs and has not said so yet.
    case proving
  }

  var request: FirmwareRequest
  var url: String
  var retries: Int64
  var retryInterval: Int64
  var phase: Phase
}

/// How an update was asked for, which decides how its statuses are told.
struct FirmwareRequest: Sendable, Equatable {
  enum Form: Sendable {
    /// UpdateFirmware of 1.6.
    case plain
    /// SignedUpdateFirmware of 1.6's security extension.
    case signed
    /// UpdateFirmware of 2.x.
    case modern
  }

  var form: Form
  /// Nil with `plain`.
  var id: Int64?
  /// Whether the image came with a signature.
  var isSigned: Bool
}

/// A firmware status on its way to the CSMS. It outlives connections and reboots, and is put into
/// the form of the version that is spoken when it leaves.
struct FirmwareNotice: Sendable, Equatable {
  var status: String
  var request: FirmwareRequest?

  /// The call that tells it; nil where the version has no word for it.
  func call(_ version: OCPPVersion, isSigned: Bool) -> (action: String, payload: JSON)? {
    let full = JSON.compact([
      ("status", .string(status)), ("requestId", request?.id.map(JSON.int)),
    ])
    guard version == .v16 else { return ("FirmwareStatusNotification", full) }
    if request?.form == .signed || request?.form == .modern && isSigned {
      return ("SignedFirmwareStatusNotification", full)
    }
    let plain: String? =
      switch status {
      case "Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed",
        "Installing", "Installed":
        status
      case "InvalidSignature", "InstallVerificationFailed": "InstallationFailed"
      default: nil
      }
    return plain.map { ("FirmwareStatusNotification", ["status": .string($0)]) }
  }
}
