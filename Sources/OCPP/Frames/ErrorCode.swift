/// The error codes of a CALLERROR (OCPP-J 1.6 §4.2.3, OCPP 2.0.1 part 4 §4.3).
///
/// Two are spelled differently by version: 1.6 has FormationViolation and OccurenceConstraintViolation
/// (one r) and keeps them for good (OCPP-J 1.6 errata §5.1, §5.2).
package enum ErrorCode: String, CaseIterable, Sendable {
  /// The action is unknown to the receiver.
  case notImplemented = "NotImplemented"
  /// The action is known, but not offered.
  case notSupported = "NotSupported"
  /// The receiver failed while processing.
  case internalError = "InternalError"
  /// 1.6: the payload is incomplete. 2.x: the payload does not follow the message's definition.
  case protocolError = "ProtocolError"
  /// Refused for a security reason; also for calls before the boot is accepted.
  case securityError = "SecurityError"
  /// The payload's syntax is wrong; in 1.6 also its structure.
  case formatViolation = "FormatViolation"
  /// A field has an illegal value.
  case propertyConstraintViolation = "PropertyConstraintViolation"
  /// A field is missing, or there too often.
  case occurrenceConstraintViolation = "OccurrenceConstraintViolation"
  /// A field has the wrong type.
  case typeConstraintViolation = "TypeConstraintViolation"
  /// None of the others.
  case genericError = "GenericError"
  /// 2.x: the message type number is not supported. Sent in 1.6 as GenericError.
  case messageTypeNotSupported = "MessageTypeNotSupported"
  /// 2.x: not a valid frame. Sent in 1.6 as GenericError.
  case rpcFrameworkError = "RpcFrameworkError"

  /// The code as it is sent in that version.
  package func spelling(in version: OCPPVersion) -> String {
    guard version == .v16 else { return rawValue }
    return switch self {
    case .formatViolation: "FormationViolation"
    case .occurrenceConstraintViolation: "OccurenceConstraintViolation"
    case .messageTypeNotSupported, .rpcFrameworkError: Self.genericError.rawValue
    default: rawValue
    }
  }

  /// The code of any version's spelling: stations mix them.
  package init?(spelling: String) {
    switch spelling {
    case "FormationViolation": self = .formatViolation
    case "OccurenceConstraintViolation": self = .occurrenceConstraintViolation
    default: self.init(rawValue: spelling)
    }
  }
}
