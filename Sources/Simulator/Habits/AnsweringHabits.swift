import OCPP

// What a station hears, and what it answers.
extension Station {
  static let answersBeforeDeafness = 2

  private var isDeaf: Bool {
    profile.has(.deaf) && !memory.wasDeaf && memory.answers >= Self.answersBeforeDeafness
  }

  /// Whether a call of the server is taken now. Otherwise it is lost, or comes back later.
  mutating func hears(_ action: String, _ bytes: [UInt8], _ now: Int64) -> Bool {
    if isTouched(now) {
      bootAgain()
      return false
    }
    if profile.has(.halfOpen), action == "Reset", !memory.wasDead {
      die()
      return false
    }
    if isDeaf { return false }
    if profile.has(.slowAnswers) {
      memory.delayed.append((bytes, now + timing.habits.answer))
      if memory.delayed.count == 1 {
        act(.schedule(.delayedCall, after: timing.habits.answer))
      }
      return false
    }
    return true
  }

  /// Takes the call whose time has come.
  mutating func takeDelayedCall(_ now: Int64) {
    guard !memory.delayed.isEmpty else { return }
    let call = memory.delayed.removeFirst()
    if let next = memory.delayed.first {
      act(.schedule(.delayedCall, after: max(0, next.due - now)))
    }
    received(call.bytes, now, isDelayed: true)
  }

  enum HabitualAnswer {
    /// As the rules want it.
    case usual
    case silence
    case answer(StationAnswer)
  }

  func habitualAnswer(_ action: String, _ payload: JSON) -> HabitualAnswer {
    switch action {
    case "GetConfiguration" where profile.has(.noConfiguration): return .silence
    case "GetConfiguration" where profile.has(.emptyConfiguration): return .answer(.result([:]))
    case "TriggerMessage", "ExtendedTriggerMessage":
      let wanted = payload["requestedMessage"]?.string
      let isSilent = profile.has(.silent) && wanted == "FirmwareStatusNotification"
      return profile.has(.noTrigger) || isSilent ? .answer(.status("Rejected")) : .usual
    default: return .usual
    }
  }

  func errorFrame(
    _ id: String, _ code: ErrorCode, _ text: String, _ version: OCPPVersion
  ) -> [UInt8] {
    guard profile.has(.shortErrors) else {
      return FrameWriter.error(id: id, code: code, description: text, version: version)
    }
    let frame: JSON = [4, .string(id), .string(code.spelling(in: version)), .string(text)]
    return Array(frame.text.utf8)
  }

  // MARK: Writing

  /// ChangeConfiguration, numbers with the next boot and nothing else; nil to leave it to the rules.
  mutating func changeLater(_ key: String, _ value: String) -> String? {
    guard profile.has(.rebootRequired) else { return nil }
    var trial = configuration
    let status = trial.change(key, value)
    guard status == "Accepted" else { return status }
    guard Int64(value) != nil else { return "Rejected" }
    memory.laterKeys.append((key, value))
    return "RebootRequired"
  }

  /// One entry of SetVariables in the same way.
  mutating func setLater(_ item: JSON) -> JSON? {
    guard profile.has(.rebootRequired) else { return nil }
    var trial = model
    let result = trial.set(item) { _ in }
    guard result["attributeStatus"]?.string == "Accepted", case .object(var members) = result else {
      return result
    }
    let isNumber = item["attributeValue"]?.string.flatMap { Int64($0) } != nil
    if isNumber { memory.laterVariables.append(item) }
    members.removeAll { $0.0 == "attributeStatus" }
    members.append(("attributeStatus", .string(isNumber ? "RebootRequired" : "Rejected")))
    return .object(members)
  }

  /// What was written for the next boot takes effect.
  mutating func takeLaterWrites() {
    for (key, value) in memory.laterKeys { _ = configuration.change(key, value) }
    for item in memory.laterVariables { _ = model.set(item) { _ in } }
    memory.laterKeys = []
    memory.laterVariables = []
  }
}
