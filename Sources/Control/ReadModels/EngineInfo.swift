import Fleet
import Rollout

/// The engine as its clients see it.
package struct EngineInfo: Sendable, Equatable, Codable {
  package var process: Int32
  package var startedAt: Instant
  package var listening: [String]
  /// More of each address, in the order of `listening`; nil from an engine that does not tell.
  package var listeners: [ListenerInfo]?
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

/// An address that chargers connect to.
package struct ListenerInfo: Sendable, Equatable, Codable {
  package struct Certificate: Sendable, Equatable, Codable {
    package var subject: String
    /// Its key, for example `ECDSA P-256`.
    package var key: String
    package var notAfter: Instant
    package var path: String
    package init(subject: String, key: String, notAfter: Instant, path: String) {
      (self.subject, self.key, self.notAfter, self.path) = (subject, key, notAfter, path)
    }
  }
  package var url: String
  /// The least security profile of whoever comes in here.
  package var minimum: Int
  /// Whether chargers are asked for a certificate of their own.
  package var asksForCertificates: Bool
  /// What TLS is spoken with; empty without TLS.
  package var certificates: [Certificate] = []
  /// What should be mended; each a sentence.
  package var warnings: [String] = []
  package init(url: String, minimum: Int, asksForCertificates: Bool) {
    (self.url, self.minimum, self.asksForCertificates) = (url, minimum, asksForCertificates)
  }
}
