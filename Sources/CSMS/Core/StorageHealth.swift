import Control
import Fleet
import Threads

/// Whether the inventory can be written now, for whoever asks from any thread.
package final class StorageHealth: Sendable {
  private let failing = Monitor<StorageFault?>(nil)

  init() {}

  package var fault: StorageFault? { failing.withLock { $0 } }

  /// Keeps the moment of the first failure and the newest reason.
  func failed(_ error: any Error, at now: Instant) {
    failing.withLock {
      $0 = StorageFault(since: $0?.since ?? now, reason: "\(error)")
    }
  }

  /// True when it had failed before.
  func works() -> Bool {
    failing.withLock { failing in
      defer { failing = nil }
      return failing != nil
    }
  }
}

extension Core {
  /// Leaves all as it was. To set a value to what it is would write nothing.
  func writeSomething() throws {
    let mark = try store.reflected()
    try store.setReflected(mark + 1)
    try store.setReflected(mark)
  }
}
