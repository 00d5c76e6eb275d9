import Control
import Fleet
import Threads

/// The other end: asks a running engine. From any thread; one exchange at a time.
package final class ControlClient: Answering, Commanding, Sendable {
  package let path: String
  private let talk: Line
  /// Of its own: a wait for a change holds up no question.
  private let watch: Line

  /// Throws `.noEngine` when nobody listens.
  package init(path: String) throws(LinkError) {
    self.path = path
    talk = Line(path: path, socket: try UnixSocket.connect(to: path))
    watch = Line(path: path, socket: nil)
  }

  package func answer(_ question: Question, at now: Instant) throws -> Reply {
    guard case .reply(let reply) = try talk.exchange(.ask(question)) else { throw strange }
    return reply
  }

  package func perform(_ command: Command, by caller: Caller) throws -> Outcome {
    guard case .outcome(let outcome) = try talk.exchange(.perform(command)) else { throw strange }
    return outcome
  }

  /// The engine itself: throws when it is gone.
  package func engine() throws -> EngineInfo {
    guard case .engine(let info) = try talk.exchange(.engine) else { throw strange }
    return info
  }

  /// Who this process is to the engine, and what it may do there. Throws `ControlError.forbidden`
  /// for whoever has no role.
  package func caller() throws -> Caller {
    guard case .caller(let caller) = try talk.exchange(.whoAmI) else { throw strange }
    return caller
  }

  /// Blocks until something changed since the generation, at most four times a second, and returns
  /// the new one; 0 is answered at once. Throws at once when the engine goes away.
  package func waitForChange(after generation: UInt64) throws -> UInt64 {
    guard case .changed(let now) = try watch.exchange(.watch(after: generation)) else {
      throw strange
    }
    return now
  }

  private var strange: ControlError { .failed("The engine gave an answer to another question.") }
}

/// One connection to the engine, made anew when it broke.
private final class Line: Sendable {
  private let path: String
  private let held: Monitor<Held>

  private struct Held: ~Copyable {
    var socket: UnixSocket?
  }

  init(path: String, socket: sending UnixSocket?) {
    self.path = path
    held = Monitor(Held(socket: socket))
  }

  func exchange(_ request: Request) throws -> Response {
    let response = try held.withLock { held -> Response in
      do {
        let socket = try sent(request, over: &held)
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

  /// Over the link there is; an engine that went away has closed it, and as nothing of the request
  /// was taken over it, a new link is safe.
  private func sent(_ request: Request, over held: inout Held) throws -> UnixSocket {
    if let socket = held.socket, try socket.write(request) { return socket }
    let socket = try UnixSocket.connect(to: path)
    held.socket = socket
    guard try socket.write(request) else { throw LinkError.noEngine(path: path) }
    return socket
  }
}
