import OCPP

/// A car that charges.
struct ChargingSession: Sendable {
  /// The station's own name: the transaction id of 2.x.
  var local: String
  /// The version it began in, which all its messages keep.
  var version: OCPPVersion
  var token: String
  var began: Int64
  var sequence: Int64 = 0
}

/// A session that is to begin.
struct SessionPlan: Sendable {
  enum Cause: Sendable, Equatable {
    case local
    case remote(startID: Int64?)
  }

  var connector: Int
  var token: String
  var cause: Cause
  /// The transaction id of 2.x, when it was told in advance.
  var local: String?
  var isShort = false
}

/// Why a session ends.
enum SessionEnd: Sendable {
  case local, remote, deauthorized, reset, hardReset, reboot

  /// Reason of 1.6, ReasonEnumType and TriggerReasonEnumType of 2.x.
  func words(_ version: OCPPVersion) -> (reason: String, trigger: String) {
    switch self {
    case .local: (version == .v16 ? "EVDisconnected" : "Local", "StopAuthorized")
    case .remote: ("Remote", "RemoteStop")
    case .deauthorized: ("DeAuthorized", "Deauthorized")
    case .reset: (version == .v16 ? "SoftReset" : "ImmediateReset", "ResetCommand")
    case .hardReset: (version == .v16 ? "HardReset" : "ImmediateReset", "ResetCommand")
    case .reboot: ("Reboot", "AbnormalCondition")
    }
  }
}

extension Station {
  /// The version that a session which begins now will be told in.
  private var sessionVersion: OCPPVersion { version ?? lastVersion ?? offers[offers.count - 1] }

  mutating func token() -> String {
    let hex = String(generator.next() & 0xFFFF_FFFF, radix: 16, uppercase: true)
    return String(repeating: "0", count: 8 - hex.count) + hex
  }

