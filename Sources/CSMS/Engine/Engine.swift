import Control
import Fleet
import Glibc
import OCPP
import Threads
import Transport
import Trust

/// A running engine: listeners on its loops, and the core on its writer's thread.
package final class Engine: Commanding, Sendable {
  package let core: Core
  /// Of each listener, in the order of the settings.
  package let ports: [UInt16]
  package let startedAt: Instant
  package let population: Population
  let settings: EngineSettings
  let doorways: [Doorway]
  let log: Log
  private let loops: [EventLoop]
  private let listeners: [Listener]
  private let hasher: WorkerThread
  private let ticker: EventLoop
  private let uploads: UploadDesk?
  private let notifier: Notifier?
  /// What is sent has to be a message of its version.
  private let messages: MessageCatalogue

  /// Starts serving; returns once every port listens.
  package init(core: Core, messages: MessageCatalogue, settings: EngineSettings, log: Log) throws {
    self.core = core
    self.settings = settings
    self.messages = messages
    self.log = log
    var doorways = try settings.listeners.map { try Doorway($0) }
    startedAt = SystemClock.now
    population = Population()
    hasher = try WorkerThread(name: "passwords")
    ticker = try EventLoop(name: "ticker")
    loops = try (0..<max(1, settings.loops)).map { try EventLoop(name: "loop \($0)") }
    let depot = Depot(
      key: core.depotKey,
      bandwidth: .init(fleet: settings.bandwidth, site: settings.siteBandwidth), log: log)
    let uploads = try settings.uploads.map { try UploadDesk($0, key: core.depotKey, log: log) }
    self.uploads = uploads
    let population = self.population
    var chargers: [LoopBox] = []
    var listeners: [Listener] = []
    for (number, loop) in loops.enumerated() {
      let box = LoopBox()
      chargers.append(box)
      let inbox = core.inbox
      var configuration = ServerConfiguration()
      configuration.keepAlive = settings.keepAlive
      for index in doorways.indices {
        let doorway = doorways[index]
        configuration.number = index
        do {
          let listener = try Listener.start(
            on: loop, host: doorway.settings.host, port: doorway.port,
            configuration: configuration, tls: doorway.tls, isShared: number > 0
          ) {
            if let made = box.value { return made }
            let made = ChargerLoop(
              number: number, loop: loop, inbox: inbox, settings: settings, messages: messages,
              depot: depot, uploads: uploads, population: population, log: log)
            box.fill(made, loop)
            return made
          }
          doorways[index].port = listener.port
          listeners.append(listener)
        } catch {
          throw EngineError.listening(doorway.settings.address(doorway.port), error)
        }
      }
    }
    self.listeners = listeners
    self.doorways = doorways
    ports = doorways.map(\.port)
    let hasher = self.hasher
    let ticker = self.ticker
    let boxes = chargers
    let loops = self.loops
    let core = core
    let notifierBox = NotifierBox()
    notifier = try settings.notify.map {
      try Notifier($0, core: core, log: log) { span in
        ticker.submit {
          ticker.schedule(after: UInt64(max(1, span.milliseconds))) { notifierBox.wake() }
        }
      }
    }
    notifierBox.fill(notifier)
    let origin = (doorways.first { $0.tls == nil } ?? doorways.first)?.origin ?? ""
    try core.wait { core in
      core.connect(
        host: settings.publicURL ?? origin, depot: depot,
        uploads: uploads,
        deliver: { number, items in
          loops[number].submit { boxes[number].value?.deliver(items) }
        },
        checkPassword: { [inbox = core.inbox] job in
          hasher.submit {
            let fitting = job.secrets.first { job.knock.fits($0) }
            inbox.post([.checked(job.knock, job.charger, fitting: fitting?.text)])
          }
        },
        alarm: { span in
          ticker.submit {
            ticker.schedule(after: UInt64(max(1, span.milliseconds))) {
              core.post { $0.tick(now: SystemClock.now) }
            }
          }
        })
      core.wakeNotifier = { notifierBox.wake() }
      try core.start(now: SystemClock.now)
    }
    // What an engine before this one has left.
    notifier?.wake()
    warnOfCertificates()
    if servesTLS { warnDaily() }
  }

  /// The first listener's.
  package var port: UInt16 { ports.first ?? 0 }

  private func warnDaily() {
    let ticker = self.ticker
    ticker.submit { [weak self] in
      ticker.schedule(after: 86_400_000) {
        self?.warnOfCertificates()
        self?.warnDaily()
      }
    }
  }

  package func perform(_ command: Command, by caller: Caller) throws -> Outcome {
    guard caller.role >= command.role else {
      throw try core.wait { try $0.forbid(command, to: caller, now: SystemClock.now) }
    }
    switch command {
    case .send:
      let answer = try ask(command, by: caller) { core, slot in
        try core.send(command, by: caller, into: slot, now: SystemClock.now)
      }
      return Outcome(message: answer)
    case .getLog(let request):
      let number = Int.random(in: 1...Int(Int32.max))
      let answer = try ask(command, by: caller) { core, slot in
        try core.ask(
          for: request, number: number, by: caller, into: slot, now: SystemClock.now)
      }
      return try LogOrder.outcome(request, number: number, answer: answer)
    case .plan(let request):
      if let objection = StepCheck.objection(to: request.playbook, in: messages) {
        throw ControlError.invalid("The playbook can't be used, \(objection.message).")
      }
      return try core.perform(command, by: caller)
    case .reloadCertificates: return try reloadCertificates(command, by: caller)
    default: return try core.perform(command, by: caller)
    }
  }

  /// Has a message sent and waits for what the charger answers; the audit has both.
  private func ask(
    _ command: Command, by caller: Caller,
    _ send: @escaping @Sendable (isolated Core, AnswerSlot) throws -> Void
  ) throws -> String {
    let slot = AnswerSlot()
    do {
      try core.wait { try send($0, slot) }
    } catch let error as ControlError {
      try core.wait { try $0.refused(command, caller, error, now: SystemClock.now) }
      throw error
    }
    do throws(ControlError) {
      let answer = try slot.wait()
      let shown = Redaction.frame(Array(answer.utf8)).prefix(500)
      try? core.wait { try $0.note(command, by: caller, "answered \(shown)") }
      return answer
    } catch {
      try? core.wait { try $0.note(command, by: caller, "not answered: \(error.message)") }
      throw error
    }
  }

  package var info: EngineInfo {
    var info = EngineInfo(
      process: getpid(), startedAt: startedAt,
      listening: doorways.map { $0.url(prefix: settings.prefix) },
      connections: population.now)
    info.listeners = listenerInfo(at: SystemClock.now)
    info.storageFault = core.health.fault
    info.traceSize = settings.trace?.size
    return info
  }

  /// Ends every connection with "going away" and writes everything back.
  package func stop() {
    for listener in listeners { listener.close() }
    try? core.wait { $0.isStopping = true }
    for loop in loops { loop.beginStop() }
    for loop in loops { loop.stop() }
    uploads?.stop()
    notifier?.stop()
    ticker.stop()
    hasher.stop()
    try? core.wait { try $0.finish(now: SystemClock.now) }
  }
}

/// Where the core and the timers find the notifier, which knows both.
private final class NotifierBox: Sendable {
  private struct Reference {
    weak var notifier: Notifier?
  }
  private let notifier = Monitor(Reference())

  func fill(_ notifier: Notifier?) { self.notifier.withLock { $0.notifier = notifier } }
  func wake() { notifier.withLock { $0.notifier }?.wake() }
}

/// Where a loop's charger table is kept for the core's completions.
private final class LoopBox: Sendable {
  private let bound = Monitor<LoopBound<ChargerLoop>?>(nil)

  /// On the loop.
  func fill(_ chargers: ChargerLoop, _ loop: EventLoop) {
    let made = LoopBound(chargers, loop)
    bound.withLock { $0 = made }
  }

  /// On the loop.
  var value: ChargerLoop? { bound.withLock { $0 }?.value }
}
