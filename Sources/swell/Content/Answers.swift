import CSMS
import Control
import Fleet
import OCPP

/// Answers every question: the inventory's part by its reader, messages by their tables and the
/// trace.
final class Answers: Answering {
  private let inventory: any Answering
  private let desk: MessageDesk
  private let uploads: UploadListing

  init(inventory: any Answering, desk: MessageDesk, uploads: UploadListing) {
    (self.inventory, self.desk, self.uploads) = (inventory, desk, uploads)
  }

  func answer(_ question: Question, at now: Instant) throws -> Reply {
    if case .uploads(let charger) = question { return .uploads(uploads.files(of: charger)) }
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
