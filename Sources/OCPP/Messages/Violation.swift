/// The first rule of its schema that a payload breaks.
package struct Violation: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, CaseIterable, Sendable {
    /// A required field is not there.
    case missing
    /// A field that the message does not have.
    case unknownField
    /// The JSON type is wrong; a fraction where a whole number is wanted.
    case type
    /// A string is too long.
    case length
    /// A string is none of its list.
    case enumeration
    /// A number is too small or too large.
    case bounds
    /// A number is no multiple of its step.
    case multipleOf
    /// An array has too few or too many items.
    case itemCount
    /// A timestamp is not RFC 3339, or a URI is none.
    case format
    /// A timestamp that is not RFC 3339 and can be read all the same, for example without a zone.
    case looseTime
    /// The payload is not JSON.
    case syntax
  }

  package var kind: Kind
  /// Where, from the payload: "meterValue[0].sampledValue[1].value"; empty for the payload itself.
  package var path: String
  /// What was found and what is wanted.
  package var detail: String

  package init(kind: Kind, path: String, detail: String) {
    self.kind = kind
    self.path = path
    self.detail = detail
  }

  package var description: String { path.isEmpty ? detail : "\(path): \(detail)" }
}
