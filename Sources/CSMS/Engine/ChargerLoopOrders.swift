import Fleet
import OCPP
import Rollout
import Transport
import Trust

/// Orders out, their answers, and what the core has decided.
extension ChargerLoop {
  func pump(_ session: ChargerSession) {
    session.timer?.cancel()
    session.timer = nil
    guard session.connection.isOpen, session.state.isDisjoint(with: [.booting, .rejected])
    else { return }
    if loop.now < session.quietUntil {
      guard !session.calls.isIdle else { return }
      session.timer = loop.schedule(after: session.quietUntil - loop.now) {
        [self, id = session.connection.id] in
        if let session = self.session(id) { self.pump(session) }
      }
      return
    }
    if let call = session.calls.next(now: Int64(loop.now)) {
      CrashPoint.beforeSend.reach(if: call.tag.asker.isDisruptive)
      send(
        session, FrameWriter.call(id: call.id, action: call.action, payload: call.tag.payload))
      if call.tag.asker.isDisruptive {
        CrashPoint.afterSend.reach(behind: loop)
      }
      log(
        .info, "\(session.identity) is sent \(call.action) (\(call.id))", charger: session.identity)
      batch.append(.sent(session.charger, messageID: call.id))
      if let action = AnswerPolicy.asksFor(call.action, call.tag.payload),
        !session.asked.contains(action)
      {
        session.asked.append(action)
      }
    }
    guard let deadline = session.calls.deadline else { return }
    session.timer = loop.schedule(after: UInt64(max(1, deadline - Int64(loop.now)))) {
      [self, id = session.connection.id] in
      guard let session = self.session(id) else { return }
      if let call = session.calls.timeout(now: Int64(loop.now)) {
        noteTimeout(session, call.action)
        end(session, call, .timedOut)
      }
      pump(session)
    }
  }

  /// Some answer nothing any more while their heartbeats go on; they recover when they connect anew
  /// (mobilityhouse/ocpp#626).
  private func noteTimeout(_ session: ChargerSession, _ action: String) {
    if session.timeouts < .max { session.timeouts += 1 }
    log(.warning, "\(session.identity) does not answer \(action)", charger: session.identity)
    guard session.timeouts >= session.quirks.deafAfter ?? settings.deafAfter else { return }
    batch.append(.deaf(reference(session), session.charger, calls: Int(session.timeouts)))
  }

  /// Some never boot but when they are asked (evcc-io/evcc#28540).
  private func askForBoot(_ session: ChargerSession) {
    guard session.state.isDisjoint(with: [.booted, .booting]),
      let (action, payload) = adapters[session.version].order(
        .triggerBoot, OrderContext(now: SystemClock.now)),
      let descriptor = messages.action(named: action, version: session.version.wire)
    else { return }
    log(
      .info, "\(session.identity) has not booted here and nobody knows what it is",
      charger: session.identity)
    session.calls.enqueue(
      .init(
        id: Hex.encode(Random.bytes(16)), action: action,
        patience: patience(of: session, settings.answerWithin),
        tag: .init(asker: .nobody, action: descriptor, payload: payload)))
    pump(session)
  }

  /// The call that an answer ends: the open one, or one that timed out on this connection.
  private func ended(
    _ session: ChargerSession, by id: String
  ) -> CallQueue<ChargerSession.Pending>.Call? {
    session.timeouts = 0
    // "-1" stands for a call whose id could not be read; no more than one is open.
    let isOpen = id == FrameReader.unreadableID ? session.calls.open?.id ?? id : id
    if let call = session.calls.answered(id: isOpen) {
      leaveInPeace(session, after: call.action)
      return call
    }
    guard let call = session.calls.late(id: id) else {
      session.faults &+= 1
      complain(of: session, "answers \(id.bounded(to: 36)), which nobody asked")
      return nil
    }
    log(.info, "\(session.identity) answers \(call.action) late", charger: session.identity)
    return call
  }

  func answered(_ session: ChargerSession, _ id: String, _ payload: JSONValue) {
    guard let call = ended(session, by: id) else { return }
    if let violation = messages.validate(response: payload, of: call.tag.action) {
      log(
        .warning, "\(session.identity) answers \(call.action) against a rule: \(violation)",
        charger: session.identity)
      if session.version == .ocpp21, AnswerPolicy.isUnusable(violation) {
        send(
          session,
          FrameWriter.resultError(
            id: id, code: messages.codes.code(for: violation.kind, in: .v21),
            description: violation.description))
      }
    }
    switch call.tag.asker {
    case .upgrade(let order):
      end(session, call, adapters[session.version].reading(payload, of: order))
    case .person(let slot):
      slot.fill(payload.text)
      noteHoldings(session, call.tag, call.action, payload)
      pump(session)
    case .nobody: pump(session)
    }
  }

