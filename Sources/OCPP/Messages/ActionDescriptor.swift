/// What is known of an action besides its fields.
package struct ActionDescriptor: Equatable, Sendable {
  /// Who may send the request.
  package enum Direction: String, Sendable {
    case station, csms, both
  }

  package enum Kind: String, Sendable {
    /// Answered by a CALLRESULT or CALLERROR.
    case call = "CALL"
    /// Never answered (OCPP 2.1 part 4 §4.2.4).
    case send = "SEND"
  }

  package var version: OCPPVersion
  /// The action as it stands in a frame; case matters.
  package var name: String
  package var direction: Direction
  package var kind: Kind
  /// The profile of 1.6 or the functional block of 2.x, for example "Core", "L FirmwareManagement".
  package var group: String
  /// The type of the request's payload in the version's table.
  package var request: Int
  /// The type of the response's payload; a SEND has none.
  package var response: Int?

  package func mayBeSent(by direction: Direction) -> Bool {
    self.direction == .both || self.direction == direction
  }
}