  /// A name that no other transaction has, in the form of a UUID (OCPP 2.0.1 part 2 E 1.2).
  mutating func transactionName() -> String {
    let digits = [generator.next(), generator.next()].map {
      let hex = String($0, radix: 16)
      return String(repeating: "0", count: 16 - hex.count) + hex
    }
    let all = Array(digits.joined())
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(all[$0]) }
      .joined(separator: "-")
  }

  // MARK: Beginning

  mutating func scheduleSession() {
    let wait: Int64
    if profile.has(.busy) {
      wait = pick(timing.pause)
    } else if profile.sessions > 0 {
      let mean = timing.interval(Int64(3600 / profile.sessions), floor: timing.pause.lowerBound)
      wait = pick(mean / 2...mean + mean / 2)
    } else {
      return
    }
    act(.schedule(.sessionStart, after: wait))
  }

  mutating func sessionDue(_ now: Int64) {
    guard phase != .off, reboot == nil, let connector = connectors.first(where: isFree) else {
      return scheduleSession()
    }
    let plan = SessionPlan(connector: connector.number, token: token(), cause: .local)
    request(plan, now)
  }

  /// Asks the CSMS first when it can be asked; offline, anybody may charge.
  mutating func request(_ plan: SessionPlan, _ now: Int64) {
    guard let version, registration == .accepted else { return begin(plan, now) }
    let payload: JSON =
      version == .v16
      ? ["idTag": .string(plan.token)]
      : ["idToken": ["idToken": .string(plan.token), "type": "ISO14443"]]
    enqueue("Authorize", payload, .authorize(plan))
  }

  mutating func authorized(_ plan: SessionPlan, _ payload: JSON?, _ now: Int64) {
    let info = payload?["idTagInfo"] ?? payload?["idTokenInfo"]
    guard info?["status"]?.string == "Accepted", reboot == nil,
      isFree(connectors[plan.connector - 1])
    else { return scheduleSession() }
    begin(plan, now)
  }

  mutating func begin(_ plan: SessionPlan, _ now: Int64) {
    let index = plan.connector - 1
    let version = sessionVersion
    let local = plan.local ?? transactionName()
    connectors[index].session = ChargingSession(
      local: local, version: version, token: plan.token, began: now)
    ledger.open(
      SessionRecord(
        local: local, connector: plan.connector, token: plan.token,
        meterStart:
          connectors[index].register, began: now))
    if version == .v16 {
      record(
        index, .start, "StartTransaction",
        [
          "connectorId": .int(Int64(plan.connector)), "idTag": .string(plan.token),
          "meterStart": .int(connectors[index].register),
          "timestamp": stamp(now),
        ])
    } else {
      var trigger = "Authorized"
      var remoteID: Int64?
      if case .remote(let id) = plan.cause { (trigger, remoteID) = ("RemoteStart", id) }
      recordEvent(
        index, .start, "Started", trigger, context: "Transaction.Begin",
        info: [("remoteStartId", remoteID.map(JSON.int))], now)
    }
    act(
      .schedule(
        .sessionEnd(connector: plan.connector),
        after: pick(plan.isShort ? timing.habits.session : timing.session)))
    scheduleSample()
  }

  // MARK: Going on

  private mutating func scheduleSample() {
    let seconds =
      sessionVersion == .v16 ? configuration.sampleInterval : model.sampleInterval
    guard seconds > 0, isCharging else { return }
    act(.schedule(.sample, after: timing.interval(seconds, floor: timing.retryFloor)))
  }

  /// Reads the meters of the cars that charge. Offline nothing is sent: intermediate values may be
  /// left out (OCPP 2.0.1 E04).
  mutating func sample(_ now: Int64) {
    for index in connectors.indices where connectors[index].session != nil {
      connectors[index].register += Int64.random(in: 20...400, using: &generator)
      guard isOnline, registration == .accepted else { continue }
      sample(index, context: "Sample.Periodic", trigger: "MeterValuePeriodic", now)
    }
    scheduleSample()
  }

  private mutating func sample(_ index: Int, context: String, trigger: String, _ now: Int64) {
    guard let session = connectors[index].session else { return }
    if session.version == .v16 {
      record(
        index, .update, "MeterValues",
        [
          "connectorId": .int(Int64(index + 1)),
          "meterValue": [meterValue(index, context, .v16, now)],
        ])
    } else {
      recordEvent(index, .update, "Updated", trigger, context: context, info: [], now)
    }
  }

  /// Meter values as a TriggerMessage wants them, for one connector or all.
  mutating func sampleTriggered(_ numbers: [Int], _ now: Int64) {
    for number in numbers {
      let index = number - 1
      if connectors[index].session != nil, registration == .accepted {
        sample(index, context: "Trigger", trigger: "Trigger", now)
        continue
      }
      guard let version else { continue }
      let value: JSON = [meterValue(index, "Trigger", version, now)]
      let key = version == .v16 ? "connectorId" : "evseId"
      let id = version == .v16 ? number : place(number).evse
      enqueue("MeterValues", [key: .int(Int64(id)), "meterValue": value], isEarly: true)
    }
  }

  func meterValue(_ index: Int, _ context: String, _ version: OCPPVersion, _ now: Int64) -> JSON {
    let register = connectors[index].register
    var sample: [(String, JSON)] = [
      ("value", version == .v16 ? .string(String(register)) : .int(register)),
      ("context", .string(context)), ("measurand", "Energy.Active.Import.Register"),
    ]
    sample.append(version == .v16 ? ("unit", "Wh") : ("unitOfMeasure", ["unit": "Wh"]))
    return ["timestamp": stamp(now), "sampledValue": [.object(sample)]]
  }

  // MARK: Ending

  mutating func end(_ connector: Int, _ end: SessionEnd, _ now: Int64) {
    let index = connector - 1
    guard let session = connectors[index].session else { return }
    connectors[index].register += Int64.random(in: 1...200, using: &generator)
    let words = end.words(session.version)
    if session.version == .v16 {
      record(
        index, .stop, "StopTransaction",
        [
          "meterStop": .int(connectors[index].register),
          "timestamp": stamp(now), "idTag": .string(session.token),
          "reason": .string(words.reason),
        ])
    } else {
      recordEvent(
        index, .stop, "Ended", words.trigger, context: "Transaction.End",
        info: [("stoppedReason", .string(words.reason))], now)
    }
    repeatStop(end)
    ledger.close(session.local, register: connectors[index].register, now)
    connectors[index].session = nil
    act(.cancel(.sessionEnd(connector: connector)))
    scheduleSession()
  }

  // MARK: Telling

  private mutating func record(
    _ index: Int, _ kind: TransactionLedger.Kind, _ action: String, _ payload: JSON
  ) {
    guard let session = connectors[index].session else { return }
    let id = nextID()
    ledger.add(
      TransactionLedger.Message(
        id: id, version: session.version, action: action, payload: payload, kind: kind,
        session: session.local, connector: index + 1))
  }

  private mutating func recordEvent(
    _ index: Int, _ kind: TransactionLedger.Kind, _ type: String, _ trigger: String,
    context: String, info: [(String, JSON?)], _ now: Int64
  ) {
    guard let session = connectors[index].session else { return }
    let place = place(index + 1)
    var members: [(String, JSON?)] = [
      ("eventType", .string(type)), ("timestamp", stamp(now)),
      ("triggerReason", .string(trigger)), ("seqNo", .int(session.sequence)),
      ("offline", isOnline ? nil : true),
      (
        "transactionInfo",
        .compact(
          [
            ("transactionId", .string(session.local)),
            ("chargingState", kind == .stop ? "EVConnected" : "Charging"),
          ] + info)
      ),
      ("evse", ["id": .int(Int64(place.evse)), "connectorId": .int(Int64(place.connector))]),
      ("meterValue", [meterValue(index, context, session.version, now)]),
    ]
    if kind != .update {
      members.append(("idToken", ["idToken": .string(session.token), "type": "ISO14443"]))
    }
    connectors[index].session?.sequence += 1
    record(index, kind, "TransactionEvent", .compact(members))
  }

  /// The CSMS has a transaction message.
  mutating func acknowledged(_ payload: JSON, _ now: Int64) {
    guard let version, let message = ledger.next(version) else { return }
    let index = message.connector - 1
    if message.kind == .start, version == .v16, let id = payload["transactionId"]?.int {
      ledger.assign(id, to: message.session)
    }
    let id = ledger.id(of: message.session, version) ?? "-1"
    ledger.drop(version)
    if message.kind != .update {
      let kind = message.kind == .start ? "start" : "stop"
      log(.transaction(kind: kind, local: message.session, id: id, connector: index + 1), now)
    }
    let info = payload["idTagInfo"] ?? payload["idTokenInfo"]
    if message.kind == .start, let status = info?["status"]?.string, status != "Accepted",
      connectors[index].session?.local == message.session
    {
      end(message.connector, .deauthorized, now)
    }
  }
}
