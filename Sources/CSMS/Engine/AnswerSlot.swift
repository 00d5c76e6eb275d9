import Control
import Dispatch
import Fleet
import Threads

/// Where a person waits for a charger's answer to a message of their own.
final class AnswerSlot: Sendable {
  /// Some chargers answer after a minute (evcc-io/evcc#26837).
  static let patience = Span.seconds(90)

  private let answer = Monitor<Result<String, ControlError>?>(nil)
  private let filled = DispatchSemaphore(value: 0)

  func fill(_ json: String) { settle(.success(json)) }
  func fail(_ why: String) { settle(.failure(.refused(why))) }

  private func settle(_ result: Result<String, ControlError>) {
    answer.withLock { if $0 == nil { $0 = result } }
    filled.signal()
  }

  /// The answer as JSON. Longer than a charger's patience: it may have to end another call first.
  func wait() throws(ControlError) -> String {
    let end = DispatchTime.now() + .milliseconds(Int(Self.patience.milliseconds * 2))
    guard filled.wait(timeout: end) == .success, let result = answer.withLock({ $0 }) else {
      throw .failed("The charger did not answer.")
    }
    return try result.get()
  }
}
