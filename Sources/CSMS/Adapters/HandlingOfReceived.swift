import OCPP

/// What the engine does with each message that stations send.
extension Handling {
  /// Nil for a message that this table does not know, which a test forbids.
  static func received(_ action: ActionDescriptor) -> (does: String, reply: Reply)? {
    switch action.name {
    case "Authorize":
      ("looks the token up: status, group, expiry, and its kind in 2.x", .depends)
    case "BootNotification":
      ("learns what the charger is, accepts it or not, moves its upgrade on", .depends)
    case "Heartbeat": ("notes a sign of life, tells the time", .depends)
    case "StatusNotification": ("keeps the connector's state", .empty)
    case "StartTransaction": ("begins a session and numbers it", .depends)
    case "StopTransaction": ("ends the session", .depends)
    case "TransactionEvent": ("begins, carries on or ends a session, in any order", .depends)
    case "MeterValues": ("keeps the registers, with the session where it names one", .empty)
    case "DataTransfer": ("answers by vendor and message (Inventory/data-transfer.csv)", .depends)
    case "NotifyReport": ("reads the device model that was asked for", .empty)
    case "FirmwareStatusNotification", "SignedFirmwareStatusNotification":
      ("moves the upgrade on", .empty)
    case "SecurityEventNotification": ("keeps the event in the charger's record", .empty)
    case "SignCertificate":
      ("keeps the request; refuses it, no certificates are issued yet", .status("Rejected"))
    case "Get15118EVCertificate":
      ("keeps the request; fails it, contract certificates are not available", .status("Failed"))
    case "GetCertificateStatus":
      ("keeps the request; fails it, no OCSP responder is asked yet", .status("Failed"))
    case "GetCertificateChainStatus":
      ("keeps the request; every status is Failed, none is asked for yet", .depends)
    default: receivedMore(action)
    }
  }

  /// What is kept as the charger holds it.
  private static func receivedMore(_ action: ActionDescriptor) -> (does: String, reply: Reply)? {
    switch action.name {
    case "DiagnosticsStatusNotification", "LogStatusNotification":
      ("keeps how the upload of a log stands", .empty)
    case "PublishFirmwareStatusNotification":
      ("keeps which firmware a local controller publishes", .empty)
    case "ReservationStatusUpdate": ("takes the reservation off what the charger holds", .empty)
    case "NotifyChargingLimit": ("keeps the limit that somebody else set", .empty)
    case "ClearedChargingLimit": ("takes the limit off what the charger holds", .empty)
    case "ReportChargingProfiles": ("keeps the charging profiles", .empty)
    case "NotifyEVChargingNeeds":
      // By kind of ISO 15118 (OCPP 2.1 K15.FR.04, K18.FR.04).
      ("keeps the needs; no charging schedules are made here", .depends)
    case "NotifyEVChargingSchedule": ("keeps the car's schedule", .status("Accepted"))
    case "NotifyCustomerInformation":
      ("keeps the data in the ledger alone, and that it came", .empty)
    case "NotifyDisplayMessages": ("keeps the messages on displays", .empty)
    case "NotifyMonitoringReport": ("keeps the monitors", .empty)
    case "NotifyEvent": ("keeps alerts until they are cleared, and states of connectors", .empty)
    case "BatterySwap": ("keeps which batteries are in which slots", .empty)
    case "OpenPeriodicEventStream": ("opens the stream", .status("Accepted"))
    case "ClosePeriodicEventStream": ("closes the stream", .empty)
    case "NotifyPeriodicEventStream": ("keeps the stream's data", .silence)
    case "NotifyDERAlarm": ("keeps the alarm until it ends", .empty)
    case "NotifyDERStartStop": ("keeps which grid controls are in force", .empty)
    case "ReportDERControl": ("keeps the grid controls", .empty)
    case "NotifyPriorityCharging": ("keeps which session has priority", .empty)
    case "NotifySettlement": ("keeps the settlement with its amount and receipt", .empty)
    case "PullDynamicScheduleUpdate":
      ("keeps the request; no dynamic profile is kept up from here", .status("Rejected"))
    case "VatNumberValidation":
      ("keeps the request; VAT numbers can't be checked here", .status("Rejected"))
    default: nil
    }
  }
}
