import Control

/// What a client says.
enum Request: Codable, Sendable {
  case ask(Question)
  case perform(Command)
  case engine
  /// Who the caller is to the engine.
  case whoAmI
  /// Answered once the generation is another; on a connection that asks nothing else.
  case watch(after: UInt64)
}

/// What the engine says to it.
enum Response: Codable, Sendable {
  case reply(Reply)
  case outcome(Outcome)
  case engine(EngineInfo)
  case caller(Caller)
  case changed(UInt64)
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
