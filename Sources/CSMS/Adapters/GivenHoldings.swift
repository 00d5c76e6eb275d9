import Fleet
import OCPP

/// What a charger holds after it has answered a message that gives it something or takes it away.
enum GivenHoldings {
  /// The changes that an answer to `action` means; none for messages that give nothing.
  static func changes(
    _ action: String, _ q: JSONValue, _ answer: JSONValue
  ) -> [HoldingChange] {
    let status = answer["status"]?.string
    let isTaken = status == "Accepted"
    switch action {
    case "ReserveNow":
      return isTaken ? [.put(reservation(q))] : []
    case "CancelReservation":
      // Rejected: "there is no reservation active for the identifier" (OCPP 1.6 §7.9).
      return isTaken || status == "Rejected"
        ? [.remove(.reservation, key: Notices.key(q["reservationId"]))] : []
    case "SetChargingProfile":
      return isTaken ? profile(q) : []
    case "ClearChargingProfile":
      return isTaken || status == "Unknown" ? cleared(q) : []
    case "SetDisplayMessage":
      return isTaken ? [q["message"].map { .put(Notices.message($0)) }].compactMap { $0 } : []
    case "ClearDisplayMessage":
      return isTaken || status == "Unknown"
        ? [.remove(.displayMessage, key: Notices.key(q["id"]))] : []
    case "SetVariableMonitoring":
      return monitors(q, answer)
    case "ClearVariableMonitoring":
      return Notices.items(answer["clearMonitoringResult"]).compactMap {
        $0["status"]?.string == "Rejected" ? nil : .remove(.monitor, key: Notices.key($0["id"]))
      }
    case "SetDERControl":
      return isTaken ? [.put(control(q))] : []
    case "ClearDERControl":
      return isTaken || status == "NotFound" ? clearedControl(q) : []
    case "SetDefaultTariff":
      return isTaken ? tariff(q) : []
    case "ClearTariffs":
      return clearedTariffs(answer)
    case "UsePriorityCharging":
      let transaction = Notices.key(q["transactionId"])
      return isTaken ? [Notices.priority(transaction, q["activate"]?.bool == true)] : []
    case "GetLog":
      return isTaken || status == "AcceptedCanceled"
        ? [.put(Holding(.logUpload, key: Notices.key(q["requestId"]), ["asked for"]))] : []
    case "UnpublishFirmware":
      return status == "Unpublished" ? [.removeAll(.firmwarePublication, having: [])] : []
    default:
      return []
    }
  }

  private static func reservation(_ q: JSONValue) -> Holding {
    // 1.6 counts connectors, 2.x EVSEs; without one any may be taken.
    let place =
      Reading.whole(q["connectorId"]).map { "connector \($0)" } ?? Notices.place(q["evseId"])
    let token = Reading.text(q["idTag"]) ?? Reading.text(q["idToken"]?["idToken"])
    return Holding(
      .reservation, key: Notices.key(q["reservationId"] ?? q["id"]),
      [place, token.map { "for \($0)" }],
      ends: Notices.instant(q["expiryDate"] ?? q["expiryDateTime"]))
  }

  private static func profile(_ q: JSONValue) -> [HoldingChange] {
    if let old = q["csChargingProfiles"] {
      let place = connector(q)
      let new = Notices.profile(old, place: place)
      // The same purpose and stack level: the new one takes its place (OCPP 1.6 §5.16.4).
      let same = [old["chargingProfilePurpose"]?.string, Notices.stack(old["stackLevel"]), place]
      return [.removeAll(.chargingProfile, having: same.compactMap { $0 }), .put(new)]
    }
    guard let profile = q["chargingProfile"] else { return [] }
    return [.put(Notices.profile(profile, place: Notices.place(q["evseId"])))]
  }

  private static func connector(_ q: JSONValue) -> String? {
    Reading.whole(q["connectorId"]).map { "connector \($0)" }
  }

  /// By its id, or all that fit the criteria; without any, all of them (OCPP 1.6 §6.13).
  private static func cleared(_ q: JSONValue) -> [HoldingChange] {
    if let id = q["id"] ?? q["chargingProfileId"] {
      return [.remove(.chargingProfile, key: Notices.key(id))]
    }
    let criteria = q["chargingProfileCriteria"] ?? q
    let parts = [
      criteria["chargingProfilePurpose"]?.string, Notices.stack(criteria["stackLevel"]),
      connector(q) ?? Notices.place(criteria["evseId"]),
    ]
    return [.removeAll(.chargingProfile, having: parts.compactMap { $0 })]
  }

  private static func monitors(_ q: JSONValue, _ answer: JSONValue) -> [HoldingChange] {
    let asked = Notices.items(q["setMonitoringData"])
    let results = Notices.items(answer["setMonitoringResult"])
    return results.enumerated().compactMap { index, result in
      guard result["status"]?.string == "Accepted" else { return nil }
      // Results come in the order of what was asked, though no text says so: only the value
      // is taken from there.
      let value = asked.count == results.count ? asked[index]["value"] : nil
      return .put(
        Notices.monitor(
          result["id"], result, type: result["type"], value: value, severity: result["severity"]))
    }
  }

  private static func control(_ q: JSONValue) -> Holding {
    Holding(
      .derControl, key: Notices.key(q["controlId"]), [q["controlType"]?.string, kind(q)])
  }

  private static func kind(_ q: JSONValue) -> String? {
    q["isDefault"]?.bool.map { $0 ? "default" : "scheduled" }
  }

  private static func clearedControl(_ q: JSONValue) -> [HoldingChange] {
    if let id = q["controlId"] { return [.remove(.derControl, key: Notices.key(id))] }
    return [
      .removeAll(.derControl, having: [q["controlType"]?.string, kind(q)].compactMap { $0 })
    ]
  }

  /// One default tariff an EVSE; EVSE 0 stands for all of them.
  private static func tariff(_ q: JSONValue) -> [HoldingChange] {
    let place = Notices.place(q["evseId"])
    let isAll = Reading.whole(q["evseId"]) == 0
    let new = Holding(
      .tariff, key: Notices.key(q["tariff"]?["tariffId"]),
      [place, q["tariff"]?["currency"]?.string], ends: nil)
    let before = isAll ? [] : [place].compactMap { $0 }
    return [.removeAll(.tariff, having: before), .put(new)]
  }

  private static func clearedTariffs(_ answer: JSONValue) -> [HoldingChange] {
    Notices.items(answer["clearTariffsResult"]).compactMap { result in
      guard result["status"]?.string != "Rejected" else { return nil }
      return result["tariffId"].map { .remove(.tariff, key: Notices.key($0)) }
        ?? .removeAll(.tariff, having: [])
    }
  }
}
