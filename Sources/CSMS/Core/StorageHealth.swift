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

  /// The sender of an item that could not be stored tries again after a reconnect.
  func turnAway(_ item: Inbound) {
    switch item {
    case .knock(let knock): out(knock.connection, .refuse(knock.connection.id, .failed))
    case .checked(let knock, _, let text):
      out(knock.connection, .refuse(knock.connection.id, .failed))
      passwordQueue.ended(
        knock.connection, from: knock.peer, isRight: text != nil, at: knock.at)
      checkNextPassword()
    case .message(let message):
      out(message.connection, .close(message.connection.id, reason: "storage failed"))
    case .closed, .sent, .answered, .served, .heard, .holds, .deaf, .speaksOld, .tolerated,
      .imageChanged, .handshakeFailed:
      break
    }
  }
}
