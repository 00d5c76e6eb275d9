import Control
import Fleet
import OCPP

/// What people ask about messages: which there are, what their fields are, whether one validates,
/// and what went over the wire.
package final class MessageDesk: Sendable {
  private let messages: MessageCatalogue
  /// Where the trace is kept.
  private let directory: String

  package init(messages: MessageCatalogue, traces directory: String) {
    (self.messages, self.directory) = (messages, directory)
  }

  package func answer(
    _ question: MessageQuestion, at now: Instant
  ) throws(ControlError) -> MessageReply {
    switch question {
    case .actions(let version):
      .actions(
        messages.actions(of: version.wire).filter { $0.mayBeSent(by: .csms) && $0.kind == .call }
          .map { MessageAction(name: $0.name, group: $0.group) })
    case .form: .form(nil)
    case .check: .fault(nil)
    case .traffic(let query):
      .traffic(TrafficPage(at: now, query: query, traced: [], lines: [], dropped: 0))
    }
  }
}
