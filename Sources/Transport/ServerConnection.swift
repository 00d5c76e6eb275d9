import Glibc
import Trust
import WebSocket

/// A connection that a listener accepted: one HTTP request, then a response or a WebSocket.
///
/// On its loop only. Open and idle it owns no buffers.
package final class ServerConnection: WebSocketStream {
  /// Unique in the process, and never used again.
  package let id: UInt64
  /// The user's session.
  package var context: AnyObject?
  let listener: Listener
  /// Gone once the WebSocket is open.
  var exchange: Exchange?

  /// What exists only until a WebSocket is open, or while a response is sent.
  final class Exchange {
    enum Step { case securing, head, deciding, body, responding }

    var step = Step.head
    /// Whether the peer has sent anything.
    var isHeard = false
    /// When this side's last step of the TLS handshake got on, on the loop's clock.
    var movedAt: UInt64 = 0
    var parser = HeadParser<RequestHead>()
    var key: String?
    /// The compression that the client's offer allows.
    var deflate: Deflate?
    /// Bytes behind the head: frames of a client that did not wait, or the beginning of a body.
    var early: [UInt8] = []
    var body: RequestBody?
    /// Whether it counts no more as a handshake that is not done.
    var isSettled = false
    var isHead = false
    var file: FileTransfer?
    var status = 0
  }

  init(listener: Listener, descriptor: Int32) {
    id = listener.loop.nextConnectionID()
    self.listener = listener
    let exchange = Exchange()
    if listener.tls != nil { exchange.step = .securing }
    self.exchange = exchange
    super.init(
      loop: listener.loop, descriptor: descriptor, role: .server,
      messageLimit: listener.configuration.messageLimit,
      tls: listener.tls.map { TLSStream(descriptor: descriptor, .server($0)) })
  }

  /// The number of the listener that accepted it.
  package var listenerNumber: Int { listener.configuration.number }

  func begin() throws(TransportError) {
    loop.arm(self, at: loop.now + listener.configuration.headTime)
    try start(reading: true)
  }

  /// The peer's address and port, asked of the system each time; empty once it is gone.
  package var peerAddress: (host: String, port: UInt16) {
    SocketAddress(of: wire.descriptor, peer: true)?.numeric ?? ("", 0)
  }

  /// Accepts the upgrade.
  /// - Parameter compress: whether to agree to permessage-deflate when the client offers it.
  /// - Returns: false, and nothing is done, when the connection is gone or was answered.
  @discardableResult
  package func accept(subprotocol: String?, compress: Bool = false) -> Bool {
    guard phase == .opening, let exchange, exchange.step == .deciding, let key = exchange.key else {
      return false
    }
    let deflate = compress && listener.configuration.compression ? exchange.deflate : nil
    let response = Upgrade.response(
      key: key, subprotocol: subprotocol, deflate: deflate, sha1: Digest.sha1)
    enqueue { $0.append(contentsOf: response) }
    settle(exchange)
    self.exchange = nil
    open(deflate)
    listener.delegate.opened(self)
    if !exchange.early.isEmpty {
      loop.defer { exchange.early.withUnsafeMutableBytes { self.decode($0) } }
    }
    return true
  }

  /// Refuses the upgrade, or answers a plain request. Without effect when the connection is gone or
  /// was answered.
  package func refuse(_ response: HTTPResponse) {
    guard let exchange, exchange.step == .deciding || exchange.step == .body else { return }
    respond(response, exchange)
  }

  func settle(_ exchange: Exchange) {
    guard !exchange.isSettled else { return }
    exchange.isSettled = true
    listener.settled()
  }

  /// Answers a plain request with a short body; also while its own body still comes.
  package func respond(_ response: HTTPResponse) { refuse(response) }

  func respond(_ response: HTTPResponse, _ exchange: Exchange) {
    exchange.step = .responding
    exchange.status = response.status
    exchange.body = nil
    enqueue { $0.append(contentsOf: response.serialized(withBody: !exchange.isHead)) }
    settleAnswer()
  }

  /// Answers a plain request with a part of a file.
  /// - Parameters:
  ///   - file: an open descriptor, which is closed at the end whatever happens.
  ///   - allowance: what bounds its speed besides the peer; nil: nothing.
  ///   - progress: bytes of the file that left since the last call.
  ///   - done: called once; true when all bytes were handed to the system, so never for HEAD.
  package func sendFile(
    _ file: Int32, offset: Int, length: Int, status: Int = 200, reason: String = "OK",
    headers: [(name: String, value: String)] = [], allowance: (any SendingAllowance)? = nil,
    progress: @escaping (Int) -> Void = { _ in }, done: @escaping (Bool) -> Void = { _ in }
  ) {
    let transfer = FileTransfer(
      file: file, offset: offset, left: length, allowance: allowance, progress: progress,
      done: done)
    guard let exchange, exchange.step == .deciding else { return transfer.finish(false) }
    exchange.step = .responding
    exchange.status = status
    let head = HTTPResponse.head(status, reason, headers, length: length)
    enqueue { $0.append(contentsOf: head) }
    if exchange.isHead || length == 0 {
      transfer.finish(!exchange.isHead)
      settleAnswer()
    } else {
      exchange.file = transfer
      loop.arm(self, at: loop.now + listener.configuration.stallTime)
      settle(exchange)
      setReading(true)
      updateInterest()
    }
  }

  /// Answers GET or HEAD with a file, whole or the range that the request asks for (RFC 9110 §14):
  /// 200, 206 or 416; another method gets 405.
  /// - Parameter size: of the file in bytes.
  /// - Parameter tag: an entity tag with its quotes, for resuming with If-Range.
  package func serveFile(
    _ file: Int32, size: Int, for head: RequestHead, tag: String? = nil,
    headers: [(name: String, value: String)] = [], allowance: (any SendingAllowance)? = nil,
    progress: @escaping (Int) -> Void = { _ in }, done: @escaping (Bool) -> Void = { _ in }
  ) {
    var headers = headers + [(name: "Accept-Ranges", value: "bytes")]
    if let tag { headers.append((name: "ETag", value: tag)) }
    let isGet = head.method == "GET"
    guard isGet || head.method == "HEAD" else {
      Glibc.close(file)
      allowance?.end()
      done(false)
      return refuse(HTTPResponse(405, "Method Not Allowed", headers: [("Allow", "GET, HEAD")]))
    }
    // A range counts for GET only (§14.2), and not when the file is another by now (§13.1.5).
    let condition = head.fields["If-Range"]
    let asked = isGet && (condition == nil || condition == tag) ? head.fields["Range"] : nil
    switch ByteRange(header: asked, size: size) {
    case .whole:
      sendFile(
        file, offset: 0, length: size, headers: headers, allowance: allowance, progress: progress,
        done: done)
    case .part(let offset, let length):
      let range = "bytes \(offset)-\(offset + length - 1)/\(size)"
      headers.append((name: "Content-Range", value: range))
      sendFile(
        file, offset: offset, length: length, status: 206, reason: "Partial Content",
        headers: headers, allowance: allowance, progress: progress, done: done)
    case .unsatisfiable:
      Glibc.close(file)
      allowance?.end()
      done(false)
      refuse(
        HTTPResponse(
          416, "Range Not Satisfiable", headers: [("Content-Range", "bytes */\(size)")]))
    }
  }

  private func settleAnswer() {
    let status = exchange?.status ?? 0
    if let exchange { settle(exchange) }
    finish(.answered(status))
  }

  override func tookOpening(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let exchange else { return }
    exchange.isHeard = true
    if exchange.step == .body { return tookBody(UnsafeRawBufferPointer(bytes), exchange) }
    // Behind the head of a plain request only a body can come, which nobody wants.
    guard exchange.step == .head else { return }
    do throws(HandshakeError) {
      guard let (head, used) = try exchange.parser.feed(UnsafeRawBufferPointer(bytes)) else {
        return
      }
      exchange.parser = HeadParser()
      exchange.isHead = head.method == "HEAD"
      exchange.step = .deciding
      loop.arm(self, at: loop.now + listener.configuration.decisionTime)
      // Nothing more is read before the decision. A station that gave up waiting is noticed; a
      // plain client may end its side and still want the answer.
      let isUpgrade = Upgrade.isRequested(head)
      setReading(false, watchingEnd: isUpgrade)
      exchange.early = Array(bytes[used...])
      if isUpgrade {
        let request = try Upgrade.check(head).get()
        exchange.key = request.key
        exchange.deflate = request.deflate
        listener.delegate.upgradeRequested(self, request)
      } else {
        // RFC 9112 §3.2.
        let hosts = head.fields.values(of: "Host").count
        guard hosts == 1 || hosts == 0 && head.minorVersion == 0 else {
          throw HandshakeError.missingHost
        }
        listener.delegate.requested(self, head)
      }
    } catch {
      // The delegate has not heard of this connection, so it does not hear of its end either.
      isUnknown = true
      respond(error.response, exchange)
    }
  }

  /// Whether the delegate was never told of this connection.
  var isUnknown = false

  override func openingTimedOut() {
    guard let exchange else { return }
    switch exchange.step {
    case .securing: securingTimedOut()
    case .head:
      isUnknown = true
      respond(HTTPResponse(408, "Request Timeout"), exchange)
    case .deciding:
      respond(HTTPResponse(503, "Service Unavailable", headers: [("Retry-After", "30")]), exchange)
    case .body: checkPace(exchange)
    case .responding:
      end(.timedOut, abruptly: true)
    }
  }

  override func openingBroke(_ code: Int32) {
    if isBeforeDecision { isUnknown = true }
    end(.lost(code))
  }

  /// Peers that are told come back by themselves; some hang when they are not (evcc-io/evcc#9071).
  /// A download ends at once: it can be resumed, and would not be done in the time that is left.
  package override func loopLeaves() {
    switch phase {
    case .open: takeLeave()
    case .opening where exchange?.step == .deciding: openingTimedOut()
    case .opening: loopStopped()
    case .closing, .draining, .shut: break
    }
  }

  package override func loopStopped() {
    if isBeforeDecision { isUnknown = true }
    super.loopStopped()
  }

  override var wantsOutput: Bool { exchange?.file.map { !$0.isWaiting } ?? false }

  /// Sends at most 256 KiB of the file a round, so that downloads do not keep messages waiting.
  override func writable() {
    guard let exchange, let file = exchange.file else { return }
    let piece = file.take(upTo: 256 << 10) { [weak self] in self?.mayGoOn() }
    // One that waits for its share is no stalled peer.
    guard piece > 0 else { return loop.disarm(self) }
    let scratch = loop.receiveBuffer
    switch wire.send(file: file.file, offset: file.offset, count: piece, through: scratch) {
    case .moved(let count):
      file.giveBack(piece - count)
      loop.arm(self, at: loop.now + listener.configuration.stallTime)
      file.moved(count)
      guard file.left == 0, !isShut else { return }
      exchange.file = nil
      file.finish(true)
      finish(.answered(exchange.status))
    case .wouldBlock: file.giveBack(piece)
    case .ended: end(.lost(0))
    case .failed(let code): end(.lost(code))
    }
  }

  /// Its share has come: goes on without waiting for the system to say what it said before.
  private func mayGoOn() {
    guard !isShut, exchange?.file != nil else { return }
    loop.arm(self, at: loop.now + listener.configuration.stallTime)
    flushLater()
  }

  var isBeforeDecision: Bool {
    exchange.map { $0.step == .head || $0.step == .securing } ?? false
  }

  override func stepHandshake() {
    let state = wire.tls?.progress ?? 0
    super.stepHandshake()
    if !isShut { noteStep(from: state) }
  }

  override func secured() {
    exchange?.step = .head
    loop.arm(self, at: loop.now + listener.configuration.headTime)
  }

  override func securingFailed(_ failure: TLSFailure) {
    switch failure.reason {
    case .left, .lost:
      // Who only looks whether the port is open is nobody to report.
      if exchange?.isHeard == true { report(failure) }
      isUnknown = true
      return end(.insecure(failure))
    case .plainHTTP:
      let hint = HTTPResponse(
        400, "Bad Request", text: "This port speaks TLS only: use wss:// or https://.")
      wire.sayPlainly(hint.serialized(withBody: true))
    default: break
    }
    report(failure)
    isUnknown = true
    // The alert is on its way; closing with bytes unread would reset it.
    finish(.insecure(failure))
  }

  package override func ready(_ events: UInt32) {
    if let exchange, exchange.step == .securing { exchange.isHeard = true }
    super.ready(events)
  }

  /// Whether silence is answered with pings. Without them it ends the connection as late as
  /// unanswered pings would: some peers answer none (lbbrhzn/ocpp#553).
  package var isPinged = true

  override var keepAlive: KeepAlive {
    let usual = listener.configuration.keepAlive
    return isPinged ? usual : KeepAlive(idle: usual.idle * (UInt64(usual.pings) + 1), pings: 0)
  }
  override var queueLimit: Int { listener.configuration.queueLimit }
  override var patience: (unread: Int, time: UInt64)? {
    (listener.configuration.unreadLimit, listener.configuration.unreadTime)
  }

  override func deliver(text: UnsafeBufferPointer<UInt8>) {
    listener.delegate.received(self, text: text)
  }

  override func deliver(binary: UnsafeBufferPointer<UInt8>) {
    listener.delegate.received(self, binary: binary)
  }

  override func deliver(closed reason: CloseReason) {
    if let exchange {
      settle(exchange)
      exchange.body?.sink.bodyLost(self)
      exchange.body = nil
      exchange.file?.finish(false)
      exchange.file = nil
      self.exchange = nil
    }
    if !isUnknown { listener.delegate.closed(self, reason) }
    context = nil
  }
}
