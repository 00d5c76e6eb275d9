import OCPP

// The requests of 2.0.1 and 2.1 that the station knows; both word them alike.
extension Station {
  /// What is answered while Pending; all else is a SecurityError then (OCPP 2.0.1 B02.FR.09; EVerest
  /// does the same).
  private static let answeredWhilePending: Set = [
    "GetVariables", "SetVariables", "GetBaseReport", "TriggerMessage",
  ]
  private static let partSize = 20

  /// Nil for an action that it does not know.
  mutating func answer2x(_ action: String, _ payload: JSON, _ now: Int64) -> StationAnswer? {
    if registration != .accepted, !Self.answeredWhilePending.contains(action) {
      // B02.FR.05.
      if action == "RequestStartTransaction" || action == "RequestStopTransaction" {
        return .status("Rejected")
      }
      return .error(.securityError, "the boot is not accepted yet")
    }
    switch action {
    case "GetVariables": return getVariables(payload, now)
    case "SetVariables": return setVariables(payload)
    case "GetBaseReport": return baseReport(payload, now)
    case "TriggerMessage": return trigger2x(payload, now)
    case "ChangeAvailability": return changeAvailability2x(payload)
    case "UpdateFirmware": return updateFirmware2x(payload, now)
    case "Reset": return reset2x(payload, now)
    case "RequestStartTransaction": return remoteStart2x(payload, now)
    case "RequestStopTransaction": return remoteStop2x(payload, now)
    case "GetTransactionStatus": return transactionStatus(payload)
    case "GetLocalListVersion": return .result(["versionNumber": .int(localListVersion)])
    case "SendLocalList": return sendLocalList(version: "versionNumber", payload)
    case "GetLog": return getLog(payload, now)
    case "ClearCache": return .status("Accepted")
    case "DataTransfer": return .status("UnknownVendorId")
    default: return nil
    }
  }

  // MARK: Device model

  /// Writes what changes by itself into the model.
  private mutating func refreshModel(_ now: Int64) {
    model.set("ClockCtrlr", "DateTime", DateTime.format(now))
    model.set("ChargingStation", "FirmwareVersion", firmware)
    model.set("Controller", "FirmwareVersion", firmware)
    model.set(
      "ChargingStation", "AvailabilityState", isStationOperative ? "Available" : "Unavailable")
    for connector in connectors {
      let place = place(connector.number)
      let state =
        connector.session != nil ? "Occupied" : isFree(connector) ? "Available" : "Unavailable"
      let evse = Int64(place.evse)
      model.set("EVSE", "AvailabilityState", evse: evse, state)
      model.set(
        "Connector", "AvailabilityState", evse: evse, connector: Int64(place.connector), state)
    }
  }

  private mutating func getVariables(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let items = payload["getVariableData"]?.array, !items.isEmpty else { return .malformed }
    refreshModel(now)
    return .result(["getVariableResult": .array(items.map(model.get))])
  }

  private mutating func setVariables(_ payload: JSON) -> StationAnswer {
    guard let items = payload["setVariableData"]?.array, !items.isEmpty else { return .malformed }
    var changed: [DeviceModel.Variable] = []
    let results = items.map { setLater($0) ?? model.set($0) { changed.append($0) } }
    for variable in changed {
      switch (variable.component, variable.name) {
      case ("OCPPCommCtrlr", "HeartbeatInterval"):
        heartbeatSeconds = Int64(variable.value) ?? heartbeatSeconds
        scheduleHeartbeat()
      case ("SecurityCtrlr", "BasicAuthPassword"): password = Array(variable.value.utf8)
      default: break
      }
    }
    return .result(["setVariableResult": .array(results)])
  }

