import CLinux
import Glibc

/// A socket on a loop with a queue of bytes to send: what all connections share.
///
/// It writes once a round, keeps no memory when nothing is queued, and says what happened to its
/// heirs through `took`, `drained` and `broke`. Heirs live in this target only.
package class Channel: ReadinessHandler, TimerTarget {
  package let loop: EventLoop
  package var timer = ArmedTimer()
  private(set) var wire: Wire
  private var isRegistered = false
  /// Counts descriptors, so that events of an earlier one are not taken for this one's.
  private var adoptions: UInt8 = 0
  private var isDirty = false
  /// What the descriptor is watched for.
  private var interest: UInt32 = 0
  /// Whether the heir wants to read.
  private var wantsInput = false
  /// For some milliseconds nothing is read, whatever the heir wants.
  private var isResting = false
  /// Whether the peer's end matters while nothing is read.
  private var watchesEnd = false
  /// Queued bytes; those before `sent` have left.
  private var queue: [UInt8] = []
  private var sent: UInt32 = 0

  init(loop: EventLoop, descriptor: Int32, tls: TLSStream? = nil) {
    self.loop = loop
    wire = Wire(descriptor: descriptor, tls: tls)
  }

  deinit {
    if wire.descriptor >= 0 { Glibc.close(wire.descriptor) }
  }

  /// Bytes came; the buffer may be written to and is valid only now.
  func took(_ bytes: UnsafeMutableRawBufferPointer) {}
  /// All queued bytes have left.
  func drained() {}
  /// The system takes no more for now; `moved` says whether it took anything.
  func stuck(moved: Bool) {}
  /// The peer ended the stream (code 0) or the socket failed.
  func broke(_ code: Int32) {}
  /// The socket can be written to and nothing is queued, while `wantsOutput`.
  func writable() {}
  /// TLS is agreed on: bytes can move.
  func secured() {}
  /// TLS could not be agreed on; nothing moves any more.
  func securingFailed(_ failure: TLSFailure) {}
  /// Whether `writable` is wanted although nothing is queued.
  var wantsOutput: Bool { false }
  package func timerFired() {}
  package func loopLeaves() { loopStopped() }
  package func loopStopped() { shut() }

  var isShut: Bool { wire.descriptor < 0 }
  /// Bytes that wait for the peer.
  package var queuedBytes: Int { queue.count - Int(sent) }

  /// Watches the descriptor.
  func start(reading: Bool) throws(TransportError) {
    wantsInput = reading
    interest = wantedInterest
    try loop.register(wire.descriptor, interest, self)
    isRegistered = true
  }

  /// Goes on with another descriptor; the one before is closed.
  func adopt(_ descriptor: Int32, tls: TLSStream? = nil) {
    if isRegistered { loop.unregister(wire.descriptor) }
    if wire.descriptor >= 0 { Glibc.close(wire.descriptor) }
    isRegistered = false
    adoptions &+= 1
    wire = Wire(descriptor: descriptor, tls: tls)
  }

  /// Turns reading on or off. Off, the peer's end goes unnoticed but for a reset, unless
  /// `watchingEnd`: then what it sent before its end is lost.
  func setReading(_ on: Bool, watchingEnd: Bool = false) {
    wantsInput = on
    watchesEnd = watchingEnd
    updateInterest()
    if on { readHeldLater() }
  }

  private var reads: Bool { wantsInput && !isResting }

  /// Reads nothing for some milliseconds, in which the system gathers what comes: for a peer that
  /// wakes the loop with every byte.
  func rest() {
    guard !isResting, !isShut else { return }
    isResting = true
    narrowInterest()
    loop.wake(afterRest: self)
  }

  func endRest() {
    isResting = false
    updateInterest()
    readHeldLater()
  }

  /// Queues bytes; they leave at the end of the round.
  func enqueue(_ fill: (inout [UInt8]) -> Void) {
    guard !isShut else { return }
    if sent > 0, Int(sent) > queue.count / 2 {
      queue.removeFirst(Int(sent))
      sent = 0
    }
    if queue.isEmpty { queue = loop.lendQueue() }
    fill(&queue)
    flushLater()
  }

  /// Has the round's end write what is queued, and call `drained` when nothing is left.
  func flushLater() {
    guard !isDirty else { return }
    isDirty = true
    loop.markDirty(self)
  }

  /// Closes the descriptor and forgets what was queued; safe to repeat.
  /// - Parameter abruptly: with a reset instead of an orderly end.
  func shut(abruptly: Bool = false) {
    guard !isShut else { return }
    loop.disarm(self)
    if isRegistered { loop.unregister(wire.descriptor) }
    if abruptly {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        wire.descriptor, SOL_SOCKET, SO_LINGER, &linger,
        socklen_t(MemoryLayout.size(ofValue: linger)))
    }
    Glibc.close(wire.descriptor)
    wire = Wire(descriptor: -1)
    (queue, sent) = ([], 0)
  }

  /// Writes at the end of a round.
  func flushRound() {
    isDirty = false
    flush()
  }

  package func ready(_ events: UInt32) {
    if events & EPOLLIN.rawValue != 0 { narrowInterest() }
    if isSecuring { return stepLater() }
    let adoption = adoptions
    if events & EPOLLOUT.rawValue != 0 {
      if wire.tls?.readsOnOutput == true, reads { receive() }
      flush()
    }
    if isShut || adoption != adoptions { return }
    if events & EPOLLIN.rawValue != 0, wire.tls?.writesOnInput == true { flush() }
    if isShut { return }
    if events & EPOLLIN.rawValue != 0, reads {
      receive()
    } else if events & EPOLLRDHUP.rawValue != 0, watchesEnd {
      broke(0)
    } else if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 {
      broke(pendingError())
    }
  }

  /// Most bytes that one read may take.
  var receiveLimit: Int { loop.receiveBuffer.count }

  private func receive() {
    let buffer = UnsafeMutableRawBufferPointer(
      rebasing: loop.receiveBuffer[..<min(receiveLimit, loop.receiveBuffer.count)])
    switch wire.read(into: buffer) {
    case .moved(let count):
      took(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
      readHeldLater()
    case .wouldBlock: break
    case .ended: broke(0)
    case .failed(let code): broke(code)
    }
  }

  /// Bytes that lie in OpenSSL wake no epoll: the next round reads them.
  private func readHeldLater() {
    guard reads, !isShut, let tls = wire.tls, tls.holds, !tls.isHeldQueued else { return }
    tls.isHeldQueued = true
    loop.readLater(self)
  }

  /// Reads what lies in OpenSSL, if that is still wanted.
  func readHeld() {
    guard let tls = wire.tls else { return }
    tls.isHeldQueued = false
    if tls.holds, reads, !isShut { receive() }
  }

  /// Whether the socket is TLS's own: connected, and the handshake is not done.
  private var isSecuring: Bool { wire.tls?.isHandshaking == true && !wantsOutput }

  /// Whether a step of the handshake waits for its turn.
  var isStepQueued: Bool { wire.tls?.isQueued ?? false }

  /// Queues a step of the handshake, until when the socket is not watched.
  private func stepLater() {
    guard let tls = wire.tls, !tls.isQueued else { return }
    tls.isQueued = true
    updateInterest()
    loop.stepLater(self)
  }

  /// A step of the handshake.
  func stepHandshake() {
    guard !isShut, let tls = wire.tls, tls.isHandshaking else { return }
    tls.isQueued = false
    switch tls.handshake() {
    case .done:
      secured()
      flush()
      readHeldLater()
    case .waits: updateInterest()
    case .failed(let failure): securingFailed(failure)
    }
  }

  private func flush() {
    guard !isShut else { return }
    if isSecuring { return stepLater() }
    var moved = false
    while queuedBytes > 0 {
      let result = queue.withUnsafeBytes {
        wire.write(UnsafeRawBufferPointer(rebasing: $0[Int(sent)...]))
      }
      switch result {
      case .moved(let count):
        sent += UInt32(count)
        moved = true
      case .wouldBlock:
        updateInterest()
        return stuck(moved: moved)
      case .ended: return broke(0)
      case .failed(let code): return broke(code)
      }
    }
    loop.takeBack(&queue)
    sent = 0
    if wantsOutput { writable() } else { drained() }
    if !isShut { updateInterest() }
  }

  /// Most who want nothing of the peer for a while have had it before it says more: input is watched
  /// on, which tells of the peer's end too, until it wakes the loop in vain.
  func updateInterest() {
    let wanted = wantedInterest
    let usual =
      interest & EPOLLIN.rawValue == 0 ? wanted : wanted & ~EPOLLRDHUP.rawValue | EPOLLIN.rawValue
    if usual != interest { watch(wanted) }
  }

  private func narrowInterest() {
    let wanted = wantedInterest
    if wanted != interest { watch(wanted) }
  }

  private func watch(_ wanted: UInt32) {
    guard isRegistered, !isShut else { return }
    interest = wanted
    loop.modify(wire.descriptor, wanted)
  }

  private var wantedInterest: UInt32 {
    // What the round's end will write need not be waited for.
    let isStuck = queuedBytes > 0 && !isDirty
    let usual =
      (reads ? EPOLLIN.rawValue : watchesEnd ? EPOLLRDHUP.rawValue : 0)
      | (isStuck || wantsOutput ? EPOLLOUT.rawValue : 0)
    guard let tls = wire.tls else { return usual }
    if isSecuring {
      return tls.isQueued ? 0 : tls.wantsOutput ? EPOLLOUT.rawValue : EPOLLIN.rawValue
    }
    return usual | (tls.readsOnOutput ? EPOLLOUT.rawValue : 0)
      | (tls.writesOnInput ? EPOLLIN.rawValue : 0)
  }

  /// The socket's own error, which also tells how a connect ended.
  func pendingError() -> Int32 {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(wire.descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
    return code
  }
}
