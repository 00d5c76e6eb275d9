import Fleet

/// Which log a charger is asked for.
package enum ChargerLog: String, Sendable, Equatable, Codable, CaseIterable {
  case diagnostics
  case security
}

/// What of a charger's log is wanted.
package struct LogRequest: Sendable, Equatable, Codable {
  package var charger: String
  package var kind: ChargerLog
  /// Only what was written then or later, and no later than that.
  package var since: Instant?
  package var until: Instant?
  package init(
    charger: String, kind: ChargerLog = .diagnostics, since: Instant? = nil, until: Instant? = nil
  ) {
    (self.charger, self.kind, self.since, self.until) = (charger, kind, since, until)
  }
}

/// A file that a charger has left.
package struct UploadedFile: Sendable, Equatable, Codable {
  package var charger: String
  package var kind: ChargerLog
  /// The number of the request it answers.
  package var request: Int
  package var name: String
  package var bytes: Int
  package var at: Instant
  /// On the engine's machine.
  package var path: String
  package init(
    charger: String, kind: ChargerLog, request: Int, name: String, bytes: Int, at: Instant,
    path: String
  ) {
    self.charger = charger
    self.kind = kind
    self.request = request
    self.name = name
    self.bytes = bytes
    self.at = at
    self.path = path
  }
}
