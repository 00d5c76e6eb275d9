import Control
import Fleet
import Synchronization
import Transport

/// Hands notices of the outbox to a command, one after the other, off the core's thread: at least
/// once each, with the same id, until it exits 0. What it could not hand over waits in the
/// inventory, also over a restart.
final class Notifier: Sendable {
  private let settings: NotifySettings
  private let core: Core
  private let log: Log
  private let worker: WorkerThread
  private let run = CommandRun()
  private let isStopping = Atomic<Bool>(false)
  /// A look at the outbox is queued already.
  private let isAwake = Atomic<Bool>(false)
  /// Wants `wake` called in so many milliseconds.
  private let alarm: @Sendable (Span) -> Void

  /// Least time between two looks at an inventory that can't be read.
  private static let recovery = Span.seconds(10)

  init(
    _ settings: NotifySettings, core: Core, log: Log, alarm: @escaping @Sendable (Span) -> Void
  ) throws {
    (self.settings, self.core, self.log, self.alarm) = (settings, core, log, alarm)
    worker = try WorkerThread(name: "notices")
  }

  /// There may be something to hand out; from any thread, waits for nobody.
  func wake() {
    guard !isAwake.exchange(true, ordering: .acquiringAndReleasing) else { return }
    worker.submit { [self] in
      isAwake.store(false, ordering: .releasing)
      work()
    }
  }

  /// Ends the command that runs; its notice is handed out again after the next start.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    run.stop()
    worker.stop()
  }

  private func work() {
    while !isStopping.load(ordering: .relaxed) {
      do {
        let now = SystemClock.now
        guard let notice = try core.wait({ try $0.nextNotice(at: now) }) else { return }
        guard notice.nextAt <= now else {
          alarm(notice.nextAt - now)
          return
        }
        try hand(notice)
      } catch {
        log(.warning, "notices wait: \(error)")
        alarm(Self.recovery)
        return
      }
    }
  }

  private func hand(_ notice: Announcement) throws {
    let result = run.run(settings.command, input: notice.json, timeout: settings.timeout)
    // One that was ended because the engine ends is no failure.
    if isStopping.load(ordering: .relaxed), result.failure != nil { return }
    var tried = notice
    tried.attempts += 1
    tried.lastError = result.failure
    let now = SystemClock.now
    if let failure = result.failure {
      tried.nextAt = now + settings.pause(after: tried.attempts)
      log(
        .warning,
        "notice \(notice.id) (\(notice.kind.rawValue)) was not taken, try \(tried.attempts): \(failure)\(said(result.output))"
      )
    } else {
      tried.doneAt = now
      log(.info, "notice \(notice.id) (\(notice.kind.rawValue)) was taken\(said(result.output))")
    }
    try core.wait { [tried] in try $0.noticeTried(tried) }
  }

  private func said(_ output: String) -> String {
    let line = output.split(whereSeparator: \.isNewline).joined(separator: " | ")
    return line.isEmpty ? "" : "; it said: \(line)"
  }
}
