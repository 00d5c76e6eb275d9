import Threads
import Transport

/// Where loops leave their batches for the core. One drain takes all there are: a commit in
/// progress gathers the next group by itself.
final class CoreInbox: Sendable {
  private let waiting = Monitor<[Inbound]>([])
  private let wake: @Sendable () -> Void

  /// - Parameter wake: has the core drain; called when the first item comes into an empty inbox.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func post(_ batch: [Inbound]) {
    let isFirst = waiting.withLock { waiting in
      guard waiting.isEmpty else {
        waiting.append(contentsOf: batch)
        return false
      }
      waiting = batch
      return true
    }
    if isFirst { wake() }
  }

  func take() -> [Inbound] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
