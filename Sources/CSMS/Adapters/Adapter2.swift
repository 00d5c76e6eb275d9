import Fleet
import OCPP
import Rollout

/// OCPP 2.0.1 and 2.1, which spell everything the engine acts on alike.
struct Adapter2: Adapter {
  let version: OCPPVersion

  func event(
    _ action: String, _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent {
    switch action {
    case "Heartbeat":
      return .heartbeat
    case "BootNotification":
      let station = p["chargingStation"]
      return .booted(
        Boot(
          vendor: Reading.text(station?["vendorName"]) ?? "",
          model: Reading.text(station?["model"]) ?? "",
          serial: Reading.text(station?["serialNumber"]),
          firmware: Reading.text(station?["firmwareVersion"]), reason: p["reason"]?.string))
    case "StatusNotification":
      guard let state = p["connectorStatus"]?.string.flatMap(Self.state) else { return .noted }
      return .status(
        Connector(
          id: ConnectorID(
            evse: Reading.whole(p["evseId"]) ?? 0, connector: Reading.whole(p["connectorId"]) ?? 0),
          state: state, at: Reading.past(p["timestamp"], receivedAt: receivedAt, &flaws)))
    case "Authorize":
      return .authorize(
        PresentedToken(
          id: Reading.text(p["idToken"]?["idToken"]) ?? "", type: p["idToken"]?["type"]?.string,
          hasCertificate: p["certificate"] != nil || p["iso15118CertificateHashData"] != nil))
    case "TransactionEvent":
      return SessionReading2.transactionEvent(
        p, ProtocolVersion(version), receivedAt: receivedAt, &flaws)
    case "MeterValues":
      return .meter(
        ConnectorID(evse: Reading.whole(p["evseId"]) ?? 0, connector: 0),
        register: Registers(p["meterValue"], ProtocolVersion(version)).last?.value)
    case "NotifyReport":
      return .report(
        requestID: Reading.whole(p["requestId"]) ?? 0, variables: reported(p["reportData"]),
        isLast: p["tbc"]?.bool != true)
    case "FirmwareStatusNotification":
      guard let status = p["status"]?.string.flatMap(FirmwareStatus.init) else { return .noted }
      return .firmwareStatus(status, requestID: Reading.whole(p["requestId"]))
    case "SecurityEventNotification":
      return .security(
        kind: Reading.text(p["type"]) ?? "",
        at: Reading.instant(p["timestamp"], receivedAt: receivedAt, &flaws),
        detail: Reading.text(p["techInfo"]) ?? "")
    case "DataTransfer":
      return Reading.dataTransfer(p)
    case "SignCertificate":
      return .asked(.certificateSigning)
    case "Get15118EVCertificate":
      return .asked(.contractCertificate)
    case "GetCertificateStatus":
      return .asked(.certificateStatus)
    case "NotifyEVChargingNeeds":
      // Only ISO 15118-20 has control modes, and an answer of its own for "no schedule": there
      // Rejected means that the wanted kind of energy transfer is (OCPP 2.1 K18.FR.04, FR.22).
      return .asked(.chargingSchedule(isISO20: p["chargingNeeds"]?["controlMode"] != nil))
    default:
      let notice =
        Notices.read(action, p, receivedAt: receivedAt, &flaws)
        ?? (version == .v21 ? Notices.read21(action, p) : nil)
      if let notice { return .told(notice) }
      return version == .v21 ? event21(action, p) : .noted
    }
  }

  /// ConnectorStatusEnumType.
  static func state(_ word: String) -> ConnectorState? {
    switch word {
    case "Available": .available
    case "Occupied": .occupied
    case "Reserved": .reserved
    case "Unavailable": .unavailable
    case "Faulted": .faulted
    default: nil
    }
  }
}
