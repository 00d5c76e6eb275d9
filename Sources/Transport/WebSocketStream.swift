import Glibc
import WebSocket

/// An open WebSocket on a channel: frames, keep-alive and the closing handshake of either side.
/// Heirs do the opening handshake and pass on what happened.
package class WebSocketStream: Channel {
  enum Phase: UInt8 {
    /// The heir's: before the WebSocket is open.
    case opening
    case open
    /// Our close frame has been queued; the peer's is awaited.
    case closing
    /// Nothing is read any more but the peer's end.
    case draining
    case shut
  }

  private(set) var phase = Phase.opening
  private var missedPings: UInt8 = 0
  private var decoder: FrameDecoder
  private let isClient: Bool
  /// The window that the peer allows our deflater, in bits; 0 without compression.
  private var windowBits: UInt8 = 0
  private var isPaused = false
  /// Reads in a row that brought some bytes of a frame and no more.
  private var scraps: UInt8 = 0
  /// Nothing is read, because the peer reads too little of what it was sent.
  private var isChoked = false
  private var lastInbound: UInt64 = 0
  /// Why we are closing, from the first cause on.
  private var reason: Reason?

  /// Boxed, so that a connection that is open pays one word for it.
  private final class Reason {
    let value: CloseReason
    init(_ value: CloseReason) { self.value = value }
  }

  init(
    loop: EventLoop, descriptor: Int32, role: EndpointRole, messageLimit: Int,
    tls: TLSStream? = nil
  ) {
    decoder = FrameDecoder(role: role, messageLimit: messageLimit)
    isClient = role == .client
    super.init(loop: loop, descriptor: descriptor, tls: tls)
  }

  var keepAlive: KeepAlive { KeepAlive() }
  var queueLimit: Int { 4 << 20 }
  /// Bytes that may wait for the peer before nothing more is read from it, and the milliseconds
  /// that it then has to take some; nil: it is read whatever waits.
  var patience: (unread: Int, time: UInt64)? { nil }
  func deliver(text: UnsafeBufferPointer<UInt8>) {}
  func deliver(binary: UnsafeBufferPointer<UInt8>) { refuseBinary() }
  /// Called once, never from within a call of the user's.
  func deliver(closed reason: CloseReason) {}
  /// Bytes while the phase is `opening`.
  func tookOpening(_ bytes: UnsafeMutableRawBufferPointer) {}
  /// The timer fired while the phase is `opening`.
  func openingTimedOut() {}
  /// The stream ended while the phase is `opening`.
  func openingBroke(_ code: Int32) { end(.lost(code)) }

  /// The handshake is done: frames from here on.
  /// - Parameter deflate: what was agreed on of compression.
  func open(_ deflate: Deflate?) {
    phase = .open
    windowBits = UInt8(clamping: deflate?.windowBits ?? 0)
    lastInbound = loop.now
    setReading(true)
    armKeepAlive()
  }

  /// Decodes frames that came.
  func decode(_ bytes: UnsafeMutableRawBufferPointer) {
    decoder.decode(bytes, with: windowBits > 0 ? loop.inflater : nil) { event in take(event) }
  }

  /// Says why it ended, once, and lets what is queued drain before the descriptor closes.
  func finish(_ reason: CloseReason) {
    guard phase != .draining, phase != .shut else { return }
    phase = .draining
    setReading(true)
    announce(reason)
    loop.arm(self, at: loop.now + Self.drainTime)
    flushLater()
  }

  /// Says why it ended, once, and closes the descriptor now.
  func end(_ reason: CloseReason, abruptly: Bool = false) {
    guard phase != .shut else { return }
    let wasAnnounced = phase == .draining
    phase = .shut
    shut(abruptly: abruptly)
    if !wasAnnounced { announce(reason) }
  }

  private func announce(_ reason: CloseReason) {
    let final = self.reason?.value ?? reason
    loop.defer { self.deliver(closed: final) }
  }

  /// Whether `send` still reaches the peer.
  package var isOpen: Bool { phase == .open }

  /// Queues a text message, which must be UTF-8; it leaves at the end of the round. Without effect
  /// on a connection that is not open. A queue beyond its limit closes the connection.
  package func send(text: [UInt8]) {
    text.withUnsafeBytes { send(text: $0) }
  }

  /// Queues a text message from memory that need only be valid during the call.
  package func send(text: UnsafeRawBufferPointer) { send(text, isText: true) }

  /// Queues a binary message from memory that need only be valid during the call.
  package func send(binary: UnsafeRawBufferPointer) { send(binary, isText: false) }

  private func send(_ payload: UnsafeRawBufferPointer, isText: Bool) {
    guard phase == .open else { return }
    guard queuedBytes + payload.count <= queueLimit else {
      end(.slowReader(queued: queuedBytes), abruptly: true)
      return
    }
    let mask = nextMask
    enqueue {
      if windowBits > 0 {
        FrameEncoder.message(
          payload, isText: isText, deflater: loop.deflater, windowBits: Int(windowBits),
          mask: mask, into: &$0)
      } else if isText {
        FrameEncoder.text(payload, mask: mask, into: &$0)
      } else {
        FrameEncoder.binary(payload, mask: mask, into: &$0)
      }
    }
  }

  /// Whether messages may be compressed, both ways.
  package var isCompressed: Bool { windowBits > 0 }

  /// Closes with 1003: text only.
  package func refuseBinary() {
    close(
      .unsupportedData,
      because: .protocolFailure(.unsupportedData, reason: "binary message"),
      reason: "text only")
  }

  /// Begins the closing handshake (RFC 6455 §7.1.2); the peer has 5 s for its part.
  package func close(_ code: CloseCode, reason: String = "") {
    close(code, because: .local(code, reason: reason), reason: reason)
  }

  /// Drops the connection without a closing handshake, with a TCP reset.
  package func abort() { end(.aborted, abruptly: true) }

  /// Stops reading, so that the peer feels the load; messages that lie in the receive buffer still
  /// come. A paused connection is not pinged and not given up.
  package func pauseReading() {
    guard phase == .open else { return }
    isPaused = true
    setReading(false)
  }

  /// Reads again.
  package func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    lastInbound = loop.now
    if phase == .open, !isChoked { setReading(true) }
  }

  /// A peer that sends without reading would grow its queue to the limit: it is not read from until
  /// it has taken everything.
  override func stuck(moved: Bool) {
    guard phase == .open, let patience else { return }
    if !isChoked {
      guard queuedBytes > patience.unread else { return }
      isChoked = true
      setReading(false)
    } else if !moved {
      return
    }
    loop.arm(self, at: loop.now + patience.time)
  }

  private func breathe() {
    isChoked = false
    guard phase == .open else { return }
    lastInbound = loop.now
    if !isPaused { setReading(true) }
    armKeepAlive()
  }

  /// One peer's small messages keep those of the others waiting no longer than some of them take;
  /// the rest stays in the socket until the next round. A long frame is read at full speed.
  override var receiveLimit: Int {
    guard phase == .open, !isClient else { return super.receiveLimit }
    return Self.share + decoder.awaited
  }

  /// Bytes a round of a peer's small messages.
  private static var share: Int { 4096 }

  private func close(_ code: CloseCode, because cause: CloseReason, reason text: String) {
    guard phase == .open else { return }
    phase = .closing
    setReading(true)
    reason = Reason(cause)
    sendClose(code, text)
    loop.arm(self, at: loop.now + Self.closeTime)
  }

  /// Milliseconds for the peer's close frame.
  private static var closeTime: UInt64 { 5000 }
  /// Milliseconds for the queue to drain and the peer's end to come.
  private static var drainTime: UInt64 { 5000 }

  private var nextMask: UInt32? { isClient ? loop.nextMask() : nil }

  private func sendClose(_ code: CloseCode?, _ text: String) {
    let mask = nextMask
    enqueue { FrameEncoder.close(code, reason: text, mask: mask, into: &$0) }
  }

  override func took(_ bytes: UnsafeMutableRawBufferPointer) {
    lastInbound = loop.now
    missedPings = 0
    switch phase {
    case .opening: tookOpening(bytes)
    case .open, .closing:
      let wasWhole = decoder.isIdle
      decode(bytes)
      noteScrap(bytes.count, wasWhole)
    case .draining, .shut: break
    }
  }

  /// A peer that tears its frames into crumbs would wake the loop with each, beside thousands that
  /// wake it with messages. Behind some crumbs it is read from every few milliseconds only.
  private func noteScrap(_ count: Int, _ wasWhole: Bool) {
    if count >= 64 || wasWhole && decoder.isIdle {
      scraps = 0
    } else if scraps < 16 {
      scraps += 1
    } else {
      rest()
    }
  }

  private func take(_ event: FrameEvent) {
    guard phase == .open || phase == .closing else { return }
    switch event {
    case .text(let text):
      if phase == .open { deliver(text: text) }
    case .binary(let bytes):
      if phase == .open { deliver(binary: bytes) }
    case .ping(let payload):
      guard phase == .open else { return }
      // Pongs are queued like messages, so that a flood of pings cannot queue without bound.
      guard queuedBytes + payload.count <= queueLimit else {
        return end(.slowReader(queued: queuedBytes), abruptly: true)
      }
      let mask = nextMask
      enqueue { FrameEncoder.pong(UnsafeRawBufferPointer(payload), mask: mask, into: &$0) }
    case .pong: break
    case .close(let code, let text):
      if phase == .open { sendClose(code, "") }
      finish(.peer(code, reason: text))
    case .failure(let code, let text):
      if phase == .open { sendClose(code, text) }
      finish(.protocolFailure(code, reason: text))
    }
  }

  /// The server ends the TCP connection first (RFC 6455 §7.1.1); a close with bytes unread would
  /// reset it and could take our last bytes from the peer, so the peer's end is awaited.
  override func drained() {
    if isChoked { breathe() }
    if phase == .draining { wire.endWriting() }
  }

  override func broke(_ code: Int32) {
    switch phase {
    case .opening: openingBroke(code)
    case .open, .closing, .draining: end(.lost(code))
    case .shut: break
    }
  }

  package override func timerFired() {
    switch phase {
    case .opening: openingTimedOut()
    case .open: checkLife()
    case .closing, .draining: end(.timedOut)
    case .shut: break
    }
  }

  package override func loopStopped() { end(.stopped) }

  /// Begins the closing handshake of an end that goes away with its loop.
  func takeLeave() { close(.goingAway, because: .stopped, reason: "") }

  private func checkLife() {
    if isChoked { return end(.slowReader(queued: queuedBytes), abruptly: true) }
    let limits = keepAlive
    if isPaused { lastInbound = loop.now }
    if loop.now - lastInbound >= limits.idle {
      guard missedPings < limits.pings else { return end(.noPong, abruptly: true) }
      missedPings += 1
      let mask = nextMask
      enqueue {
        FrameEncoder.ping(UnsafeRawBufferPointer(start: nil, count: 0), mask: mask, into: &$0)
      }
    }
    armKeepAlive()
  }

  /// One timer a connection, moved on only when it fires, and rounded up so that many fire in one
  /// round: traffic costs no timer work at all.
  private func armKeepAlive() {
    let limits = keepAlive
    guard limits.idle > 0 else { return loop.disarm(self) }
    let from = missedPings > 0 ? loop.now : lastInbound
    let grain = max(1, limits.idle / 64)
    loop.arm(self, at: (from + limits.idle + grain - 1) / grain * grain)
  }
}

/// When a silent connection is pinged and given up.
package struct KeepAlive: Sendable {
  /// Milliseconds without an inbound byte before each ping; 0 for no pings.
  package var idle: UInt64
  /// Unanswered pings before the connection is given up.
  package var pings: UInt8

  package init(idle: UInt64 = 60_000, pings: UInt8 = 3) {
    self.idle = idle
    self.pings = pings
  }
}