  /// The report follows in parts, also while Pending (B02.FR.09, B07).
  private mutating func baseReport(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let id = payload["requestId"]?.int, let base = payload["reportBase"]?.string else {
      return .malformed
    }
    refreshModel(now)
    guard let entries = model.report(base) else { return .status("NotSupported") }
    guard !entries.isEmpty else { return .status("EmptyResultSet") }
    let starts = Array(stride(from: 0, to: entries.count, by: Self.partSize))
    for (sequence, start) in starts.enumerated() {
      let part = entries[start..<min(start + Self.partSize, entries.count)]
      enqueue(
        "NotifyReport",
        [
          "requestId": .int(id), "generatedAt": stamp(now),
          "seqNo": .int(Int64(sequence)), "tbc": .bool(sequence < starts.count - 1),
          "reportData": .array(Array(part)),
        ], isEarly: true)
    }
    return .status("Accepted")
  }

  // MARK: Commands

  /// The flat numbers that an `evse` field means; nil for one that does not exist, all without.
  private func numbers(_ payload: JSON) -> [Int]? {
    guard let evse = payload["evse"] else { return connectors.map(\.number) }
    let numbers = connectors(evse: evse["id"]?.int ?? -1, connector: evse["connectorId"]?.int)
    return numbers.isEmpty ? nil : numbers
  }

  private mutating func trigger2x(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let message = payload["requestedMessage"]?.string else { return .malformed }
    guard let numbers = numbers(payload) else { return .status("Rejected") }
    if message == "TransactionEvent" {
      let charging = numbers.filter { connectors[$0 - 1].session != nil }
      guard !charging.isEmpty, registration == .accepted else { return .status("Rejected") }
      sampleTriggered(charging, now)
      return .status("Accepted")
    }
    return .status(trigger(message, numbers, now) ?? "NotImplemented")
  }

  private mutating func changeAvailability2x(_ payload: JSON) -> StationAnswer {
    guard let status = payload["operationalStatus"]?.string else { return .malformed }
    guard let numbers = numbers(payload) else { return .status("Rejected") }
    let isWhole = payload["evse"] == nil
    return .status(
      changeAvailability(isWhole ? nil : numbers, isOperative: status == "Operative"))
  }

  private mutating func updateFirmware2x(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let id = payload["requestId"]?.int, let firmware = payload["firmware"],
      let url = firmware["location"]?.string,
      let date = firmware["retrieveDateTime"]?.string.flatMap(DateTime.parse)
    else { return .malformed }
    let request = FirmwareRequest(
      form: .modern, id: id, isSigned: firmware["signature"]?.string != nil)
    return .status(updateFirmware(job(request, url, payload), retrieveAt: date.ms, now))
  }

  private mutating func reset2x(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let type = payload["type"]?.string else { return .malformed }
    // No EVSE of it can be reset alone: EVSE.AllowReset is absent (B11.FR.09).
    guard payload["evseId"] == nil else { return .status("Rejected") }
    return .status(reset(isImmediate: type == "Immediate", .reset, now))
  }

  private mutating func remoteStart2x(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let token = payload["idToken"]?["idToken"]?.string,
      let startID = payload["remoteStartId"]?.int
    else { return .malformed }
    let evse = payload["evseId"]?.int
    let numbers = evse.map { connectors(evse: $0, connector: nil) } ?? connectors.map(\.number)
    let name = transactionName()
    guard remoteStart(numbers, token: token, startID: startID, local: name, now) else {
      return .status("Rejected")
    }
    return .result(["status": "Accepted", "transactionId": .string(name)])
  }

  private mutating func remoteStop2x(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let id = payload["transactionId"]?.string else { return .malformed }
    guard let connector = connectors.first(where: { $0.session?.local == id }) else {
      return .status("Rejected")
    }
    end(connector.number, .remote, now)
    return .status("Accepted")
  }

  private func transactionStatus(_ payload: JSON) -> StationAnswer {
    guard let id = payload["transactionId"]?.string else {
      return .result(["messagesInQueue": .bool(hasUnacknowledged)])
    }
    return .result([
      "ongoingIndicator": .bool(connectors.contains { $0.session?.local == id }),
      "messagesInQueue": .bool(ledger.messages.contains { $0.session == id }),
    ])
  }
}
