import Glibc
import OCPP
import Transport
import Trust

/// One charger of a load client: one call at a time, as OCPP wants it, and nothing of its own but
/// what tells its answers apart. On its loop only.
final class LoadCharger: WebSocketClientDelegate {
  private unowned let desk: LoadDesk
  let number: Int
  let version: OCPPVersion
  private var client: WebSocketClient?
  private var values = LoadFrames.Values()
  /// The message under way, and when it was due.
  private var open: (message: LoadMessage, due: Int)?
  /// When messages were due that wait for the one under way.
  private var waiting: [Int] = []
  private var step: Int
  private var began = 0
  private var isRebooting = false
  /// Attempts to connect since it last booted.
  var attempts = 0
  /// Its place among those that have booted; nil before.
  var place: Int?

  init(_ desk: LoadDesk, _ number: Int, _ version: OCPPVersion) {
    (self.desk, self.number, self.version) = (desk, number, version)
    // Not everybody says the same at a time.
    step = number
    values.meter = number
  }

  var isGone: Bool { client == nil }

  func connect() {
    guard client == nil else { return }
    attempts += 1
    began = LoadDesk.microseconds()
    var configuration = WebSocketClientConfiguration()
    configuration.openingTime = desk.plan.openingTime
    configuration.source = desk.plan.source(number)
    let identity = desk.plan.identity(number)
    do throws(TransportError) {
      client = try WebSocketClient.connect(
        on: desk.loop, host: desk.plan.host, port: desk.plan.port, target: "/ocpp/\(identity)",
        subprotocols: [version.subprotocol],
        authorization: desk.plan.password(number).map {
          "Basic " + Base64.encode(Array("\(identity):\($0)".utf8))
        },
        tls: desk.plan.tls, configuration: configuration, delegate: self)
    } catch {
      desk.failed(self, "\(error)")
    }
  }

  /// Says its next message, which was due then.
  func say(due: Int) {
    guard place != nil else { return desk.tally.unsaid += 1 }
    guard open == nil else { return waiting.append(due) }
    let messages = desk.messages
    send(messages[step % messages.count], due: due)
    step += 1
  }

  /// Closes and comes back with a boot, unless a car charges or an answer is awaited.
  func reboot() {
    guard place != nil, open == nil, !isInSession, let client else { return }
    isRebooting = true
    client.close(.goingAway, reason: "reboot")
  }

  func leave() { client?.close(.normal) }
  func drop() { client?.abort() }

  private func send(_ message: LoadMessage, due: Int) {
    guard let client else { return }
    values.id += 1
    values.meter = (values.meter + 7) % 10_000_000
    switch message {
    case .start: (values.session, values.sequence) = (values.id, 0)
    case .meter, .stop: values.sequence += 1
    case .boot, .heartbeat, .occupied, .free: break
    }
    // Before its first session a charger has none whose values it could tell.
    let isLost = (message == .meter || message == .stop) && !isInSession
    let said = isLost ? .heartbeat : message
    open = (said, due)
    desk.tally.sent += 1
    desk.write(said, values, version) { client.send(text: $0) }
    if said == .stop { (values.session, values.transaction) = (0, 0) }
  }

  private var isInSession: Bool {
    version == .v16 ? values.transaction != 0 : values.session != 0
  }

  func opened(_ client: WebSocketClient, subprotocol: String?) {
    desk.tally.connected += 1
    send(.boot, due: began)
  }

  func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>) {
    guard text.count > LoadFrames.id.upperBound else { return desk.wrong(text) }
    if text[1] == UInt8(ascii: "2") { return refuse(text) }
    guard let (message, due) = open, isAnswer(text) else { return desk.wrong(text) }
    open = nil
    if text[1] != UInt8(ascii: "3") { desk.wrong(text) }
    desk.tally.answered += 1
    let taken = LoadDesk.microseconds() - due
    if message == .boot {
      desk.tally.boots.note(microseconds: taken)
      desk.booted(self)
    } else {
      desk.tally.latencies.note(microseconds: taken)
    }
    if message == .start, version == .v16 { values.transaction = Self.transaction(in: text) }
    if !waiting.isEmpty {
      say(due: waiting.removeFirst())
    } else if desk.isClosedLoop {
      say(due: LoadDesk.microseconds())
    }
  }

  /// The id is always our last one: one call is under way.
  private func isAnswer(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var id = 0
    for index in LoadFrames.id { id = id * 10 + Int(text[index] &- UInt8(ascii: "0")) }
    return id == Int(values.id)
  }

  private static func transaction(in text: UnsafeBufferPointer<UInt8>) -> Int {
    let name: [UInt8] = Array("\"transactionId\":".utf8)
    guard
      let at = (0..<max(0, text.count - name.count)).first(where: {
        text[$0] == name[0] && text[$0..<$0 + name.count].elementsEqual(name)
      })
    else { return 0 }
    var number = 0
    for byte in text[(at + name.count)...] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }

  /// Whatever the engine asks, it is told that this charger does not know it.
  private func refuse(_ text: UnsafeBufferPointer<UInt8>) {
    let id = text[LoadFrames.id.lowerBound...].prefix { $0 != UInt8(ascii: "\"") }
    client?.send(
      text: Array("[4,\"".utf8) + id + Array("\",\"NotSupported\",\"\",{}]".utf8))
  }

  func closed(_ client: WebSocketClient, _ reason: CloseReason) {
    self.client = nil
    let wasOpen = open != nil || place != nil
    (open, waiting) = (nil, [])
    (values.session, values.transaction) = (0, 0)
    let isMeant = isRebooting
    isRebooting = false
    desk.ended(self, reason, wasOpen: wasOpen, isMeant: isMeant)
    if isMeant { connect() }
  }
}
