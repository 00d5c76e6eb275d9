import Fleet
import OCPP

/// What messages of OCPP 2.0.1 and 2.1 say of charging sessions.
enum SessionReading2 {
  static func transactionEvent(
    _ p: JSONValue, _ version: ProtocolVersion, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent {
    // Without its transaction's name it is kept raw: sessions must not run into each other.
    guard let key = Reading.text(p["transactionInfo"]?["transactionId"]), !key.isEmpty,
      key.utf8.count <= 255
    else { return .noted }
    let connector = p["evse"].map {
      ConnectorID(
        evse: Reading.whole($0["id"]) ?? 0, connector: Reading.whole($0["connectorId"]) ?? 1)
    }
    let at = Reading.instant(p["timestamp"], receivedAt: receivedAt, &flaws)
    let type = p["eventType"]?.string
    let registers = Registers(p["meterValue"], version, wantsBeginning: type == "Ended")
    let sequence = Reading.whole(p["seqNo"]).flatMap {
      (0...Int(Int32.max)).contains($0) ? $0 : nil
    }
    let token = SessionReading.token(p["idToken"]?["idToken"])
    switch type {
    case "Started":
      return .sessionStarted(
        SessionStart(
          key: key, connector: connector ?? ConnectorID(evse: 0, connector: 0), token: token ?? "",
          terms: terms(p), at: at, register: registers.first?.value, sequence: sequence))
    case "Ended":
      return .sessionStopped(
        SessionStop(
          session: .key(key), connector: connector, token: token, terms: terms(p), at: at,
          register: registers.last?.value,
          reason: SessionReading.reason(p["transactionInfo"]?["stoppedReason"]),
          first: registers.beginning(before: at), isOffline: p["offline"]?.bool == true,
          sequence: sequence))
    default:
      return .sessionUpdated(
        SessionUpdate(
          session: .key(key), connector: connector, at: at, register: registers.last?.value,
          token: token, terms: terms(p), sequence: sequence))
    }
  }

  private static func terms(_ p: JSONValue) -> SessionTerms {
    var terms = SessionTerms(
      tokenType: p["idToken"]?["type"]?.string?.bounded(to: 20),
      tariff: p["transactionInfo"]?["tariffId"]?.string?.bounded(to: 60))
    // 2.1: what the charger itself worked out. A cost without its currency is none.
    if let details = p["costDetails"], details["failureToCalculate"]?.bool != true,
      let total = details["totalCost"], let currency = total["currency"]?.string,
      let cost = (total["total"]?["inclTax"] ?? total["total"]?["exclTax"])?.double
    {
      terms.cost = cost
      terms.currency = currency.bounded(to: 3)
    }
    return terms
  }
}
