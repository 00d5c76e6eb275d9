import CSMS
import Control
import ControlLink
import FleetStore
import Glibc
import Threads

/// Where a console's answers come from: the engine when there is one, else the file, read-only.
final class ConsoleLink: Sendable {
  let path: String
  let socket: String
  private let held = Monitor<(client: ControlClient?, answers: Answers?)>((nil, nil))

  init(path: String) {
    self.path = path
    socket = Workplace.socket(of: path)
  }

  var isAnyoneThere: Bool { access(path, F_OK) == 0 || engine() != nil }

  /// The engine, or nil while there is none.
  func engine() -> EngineInfo? { ask { try $0.engine() } }

  /// Who this person is to the engine; without one, to the file.
  func caller() -> Caller {
    let known: Caller? = ask { client in
      do {
        return try client.caller()
      } catch ControlError.forbidden {
        // An engine that grants nothing: what it refuses, it explains.
        return Caller(name: ControlServer.ownCaller.name, role: .viewer)
      }
    }
    return known ?? ControlServer.ownCaller
  }

  private func ask<Value>(_ body: (ControlClient) throws -> Value) -> Value? {
    guard let client = client() else { return nil }
    do {
      return try body(client)
    } catch {
      if error is LinkError { forgetClient() }
      return nil
    }
  }

  private func forgetClient() { held.withLock { $0.client = nil } }

  private func client() -> ControlClient? {
    held.withLock { held in
      if held.client == nil { held.client = try? ControlClient(path: socket) }
      return held.client
    }
  }

  func answer(_ question: Question) -> Result<Reply, ControlError> {
    result {
      if let client = client() {
        do {
          return try client.answer(question, at: SystemClock.now)
        } catch is LinkError {
          forgetClient()
        }
      }
      return try answers().answer(question, at: SystemClock.now)
    }
  }

  private func answers() throws -> Answers {
    try held.withLock { held in
      if let answers = held.answers { return answers }
      let made = try Workplace.answers(
        path, try Reader(path, schema: StockContent.migrations.count))
      held.answers = made
      return made
    }
  }

  /// On a connection of its own: what holds everything must not wait behind a long plan.
  func perform(_ command: Command) -> Result<Outcome, ControlError> {
    result {
      guard let client = try? ControlClient(path: socket) else {
        throw ControlError.refused(
          "There is no engine, so nothing can be changed here. Start one: swell serve.")
      }
      return try client.perform(command, by: ControlServer.ownCaller)
    }
  }

  private func result<Value>(_ body: () throws -> Value) -> Result<Value, ControlError> {
    do {
      return .success(try body())
    } catch let error as ControlError {
      return .failure(error)
    } catch let error as StoreError {
      return .failure(.failed(error.message))
    } catch {
      return .failure(.failed("\(error)"))
    }
  }
}
