import OCPP

/// A call of the station's own. Transaction messages and firmware notices have queues of their own,
/// which survive the connection; they become one of these when they are sent.
struct OutgoingCall: Sendable {
  enum Purpose: Sendable {
    case boot
    case status(connector: Int, String)
    case authorize(SessionPlan)
    case transaction
    case notice
    /// Nothing follows from the answer.
    case plain
  }

  var id: String
  var action: String
  var payload: JSON
  var purpose = Purpose.plain
  /// May go out before the boot is accepted: the boot itself, and what the CSMS has asked for
  /// (OCPP 2.0.1 B02.FR.09).
  var isEarly = false
}

// One call is open at a time (OCPP 2.0.1 part 4 §4.1.1); the rest waits.
extension Station {
  mutating func enqueue(
    _ action: String, _ payload: JSON, _ purpose: OutgoingCall.Purpose = .plain,
    isEarly: Bool = false
  ) {
    calls.append(
      OutgoingCall(
        id: nextID(), action: action, payload: payload, purpose: purpose, isEarly: isEarly))
  }

  func hasCallToSend(_ version: OCPPVersion) -> Bool {
    let isAccepted = registration == .accepted
    if calls.contains(where: { isAccepted || $0.isEarly }) { return true }
    return isAccepted && (ledger.next(version) != nil || !notices.isEmpty)
  }

  /// Sends the next call when none is open: first what may go before acceptance, then transaction
  /// messages, then the rest.
  mutating func pump(_ now: Int64) {
    guard open == nil, let version else { return }
    if let index = calls.firstIndex(where: \.isEarly) {
      transmit(calls.remove(at: index))
    } else if registration != .accepted {
      return
    } else if !isRetrying, let message = ledger.next(version) {
      transmit(
        OutgoingCall(
          id: message.id, action: message.action, payload: ledger.payload(of: message),
          purpose: .transaction))
    } else if !calls.isEmpty {
      transmit(calls.removeFirst())
    } else if let notice = notices.first {
      if let call = notice.call(version, isSigned: profile.isSigned) {
        transmit(
          OutgoingCall(id: nextID(), action: call.action, payload: call.payload, purpose: .notice))
      } else {
        notices.removeFirst()
        pump(now)
      }
    }
  }

  private mutating func transmit(_ call: OutgoingCall) {
    open = call
    act(.send(FrameWriter.call(id: call.id, action: call.action, payload: call.payload)))
    act(.schedule(.answer, after: timing.patience))
  }

  /// An answer; nil is a CALLERROR.
  mutating func answered(_ id: String, _ payload: JSON?, _ now: Int64) {
    guard let call = open, call.id == id else { return }
    open = nil
    act(.cancel(.answer))
    switch call.purpose {
    case .boot:
      memory.lastBoot = call
      bootAnswered(payload, now)
    case .status(let connector, let status): confirmed[connector] = status
    case .authorize(let plan): authorized(plan, payload, now)
    case .transaction:
      if let payload { acknowledged(payload, now) } else { refused(now) }
    case .notice: if !notices.isEmpty { notices.removeFirst() }
    case .plain: break
    }
  }

  /// No answer in time. A transaction message is sent again until it is answered, with the same id
  /// and content; a boot after its interval; the rest is given up.
  mutating func unanswered(_ now: Int64) {
    guard let call = open else { return }
    open = nil
    switch call.purpose {
    case .boot: act(.schedule(.boot, after: timing.retryFloor))
    case .status(let connector, _): reported[connector] = confirmed[connector]
    case .transaction: retryLater()
    case .authorize: scheduleSession()
    case .notice, .plain: break
    }
  }

  /// The wait before a transaction message is sent again grows with its tries (OCPP 1.6 §3.7.1,
  /// OCPP 2.0.1 E13).
  mutating func retryLater() {
    guard let version, let tries = ledger.countTry(version) else { return }
    isRetrying = true
    let wait = timing.interval(configuration.transactionRetryInterval, floor: timing.retryFloor)
    act(.schedule(.transactionRetry, after: wait * Int64(min(tries, 5))))
  }

  /// A CALLERROR: after as many tries as are configured the message is dropped.
  private mutating func refused(_ now: Int64) {
    guard let version, let message = ledger.next(version) else { return }
    if message.tries + 1 >= configuration.transactionAttempts {
      log(.dropped(action: message.action, id: message.id), now)
      ledger.drop(version)
    } else {
      retryLater()
    }
  }

  // MARK: Boot and heartbeat

  mutating func enqueueBoot(reason: String? = nil) {
    guard let version, !calls.contains(where: { $0.action == "BootNotification" }) else { return }
    let payload: JSON
    if version == .v16 {
      payload = .compact([
        ("chargePointVendor", .string(clip(profile.vendor, 20))),
        ("chargePointModel", .string(clip(profile.model, 20))),
        ("chargePointSerialNumber", .string(clip(profile.serial, 25))),
        ("firmwareVersion", .string(clip(firmware, 50))),
      ])
    } else {
      payload = [
        "chargingStation": [
          "vendorName": .string(clip(profile.vendor, 50)),
          "model": .string(clip(profile.model, 20)),
          "serialNumber": .string(clip(profile.serial, 25)),
          "firmwareVersion": .string(clip(firmware, 50)),
        ],
        "reason": .string(reason ?? bootReason),
      ]
    }
    enqueue("BootNotification", payload, .boot, isEarly: true)
  }

  private mutating func bootAnswered(_ payload: JSON?, _ now: Int64) {
    let status = payload?["status"]?.string ?? "Error"
    let seconds = payload?["interval"]?.int ?? 0
    if let version { log(.boot(firmware: firmware, version, status: status), now) }
    if memory.isProbing { return }
    memory.bootAnsweredAt = memory.bootAnsweredAt ?? now
    guard status == "Accepted" else {
      // Rejected silences the station, Pending leaves it answering (OCPP 2.0.1 B02, B03).
      if registration != .accepted {
        registration = status == "Pending" ? .pending : .rejected
        act(.schedule(.boot, after: timing.interval(seconds, floor: timing.retryFloor)))
      }
      return
    }
    act(.cancel(.boot))
    registration = .accepted
    needsBoot = false
    heartbeatSeconds = seconds > 0 ? seconds : 86_400
    configuration.set("HeartbeatInterval", String(heartbeatSeconds))
    model.set("OCPPCommCtrlr", "HeartbeatInterval", String(heartbeatSeconds))
    scheduleHeartbeat()
    proveFirmware(now)
    greetAfterBoot(now)
    if !hasBeenAccepted {
      hasBeenAccepted = true
      firstAccepted(now)
    }
  }

  mutating func scheduleHeartbeat() {
    guard registration == .accepted else { return }
    let wait = timing.interval(heartbeatSeconds, floor: timing.heartbeatFloor)
    act(.schedule(.heartbeat, after: wait))
  }

  mutating func heartbeat() {
    guard isOnline, registration == .accepted else { return }
    if !calls.contains(where: { $0.action == "Heartbeat" }) { enqueue("Heartbeat", [:]) }
    scheduleHeartbeat()
  }

  /// At most `count` characters: what the schemas of identity fields allow.
  private func clip(_ text: String, _ count: Int) -> String { String(text.prefix(count)) }
}
