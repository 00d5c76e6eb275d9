/// A frame of OCPP-J, read (OCPP-J 1.6 §4.2, OCPP 2.0.1 and 2.1 part 4 §4.2).
package enum Frame: Sendable {
  /// `[2, id, action, payload]`
  case call(id: String, action: String, payload: JSONValue)
  /// `[3, id, payload]`
  case result(id: String, payload: JSONValue)
  /// `[4, id, code, description, details]`. The code as sent; `ErrorCode(spelling:)` reads it.
  /// Details are nil where a station left them out.
  case error(id: String, code: String, description: String, details: JSONValue?)
  /// `[5, id, code, description, details]`, 2.1 only: our CALLRESULT could not be processed.
  case resultError(id: String, code: String, description: String, details: JSONValue?)
  /// `[6, id, action, payload]`, 2.1 only: wants no answer of any kind.
  case send(id: String, action: String, payload: JSONValue)

  package var id: String {
    switch self {
    case .call(let id, _, _), .result(let id, _), .error(let id, _, _, _),
      .resultError(let id, _, _, _), .send(let id, _, _):
      id
    }
  }
}

/// What became of the bytes of one message.
package enum FrameVerdict: Sendable {
  case frame(Frame)
  case fault(FrameFault)
}

/// A message that is no frame of its version, and what the version wants done about it.
package struct FrameFault: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// Not JSON, or not in UTF-8.
    case notJSON(JSONError)
    /// JSON, but no array that starts with a whole number.
    case notFrame
    /// A message type that this version does not know.
    case unknownType(Int64)
    /// No id, or one that is no string.
    case noID
    /// An id of more than 36 characters.
    case idTooLong
    /// The wrong number of elements for its type.
    case elementCount(Int)
    /// The action, or an error's code, is no string.
    case noName
    /// The payload is no object.
    case payloadNotObject
  }

  package enum Answer: Equatable, Sendable {
    /// Nothing is sent; the fault is counted.
    case none
    /// A CALLERROR.
    case error(id: String, ErrorCode, description: String)
    /// A CALLRESULTERROR, 2.1 only.
    case resultError(id: String, ErrorCode, description: String)
  }

  package var reason: Reason
  package var answer: Answer
  /// The id of our own call when the broken message was meant as its answer: that call is over.
  package var endsCall: String?

  /// The bytes of the answer, or nil when none is sent.
  package func answerBytes(in version: OCPPVersion) -> [UInt8]? {
    switch answer {
    case .none: nil
    case .error(let id, let code, let description):
      FrameWriter.error(id: id, code: code, description: description, version: version)
    case .resultError(let id, let code, let description):
      FrameWriter.resultError(id: id, code: code, description: description)
    }
  }
}

extension FrameFault.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let error): "not JSON: \(error)"
    case .notFrame: "not an array that starts with a message type"
    case .unknownType(let type): "unknown message type \(type)"
    case .noID: "message id is missing or no string"
    case .idTooLong: "message id is longer than 36 characters"
    case .elementCount(let count): "\(count) elements do not fit the message type"
    case .noName: "action or error code is no string"
    case .payloadNotObject: "payload is no object"
    }
  }
}