  func failed(_ session: ChargerSession, _ id: String, _ code: String, _ text: String) {
    let open = session.calls.open?.id
    guard let call = ended(session, by: id) else { return }
    log(
      .info, "\(session.identity) refuses \(call.action): \(code) \(text)",
      charger: session.identity)
    if case .person(let slot) = call.tag.asker {
      // Of one that came too late its asker was told long ago.
      if call.id == open, startsAgain(session, call) { return pump(session) }
      slot.fail("The charger answered with an error: \(code) \(text)")
      return pump(session)
    }
    let known = ErrorCode(spelling: code)
    let isUnsupported = known == .notSupported || known == .notImplemented
    end(session, call, isUnsupported ? .notSupported(code) : .rejected("\(code) \(text)"))
  }

  func end(
    _ session: ChargerSession, _ call: CallQueue<ChargerSession.Pending>.Call, _ answer: Answer
  ) {
    switch call.tag.asker {
    case .upgrade:
      batch.append(.answered(session.charger, messageID: call.id, answer))
      askEach(session, call, answer)
    case .person(let slot): slot.fail("The charger did not answer in time, or not readably.")
    case .nobody: break
    }
    pump(session)
  }

  // MARK: Completions

  func deliver(_ items: [Outbound]) {
    let now = SystemClock.now
    for item in items {
      switch item {
      case .admit(let id, let welcome): admit(id, welcome)
      case .quirks(let id, let quirks): session(id)?.quirks = quirks
      case .accepted(let id): session(id)?.state.remove(.pending)
      case .refuse(let id, let refusal):
        connections.removeValue(forKey: id)?.refuse(refusal.response)
      case .reply(let message, let facts):
        guard let session = session(message.connection.id) else { continue }
        defer { noteDone(session, hasAnswer: message.messageID != nil) }
        guard let id = message.messageID else { continue }
        reply(session, id, facts, message.version, now)
        if case .boot(let registration, _) = facts { session.take(registration) }
        CrashPoint.afterAnswer.reach(behind: loop)
        // Once a connection: a charger that repeats its boot must not be kept from being asked.
        if case .boot = facts, session.state.insert(.booted).inserted {
          session.state.remove(.booting)
          session.quietUntil = loop.now + quiet(of: session.quirks, settings.quietAfterBoot)
          pump(session)
        }
      case .order(let id, let messageID, let order, let context, let patience):
        take(id, messageID, order, context, patience)
      case .call(let id, let messageID, let action, let payload, let slot):
        call(id, messageID, action, payload, slot)
      case .close(let id, let reason):
        log(.info, "closing \(session(id)?.identity ?? "connection \(id)"): \(reason)")
        connections[id]?.close(.goingAway, reason: reason)
      }
    }
    handOver()
  }

  private func session(_ id: UInt64) -> ChargerSession? {
    connections[id]?.context as? ChargerSession
  }

  private func admit(_ id: UInt64, _ welcome: Welcome) {
    // A CSMS must support compression (OCPP 2.0.1 part 4 §3.3, 2.1 likewise); 1.6 has no such thing.
    guard let connection = connections[id],
      connection.accept(
        subprotocol: welcome.namesVersion ? welcome.version.wire.subprotocol : nil,
        compress: welcome.version != .ocpp16)
    else {
      // It left while the core decided; its end was not told because it had no session.
      batch.append(.closed(ConnectionRef(loop: number, id: id), welcome.charger))
      return
    }
    let session = ChargerSession(
      welcome, on: connection,
      quietUntil: loop.now + quiet(of: welcome.quirks, settings.quietAfterConnect))
    connection.context = session
    log(
      .info, "\(welcome.identity) connected, speaks \(welcome.version.label)",
      charger: welcome.identity)
    guard welcome.wantsBoot else { return }
    let isFirst = bootWatch.next == nil
    bootWatch.add(id, due: loop.now + UInt64(settings.bootWithin.milliseconds))
    if isFirst { watchBoots() }
  }

