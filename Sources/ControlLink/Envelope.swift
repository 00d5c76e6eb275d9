import Control

/// What a client says.
enum Request: Codable, Sendable {
  case ask(Question)
  case perform(Command)
  case engine
}

/// What the engine says to it.
enum Response: Codable, Sendable {
  case reply(Reply)
  case outcome(Outcome)
  case engine(EngineInfo)
  case error(ControlError)
}

/// Why a link is of no use.
package enum LinkError: Error, Sendable, Equatable {
  /// No engine answers at this path.
  case noEngine(path: String)
  /// A path longer than a Unix socket's may be.
  case pathTooLong(String)
  case system(call: String, code: Int32)
  case broken(String)
}
