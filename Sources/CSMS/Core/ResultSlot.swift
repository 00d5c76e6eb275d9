import Control
import Dispatch
import Threads

/// Where a thread waits for a result of another.
final class ResultSlot<Value: Sendable>: Sendable {
  private let value = Monitor<Result<Value, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  func fill(_ result: Result<Value, any Error>) {
    value.withLock { $0 = result }
    done.signal()
  }

  func take() throws -> Value {
    done.wait()
    guard let result = value.withLock({ $0 }) else {
      throw ControlError.failed("The engine stopped before it answered.")
    }
    return try result.get()
  }
}
