/// What a charger did, in no version's words. Adapters make these from messages; everything above
/// the adapters sees nothing else of the wire.
package enum ChargerEvent: Sendable, Equatable {
  case booted(Boot)
  case heartbeat
  case status(Connector)
  case authorize(PresentedToken)
  case sessionStarted(SessionStart)
  case sessionUpdated(SessionUpdate)
  case sessionStopped(SessionStop)
  /// Meter values outside any session (clock-aligned).
  case meter(ConnectorID, register: Double?)
  case firmwareStatus(FirmwareStatus, requestID: Int?)
  case security(kind: String, at: Instant, detail: String)
  /// A part of the device model report that was asked for.
  case report(requestID: Int, variables: [ReportedVariable], isLast: Bool)
  case dataTransfer(vendor: String, message: String)
  case asked(Service)
  /// What it holds or how it is, beyond the above.
  case told(Notice)
  /// Anything else worth keeping.
  case noted
}

/// A BootNotification.
package struct Boot: Sendable, Equatable {
  package var vendor: String
  package var model: String
  package var serial: String?
  package var firmware: String?
  /// OCPP 2.x BootReasonEnumType; 1.6 gives none.
  package var reason: String?
  package init(
    vendor: String, model: String, serial: String? = nil, firmware: String? = nil,
    reason: String? = nil
  ) {
    self.vendor = vendor
    self.model = model
    self.serial = serial
    self.firmware = firmware
    self.reason = reason
  }
}

/// Firmware statuses of all versions (OCPP 1.6 §7.25, security white paper §6.8, OCPP 2.0.1
/// FirmwareStatusEnumType).
package enum FirmwareStatus: String, Sendable, CaseIterable, Codable {
  case idle = "Idle"
  case downloadScheduled = "DownloadScheduled"
  case downloading = "Downloading"
  case downloadPaused = "DownloadPaused"
  case downloaded = "Downloaded"
  case downloadFailed = "DownloadFailed"
  case signatureVerified = "SignatureVerified"
  case invalidSignature = "InvalidSignature"
  case installScheduled = "InstallScheduled"
  case installRebooting = "InstallRebooting"
  case installing = "Installing"
  case installVerificationFailed = "InstallVerificationFailed"
  case installationFailed = "InstallationFailed"
  case installed = "Installed"
}

/// A variable of the device model as the charger reported it.
package struct ReportedVariable: Sendable, Hashable, Codable {
  package var component: String
  package var variable: String
  package var instance: String?
  package var value: String?
  package var isWritable: Bool
  package init(
    component: String, variable: String, instance: String?, value: String?, isWritable: Bool
  ) {
    self.component = component
    self.variable = variable
    self.instance = instance
    self.value = value
    self.isWritable = isWritable
  }
}
