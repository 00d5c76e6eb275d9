import CLinux
import CSMS
import Control
import ControlLink
import Fleet
import FleetStore
import Foundation
import Glibc
import Synchronization
import Transport

/// An engine with its inventory and its control socket, in this process.
final class Service: Sendable {
  let path: String
  let engine: Engine
  let reader: Reader
  private let worker: WorkerThread
  private let control: ControlServer
  private let trace: Trace
  private let changes: ChangeSignal
  private let watchdog = Watchdog()
  private let isStopping = Atomic<Bool>(false)

  convenience init(_ arguments: Arguments) throws {
    try self.init(
      path: Workplace.path(arguments), settings: try ServeCommand.settings(arguments),
      log: .standardError(
        try ServeCommand.level(arguments),
        try arguments.choice("log-format", Log.Format.self) ?? .text),
      tracing: try TraceOptions(arguments))
  }

  init(
    path: String, settings: EngineSettings, log: Log, tracing: TraceOptions = TraceOptions()
  ) throws {
    Self.raiseDescriptorLimit()
    self.path = path
    let changes = ChangeSignal()
    self.changes = changes
    var settings = settings
    settings.onCommit = { changes.raise() }
    settings.uploads = UploadSettings(directory: Workplace.uploads(of: path))
    settings.dataTransfer = try StockContent.dataTransfer()
    worker = try WorkerThread(name: "writer")
    trace = try Trace(
      directory: Workplace.traces(of: path), all: tracing.all, limits: tracing.limits, log: log,
      onWrite: { changes.raise() })
    settings.trace = trace
    let core = try Workplace.makeCore(path: path, worker: worker, settings: settings, log: log)
    reader = try Reader(path, schema: StockContent.migrations.count)
    do {
      engine = try Engine(
        core: core, messages: try StockContent.messages(), settings: settings, log: log)
    } catch EngineError.listening(let address, let error) {
      throw Failure("\(address) can't be listened on: \(Self.sentence(error))")
    } catch EngineError.certificates(let sentence) {
      throw Failure("TLS can't be served: \(sentence)")
    }
    let engine = self.engine
    let reader = self.reader
    let answers = try Workplace.answers(
      path, reader, quirks: settings.quirks, tracesAll: tracing.all)
    control = try ControlServer(
      path: Workplace.socket(of: path),
      desk: .init(
        answering: answers, commanding: engine,
        info: { engine.info }, clock: { SystemClock.now },
        roles: {
          guard case .roles(let grants) = try reader.answer(.roles, at: SystemClock.now) else {
            return []
          }
          return grants
        }, changes: changes))
  }

  private static func sentence(_ error: TransportError) -> String {
    switch error {
    case .system(_, let code): String(cString: strerror(code))
    case .unknownHost(let host, let message): "\(host): \(message)"
    case .malformedURL(let url): "\(url) is no URL"
    case .tlsNeeded(let host): "\(host) wants TLS"
    }
  }

  /// A connection is a descriptor: as many as the system allows.
  static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Tells systemd that it serves, how it is, and that its writer's thread still answers.
  func report(to manager: ServiceManager) {
    manager.tell("READY=1", "STATUS=\(status)")
    Foundation.Thread.detachNewThread { [self] in
      var seen = changes.now
      var last = status
      while !isStopping.load(ordering: .relaxed) {
        seen = changes.wait(after: seen)
        let now = status
        if now != last { manager.tell(status: now) }
        last = now
        sleep(1)
      }
    }
    guard let patience = manager.patience else { return }
    watchdog.pat(worker, every: UInt32(clamping: patience / 3)) { manager.tell("WATCHDOG=1") }
  }

  private var status: String {
    let info = engine.info
    if let fault = info.storageFault {
      return "storage failed since \(Out.time(fault.since)): \(fault.reason)"
    }
    let count = info.connections
    return "\(count) charger\(count == 1 ? " is" : "s are") connected to \(info.listening[0])"
  }

  /// Until TERM or INT, which are blocked in every thread. HUP reads the certificates anew where
  /// TLS is served; without it, it ends the engine, as the end of a terminal does.
  func waitForSignal() {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
    sigprocmask(SIG_BLOCK, &set, nil)
    var number: Int32 = 0
    while true {
      guard sigwait(&set, &number) == 0 else { continue }
      guard number == SIGHUP, engine.servesTLS else { return }
      do {
        let caller = Caller(name: "SIGHUP", role: .admin)
        Out.talk("swell: \(try engine.perform(.reloadCertificates, by: caller).message)")
      } catch let error as ControlError {
        Out.talk("swell: \(error.message)")
      } catch {
        Out.talk("swell: certificates are not loaded anew: \(error)")
      }
    }
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    watchdog.stop()
    changes.raise()
    control.stop()
    engine.stop()
    trace.stop()
    worker.stop()
  }
}
