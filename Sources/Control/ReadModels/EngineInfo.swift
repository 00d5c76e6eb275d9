import Fleet
import Rollout

/// The engine as its clients see it.
package struct EngineInfo: Sendable, Equatable, Codable {
  package var process: Int32
  package var startedAt: Instant
  package var listening: [String]
  package var connections: Int
  package init(process: Int32, startedAt: Instant, listening: [String], connections: Int) {
    self.process = process
    self.startedAt = startedAt
    self.listening = listening
    self.connections = connections
  }
}
