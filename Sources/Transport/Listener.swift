import CLinux
import Glibc

/// A listening TCP socket of one loop. Several loops listen on one port with a listener each: the
/// kernel spreads connections among them (SO_REUSEPORT).
///
/// `@unchecked Sendable`: `port`, `loop` and `configuration` never change; the rest is touched on
/// the loop only, which every loop method it calls asserts.
package final class Listener: ReadinessHandler, @unchecked Sendable {
  package let loop: EventLoop
  /// The port bound, also when 0 was asked for.
  package let port: UInt16
  let configuration: ServerConfiguration
  let tls: ServerTLS?
  private var descriptor: Int32
  /// Given up for a moment when descriptors run out, so that a waiting peer can be turned away.
  private var reserve: Int32
  private var bound: (any ServerDelegate)?
  private var pending = 0
  private var table = PendingTable()
  private var hasRoomTimer = false
  private var isPaused = false
  private var isClosed = false

  /// Accepts at most so many connections a round, so that a storm does not keep messages waiting.
  private static let batch = 64

  /// Listens at once; the delegate is made on the loop. From any thread.
  /// - Parameters:
  ///   - port: 0 for one that the system chooses.
  ///   - tls: nil for plain TCP.
  ///   - isShared: a listener of this process has the port already. Otherwise nobody may have it.
  /// - Throws: `EADDRINUSE` as a system error when somebody else listens there.
  package static func start(
    on loop: EventLoop, host: String, port: UInt16,
    configuration: ServerConfiguration = ServerConfiguration(), tls: ServerTLS? = nil,
    isShared: Bool = false, delegate: @escaping @Sendable () -> any ServerDelegate
  ) throws(TransportError) -> Listener {
    let listener = try Listener(loop, host, port, configuration, tls, isShared: isShared)
    loop.submit { listener.begin(delegate()) }
    return listener
  }

  private init(
    _ loop: EventLoop, _ host: String, _ port: UInt16, _ configuration: ServerConfiguration,
    _ tls: ServerTLS?, isShared: Bool
  ) throws(TransportError) {
    guard let address = try SocketAddress.resolve(host: host, port: port, passive: true).first
    else { throw .unknownHost(host, message: "no address") }
    if !isShared { try Self.expectNobody(at: address) }
    let descriptor = try address.makeSocket()
    setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
    // What it accepts inherits that.
    setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    var failed: String?
    if address.withPointer({ Glibc.bind(descriptor, $0, $1) }) != 0 {
      failed = "bind"
    } else if Glibc.listen(descriptor, 4096) != 0 {
      failed = "listen"
    }
    guard failed == nil, let own = SocketAddress(of: descriptor, peer: false) else {
      let code = errno
      Glibc.close(descriptor)
      throw .system(call: failed ?? "getsockname", code: code)
    }
    self.loop = loop
    self.port = own.numeric.port
    self.configuration = configuration
    self.tls = tls
    self.descriptor = descriptor
    reserve = Self.openReserve()
  }

  /// Sockets that share a port do not mind other processes of the same user that share it too: two
  /// engines would split their chargers. One that does not share is told of every other.
  private static func expectNobody(at address: SocketAddress) throws(TransportError) {
    let probe = try address.makeSocket()
    defer { Glibc.close(probe) }
    setOption(probe, SOL_SOCKET, SO_REUSEADDR, 1)
    guard address.withPointer({ Glibc.bind(probe, $0, $1) }) == 0 else {
      throw .system(call: "bind", code: errno)
    }
  }

  deinit {
    if descriptor >= 0 { Glibc.close(descriptor) }
    if reserve >= 0 { Glibc.close(reserve) }
  }

  /// Ends listening; connections stay. From any thread.
  package func close() { loop.submit { self.shut() } }

  var delegate: any ServerDelegate {
    // Set by `begin` before the first connection can be.
    guard let bound else { preconditionFailure("a connection before its listener began") }
    return bound
  }

  private var pendingLimit: Int {
    let usual = configuration.pendingLimit
    return tls == nil ? usual : min(usual, configuration.securePendingLimit)
  }

  /// A connection's handshake came to its end.
  func settled() {
    pending -= 1
    resume()
  }

  private func begin(_ delegate: any ServerDelegate) {
    bound = delegate
    guard !isClosed else { return }
    do throws(TransportError) {
      try loop.register(descriptor, EPOLLIN.rawValue, self)
    } catch {
      shut()
    }
  }

  private func shut() {
    isClosed = true
    // Its connections hold their listener: nobody would ever be let go.
    table = PendingTable()
    guard descriptor >= 0 else { return }
    loop.unregister(descriptor)
    Glibc.close(descriptor)
    descriptor = -1
  }

  package func loopStopped() { shut() }

  package func ready(_ events: UInt32) {
    // Who goes settles behind this event; its place is free at once.
    var gone = 0
    for _ in 0..<Self.batch {
      var victim: ServerConnection?
      if pending - gone >= pendingLimit {
        victim = table.victim(at: loop.now)
        if victim == nil { return waitForRoom() }
      }
      let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
      let accepted = accept4(descriptor, nil, nil, flags)
      if accepted >= 0 {
        if let victim {
          victim.crowdOut()
          gone += 1
        }
        welcome(accepted)
        continue
      }
      switch errno {
      case EMFILE, ENFILE: return turnAway()
      case ENOBUFS, ENOMEM: return pauseForMoment()
      // The peer may have gone already; accept(2) reports its network errors here.
      case EAGAIN: return
      default: continue
      }
    }
  }

  private func welcome(_ accepted: Int32) {
    let connection = ServerConnection(listener: self, descriptor: accepted)
    pending += 1
    table.add(connection, at: loop.now, pending: pending)
    do throws(TransportError) {
      try connection.begin()
    } catch {
      connection.end(.lost(0))
    }
  }

  /// Everybody in the table is too young to be ended, or waits for this side: the kernel's queue
  /// holds the others for a moment.
  private func waitForRoom() {
    pause()
    guard !hasRoomTimer else { return }
    hasRoomTimer = true
    loop.schedule(after: PendingTable.grace / 4) { [weak self] in
      guard let self else { return }
      hasRoomTimer = false
      guard isPaused, descriptor >= 0 else { return }
      isPaused = false
      loop.modify(descriptor, EPOLLIN.rawValue)
    }
  }

  /// No descriptor is left: with the reserve, the peers that wait are closed instead of left
  /// hanging, and accepting rests.
  private func turnAway() {
    if reserve >= 0 { Glibc.close(reserve) }
    for _ in 0..<Self.batch {
      let accepted = accept4(descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      guard accepted >= 0 else { break }
      Glibc.close(accepted)
    }
    reserve = Self.openReserve()
    pauseForMoment()
  }

  private func pauseForMoment() {
    pause()
    loop.schedule(after: 100) { [weak self] in self?.resume() }
  }

  private func pause() {
    guard !isPaused, descriptor >= 0 else { return }
    isPaused = true
    loop.modify(descriptor, 0)
  }

  private func resume() {
    guard isPaused, descriptor >= 0, pending < pendingLimit else { return }
    isPaused = false
    loop.modify(descriptor, EPOLLIN.rawValue)
  }

  private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }
}
