import Fleet
import OCPP
import Rollout

/// OCPP 1.6 with its security extension.
struct Adapter16: Adapter {
  let version = OCPPVersion.v16

  func event(
    _ action: String, _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent {
    switch action {
    case "Heartbeat":
      return .heartbeat
    case "BootNotification":
      return .booted(
        Boot(
          vendor: Reading.text(p["chargePointVendor"]) ?? "",
          model: Reading.text(p["chargePointModel"]) ?? "",
          serial: Reading.text(p["chargePointSerialNumber"])
            ?? Reading.text(p["chargeBoxSerialNumber"]),
          firmware: Reading.text(p["firmwareVersion"])))
    case "StatusNotification":
      let number = Reading.whole(p["connectorId"]) ?? 0
      guard let state = p["status"]?.string.flatMap(Self.state) else { return .noted }
      let error = p["errorCode"]?.string.flatMap { $0 == "NoError" ? nil : $0 }
      return .status(
        Connector(
          id: Self.connector(number), state: state,
          at: Reading.past(p["timestamp"], receivedAt: receivedAt, &flaws), error: error))
    case "Authorize":
      return .authorize(PresentedToken(id: Reading.text(p["idTag"]) ?? ""))
    case "StartTransaction":
      return SessionReading16.start(p, receivedAt: receivedAt, &flaws)
    case "StopTransaction":
      return SessionReading16.stop(p, receivedAt: receivedAt, &flaws)
    case "MeterValues":
      return SessionReading16.meterValues(p, receivedAt: receivedAt)
    case "FirmwareStatusNotification", "SignedFirmwareStatusNotification":
      guard let status = p["status"]?.string.flatMap(FirmwareStatus.init) else { return .noted }
      return .firmwareStatus(status, requestID: Reading.whole(p["requestId"]))
    case "SecurityEventNotification":
      return .security(
        kind: Reading.text(p["type"]) ?? "",
        at: Reading.instant(p["timestamp"], receivedAt: receivedAt, &flaws),
        detail: Reading.text(p["techInfo"]) ?? "")
    case "DataTransfer":
      return Reading.dataTransfer(p)
    case "DiagnosticsStatusNotification":
      return .told(Notice([.put(Notices.upload(p, key: "diagnostics"))]))
    case "LogStatusNotification":
      return .told(Notice([.put(Notices.upload(p))]))
    case "SignCertificate":
      return .asked(.certificateSigning)
    default:
      return .noted
    }
  }

  static func connector(_ number: Int) -> ConnectorID {
    ConnectorID(evse: number, connector: number == 0 ? 0 : 1)
  }

  private static func state(_ word: String) -> ConnectorState? {
    ConnectorState.allCases.first { $0 != .occupied && $0.label == word }
  }
}
