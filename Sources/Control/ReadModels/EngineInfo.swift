import Fleet
import Rollout

/// The engine as its clients see it.
package struct EngineInfo: Sendable, Equatable, Codable {
  package var process: Int32
  package var startedAt: Instant
  package var listening: [String]
  package var connections: Int
  /// Set while the inventory can't be written.
  package var storageFault: StorageFault?
  /// Bytes of the message trace's files.
  package var traceSize: Int?
  /// Clients that wait for a change.
  package var watchers: Int?
  package init(process: Int32, startedAt: Instant, listening: [String], connections: Int) {
    self.process = process
    self.startedAt = startedAt
    self.listening = listening
    self.connections = connections
  }
}

/// Since when and why nothing can be stored; nothing is acknowledged meanwhile.
package struct StorageFault: Sendable, Equatable, Codable {
  package var since: Instant
  package var reason: String
  package init(since: Instant, reason: String) { (self.since, self.reason) = (since, reason) }
}
