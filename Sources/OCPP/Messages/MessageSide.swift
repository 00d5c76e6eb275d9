/// One of the two payloads of an action.
package enum MessageSide: String, CaseIterable, Sendable {
  case request, response
}

extension ActionDescriptor {
  /// The type of that side's payload in the version's table; nil for the answer to a SEND.
  func type(of side: MessageSide) -> Int? { side == .request ? request : response }
}

extension MessageCatalogue {
  /// The first rule that the payload of that side breaks, or nil.
  package func validate(
    _ side: MessageSide, _ value: JSONValue, of action: ActionDescriptor
  ) -> Violation? {
    side == .request
      ? validate(request: value, of: action) : validate(response: value, of: action)
  }
}
