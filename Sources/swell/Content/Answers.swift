import CSMS
import Control
import Fleet
import OCPP

/// Answers every question: the inventory's part by its reader, messages by their tables and the
/// trace.
final class Answers: Answering {
  private let inventory: any Answering
  private let desk: MessageDesk

  init(inventory: any Answering, desk: MessageDesk) {
    (self.inventory, self.desk) = (inventory, desk)
  }

  func answer(_ question: Question, at now: Instant) throws -> Reply {
    guard case .messages(let question) = question else {
      return try inventory.answer(question, at: now)
    }
    return .messages(try desk.answer(question, at: now))
  }
}
