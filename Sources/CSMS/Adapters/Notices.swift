import Fleet
import OCPP

/// What stations tell of what they hold, in 2.0.1 and 2.1 alike. Lists are read up to
/// `Holding.limit`, texts are cut: what stations send is hostile until it is bounded.
enum Notices {
  /// Nil for an action that tells of nothing of the kind.
  static func read(
    _ action: String, _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> Notice? {
    switch action {
    case "ReservationStatusUpdate":
      // Expired, removed, or used without a transaction: it is over in any case.
      return Notice([.remove(.reservation, key: key(p["reservationId"]))])
    case "NotifyChargingLimit":
      return Notice([.put(limit(p))])
    case "ClearedChargingLimit":
      return Notice([cleared(p)])
    case "ReportChargingProfiles":
      let source = p["chargingLimitSource"]?.string
      return Notice(
        items(p["chargingProfile"]).map {
          .put(profile($0, place: place(p["evseId"]), source: source))
        })
    case "NotifyEVChargingSchedule":
      return Notice([.put(schedule(p))], wantsStatus: true)
    case "NotifyCustomerInformation":
      return Notice([.put(customerInformation(p))])
    case "NotifyDisplayMessages":
      return Notice(items(p["messageInfo"]).map { .put(message($0)) })
    case "NotifyMonitoringReport":
      return Notice(items(p["monitor"]).flatMap(monitors).prefix(Holding.limit).map { .put($0) })
    case "NotifyEvent":
      return events(p, receivedAt: receivedAt, &flaws)
    case "LogStatusNotification":
      return Notice([.put(upload(p))])
    case "PublishFirmwareStatusNotification":
      let location = items(p["location"]).first?.string
      return Notice([
        .put(
          Holding(
            .firmwarePublication, key: key(p["requestId"]), [p["status"]?.string, location]))
      ])
    default:
      return nil
    }
  }

  // MARK: Smart charging

  private static func limit(_ p: JSONValue) -> Holding {
    let source = p["chargingLimit"]?["chargingLimitSource"]?.string ?? ""
    let place = place(p["evseId"])
    return Holding(
      .chargingLimit, key: limitKey(source, place),
      [
        source, place,
        p["chargingLimit"]?["isGridCritical"]?.bool == true ? "grid critical" : nil,
        items(p["chargingSchedule"]).first.flatMap(power),
      ])
  }

  private static func cleared(_ p: JSONValue) -> HoldingChange {
    let source = p["chargingLimitSource"]?.string ?? ""
    guard let place = place(p["evseId"]) else {
      return .removeAll(.chargingLimit, having: [source])
    }
    return .remove(.chargingLimit, key: limitKey(source, place))
  }

  private static func limitKey(_ source: String, _ place: String?) -> String {
    (place.map { "\(source) \($0)" } ?? source).bounded(to: Holding.keyLimit)
  }

  /// - Parameter place: `EVSE 1`, or `connector 1` in 1.6.
  static func profile(_ p: JSONValue, place: String?, source: String? = nil) -> Holding {
    // 1.6 has one schedule, 2.x up to three.
    let schedule =
      p["chargingSchedule"].flatMap { $0.kind == .object ? $0 : items($0).first }
    return Holding(
      .chargingProfile, key: key(p["id"] ?? p["chargingProfileId"]),
      [
        p["chargingProfilePurpose"]?.string, stack(p["stackLevel"]), place,
        p["chargingProfileKind"]?.string, schedule.flatMap(power), source,
        Reading.text(p["transactionId"]).map { "transaction \($0)" },
      ], ends: instant(p["validTo"]))
  }

  static func stack(_ level: JSONValue?) -> String? {
    Reading.whole(level).map { "stack \($0)" }
  }

  /// `16 A` of a schedule's first period.
  private static func power(_ schedule: JSONValue) -> String? {
    guard let unit = schedule["chargingRateUnit"]?.string,
      let period = items(schedule["chargingSchedulePeriod"]).first,
      let limit = Reading.text(period["limit"] ?? period["setpoint"])
    else { return nil }
    return "\(limit.bounded(to: 20)) \(unit)"
  }

  private static func schedule(_ p: JSONValue) -> Holding {
    Holding(
      .chargingSchedule, key: place(p["evseId"]) ?? "", [p["chargingSchedule"].flatMap(power)])
  }

  // MARK: Displays, monitors, logs

  /// Not what it says: it is about a person.
  private static func customerInformation(_ p: JSONValue) -> Holding {
    Holding(
      .customerInformation, key: key(p["requestId"]),
      [
        "part \((Reading.whole(p["seqNo"]) ?? 0) &+ 1)",
        "\(p["data"]?.string?.unicodeScalars.count ?? 0) characters",
        p["tbc"]?.bool == true ? "more to come" : nil,
      ])
  }

  static func message(_ p: JSONValue) -> Holding {
    Holding(
      .displayMessage, key: key(p["id"]),
      [
        p["priority"]?.string, p["state"]?.string,
        p["message"]?["content"]?.string.map { $0.bounded(to: 80) },
      ], ends: instant(p["endDateTime"]))
  }

  private static func monitors(_ p: JSONValue) -> [Holding] {
    items(p["variableMonitoring"]).map { item in
      monitor(
        item["id"], p, type: item["type"], value: item["value"], severity: item["severity"])
    }
  }

  /// - Parameter p: what names the component and the variable.
  static func monitor(
    _ id: JSONValue?, _ p: JSONValue, type: JSONValue?, value: JSONValue?, severity: JSONValue?
  ) -> Holding {
    Holding(
      .monitor, key: key(id),
      [
        variable(p), type?.string,
        Reading.text(value).map { $0.bounded(to: 20) },
        Reading.whole(severity).map { "severity \($0)" },
      ])
  }

  static func upload(_ p: JSONValue, key name: String? = nil) -> Holding {
    Holding(.logUpload, key: name ?? key(p["requestId"]), [p["status"]?.string])
  }

  // MARK: Events

  /// Alerts stand until they are cleared (OCPP 2.0.1 N07). States of connectors may come this way
  /// instead of in a StatusNotification (G01, B04.FR.01 of 2.1).
  private static func events(
    _ p: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> Notice {
    var notice = Notice()
    for event in items(p["eventData"]) {
      let component = event["component"]
      if component?["name"]?.string == "Connector",
        event["variable"]?["name"]?.string == "AvailabilityState",
        let state = event["actualValue"]?.string.flatMap(Adapter2.state),
        let evse = Reading.whole(component?["evse"]?["id"]), evse > 0
      {
        let connector = Reading.whole(component?["evse"]?["connectorId"]) ?? 1
        notice.connectors.append(
          Connector(
            id: ConnectorID(evse: evse, connector: connector), state: state,
            at: Reading.past(event["timestamp"], receivedAt: receivedAt, &flaws)))
      }
      guard event["trigger"]?.string == "Alerting" else { continue }
      let alert = Holding(
        .alert, key: variable(event),
        [
          event["actualValue"]?.string.map { $0.bounded(to: 60) },
          Reading.whole(event["severity"]).map { "severity \($0)" },
          event["techCode"]?.string, event["techInfo"]?.string.map { $0.bounded(to: 80) },
        ])
      notice.changes.append(
        event["cleared"]?.bool == true ? .remove(.alert, key: alert.key) : .put(alert))
    }
    return notice
  }

  // MARK: Fields

  /// `Connector EVSE 1.AvailabilityState`
  private static func variable(_ p: JSONValue) -> String {
    let evse = place(p["component"]?["evse"]?["id"]).map { " \($0)" } ?? ""
    func name(_ of: StaticString) -> String { (p[of]?["name"]?.string ?? "").bounded(to: 50) }
    return "\(name("component"))\(evse).\(name("variable"))"
  }

  static func items(_ list: JSONValue?) -> ArraySlice<JSONValue> {
    Reading.items(list).prefix(Holding.limit)
  }

  static func key(_ id: JSONValue?) -> String {
    (Reading.text(id) ?? "").bounded(to: Holding.keyLimit)
  }

  static func place(_ evse: JSONValue?) -> String? { Reading.whole(evse).map { "EVSE \($0)" } }

  static func instant(_ value: JSONValue?) -> Instant? {
    (value?.time).map { Instant(milliseconds: $0.ms) }
  }
}
