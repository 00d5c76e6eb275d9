import Control
import Fleet
import OCPP

/// What people ask about messages: which there are, what their fields are, whether one validates,
/// and what went over the wire.
package final class MessageDesk: Sendable {
  private let messages: MessageCatalogue
  /// Where the trace is kept.
  private let directory: String
  /// Whether every charger is traced, whatever was chosen.
  private let tracesAll: Bool

  package init(messages: MessageCatalogue, traces directory: String, tracesAll: Bool = false) {
    (self.messages, self.directory, self.tracesAll) = (messages, directory, tracesAll)
  }

  package func answer(
    _ question: MessageQuestion, at now: Instant
  ) throws(ControlError) -> MessageReply {
    switch question {
    case .actions(let version):
      .actions(
        messages.actions(of: version.wire).filter(Self.isSendable)
          .map { MessageAction(name: $0.name, group: $0.group) })
    case .form(let version, let action): .form(form(version, action))
    case .check(let version, let action, let payload):
      .fault(check(version, action, payload))
    case .traffic(let query): .traffic(traffic(query, at: now))
    }
  }

  /// What is stored of that; at most some megabytes of files are read for it.
  private func traffic(_ query: TrafficQuery, at now: Instant) -> TrafficPage {
    var reader = TrafficReader(directory, query, messages: messages)
    return reader.page(all: tracesAll, at: now)
  }

  private static func isSendable(_ action: ActionDescriptor) -> Bool {
    action.mayBeSent(by: .csms) && action.kind == .call
  }

  private func sendable(_ version: ProtocolVersion, _ action: String) -> ActionDescriptor? {
    messages.action(named: action, version: version.wire).flatMap { Self.isSendable($0) ? $0 : nil }
  }

  private func form(_ version: ProtocolVersion, _ name: String) -> MessageForm? {
    sendable(version, name).map { action in
      MessageForm(
        version: version, action: name,
        fields: messages.fields(ofRequest: action).map(MessageField.init))
    }
  }

  private func check(
    _ version: ProtocolVersion, _ name: String, _ payload: String
  ) -> MessageFault? {
    guard let action = sendable(version, name) else {
      return MessageFault(
        path: "", what: "A CSMS sends no \(name) in OCPP \(version.label).")
    }
    do throws(JSONError) {
      let document = try JSONDocument(text: payload)
      return messages.validate(request: document.root, of: action).map {
        MessageFault(path: $0.path, what: $0.detail)
      }
    } catch {
      return MessageFault(path: "", what: "no JSON: \(error)")
    }
  }
}

extension MessageField {
  init(_ field: FieldDescriptor) {
    self.init(
      name: field.name, isRequired: field.isRequired, items: field.items, kind: Kind(field.kind))
  }
}

extension MessageField.Kind {
  init(_ kind: FieldDescriptor.Kind) {
    self =
      switch kind {
      case .any: .any
      case .boolean: .boolean
      case .text(let limit): .text(limit: limit)
      case .dateTime: .dateTime
      case .uri: .uri
      case .whole(let least, let most): .whole(least: least, most: most)
      case .number(let least, let most, let tenths):
        .number(least: least, most: most, tenths: tenths)
      case .choice(let values): .choice(values)
      case .group(let fields): .group(fields.map(MessageField.init))
      }
  }
}
