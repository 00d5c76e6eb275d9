import Control
import Fleet
import Synchronization

/// The other end: asks a running engine. From any thread; one exchange at a time.
package final class ControlClient: Answering, Commanding, Sendable {
  package let path: String
  private let socket: Mutex<Held>

  private struct Held: ~Copyable {
    var socket: UnixSocket?
  }

  /// Throws `.noEngine` when nobody listens.
  package init(path: String) throws(LinkError) {
    self.path = path
    socket = Mutex(Held(socket: try UnixSocket.connect(to: path)))
  }

  package func answer(_ question: Question, at now: Instant) throws -> Reply {
    guard case .reply(let reply) = try exchange(.ask(question)) else { throw strange }
    return reply
  }

  package func perform(_ command: Command, by caller: Caller) throws -> Outcome {
    guard case .outcome(let outcome) = try exchange(.perform(command)) else { throw strange }
    return outcome
  }

  /// The engine itself: throws when it is gone.
  package func engine() throws -> EngineInfo {
    guard case .engine(let info) = try exchange(.engine) else { throw strange }
    return info
  }

  private var strange: ControlError { .failed("The engine gave an answer to another question.") }

  private func exchange(_ request: Request) throws -> Response {
    let response = try socket.withLock { held -> Response in
      if held.socket == nil { held.socket = try UnixSocket.connect(to: path) }
      guard let socket = held.socket else { throw LinkError.noEngine(path: path) }
      do {
        try socket.write(request)
        guard let response = try socket.read(Response.self) else {
          throw LinkError.noEngine(path: path)
        }
        return response
      } catch {
        // A link that broke in mid-exchange is of no more use; the next call makes a new one.
        held.socket = nil
        throw error
      }
    }
    if case .error(let error) = response { throw error }
    return response
  }
}
