import Fleet
import OCPP

/// What only stations of OCPP 2.1 tell: batteries, event streams, the grid, payments.
extension Notices {
  /// Nil for an action that tells of nothing of the kind.
  static func read21(_ action: String, _ p: JSONValue) -> Notice? {
    switch action {
    case "BatterySwap":
      let isOut = p["eventType"]?.string == "BatteryOut"
      return Notice(items(p["batteryData"]).map { battery($0, isOut: isOut) })
    case "OpenPeriodicEventStream":
      // N11.FR.06: its data is kept as it comes.
      return Notice([.put(stream(p))], wantsStatus: true)
    case "ClosePeriodicEventStream":
      return Notice([.remove(.eventStream, key: key(p["id"]))])
    case "NotifyPriorityCharging":
      return Notice([priority(key(p["transactionId"]), p["activated"]?.bool == true)])
    case "NotifyDERAlarm":
      let alarm = Holding(
        .derAlarm, key: key(p["controlType"]),
        [p["gridEventFault"]?.string, p["extraInfo"]?.string])
      return Notice([
        p["alarmEnded"]?.bool == true ? .remove(.derAlarm, key: alarm.key) : .put(alarm)
      ])
    case "NotifyDERStartStop":
      let id = key(p["controlId"])
      return Notice([
        p["started"]?.bool == true
          ? .put(Holding(.derActivity, key: id, ["in force"])) : .remove(.derActivity, key: id)
      ])
    case "ReportDERControl":
      return Notice(controls(p).prefix(Holding.limit).map { .put($0) })
    case "NotifySettlement":
      return Notice([.put(settlement(p))])
    default:
      return nil
    }
  }

  static func priority(_ transaction: String, _ isActive: Bool) -> HoldingChange {
    isActive
      ? .put(Holding(.priorityCharging, key: transaction, ["active"]))
      : .remove(.priorityCharging, key: transaction)
  }

  private static func battery(_ p: JSONValue, isOut: Bool) -> HoldingChange {
    let serial = key(p["serialNumber"])
    guard !isOut else { return .remove(.battery, key: serial) }
    return .put(
      Holding(
        .battery, key: serial,
        [
          Reading.whole(p["evseId"]).map { "slot \($0)" },
          Reading.text(p["soC"]).map { "charged to \($0.bounded(to: 10)) %" },
          Reading.text(p["soH"]).map { "health \($0.bounded(to: 10)) %" },
        ]))
  }

  private static func stream(_ p: JSONValue) -> Holding {
    let data = p["constantStreamData"]
    return Holding(
      .eventStream, key: key(data?["id"]),
      [
        Reading.whole(data?["variableMonitoringId"]).map { "monitor \($0)" },
        Reading.whole(data?["params"]?["interval"]).map { "every \($0) s" },
        Reading.whole(data?["params"]?["values"]).map { "\($0) values" },
      ])
  }

  /// ReportDERControl has a list a kind of control, each item with its settings inside.
  private static func controls(_ p: JSONValue) -> [Holding] {
    let kinds: [(list: StaticString, name: String)] = [
      ("curve", ""), ("enterService", "EnterService"), ("fixedPFAbsorb", "FixedPFAbsorb"),
      ("fixedPFInject", "FixedPFInject"), ("fixedVar", "FixedVar"), ("freqDroop", "FreqDroop"),
      ("gradient", "Gradients"), ("limitMaxDischarge", "LimitMaxDischarge"),
    ]
    return kinds.flatMap { kind in
      items(p[kind.list]).map { item in
        Holding(
          .derControl, key: key(item["id"]),
          [
            item["curveType"]?.string ?? kind.name,
            item["isDefault"]?.bool.map { $0 ? "default" : "scheduled" },
            item["isSuperseded"]?.bool == true ? "superseded" : nil,
          ])
      }
    }
  }

  private static func settlement(_ p: JSONValue) -> Holding {
    Holding(
      .settlement, key: key(p["pspRef"]),
      [
        p["status"]?.string, Reading.text(p["settlementAmount"]).map { $0.bounded(to: 20) },
        Reading.text(p["transactionId"]).map { "transaction \($0.bounded(to: 36))" },
        p["receiptId"]?.string.map { "receipt \($0.bounded(to: 50))" },
      ])
  }
}
