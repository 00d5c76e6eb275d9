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
  private let gate: DepotGate?
  private let uploads: UploadDesk?
  let log: Log
  private let population: Population
  var connections: [UInt64: ServerConnection] = [:]
  var reader = FrameReader()
  /// Where answers are written, one after the other.
  private var writer = JSONWriter(capacity: 512)
  /// What the core is handed at the end of the round.
  var batch: [Inbound] = []
  var bootWatch = BootWatch()
  private var isHeardTimerSet = false
  private var heard: [ChargerID] = []
  /// What the log says of those whom nobody has let in yet: anybody can have it said.
  private var doorLines = Repeats(pause: .minutes(10))
  /// What was let pass and not told to the core yet.
  var tolerated: [ChargerID: [Toleration.Kind: Int]] = [:]

  init(
    number: Int, loop: EventLoop, inbox: CoreInbox, settings: EngineSettings,
    messages: MessageCatalogue, depot: Depot, uploads: UploadDesk?,
    population: Population, log: Log
  ) {
    self.number = number
    self.loop = loop
    self.inbox = inbox
    self.settings = settings
    self.messages = messages
    self.depot = depot
    gate = depot.gate(on: loop)
    self.uploads = uploads
    self.population = population
    self.log = log
    // Loop and chargers hold each other until the loop ends. Nothing here is held weakly: whatever
    // was held so once is counted the slow way ever after, and these are counted with each message.
    loop.afterRound { self.handOver() }
  }

  func handOver() {
    guard !batch.isEmpty else { return }
    let full = batch
    batch = []
    batch.reserveCapacity(min(full.count, 4096))
    inbox.post(full)
  }

  // MARK: The door

  func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest) {
    let credentials = BasicCredentials(header: request.authorization)
    let decoded: Identity
    do throws(IdentityError) {
      decoded = try identity(of: request, credentials, connection.peerCertificate?.commonName)
    } catch {
      tellAtDoor(
        connection, .warning,
        "refused \(request.target.bounded(to: 200).debugDescription): \(error.message)",
        about: error.message)
      return connection.refuse(
        HTTPResponse(
          error.httpStatus, error.httpStatus == 404 ? "Not Found" : "Bad Request",
          text: "\(error.message)\n"))
    }
    let names = request.offeredSubprotocols
    for warning in decoded.warnings {
      tellAtDoor(
        connection, .info, "\(decoded.text): \(warning)", about: "\(decoded.text) \(warning)")
    }
    connections[connection.id] = connection
    batch.append(
      .knock(
        Knock(
          connection: ConnectionRef(loop: number, id: connection.id), identity: decoded.text,
          offered: names.compactMap { OCPPVersion(subprotocol: $0).map(ProtocolVersion.init) },
          offeredNames: names, isValidIn2x: Identity.isValidIn2x(decoded.text),
          userName: credentials?.user, password: credentials?.password,
          entrance: settings.listeners[connection.listenerNumber].entrance,
          certificate: connection.peerCertificate.map(ShownCertificate.init),
          peer: connection.peerAddress.host, at: SystemClock.now)))
  }

  func handshakeFailed(peer: (host: String, port: UInt16), _ failure: TLSFailure) {
    guard var kind = failure.reason.offence else {
      return log(.debug, "\(peer.host): \(failure)")
    }
    // A site is often one address: whose certificate it is tells its chargers apart. Only where
    // somebody who is trusted has signed it, so that nobody can think up any number of them.
    if failure.reason.isOfTrustedChain { kind += " \(failure.serialNumber ?? "")" }
    batch.append(
      .handshakeFailed(
        HandshakeFailure(peer: peer.host, kind: kind, sentence: "\(failure)".bounded(to: 400)),
        SystemClock.now))
  }

  /// From the path; without one, from the Basic user name (lbbrhzn/ocpp#442) or the certificate.
  private func identity(
    of request: UpgradeRequest, _ credentials: BasicCredentials?, _ commonName: String?
  ) throws(IdentityError) -> Identity {
    let path = request.target.prefix { $0 != "?" && $0 != "#" }
    if path == "/" || path.isEmpty, let user = credentials?.user ?? commonName, !user.isEmpty {
      if let flaw = Identity.flaw(of: user) { throw flaw }
      return Identity(text: user)
    }
    return try Identity.decode(target: request.target, prefix: settings.prefix)
  }

  func requested(_ connection: ServerConnection, _ head: RequestHead) {
    let refused = { (why: String) in self.tellAtDoor(connection, .warning, why, about: why) }
    if let uploads, head.target.hasPrefix(UploadDesk.prefix) {
      return uploads.answer(connection, head, refused: refused)
    }
    depot.answer(
      connection, head, gate: gate, changed: { self.batch.append(.imageChanged($0)) },
      refused: refused
    ) { upgrade, position, size in
      self.batch.append(.served(upgrade, bytes: position, of: size))
    }
  }

  /// - Parameter what: is told once in a while for each address.
  private func tellAtDoor(
    _ connection: ServerConnection, _ level: Log.Level, _ sentence: String, about what: String
  ) {
    let peer = connection.peerAddress.host
    guard doorLines.mayTell("\(peer) \(what)", at: SystemClock.now) else { return }
    log(level, "\(sentence) (from \(peer))")
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
    tellTolerations(of: session.charger)
    batch.append(.closed(reference(session), session.charger))
  }

  func reference(_ session: ChargerSession) -> ConnectionRef {
    ConnectionRef(loop: number, id: session.connection.id)
  }

  func reply(
    _ session: ChargerSession, _ id: String, _ facts: ReplyFacts, _ version: ProtocolVersion,
    _ now: Instant
  ) {
    writer.removeAll()
    FrameWriter.result(id: id, into: &writer) {
      adapters[version].write(facts, now: now, into: &$0)
    }
    writer.bytes.withUnsafeBufferPointer { frame in
      settings.trace?.note(session.identity, .sent, session.version, frame)
      session.connection.send(text: UnsafeRawBufferPointer(frame))
    }
  }

  func send(_ session: ChargerSession, _ frame: [UInt8]) {
    if let trace = settings.trace {
      frame.withUnsafeBufferPointer { trace.note(session.identity, .sent, session.version, $0) }
    }
    session.connection.send(text: frame)
  }

  /// Signs of life are told to the core once a minute, not one by one.
  func noteHeard(_ session: ChargerSession) {
    guard session.state.insert(.heard).inserted else { return }
    heard.append(session.charger)
    guard !isHeardTimerSet else { return }
    isHeardTimerSet = true
    loop.schedule(after: 60_000) { [self] in
      isHeardTimerSet = false
      for connection in connections.values {
        (connection.context as? ChargerSession)?.state.remove(.heard)
      }
      batch.append(.heard(heard, SystemClock.now))
      heard = []
    }
  }
}
