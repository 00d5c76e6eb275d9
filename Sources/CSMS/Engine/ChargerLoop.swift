import Fleet
import OCPP
import Rollout
import Transport
import Trust

/// The chargers of one event loop: frames in, one batch a poll round to the core; completions out.
final class ChargerLoop: ServerDelegate {
  let number: Int
  let loop: EventLoop
  private let inbox: CoreInbox
  private let settings: EngineSettings
  private let messages: MessageCatalogue
  private let adapters = Adapters()
  private let depot: Depot
  private let log: Log
  private let population: Population
  private var connections: [UInt64: ServerConnection] = [:]
  private var reader = FrameReader()
  private var batch: [Inbound] = []
  private var isHeardTimerSet = false
  private var heard: [ChargerID] = []

  init(
    number: Int, loop: EventLoop, inbox: CoreInbox, settings: EngineSettings,
    messages: MessageCatalogue, depot: Depot, population: Population, log: Log
  ) {
    self.number = number
    self.loop = loop
    self.inbox = inbox
    self.settings = settings
    self.messages = messages
    self.depot = depot
    self.population = population
    self.log = log
    loop.afterRound { [weak self] in self?.handOver() }
  }

  private func handOver() {
    guard !batch.isEmpty else { return }
    inbox.post(batch)
    batch.removeAll(keepingCapacity: true)
  }

  // MARK: The door

