import Glibc
import Transport

/// A WebSocket server that sends back what it gets, over the engine's own code: for conformance
/// suites, and to see what the wire alone costs.
struct EchoBench {
  let host: String
  let port: UInt16
  /// Until a signal when left out.
  var seconds: Int?

  /// The largest message, and what may wait for a peer that is slow to take its echoes.
  static let messageLimit = 16 << 20
  private static let queueLimit = 8 * messageLimit

  func run() throws -> [Figure] {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
    // Before the loop's thread, which inherits it.
    pthread_sigmask(SIG_BLOCK, &signals, nil)

    let loop = try EventLoop(name: "echo")
    var configuration = ServerConfiguration()
    configuration.messageLimit = Self.messageLimit
    configuration.queueLimit = Self.queueLimit
    let ledger = EchoLedger()
    let listener: Listener
    do {
      listener = try Listener.start(
        on: loop, host: host, port: port, configuration: configuration
      ) { EchoServer(ledger) }
    } catch {
      throw Failure("\(host):\(port) can't be listened on: \(error)")
    }
    Out.talk("bench: echoes on ws://\(host):\(listener.port)/ until interrupted")
    wait(for: &signals)
    listener.close()
    loop.stop()
    return ledger.counts.figures
  }

  private func wait(for signals: inout sigset_t) {
    guard let seconds else {
      var number: Int32 = 0
      while sigwait(&signals, &number) != 0 {}
      return
    }
    var time = timespec(tv_sec: seconds, tv_nsec: 0)
    // A time-out is the end as well.
    while sigtimedwait(&signals, nil, &time) < 0, errno == EINTR {}
  }
}
