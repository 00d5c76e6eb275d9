import OCPP

/// What a station answers.
enum StationAnswer: Sendable {
  case result(JSON)
  case error(ErrorCode, String)

  /// A field that the request must have is missing or has no sense.
  static let malformed = StationAnswer.error(
    .occurrenceConstraintViolation, "a required field is missing")
  static func status(_ status: String) -> StationAnswer { .result(["status": .string(status)]) }
}

extension Station {
  /// - Parameter isDelayed: a call that was heard before and is taken only now.
  mutating func received(_ bytes: [UInt8], _ now: Int64, isDelayed: Bool = false) {
    guard let version else { return }
    var reader = FrameReader()
    switch reader.read(bytes, version: version) {
    case .fault(let fault):
      if let answer = fault.answerBytes(in: version, code: .genericError) { act(.send(answer)) }
      if let id = fault.endsCall { answered(id, nil, now) }
    case .frame(.call(let id, let action, let payload)):
      guard isDelayed || hears(action, bytes, now) else { return }
      called(id, action, JSON(payload), version, now)
    case .frame(.result(let id, let payload)): answered(id, JSON(payload), now)
    case .frame(.error(let id, _, _, _)): answered(id, nil, now)
    case .frame(.resultError), .frame(.send): break
    }
  }

  private mutating func called(
    _ id: String, _ action: String, _ payload: JSON, _ version: OCPPVersion, _ now: Int64
  ) {
    cross(action, now)
    let mark = mark
    let given: StationAnswer
    switch habitualAnswer(action, payload) {
    case .usual: given = answer(id, action, payload, version, now)
    case .silence: return
    case .answer(let habitual): given = habitual
    }
    memory.answers += 1
    let frame =
      switch given {
      case .result(let payload): FrameWriter.result(id: id, payload: payload)
      case .error(let code, let text): errorFrame(id, code, text, version)
      }
    // What follows from the request comes behind its answer.
    answer(frame, at: mark)
  }

  private static let disruptive: Set = ["UpdateFirmware", "SignedUpdateFirmware", "Reset"]

  private mutating func answer(
    _ id: String, _ action: String, _ payload: JSON, _ version: OCPPVersion, _ now: Int64
  ) -> StationAnswer {
    if Self.disruptive.contains(action) {
      log(.command(action: action, id: id, isCharging: isCharging), now)
    }
    let answer =
      version == .v16 ? answer16(action, payload, now) : answer2x(action, payload, now)
    return answer ?? .error(.notImplemented, "\(action) is not known")
  }

  // MARK: What both have

  mutating func reset(isImmediate: Bool, _ end: SessionEnd, _ now: Int64) -> String {
    // A reset while the image is written would spoil it (OpenEVSE/openevse_esp32_firmware#976).
    guard !isInstalling, reboot == nil else { return "Rejected" }
    let waits = isCharging && (!isImmediate || waitsForCars)
    if isImmediate, !waits {
      for connector in connectors where connector.session != nil {
        self.end(connector.number, end, now)
      }
    }
    plan(RebootPlan(reason: "RemoteReset", waitsForSessions: waits))
    return waits ? "Scheduled" : "Accepted"
  }

  /// TriggerMessage; the numbers are the connectors meant. Nil for a message that cannot be
  /// triggered.
  mutating func trigger(_ message: String, _ numbers: [Int], _ now: Int64) -> String? {
    switch message {
    case "BootNotification":
      // OCPP 2.0.1 F06.FR.17.
      guard version == .v16 || registration != .accepted || profile.has(.bootless) else {
        return "Rejected"
      }
      enqueueBoot(reason: "Triggered")
    case "Heartbeat": enqueue("Heartbeat", [:], isEarly: true)
    case "StatusNotification": repeatStatuses(numbers, now)
    case "MeterValues": sampleTriggered(numbers.filter { $0 > 0 }, now)
    case "FirmwareStatusNotification":
      guard let version, let call = firmwareStatus.call(version, isSigned: profile.isSigned)
      else { return "Rejected" }
      enqueue(call.action, call.payload, isEarly: true)
    default: return nil
    }
    return "Accepted"
  }

  mutating func remoteStart(
    _ numbers: [Int], token: String, startID: Int64?, local: String? = nil, _ now: Int64
  ) -> Bool {
    guard registration == .accepted, reboot == nil,
      let connector = connectors.first(where: { numbers.contains($0.number) && isFree($0) })
    else { return false }
    let plan = SessionPlan(
      connector: connector.number, token: token, cause: .remote(startID: startID), local: local)
    begin(plan, now)
    return true
  }

  mutating func sendLocalList(version key: String, _ payload: JSON) -> StationAnswer {
    guard let number = payload[key]?.int, let type = payload["updateType"]?.string else {
      return .malformed
    }
    guard type == "Full" || number > localListVersion else { return .status("VersionMismatch") }
    localListVersion = number
    return .status("Accepted")
  }
}