  func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest) {
    let credentials = BasicCredentials(header: request.authorization)
    let decoded: Identity
    do throws(IdentityError) {
      decoded = try identity(of: request, credentials)
    } catch {
      log(.warning, "refused \(request.target.debugDescription): \(error.message)")
      return connection.refuse(
        HTTPResponse(
          error.httpStatus, error.httpStatus == 404 ? "Not Found" : "Bad Request",
          text: "\(error.message)\n"))
    }
    let names = request.offeredSubprotocols
    guard !names.isEmpty else {
      log(.warning, "refused \(decoded.text): it offers no sub-protocol (Sec-WebSocket-Protocol)")
      return connection.refuse(
        HTTPResponse(
          400, "Bad Request",
          text: "Sec-WebSocket-Protocol is missing: offer ocpp1.6, ocpp2.0.1 or ocpp2.1\n"))
    }
    for warning in decoded.warnings { log(.info, "\(decoded.text): \(warning)") }
    connections[connection.id] = connection
    batch.append(
      .knock(
        Knock(
          connection: ConnectionRef(loop: number, id: connection.id), identity: decoded.text,
          offered: names.compactMap { OCPPVersion(subprotocol: $0).map(ProtocolVersion.init) },
          offeredNames: names, isValidIn2x: Identity.isValidIn2x(decoded.text),
          userName: credentials?.user, password: credentials?.password, at: SystemClock.now)))
  }

  /// From the path; without one, from the Basic user name (lbbrhzn/ocpp#442).
  private func identity(of request: UpgradeRequest, _ credentials: BasicCredentials?)
    throws(IdentityError) -> Identity
  {
    let path = request.target.prefix { $0 != "?" && $0 != "#" }
    if path == "/" || path.isEmpty, let user = credentials?.user, !user.isEmpty {
      if let flaw = Identity.flaw(of: user) { throw flaw }
      return Identity(text: user)
    }
    return try Identity.decode(target: request.target, prefix: settings.prefix)
  }

  func requested(_ connection: ServerConnection, _ head: RequestHead) {
    depot.answer(connection, head) { [weak self] upgrade, position, size in
      self?.batch.append(.served(upgrade, bytes: position, of: size))
    }
  }

  func opened(_ connection: ServerConnection) {
    population.change(by: 1)
  }

  func closed(_ connection: ServerConnection, _ reason: CloseReason) {
    connections[connection.id] = nil
    guard let session = connection.context as? ChargerSession else { return }
    population.change(by: -1)
    log(.info, "\(session.identity) disconnected: \(reason.sentence)")
    session.timer?.cancel()
    for call in session.calls.closed() {
      switch call.tag.asker {
      case .upgrade: batch.append(.answered(session.charger, messageID: call.id, .lost))
      case .person(let slot): slot.fail("The charger disconnected before it answered.")
      case .nobody: break
      }
    }
    batch.append(
      .closed(ConnectionRef(loop: number, id: connection.id), session.charger))
  }

  // MARK: Frames in

  func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
    guard let session = connection.context as? ChargerSession else { return }
    switch reader.read(text, version: session.version.wire) {
    case .frame(let frame):
      switch frame {
      case .call(let id, let action, let payload): call(session, id, action, payload)
      case .result(let id, let payload): answered(session, id, payload)
      case .error(let id, let code, let description, _):
        failed(session, id, code, description)
      case .resultError(let id, let code, let description, _):
        log(
          .warning, "\(session.identity) could not process our answer \(id): \(code) \(description)"
        )
      case .send(_, let action, _):
        log(.debug, "\(session.identity) sent \(action)")
      }
    case .fault(let fault):
      log(.warning, "\(session.identity) sent no valid frame: \(fault.reason)")
      if let id = fault.endsCall, let open = session.calls.answered(id: id) {
        end(session, open, .rejected("its answer could not be read"))
      }
      if let bytes = fault.answerBytes(in: session.version.wire) { connection.send(text: bytes) }
    }
  }

  private func call(
    _ session: ChargerSession, _ id: String, _ action: String, _ payload: JSONValue
  ) {
    let wire = session.version.wire
    guard let descriptor = messages.action(named: action, version: wire) else {
      return refuse(
        session, id, .notImplemented, "no action \(action.prefix(50)) in OCPP \(wire.label)")
    }
    guard descriptor.mayBeSent(by: .station) else {
      return refuse(session, id, .notSupported, "\(action) is for the CSMS to send")
    }
    if let violation = messages.validate(request: payload, of: descriptor) {
      log(.warning, "\(session.identity) \(action) breaks a rule: \(violation)")
      // An error here costs billing data: these are answered whenever their id can be read.
      guard Core.carriesMoney.contains(action) else {
        return refuse(session, id, violation.errorCode(in: wire), violation.description)
      }
    }
    let now = SystemClock.now
    guard let event = adapters[session.version].event(action, payload, receivedAt: now) else {
      return refuse(session, id, .notSupported, "\(action) is not offered by this CSMS")
    }
    if event == .heartbeat {
      noteHeard(session)
      return reply(session, id, .heartbeat, now)
    }
    session.openRequests += 1
    batch.append(
      .message(
        Message(
          connection: ConnectionRef(loop: number, id: session.connection.id),
          charger: session.charger, messageID: id, action: action, version: session.version,
          event: event, payload: payload.bytes, at: now)))
  }

  private func refuse(
    _ session: ChargerSession, _ id: String, _ code: ErrorCode, _ description: String
  ) {
    session.connection.send(
      text: FrameWriter.error(
        id: id, code: code, description: description, version: session.version.wire))
  }

  private func reply(_ session: ChargerSession, _ id: String, _ facts: ReplyFacts, _ now: Instant) {
    let payload = adapters[session.version].answer(facts, now: now)
    session.connection.send(text: FrameWriter.result(id: id, payload: payload))
  }

  /// Signs of life are told to the core once a minute, not one by one.
  private func noteHeard(_ session: ChargerSession) {
    guard !session.isHeard else { return }
    session.isHeard = true
    heard.append(session.charger)
    guard !isHeardTimerSet else { return }
    isHeardTimerSet = true
    loop.schedule(after: 60_000) { [weak self] in
      guard let self else { return }
      isHeardTimerSet = false
      for connection in connections.values {
        (connection.context as? ChargerSession)?.isHeard = false
      }
      batch.append(.heard(heard, SystemClock.now))
      heard = []
    }
  }

  // MARK: Orders out

  private func pump(_ session: ChargerSession) {
    session.timer?.cancel()
    session.timer = nil
    guard session.connection.isOpen else { return }
    if loop.now < session.quietUntil {
      guard !session.calls.isIdle else { return }
      session.timer = loop.schedule(after: session.quietUntil - loop.now) {
        [weak self, weak session] in
        if let session { self?.pump(session) }
      }
      return
    }
    if let call = session.calls.next(now: Int64(loop.now)) {
      CrashPoint.beforeSend.reach(if: call.tag.asker.isDisruptive)
      session.connection.send(
        text: FrameWriter.call(id: call.id, action: call.action, payload: call.tag.payload))
      if call.tag.asker.isDisruptive {
        CrashPoint.afterSend.reach(behind: loop)
      }
      log(.info, "\(session.identity) is sent \(call.action) (\(call.id))")
      batch.append(.sent(session.charger, messageID: call.id))
    }
    guard let deadline = session.calls.deadline else { return }
    session.timer = loop.schedule(after: UInt64(max(1, deadline - Int64(loop.now)))) {
      [weak self, weak session] in
      guard let self, let session else { return }
      if let call = session.calls.timeout(now: Int64(loop.now)) {
        end(session, call, .timedOut)
      }
      pump(session)
    }
  }

  private func answered(_ session: ChargerSession, _ id: String, _ payload: JSONValue) {
    guard let call = session.calls.answered(id: id) ?? session.calls.late(id: id) else {
      return log(.warning, "\(session.identity) answered \(id), which nobody asked")
    }
    if let violation = messages.validate(response: payload, of: call.tag.action) {
      log(.warning, "\(session.identity) answers \(call.action) against a rule: \(violation)")
    }
    switch call.tag.asker {
    case .upgrade(let order):
      end(session, call, adapters[session.version].reading(payload, of: order))
    case .person(let slot):
      slot.fill(payload.text)
      pump(session)
    case .nobody: pump(session)
    }
  }

  private func failed(_ session: ChargerSession, _ id: String, _ code: String, _ text: String) {
    guard let call = session.calls.answered(id: id) ?? session.calls.late(id: id) else {
      return log(.warning, "\(session.identity) sent an error for \(id), which nobody asked")
    }
    log(.info, "\(session.identity) refuses \(call.action): \(code) \(text)")
    if case .person(let slot) = call.tag.asker {
      slot.fail("The charger answered with an error: \(code) \(text)")
      return pump(session)
    }
    let known = ErrorCode(spelling: code)
    let isUnsupported = known == .notSupported || known == .notImplemented
    end(session, call, isUnsupported ? .notSupported(code) : .rejected("\(code) \(text)"))
  }

  private func end(
    _ session: ChargerSession, _ call: CallQueue<ChargerSession.Pending>.Call, _ answer: Answer
  ) {
    switch call.tag.asker {
    case .upgrade: batch.append(.answered(session.charger, messageID: call.id, answer))
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
      case .admit(let id, let charger, let identity, let version):
        admit(id, charger, identity, version)
      case .refuse(let id, let refusal):
        connections.removeValue(forKey: id)?.refuse(refusal.response)
      case .reply(let id, let messageID, let facts):
        guard let session = session(id) else { continue }
        session.openRequests -= 1
        reply(session, messageID, facts, now)
        CrashPoint.afterAnswer.reach(behind: loop)
        // Once a connection: a charger that repeats its boot must not be kept from being asked.
        if case .boot = facts, !session.isBooted {
          session.isBooted = true
          session.quietUntil = loop.now + UInt64(settings.quietAfterBoot.milliseconds)
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

  private func admit(
    _ id: UInt64, _ charger: ChargerID, _ identity: String, _ version: ProtocolVersion
  ) {
    guard let connection = connections[id] else {
      // It left while the core decided; its end was not told because it had no session.
      batch.append(.closed(ConnectionRef(loop: number, id: id), charger))
      return
    }
    connection.context = ChargerSession(
      charger: charger, identity: identity, version: version, connection: connection,
      quietUntil: loop.now + UInt64(settings.quietAfterConnect.milliseconds))
    connection.accept(subprotocol: version.wire.subprotocol)
    log(.info, "\(identity) connected, speaks \(version.label)")
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
    if let violation = messages.validate(request: payload, of: descriptor) {
      // Strict out: what would not validate is not sent.
      log(.error, "\(action) for \(session.identity) would break a rule, not sent: \(violation)")
      batch.append(
        .answered(session.charger, messageID: messageID, .rejected("not sent: \(violation)")))
      return
    }
    session.calls.enqueue(
      .init(
        id: messageID, action: action, patience: patience.milliseconds,
        tag: .init(asker: .upgrade(order), action: descriptor, payload: payload)))
    for connector in context.keepClosed {
      let (action, payload) = adapters[session.version].close(connector)
      session.calls.enqueue(
        .init(
          id: Hex.encode(Random.bytes(16)), action: action, patience: patience.milliseconds,
          tag: .init(asker: .nobody, action: descriptor, payload: payload)))
    }
    pump(session)
  }
}

extension ChargerLoop {
  /// Sends a person's own message, if it validates.
  private func call(
    _ id: UInt64, _ messageID: String, _ action: String, _ payload: JSON, _ slot: AnswerSlot
  ) {
    guard let session = session(id) else { return slot.fail("The charger disconnected.") }
    let label = session.version.label
    guard let descriptor = messages.action(named: action, version: session.version.wire),
      descriptor.mayBeSent(by: .csms), descriptor.kind == .call
    else { return slot.fail("OCPP \(label) has no message \(action) that a CSMS sends.") }
    if let violation = messages.validate(request: payload, of: descriptor) {
      return slot.fail("Not sent, OCPP \(label) \(action) does not allow it: \(violation)")
    }
    session.calls.enqueue(
      .init(
        id: messageID, action: action, patience: AnswerSlot.patience.milliseconds,
        tag: .init(asker: .person(slot), action: descriptor, payload: payload)))
    pump(session)
  }
}

extension Refusal {
  fileprivate var response: HTTPResponse {
    switch self {
    case .unknownIdentity:
      HTTPResponse(404, "Not Found", text: "This identity is not in the inventory.\n")
    case .wrongPassword:
      HTTPResponse(
        401, "Unauthorized", headers: [("WWW-Authenticate", "Basic realm=\"ocpp\"")],
        text: "Identity and password do not match.\n")
    case .noCommonVersion:
      HTTPResponse(
        400, "Bad Request", text: "No common version: ocpp1.6, ocpp2.0.1 and ocpp2.1 are served.\n")
    case .invalidIn2x:
      HTTPResponse(
        400, "Bad Request",
        text: "OCPP 2.x forbids this identity; rename the charger or offer ocpp1.6.\n")
    case .failed:
      HTTPResponse(
        503, "Service Unavailable", headers: [("Retry-After", "30")], text: "Storage failed.\n")
    }
  }
}
