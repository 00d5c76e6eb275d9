import Glibc
import OCPP
import Transport
import Trust

/// Gives a station its sockets, timers and clock. On its loop only.
final class StationDriver {
  private let loop: EventLoop
  private let server: Swarm.Server
  private let tls: ClientTLS?
  private let log: StationLog?
  private let changed: (StationSnapshot) -> Void
  private var station: Station
  private var client: WebSocketClient?
  /// Connections that nobody listens to any more.
  private var abandoned: [WebSocketClient] = []
  private var transfer: HTTPClient?
  private var reader: SimulatedImage.Reader?
  private var status = 0
  private var timers: [StationTimer: LoopTimer] = [:]
  private var isStopped = false

  init(
    _ station: Station, on loop: EventLoop, server: Swarm.Server, tls: ClientTLS?,
    log: StationLog?, changed: @escaping (StationSnapshot) -> Void
  ) {
    self.station = station
    self.loop = loop
    self.server = server
    self.tls = tls
    self.log = log
    self.changed = changed
  }

  func powerOn(after milliseconds: UInt64) {
    loop.schedule(after: milliseconds) { [weak self] in self?.handle(.powerOn) }
  }

  /// Leaves without a word, as a charger does that loses its power.
  func stop() {
    isStopped = true
    for timer in timers.values { timer.cancel() }
    timers = [:]
    client?.abort()
    for client in abandoned { client.abort() }
    transfer?.cancel()
  }

  private func handle(_ event: StationEvent) {
    guard !isStopped else { return }
    let actions = station.handle(event, now: Self.clock())
    for action in actions { perform(action) }
    changed(StationSnapshot(station))
  }

  private func perform(_ action: StationAction) {
    switch action {
    case .connect(let offers): connect(offers)
    case .send(let bytes): client?.send(text: bytes)
    case .drop: drop()
    case .abandon:
      if let client { abandoned.append(client) }
      client = nil
    case .download(let url, let rate): download(url, rate)
    case .cancelDownload:
      let transfer = self.transfer
      self.transfer = nil
      transfer?.cancel()
    case .upload(let url, let body): upload(url, body)
    case .schedule(let kind, let wait):
      timers[kind]?.cancel()
      timers[kind] = loop.schedule(after: UInt64(max(0, wait))) { [weak self] in
        self?.timers[kind] = nil
        self?.handle(.timer(kind))
      }
    case .cancel(let kind): timers.removeValue(forKey: kind)?.cancel()
    case .log(let line): log?.write(line)
    }
  }

  private func connect(_ offers: [String]) {
    drop()
    let identity = station.profile.identity
    let credentials = Array(identity.utf8) + [UInt8(ascii: ":")] + station.password
    do throws(TransportError) {
      client = try WebSocketClient.connect(
        on: loop, host: server.host, port: server.port, target: server.target(identity),
        subprotocols: offers,
        authorization: station.password.isEmpty ? nil : "Basic " + Base64.encode(credentials),
        tls: server.isSecure ? tls : nil, delegate: self)
    } catch {
      loop.defer { [weak self] in self?.handle(.closed) }
    }
  }

  private func drop() {
    let client = self.client
    self.client = nil
    if client?.isOpen == true { client?.close(.goingAway) } else { client?.abort() }
  }

  private func download(_ text: String, _ rate: Int?) {
    var options = HTTPClient.Options()
    options.bytesPerSecond = rate
    reader = SimulatedImage.Reader()
    do throws(TransportError) {
      transfer = try HTTPClient.get(
        try HTTPURL(text), on: loop, to: self, options: options, tls: tls)
    } catch {
      loop.defer { [weak self] in self?.handle(.downloadFailed("\(error)")) }
    }
  }

  private func upload(_ text: String, _ body: [UInt8]) {
    let sink = UploadSink { [weak self] isThere in self?.handle(.uploaded(isThere)) }
    do throws(TransportError) {
      try HTTPClient.put(try HTTPURL(text), body, on: loop, to: sink)
    } catch {
      loop.defer { [weak self] in self?.handle(.uploaded(false)) }
    }
  }

  /// Milliseconds since 1970.
  private static func clock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

// Calls of a connection that was given up are not for this station any more.
extension StationDriver: WebSocketClientDelegate {
  func opened(_ client: WebSocketClient, subprotocol: String?) {
    guard client === self.client else { return }
    handle(.connected(subprotocol: subprotocol))
  }

  func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>) {
    guard client === self.client else { return }
    handle(.received(Array(text)))
  }

  func closed(_ client: WebSocketClient, _ reason: CloseReason) {
    abandoned.removeAll { $0 === client }
    guard client === self.client else { return }
    self.client = nil
    handle(.closed)
  }
}

extension StationDriver: HTTPSink {
  func began(_ download: HTTPClient, _ head: ResponseHead) {
    if download === transfer { status = head.status }
  }

  func received(_ download: HTTPClient, _ bytes: UnsafeRawBufferPointer) {
    guard download === transfer, status == 200, reader != nil else { return }
    do throws(SimulatorError) {
      try reader?.append(Array(bytes))
    } catch {
      reader = nil
    }
  }

  func ended(_ download: HTTPClient, _ outcome: HTTPOutcome) {
    guard download === transfer else { return }
    transfer = nil
    guard case .complete = outcome, status == 200, let reader else {
      return handle(.downloadFailed("\(outcome), status \(status)"))
    }
    self.reader = nil
    do throws(SimulatorError) {
      handle(.downloaded(try reader.finish()))
    } catch {
      handle(.downloadFailed("\(error)"))
    }
  }
}

/// Hears how an upload ended.
private final class UploadSink: HTTPSink {
  private let done: (Bool) -> Void
  private var status = 0

  init(_ done: @escaping (Bool) -> Void) { self.done = done }

  func began(_ download: HTTPClient, _ head: ResponseHead) { status = head.status }
  func received(_ download: HTTPClient, _ bytes: UnsafeRawBufferPointer) {}
  func ended(_ download: HTTPClient, _ outcome: HTTPOutcome) {
    done((200..<300).contains(status))
  }
}
