import CLinux
import Glibc
import Synchronization
import Threads

/// The one thread that may touch the terminal, as a global actor.
///
/// On Linux the main actor is not the main thread, and ncurses crashes on two threads. So this
/// actor's jobs queue up until the main loop runs them.
@globalActor
package actor UI {
  package static let shared = UI()
  let executor = UIExecutor()

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Makes the calling thread the UI thread.
  static func adopt() {
    shared.executor.adopt()
  }

  /// Runs synchronously what must be on the UI thread; traps on any other.
  static func assumeIsolated<T: Sendable>(_ operation: @UI () -> T) -> T {
    shared.preconditionIsolated()
    return withoutActuallyEscaping(operation) { isolated in
      // Isolation is a part of the type only, not of the representation; it was checked above.
      // The standard library's MainActor.assumeIsolated does the same.
      unsafeBitCast(isolated, to: (() -> T).self)()
    }
  }

  /// Milliseconds of the monotonic clock, the time of ``TerminalApp/nextTick``.
  package nonisolated static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// A way to the UI thread for all others. After the loop's end it leads nowhere: what is posted
/// then is dropped.
package struct UIHandle: Sendable {
  /// Runs a job on the UI thread, in the order of posting, and draws a frame after it.
  package func post(_ job: @escaping @UI @Sendable () -> Void) {
    UI.shared.executor.post(.post(job))
  }

  /// Draws a frame soon.
  package func setNeedsFrame() {
    UI.shared.executor.post(.post({}))
  }
}

/// Holds the UI actor's jobs until the main loop takes them.
final class UIExecutor: SerialExecutor {
  enum Work: Sendable {
    case job(UnownedJob)
    case post(@UI @Sendable () -> Void)
  }

  private let work = Monitor<[Work]>([])
  /// The UI thread; 0 before there is one. Not behind the mutex: the runtime asks for it at any
  /// time, in the midst of taking work too.
  private let owner = Atomic<pthread_t>(0)
  /// An eventfd that is readable while work waits.
  let wake: Int32 = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))

  func adopt() {
    owner.store(pthread_self(), ordering: .releasing)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    post(.job(UnownedJob(job)))
  }

  func post(_ one: Work) {
    let first = work.withLock { work in
      work.append(one)
      return work.count == 1
    }
    guard first else { return }
    var one: UInt64 = 1
    // Fails only when the counter is full, and then the loop is awake anyway.
    _ = write(wake, &one, 8)
  }

  func checkIsolated() {
    precondition(isOwner, "the UI actor's code ran on another thread than the UI thread")
  }

  func isIsolatingCurrentContext() -> Bool? { isOwner }

  private var isOwner: Bool {
    pthread_equal(owner.load(ordering: .acquiring), pthread_self()) != 0
  }

  private func take() -> [Work] {
    work.withLock { work in
      defer { work = [] }
      return work
    }
  }

  /// Runs what waited at the time of the call; what that adds waits for the next round, so keys
  /// get their turn.
  /// - Returns: whether there was any.
  @UI
  func drain() -> Bool {
    var count: UInt64 = 0
    _ = read(wake, &count, 8)
    let work = take()
    for one in work {
      switch one {
      case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
      case .post(let body): body()
      }
    }
    return !work.isEmpty
  }
}
