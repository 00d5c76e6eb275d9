import Glibc
import Synchronization
import Threads

/// A named thread that runs jobs in the order they came: for work that blocks, such as the database
/// writer's or scrypt's. Actors can live on it.
///
/// `@unchecked Sendable`: the inbox is behind a monitor, the thread's id behind an atomic, and the
/// thread itself is set once before `init` returns.
package final class WorkerThread: SerialExecutor, @unchecked Sendable {
  private struct Inbox {
    var jobs: [Job] = []
    var isStopping = false
  }

  private let inbox = Monitor(Inbox())
  private let threadID = Atomic<UInt>(0)
  private var thread: Thread?

  /// Starts the thread, which lives until `stop`.
  package init(name: String) throws(TransportError) {
    thread = try Thread.start(named: name) { [self] in run() }
  }

  /// Queues a job, from any thread. Behind `stop` it is dropped.
  package func submit(_ job: @escaping @Sendable () -> Void) { add(.closure(job)) }

  package func enqueue(_ job: consuming ExecutorJob) { add(.actor(UnownedJob(job))) }

  /// Whether the caller is on this thread.
  package var isCurrent: Bool { threadID.load(ordering: .relaxed) == Thread.currentID }

  package func checkIsolated() { precondition(isCurrent, "not on its worker thread") }

  /// Runs what is queued, ends the thread and waits for it. Not from the thread itself.
  package func stop() {
    precondition(!isCurrent, "a thread cannot wait for itself")
    let ended = inbox.withLock { inbox in
      defer { inbox.isStopping = true }
      return inbox.isStopping
    }
    inbox.signal()
    if !ended { thread?.join() }
  }

  private func add(_ job: Job) {
    let isFirst = inbox.withLock { inbox in
      guard !inbox.isStopping else { return false }
      inbox.jobs.append(job)
      return inbox.jobs.count == 1
    }
    if isFirst { inbox.signal() }
  }

  private func run() {
    threadID.store(Thread.currentID, ordering: .relaxed)
    while true {
      let jobs = inbox.wait(until: { !$0.jobs.isEmpty || $0.isStopping }) { inbox in
        defer { inbox.jobs = [] }
        return inbox.jobs
      }
      if jobs.isEmpty { return }
      for job in jobs { job.run(on: asUnownedSerialExecutor()) }
    }
  }
}
