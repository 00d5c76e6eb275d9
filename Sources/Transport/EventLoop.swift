import CLinux
import Glibc
import Synchronization
import Threads
import Trust
import WebSocket

/// One thread that waits for descriptors, timers and jobs, and runs whatever they wake.
///
/// Level-triggered epoll. An idle loop sleeps without a time-out. Every method is for the loop's own
/// thread, but for those that say otherwise. Actors can live on it: it is a serial executor.
///
/// `@unchecked Sendable`: `inbox` is behind a monitor, `threadID` and `rounds` are atomic, `bell`
/// never changes, and all else is touched by the loop's thread only, which
/// `checkIsolated` asserts at every entrance (`init` and the join in `stop` are ordered by
/// thread creation and end).
package final class EventLoop: SerialExecutor, @unchecked Sendable {
  private struct Inbox {
    var jobs: [Job] = []
    var isRung = false
    var isStopping = false
    var isJoined = false
  }

  package let name: String
  /// A number of this loop that no other loop of the process has.
  package let number: UInt64
  private let bell: Int32
  private let inbox = Monitor(Inbox())
  private let threadID = Atomic<UInt>(0)
  private let roundCount = Atomic<Int>(0)
  private var thread: Thread?

  private var poller: Poller
  private var timers = TimerHeap()
  private var deferred: [() -> Void] = []
  /// Jobs from the loop itself, which need neither lock nor bell.
  private var ownJobs: [Job] = []
  private var dirty: [Channel] = []
  /// Channels whose TLS holds bytes that were read from the socket already.
  private var holding: [Channel] = []
  private var handshakes = HandshakeQueue()
  private var roundHooks: [() -> Void] = []
  private var lastConnection: UInt64 = 0
  private var masks: [UInt8] = []
  private var spareQueues: [[UInt8]] = []
  private var resting: [Channel] = []
  /// When the loop ends at the latest, once it is stopping.
  private var leaveBy: UInt64?

  /// Monotonic milliseconds, read once a round.
  package private(set) var now: UInt64 = EventLoop.clock()

  /// Where every socket of the loop is read to. Its content is valid until the next read.
  let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)

  /// Shared by all connections of the loop that compress, and made for the first of them: none of
  /// them keeps a window (RFC 7692 §7.1.1).
  private(set) lazy var inflater = MessageInflater()
  private(set) lazy var deflater = MessageDeflater()

  private static let numbers = Atomic<UInt64>(0)

  /// Starts the loop's thread, which lives until `stop`.
  package init(name: String) throws(TransportError) {
    self.name = name
    number = Self.numbers.add(1, ordering: .relaxed).newValue
    bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard bell >= 0 else { throw .system(call: "eventfd", code: errno) }
    poller = try Poller(bell: bell)
    thread = try Thread.start(named: name) { [self] in run() }
  }

  deinit {
    poller.close()
    Glibc.close(bell)
    receiveBuffer.deallocate()
  }

  /// Queues a job for the loop, from any thread; jobs run in order. Behind `stop` it is dropped.
  package func submit(_ job: @escaping @Sendable () -> Void) { add(.closure(job)) }

  package func enqueue(_ job: consuming ExecutorJob) { add(.actor(UnownedJob(job))) }

  /// Whether the caller is on the loop's thread; from any thread.
  package var inLoop: Bool { threadID.load(ordering: .relaxed) == Thread.currentID }

  /// How often the loop has woken up; from any thread. An idle loop's does not grow.
  package var rounds: Int { roundCount.load(ordering: .relaxed) }

  package func checkIsolated() { precondition(inLoop, "not on its event loop") }

  /// Closes every descriptor on the loop and ends its thread; waits for that. From any thread but
  /// the loop's. The delegates' `closed` are called first.
  ///
  /// Peers of servers are told with 1001, and have two seconds in all to take what is queued for
  /// them and to answer: a descriptor that is closed with bytes unread makes a reset, which could
  /// take our last bytes from them.
  package func stop() {
    precondition(!inLoop, "a loop cannot wait for itself")
    beginStop()
    let isJoined = inbox.withLock { inbox in
      defer { inbox.isJoined = true }
      return inbox.isJoined
    }
    if !isJoined { thread?.join() }
  }

  /// Begins what `stop` waits for, so that several loops stop in the time of one. From any thread.
  package func beginStop() {
    inbox.withLock { $0.isStopping = true }
    ring()
  }

  private func add(_ job: Job) {
    if inLoop { return ownJobs.append(job) }
    let mustRing = inbox.withLock { inbox in
      guard !inbox.isStopping else { return false }
      inbox.jobs.append(job)
      defer { inbox.isRung = true }
      return !inbox.isRung
    }
    if mustRing { ring() }
  }

  private func ring() {
    var one: UInt64 = 1
    _ = Glibc.write(bell, &one, 8)
  }

  /// Runs `body` behind the event in progress, on the same round.
  package func `defer`(_ body: @escaping () -> Void) {
    checkIsolated()
    deferred.append(body)
  }

  /// Has `hook` called at the end of every round, behind all events, timers and jobs. What it
  /// sends leaves on the same round.
  package func afterRound(_ hook: @escaping () -> Void) {
    checkIsolated()
    roundHooks.append(hook)
  }

  /// Runs `action` once, `milliseconds` from now at the earliest.
  @discardableResult
  package func schedule(
    after milliseconds: UInt64, _ action: @escaping () -> Void
  ) -> LoopTimer {
    let timer = LoopTimer(loop: self, action)
    arm(timer, at: now + milliseconds)
    return timer
  }

  /// Sets the one timer of a target that many objects of a kind can be, without a closure each.
  /// - Parameter deadline: on the scale of `now`.
  package func arm(_ target: any TimerTarget, at deadline: UInt64) {
    checkIsolated()
    timers.arm(target, at: deadline)
  }

  package func disarm(_ target: any TimerTarget) {
    checkIsolated()
    timers.disarm(target)
  }

  /// Watches a descriptor; the handler is retained until `unregister`.
  package func register(
    _ descriptor: Int32, _ events: UInt32, _ handler: any ReadinessHandler
  ) throws(TransportError) {
    checkIsolated()
    try poller.add(descriptor, events, handler)
  }

  /// Changes what a registered descriptor is watched for; 0 leaves errors only.
  package func modify(_ descriptor: Int32, _ events: UInt32) {
    checkIsolated()
    poller.modify(descriptor, events)
  }

  /// Ends the watch; call it before closing the descriptor.
  package func unregister(_ descriptor: Int32) {
    checkIsolated()
    poller.remove(descriptor)
  }

  /// Ends a channel's rest in some milliseconds; one timer for all of them.
  func wake(afterRest channel: Channel) {
    resting.append(channel)
    guard resting.count == 1 else { return }
    // Timers are the loop's own and end before it does.
    schedule(after: 3) { [unowned self] in
      let rested = resting
      resting = []
      for channel in rested { channel.endRest() }
    }
  }

  /// An empty array for what a channel wants to send, with room in it when one was given back.
  func lendQueue() -> [UInt8] { spareQueues.popLast() ?? [] }

  /// Leaves an empty array that owns nothing in place of one that was sent; small ones are lent again.
  func takeBack(_ queue: inout [UInt8]) {
    if queue.capacity <= 2048, spareQueues.count < 512 {
      queue.removeAll(keepingCapacity: true)
      spareQueues.append(queue)
    }
    queue = []
  }

  /// Has a channel's queued bytes written at the end of the round.
  func markDirty(_ channel: Channel) { dirty.append(channel) }

  /// A connection number unique in the process.
  func nextConnectionID() -> UInt64 {
    lastConnection += 1
    return number << 40 | lastConnection
  }

  /// A fresh masking key (RFC 6455 §5.3), from a batch of strong random bytes.
  func nextMask() -> UInt32 {
    if masks.count < 4 { masks = Random.bytes(4096) }
    let mask = masks.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: $0.count - 4, as: UInt32.self)
    }
    masks.removeLast(4)
    return mask
  }

  /// Milliseconds for peers to take their leave.
  private static let leaveTime: UInt64 = 2000

  /// Has a channel read on the next round what its TLS holds.
  func readLater(_ channel: Channel) { holding.append(channel) }

  /// Has a channel take a step of its TLS handshake, behind those that wait already.
  func stepLater(_ channel: Channel) { handshakes.append(channel) }

  private func run() {
    threadID.store(Thread.currentID, ordering: .relaxed)
    while !hasLeft {
      let ready = poller.wait(timeout())
      now = Self.clock()
      roundCount.add(1, ordering: .relaxed)
      for index in 0..<ready { dispatch(index) }
      readHolding()
      while let target = timers.popDue(now) { target.timerFired() }
      let isStopping = runInbox()
      runDeferred()
      flush()
      for hook in roundHooks { hook() }
      runDeferred()
      flush()
      // Messages come first: handshakes get what is left of the round, and a share of it only.
      handshakes.run()
      runDeferred()
      if isStopping, leaveBy == nil { leave() }
    }
    shutDown()
  }

  private func leave() {
    leaveBy = Self.clock() + Self.leaveTime
    for handler in poller.handlers { handler.loopLeaves() }
  }

  private var hasLeft: Bool {
    guard let leaveBy else { return false }
    return poller.isEmpty || Self.clock() >= leaveBy
  }

  private func dispatch(_ index: Int) {
    switch poller.event(index) {
    case .bell:
      var count: UInt64 = 0
      _ = Glibc.read(bell, &count, 8)
    case .ready(let handler, let events): handler.ready(events)
    case .stale: break
    }
  }

  private func timeout() -> Int32 {
    if !deferred.isEmpty || !dirty.isEmpty || !ownJobs.isEmpty { return 0 }
    if !holding.isEmpty || !handshakes.isEmpty { return 0 }
    let timer = timers.nextDeadline()
    guard let deadline = leaveBy.map({ min($0, timer ?? $0) }) ?? timer else { return -1 }
    let now = Self.clock()
    return deadline <= now ? 0 : Int32(clamping: deadline - now)
  }

  private func runInbox() -> Bool {
    let (jobs, isStopping) = inbox.withLock { inbox in
      defer { (inbox.jobs, inbox.isRung) = ([], false) }
      return (inbox.jobs, inbox.isStopping)
    }
    for job in jobs { job.run(on: asUnownedSerialExecutor()) }
    // Actors that hop among themselves finish on this round; ones that never stop do not hold it.
    for _ in 0..<64 where !ownJobs.isEmpty { runOwnJobs() }
    return isStopping
  }

  private func runOwnJobs() {
    let jobs = ownJobs
    ownJobs = []
    for job in jobs { job.run(on: asUnownedSerialExecutor()) }
  }

  private func runDeferred() {
    while !deferred.isEmpty {
      let bodies = deferred
      deferred = []
      for body in bodies { body() }
    }
  }

  private func readHolding() {
    guard !holding.isEmpty else { return }
    let channels = holding
    holding = []
    for channel in channels { channel.readHeld() }
  }

  private func flush() {
    while !dirty.isEmpty {
      let channels = dirty
      dirty = []
      for channel in channels { channel.flushRound() }
      runDeferred()
    }
  }

  private func shutDown() {
    for handler in poller.handlers { handler.loopStopped() }
    runDeferred()
    runOwnJobs()
    for hook in roundHooks { hook() }
    roundHooks = []
    deferred = []
    dirty = []
    holding = []
    resting = []
    handshakes = HandshakeQueue()
    timers = TimerHeap()
  }

  static func clock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
  }
}