  private func watchBoots() {
    guard let next = bootWatch.next else { return }
    loop.schedule(after: next - min(next, loop.now)) { [self] in
      for id in bootWatch.takeDue(loop.now) {
        if let session = session(id) { askForBoot(session) }
      }
      watchBoots()
    }
  }

  private func take(
    _ id: UInt64, _ messageID: String, _ order: Order, _ context: OrderContext, _ patience: Span
  ) {
    guard let session = session(id) else { return }
    guard let (action, payload) = adapters[session.version].order(order, context),
      let descriptor = messages.action(named: action, version: session.version.wire)
    else {
      batch.append(
        .answered(
          session.charger, messageID: messageID,
          .notSupported("OCPP \(session.version.label) has no form for it")))
      return
    }
    if let objection = session.quirks.objection(to: action, payload) {
      log(
        .info, "\(session.identity) is not sent \(action): \(objection)",
        charger: session.identity)
      batch.append(
        .answered(session.charger, messageID: messageID, .notSupported("not sent: \(objection)")))
      return
    }
    if let violation = messages.validate(request: payload, of: descriptor) {
      // Strict out: what would not validate is not sent.
      log(
        .error, "\(action) for \(session.identity) would break a rule, not sent: \(violation)",
        charger: session.identity)
      batch.append(
        .answered(session.charger, messageID: messageID, .rejected("not sent: \(violation)")))
      return
    }
    session.calls.enqueue(
      .init(
        id: messageID, action: action, patience: self.patience(of: session, patience),
        tag: .init(
          asker: .upgrade(order), action: descriptor, payload: payload,
          connectors: context.connectors)))
    for connector in context.keepClosed {
      let (action, payload) = adapters[session.version].close(connector)
      session.calls.enqueue(
        .init(
          id: Hex.encode(Random.bytes(16)), action: action,
          patience: self.patience(of: session, patience),
          tag: .init(asker: .nobody, action: descriptor, payload: payload)))
    }
    pump(session)
  }

  /// Sends a person's own message, if it validates.
  private func call(
    _ id: UInt64, _ messageID: String, _ action: String, _ payload: JSON, _ slot: AnswerSlot
  ) {
    guard let session = session(id) else { return slot.fail("The charger disconnected.") }
    let label = session.version.label
    guard let descriptor = messages.action(named: action, version: session.version.wire),
      descriptor.mayBeSent(by: .csms), descriptor.kind == .call
    else {
      let known = messages.actions(of: session.version.wire).filter { $0.mayBeSent(by: .csms) }
      return slot.fail(
        "OCPP \(label) has no message \(action.bounded(to: 50)) that a CSMS sends"
          + Nearest.hint(action.bounded(to: 50), known.map(\.name)) + ".")
    }
    if let violation = messages.validate(request: payload, of: descriptor) {
      return slot.fail("Not sent, OCPP \(label) \(action) does not allow it: \(violation)")
    }
    session.calls.enqueue(
      .init(
        id: messageID, action: action, patience: patience(of: session, settings.answerWithin),
        tag: .init(asker: .person(slot), action: descriptor, payload: payload)))
    pump(session)
  }
}

extension Refusal {
  fileprivate var response: HTTPResponse {
    switch self {
    case .unknownIdentity:
      HTTPResponse(404, "Not Found", text: "This identity is not in the inventory.\n")
    case .entry(let refusal): refusal.response
    case .noCommonVersion:
      HTTPResponse(
        400, "Bad Request", text: "No common version: ocpp1.6, ocpp2.0.1 and ocpp2.1 are served.\n")
    case .noSubprotocol:
      HTTPResponse(
        400, "Bad Request",
        text: "Sec-WebSocket-Protocol is missing: offer ocpp1.6, ocpp2.0.1 or ocpp2.1\n")
    case .invalidIn2x:
      HTTPResponse(
        400, "Bad Request",
        text: "OCPP 2.x forbids this identity; rename the charger or offer ocpp1.6.\n")
    case .tooManyStrangers:
      HTTPResponse(
        503, "Service Unavailable", headers: [("Retry-After", "3600")],
        text: "Too many unknown chargers wait to be accepted.\n")
    case .failed:
      HTTPResponse(
        503, "Service Unavailable", headers: [("Retry-After", "30")], text: "Storage failed.\n")
    }
  }
}
