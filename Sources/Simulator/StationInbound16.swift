import OCPP

// The requests of 1.6 and its security extension that the station knows.
extension Station {
  /// Nil for an action that it does not know.
  mutating func answer16(_ action: String, _ payload: JSON, _ now: Int64) -> StationAnswer? {
    switch action {
    case "GetConfiguration": return getConfiguration(payload)
    case "ChangeConfiguration": return changeConfiguration(payload)
    case "ChangeAvailability": return changeAvailability16(payload)
    case "UpdateFirmware": return updateFirmware16(payload, now)
    case "SignedUpdateFirmware": return profile.isSigned ? signedUpdate(payload, now) : nil
    case "Reset": return reset16(payload, now)
    case "TriggerMessage": return trigger16(payload, now)
    case "ExtendedTriggerMessage": return profile.isSigned ? trigger16(payload, now) : nil
    case "RemoteStartTransaction": return remoteStart16(payload, now)
    case "RemoteStopTransaction": return remoteStop16(payload, now)
    case "GetLocalListVersion": return .result(["listVersion": .int(localListVersion)])
    case "SendLocalList": return sendLocalList(version: "listVersion", payload)
    case "GetDiagnostics": return getDiagnostics(payload, now)
    case "GetLog": return profile.isSigned ? getLog(payload, now) : nil
    case "ClearCache": return .status("Accepted")
    case "DataTransfer": return .status("UnknownVendorId")
    default: return nil
    }
  }

  private func getConfiguration(_ payload: JSON) -> StationAnswer {
    let wanted = payload["key"]?.array?.compactMap(\.string) ?? []
    let keys = wanted.isEmpty ? configuration.keys : wanted.compactMap(configuration.key)
    let unknown = wanted.filter { configuration.key($0) == nil }
    let known = keys.map { key -> JSON in
      .compact([
        ("key", .string(key.name)), ("readonly", .bool(key.isReadOnly)),
        ("value", key.isSecret ? nil : .string(key.value)),
      ])
    }
    return .result(
      .compact([
        ("configurationKey", .array(known)),
        ("unknownKey", unknown.isEmpty ? nil : .array(unknown.map(JSON.string))),
      ]))
  }

  private mutating func changeConfiguration(_ payload: JSON) -> StationAnswer {
    guard let key = payload["key"]?.string, let value = payload["value"]?.string else {
      return .malformed
    }
    // The key is hexadecimal here; the password is the bytes (security white paper A01).
    if key == "AuthorizationKey" {
      guard (32...40).contains(value.utf8.count), let bytes = Self.bytes(hex: value) else {
        return .status("Rejected")
      }
      password = bytes
      return .status("Accepted")
    }
    let status = changeLater(key, value) ?? configuration.change(key, value)
    if status == "Accepted", key == "HeartbeatInterval", let seconds = Int64(value), seconds > 0 {
      heartbeatSeconds = seconds
      scheduleHeartbeat()
    }
    return .status(status)
  }

  private static func bytes(hex: String) -> [UInt8]? {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  private mutating func changeAvailability16(_ payload: JSON) -> StationAnswer {
    guard let number = payload["connectorId"]?.int, let type = payload["type"]?.string else {
      return .malformed
    }
    guard number >= 0, number <= Int64(connectors.count) else { return .status("Rejected") }
    return .status(
      changeAvailability(number == 0 ? nil : [Int(number)], isOperative: type == "Operative"))
  }

  private mutating func updateFirmware16(_ payload: JSON, _ now: Int64) -> StationAnswer {
    // Security white paper L01.FR.20.
    if profile.isSigned { return .error(.notSupported, "only signed firmware is accepted") }
    guard let url = payload["location"]?.string,
      let date = payload["retrieveDate"]?.string.flatMap(DateTime.parse)
    else { return .malformed }
    let request = FirmwareRequest(form: .plain, id: nil, isSigned: false)
    _ = updateFirmware(job(request, url, payload), retrieveAt: date.ms, now)
    return .result([:])
  }

  private mutating func signedUpdate(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let id = payload["requestId"]?.int, let firmware = payload["firmware"],
      let url = firmware["location"]?.string,
      let date = firmware["retrieveDateTime"]?.string.flatMap(DateTime.parse)
    else { return .malformed }
    let request = FirmwareRequest(form: .signed, id: id, isSigned: true)
    return .status(updateFirmware(job(request, url, payload), retrieveAt: date.ms, now))
  }

  func job(_ request: FirmwareRequest, _ url: String, _ payload: JSON) -> FirmwareJob {
    FirmwareJob(
      request: request, url: url, retries: payload["retries"]?.int ?? 0,
      retryInterval: payload["retryInterval"]?.int ?? 60, phase: .scheduled)
  }

  private mutating func reset16(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let type = payload["type"]?.string else { return .malformed }
    guard type == "Soft" || type == "Hard" else {
      return .error(.propertyConstraintViolation, "no such type of reset")
    }
    // Both kinds end the sessions; 1.6 knows no reset that waits (OCPP 1.6 §5.14).
    let answer = reset(isImmediate: true, type == "Hard" ? .hardReset : .reset, now)
    return .status(answer == "Scheduled" ? "Accepted" : answer)
  }

  private mutating func trigger16(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let message = payload["requestedMessage"]?.string else { return .malformed }
    var numbers = Array(0...connectors.count)
    if let number = payload["connectorId"]?.int {
      guard number >= 0, number <= Int64(connectors.count) else { return .status("Rejected") }
      numbers = [Int(number)]
    }
    return .status(trigger(message, numbers, now) ?? "NotImplemented")
  }

  private mutating func remoteStart16(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let token = payload["idTag"]?.string else { return .malformed }
    let numbers = payload["connectorId"]?.int.map { [Int($0)] } ?? connectors.map(\.number)
    return .status(
      remoteStart(numbers, token: token, startID: nil, now) ? "Accepted" : "Rejected")
  }

  private mutating func remoteStop16(_ payload: JSON, _ now: Int64) -> StationAnswer {
    guard let id = payload["transactionId"]?.int else { return .malformed }
    let local = ledger.session(assigned: id)
    guard registration == .accepted, let local,
      let connector = connectors.first(where: { $0.session?.local == local })
    else { return .status("Rejected") }
    end(connector.number, .remote, now)
    return .status("Accepted")
  }
}
