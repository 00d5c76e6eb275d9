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
  let settings: EngineSettings
  let messages: MessageCatalogue
  let adapters = Adapters()
  private let depot: Depot
  let log: Log
  private let population: Population
  var connections: [UInt64: ServerConnection] = [:]
  private var reader = FrameReader()
  /// What the core is handed at the end of the round.
  var batch: [Inbound] = []
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

  func handOver() {
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
      log(
        .warning, "refused \(decoded.text): it offers no sub-protocol (Sec-WebSocket-Protocol)",
        charger: decoded.text)
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
    let faults = session.faults == 0 ? "" : "; \(session.faults) messages broke a rule"
    log(
      .info, "\(session.identity) disconnected: \(reason.sentence)\(faults)",
      charger: session.identity)
    session.timer?.cancel()
    for call in session.calls.closed() {
      switch call.tag.asker {
      case .upgrade: batch.append(.answered(session.charger, messageID: call.id, .lost))
      case .person(let slot): slot.fail("The charger disconnected before it answered.")
      case .nobody: break
      }
    }
    batch.append(.closed(reference(session), session.charger))
  }

  // MARK: Frames in

  func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
    guard let session = connection.context as? ChargerSession else { return }
    settings.trace?.note(session.identity, .received, session.version, text)
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
        log(.debug, "\(session.identity) sent \(action)", charger: session.identity)
      }
    case .fault(let fault):
      log(
        .warning, "\(session.identity) sent no valid frame: \(fault.reason)",
        charger: session.identity)
      if let id = fault.endsCall, let open = session.calls.answered(id: id) {
        end(session, open, .rejected("its answer could not be read"))
      }
      if let bytes = fault.answerBytes(in: session.version.wire) { send(session, bytes) }
    }
  }

  private func call(
    _ session: ChargerSession, _ id: String, _ action: String, _ payload: JSONValue
  ) {
    let wire = session.version.wire
    guard let descriptor = messages.action(named: action, version: wire) else {
      session.faults += 1
      if speaksOld(session, action, payload), Core.carriesMoney.contains(action) {
        return take(session, id, action, payload, as: .ocpp16)
      }
      return refuse(
        session, id, .notImplemented, "no action \(action.prefix(50)) in OCPP \(wire.label)")
    }
    guard descriptor.mayBeSent(by: .station) else {
      return refuse(session, id, .notSupported, "\(action) is for the CSMS to send")
    }
    if let violation = messages.validate(request: payload, of: descriptor) {
      session.faults += 1
      // One that does so always is told for a while.
      log(
        session.faults <= 10 ? .warning : .debug,
        "\(session.identity) \(action) breaks a rule: \(violation)", charger: session.identity)
      let isOld = speaksOld(session, action, payload)
      // An error here costs billing data: these are answered whenever their id can be read.
      if Core.carriesMoney.contains(action) {
        return take(session, id, action, payload, as: isOld ? .ocpp16 : session.version)
      }
      // A time that can be read is no reason to lose a boot or a status (evcc-io/evcc#10399).
      guard violation.kind == .looseTime else {
        return refuse(session, id, violation.errorCode(in: wire), violation.description)
      }
    }
    take(session, id, action, payload, as: session.version)
  }

  /// Whether a message on a 2.x connection is one of 1.6: some negotiate the one and speak the
  /// other. The core is told once.
  private func speaksOld(
    _ session: ChargerSession, _ action: String, _ payload: JSONValue
  ) -> Bool {
    guard session.version != .ocpp16,
      let old = messages.action(named: action, version: .v16), old.mayBeSent(by: .station),
      messages.validate(request: payload, of: old) == nil
    else { return false }
    if session.state.insert(.speaksOld).inserted {
      batch.append(.speaksOld(reference(session), session.charger))
    }
    return true
  }

  /// - Parameter version: whose words the message is in.
  private func take(
    _ session: ChargerSession, _ id: String, _ action: String, _ payload: JSONValue,
    as version: ProtocolVersion
  ) {
    let now = SystemClock.now
    var flaws = ClockFlaws()
    guard let event = adapters[version].event(action, payload, receivedAt: now, &flaws) else {
      return refuse(session, id, .notSupported, "\(action) is not offered by this CSMS")
    }
    switch event {
    case .heartbeat:
      noteHeard(session)
      return reply(session, id, .heartbeat, session.version, now)
    case .booted where !session.state.contains(.booted): session.state.insert(.booting)
    default: break
    }
    batch.append(
      .message(
        Message(
          connection: reference(session), charger: session.charger, messageID: id, action: action,
          version: version, event: event, flaws: flaws, payload: payload.bytes, at: now)))
  }

  func reference(_ session: ChargerSession) -> ConnectionRef {
    ConnectionRef(loop: number, id: session.connection.id)
  }

  private func refuse(
    _ session: ChargerSession, _ id: String, _ code: ErrorCode, _ description: String
  ) {
    send(
      session,
      FrameWriter.error(
        id: id, code: code, description: description, version: session.version.wire))
  }

  func reply(
    _ session: ChargerSession, _ id: String, _ facts: ReplyFacts, _ version: ProtocolVersion,
    _ now: Instant
  ) {
    let payload = adapters[version].answer(facts, now: now)
    send(session, FrameWriter.result(id: id, payload: payload))
  }

  func send(_ session: ChargerSession, _ frame: [UInt8]) {
    if let trace = settings.trace {
      frame.withUnsafeBufferPointer { trace.note(session.identity, .sent, session.version, $0) }
    }
    session.connection.send(text: frame)
  }

  /// Signs of life are told to the core once a minute, not one by one.
  private func noteHeard(_ session: ChargerSession) {
    guard session.state.insert(.heard).inserted else { return }
    heard.append(session.charger)
    guard !isHeardTimerSet else { return }
    isHeardTimerSet = true
    loop.schedule(after: 60_000) { [weak self] in
      guard let self else { return }
      isHeardTimerSet = false
      for connection in connections.values {
        (connection.context as? ChargerSession)?.state.remove(.heard)
      }
      batch.append(.heard(heard, SystemClock.now))
      heard = []
    }
  }
}
