/// A frame of OCPP-J, read (OCPP-J 1.6 §4.2, OCPP 2.0.1 and 2.1 part 4 §4.2).
package enum Frame: Sendable {
  /// `[2, id, action, payload]`
  case call(id: String, action: String, payload: JSONValue)
  /// `[3, id, payload]`
  case result(id: String, payload: JSONValue)
  /// `[4, id, code, description, details]`. The code as sent; `ErrorCode(spelling:)` reads it. It
  /// and the description are cut to a limit; details are nil where a station left them out.
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

/// A message that is no frame of its version, and who has to be told. With which code stands in
/// `ViolationCodes`.
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

  /// The reason as the table of error codes names it.
  package enum Rule: String, CaseIterable, Sendable {
    /// Its id can be read, the rest is not JSON.
    case notJSON
    /// No message type can be read.
    case notFrame
    case unknownType, noID, idTooLong, tooFewElements, tooManyElements, noName, payloadNotObject
  }

  package enum Answer: Equatable, Sendable {
    /// Nothing is sent; the fault is counted.
    case none
    /// A CALLERROR, where the version has a code for the rule.
    case error(id: String)
    /// A CALLRESULTERROR, 2.1 only.
    case resultError(id: String)
  }

  package var reason: Reason
  package var rule: Rule
  package var answer: Answer
  /// The id of our own call when the broken message was meant as its answer: that call is over.
  package var endsCall: String?

  /// The bytes of the answer, or nil when none is sent.
  package func answerBytes(in version: OCPPVersion, _ codes: ViolationCodes) -> [UInt8]? {
    answerBytes(in: version, code: codes.code(for: rule, in: version))
  }

  /// The bytes of an answer with that code, or nil when none is sent.
  package func answerBytes(in version: OCPPVersion, code: ErrorCode?) -> [UInt8]? {
    guard let code else { return nil }
    return switch answer {
    case .none: nil
    case .error(let id):
      FrameWriter.error(id: id, code: code, description: reason.description, version: version)
    case .resultError(let id):
      FrameWriter.resultError(id: id, code: code, description: reason.description)
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
