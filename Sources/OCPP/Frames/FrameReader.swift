/// Reads the messages of one connection. It keeps the storage of its document, so a message costs
/// little more than the strings of its id and action.
package struct FrameReader: Sendable {
  private var document = JSONDocument()

  /// The longest message id (OCPP-J 1.6 §4.1.4, OCPP 2.0.1 part 4 §4.1.4), in characters.
  package static let idLimit = 36
  /// The id of an answer to a message whose own cannot be read (OCPP 2.0.1 part 4 §4.2.3).
  package static let unreadableID = "-1"

  package init() {}

  package mutating func read(_ bytes: [UInt8], version: OCPPVersion) -> FrameVerdict {
    bytes.withUnsafeBufferPointer { read($0, version: version) }
  }

  /// Reads one whole message. The frame's values keep their text for as long as they are held; let
  /// go of them before the next message and the storage is used again.
  package mutating func read(
    _ bytes: UnsafeBufferPointer<UInt8>, version: OCPPVersion
  ) -> FrameVerdict {
    do throws(JSONError) {
      try document.parseKeepingStart(bytes)
    } catch {
      let fault = salvage(error, version)
      document.clear()
      return .fault(fault)
    }
    let root = document.root
    guard let type = root[0]?.int else {
      return .fault(FrameFault(reason: .notFrame, answer: Self.unreadable(.notFrame, version)))
    }
    guard (2...4).contains(type) || version == .v21 && (5...6).contains(type) else {
      return .fault(unknown(type, root, version))
    }
    let kind = Kind(type: type, version: version)
    guard let id = root[1]?.string else { return .fault(kind.fault(.noID, id: nil)) }
    guard id.utf8.count <= Self.idLimit || id.unicodeScalars.count <= Self.idLimit else {
      return .fault(kind.fault(.idTooLong, id: id))
    }
    switch body(root, type: type, id: id, version: version) {
    case .success(let frame): return .frame(frame)
    case .failure(let reason): return .fault(kind.fault(reason, id: id))
    }
  }

  private enum Body {
    case success(Frame)
    case failure(FrameFault.Reason)
  }

  private func body(
    _ root: JSONValue, type: Int64, id: String, version: OCPPVersion
  ) -> Body {
    let count = root.count
    switch type {
    case 2, 6:
      guard count == 4, let payload = root[3] else { return .failure(.elementCount(count)) }
      guard let action = root[2]?.string else { return .failure(.noName) }
      guard isPayload(payload, version) else { return .failure(.payloadNotObject) }
      return .success(
        type == 2
          ? .call(id: id, action: action, payload: payload)
          : .send(id: id, action: action, payload: payload))
    case 3:
      guard count == 3, let payload = root[2] else { return .failure(.elementCount(count)) }
      guard isPayload(payload, version) else { return .failure(.payloadNotObject) }
      return .success(.result(id: id, payload: payload))
    default:
      // Grizzl-E leaves the details out (lbbrhzn/ocpp#899).
      guard count == 4 || count == 5 else { return .failure(.elementCount(count)) }
      guard let code = root[2]?.string else { return .failure(.noName) }
      let description = root[3]?.string ?? ""
      return .success(
        type == 4
          ? .error(id: id, code: code, description: description, details: root[4])
          : .resultError(id: id, code: code, description: description, details: root[4]))
    }
  }

  /// 1.6 allows null for an empty payload (OCPP-J 1.6 §4.2.1); 2.x does not.
  private func isPayload(_ value: JSONValue, _ version: OCPPVersion) -> Bool {
    value.kind == .object || version == .v16 && value.isNull
  }

  /// Unknown types are ignored (OCPP-J 1.6 §4.1.3, OCPP 2.1 part 4 §4.1.3), but 2.0.1 has an error
  /// code for them (part 4 §4.3).
  private func unknown(_ type: Int64, _ root: JSONValue, _ version: OCPPVersion) -> FrameFault {
    let reason = FrameFault.Reason.unknownType(type)
    guard version == .v201 else { return FrameFault(reason: reason, answer: .none) }
    let id = root[1]?.string.flatMap { $0.unicodeScalars.count <= Self.idLimit ? $0 : nil }
    return FrameFault(
      reason: reason,
      answer: .error(
        id: id ?? Self.unreadableID, .messageTypeNotSupported, description: reason.description))
  }

  /// What to answer when not even the id can be read: 1.6 has no way to say so.
  private static func unreadable(
    _ reason: FrameFault.Reason, _ version: OCPPVersion
  ) -> FrameFault.Answer {
    version == .v16
      ? .none : .error(id: unreadableID, .rpcFrameworkError, description: reason.description)
  }

  /// Type and id may stand before the byte that broke the text; then the sender can be told which
  /// message failed.
  private func salvage(_ error: JSONError, _ version: OCPPVersion) -> FrameFault {
    let tape = document.tape
    let reason = FrameFault.Reason.notJSON(error)
    guard tape.nodeCount >= 2, tape.nodes[0].kind == .array, tape.nodes[1].kind == .number,
      let type = JSONValue(tape: tape, index: 1).int,
      (2...4).contains(type) || version == .v21 && (5...6).contains(type)
    else { return FrameFault(reason: reason, answer: Self.unreadable(reason, version)) }
    let kind = Kind(type: type, version: version)
    guard tape.nodeCount >= 3, tape.nodes[2].kind == .string else {
      return kind.fault(reason, id: nil)
    }
    let id = tape.view.string(2)
    let isUsable = id.unicodeScalars.count <= Self.idLimit
    return kind.fault(reason, id: isUsable ? id : nil)
  }

  /// Which way a broken message of a known type went, and so who has to be told.
  private struct Kind {
    var type: Int64
    var version: OCPPVersion

    func fault(_ reason: FrameFault.Reason, id: String?) -> FrameFault {
      let description = reason.description
      switch type {
      case 2:
        guard let id else {
          return FrameFault(reason: reason, answer: FrameReader.unreadable(reason, version))
        }
        return FrameFault(
          reason: reason,
          answer: .error(
            id: answerID(id, reason), code(reason), description: description))
      case 3 where version == .v21:
        guard let id, reason != .idTooLong else { return FrameFault(reason: reason, answer: .none) }
        return FrameFault(
          reason: reason, answer: .resultError(id: id, code(reason), description: description),
          endsCall: id)
      case 3, 4:
        return FrameFault(reason: reason, answer: .none, endsCall: id)
      default:
        // CALLRESULTERROR and SEND are never answered (OCPP 2.1 part 4 §4.2.4, §4.2.5).
        return FrameFault(reason: reason, answer: .none)
      }
    }

    /// An id that is too long is sent back in 1.6, where nothing else names the message. In 2.x it
    /// counts as unreadable: what we send must obey the limit.
    private func answerID(_ id: String, _ reason: FrameFault.Reason) -> String {
      reason == .idTooLong && version != .v16 ? FrameReader.unreadableID : id
    }

    /// 1.6 knows no RpcFrameworkError: a missing element is a ProtocolError ("payload incomplete"),
    /// any other wrong structure a FormationViolation (OCPP-J 1.6 §4.2.3). In 2.x a wrong frame is
    /// an RpcFrameworkError and a payload that is no object a FormatViolation (part 4 §4.3).
    private func code(_ reason: FrameFault.Reason) -> ErrorCode {
      switch reason {
      case .notJSON, .payloadNotObject: .formatViolation
      case .elementCount(let count) where version == .v16 && count < 4: .protocolError
      default: version == .v16 ? .formatViolation : .rpcFrameworkError
      }
    }
  }
}
