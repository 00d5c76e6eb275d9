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
      let reply = try inventory.answer(question, at: now)
      // The inventory keeps payloads as they came; what they say is the protocols' to know.
      guard case .session(var detail?) = reply else { return reply }
      detail.samples = SessionSamples.read(detail.entries)
      return .session(detail)
    }
    return .messages(try desk.answer(question, at: now))
  }
}
