/// Reads the messages of one connection. It keeps the storage of its document, so a message costs
/// little more than the strings of its id and action.
package struct FrameReader: Sendable {
  private var document = JSONDocument()
  private var names = KnownNames()

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
      return .fault(Self.unreadable(.notFrame))
    }
    guard Self.isKnown(type, version) else { return .fault(unknown(type, root)) }
    let kind = Kind(type: type, version: version)
    guard let id = root[1]?.string else { return .fault(kind.fault(.noID, id: nil)) }
    guard id.utf8.count <= Self.idLimit || id.unicodeScalars.count <= Self.idLimit else {
      return .fault(kind.fault(.idTooLong, id: id))
    }
    switch Self.body(root, type: type, id: id, version: version, &names) {
    case .success(let frame): return .frame(frame)
    case .failure(let reason): return .fault(kind.fault(reason, id: id))
    }
  }

  private enum Body {
    case success(Frame)
    case failure(FrameFault.Reason)
  }

  private static func body(
    _ root: JSONValue, type: Int64, id: String, version: OCPPVersion, _ names: inout KnownNames
  ) -> Body {
    let count = root.count
    switch type {
    case 2, 6:
      guard count == 4, let payload = root[3] else { return .failure(.elementCount(count)) }
      guard let action = root[2].flatMap({ names.string($0) }) else { return .failure(.noName) }
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
      guard let sent = root[2]?.string else { return .failure(.noName) }
      // Both are logged and kept: what is longer than any code, or than the limit, is cut.
      let code = FrameWriter.cut(sent, to: 64)
      let description = FrameWriter.cut(root[3]?.string ?? "")
      return .success(
        type == 4
          ? .error(id: id, code: code, description: description, details: root[4])
          : .resultError(id: id, code: code, description: description, details: root[4]))
    }
  }

  /// 1.6 allows null for an empty payload (OCPP-J 1.6 §4.2.1); 2.x does not.
  private static func isPayload(_ value: JSONValue, _ version: OCPPVersion) -> Bool {
    value.kind == .object || version == .v16 && value.isNull
  }

  /// 2.0.1 has an error code for it (part 4 §4.4); 1.6 and 2.1 ignore it (OCPP-J 1.6 §4.1.3, OCPP
  /// 2.1 part 4 §4.1.3), and have no code.
  private func unknown(_ type: Int64, _ root: JSONValue) -> FrameFault {
    let id = root[1]?.string.flatMap { $0.unicodeScalars.count <= Self.idLimit ? $0 : nil }
    return FrameFault(
      reason: .unknownType(type), rule: .unknownType,
      answer: .error(id: id ?? Self.unreadableID))
  }

  /// When not even a message type or an id can be read, the answer names no message.
  private static func unreadable(_ reason: FrameFault.Reason) -> FrameFault {
    FrameFault(
      reason: reason, rule: reason == .noID ? .noID : .notFrame, answer: .error(id: unreadableID))
  }

  /// Type and id may stand before the byte that broke the text; then the sender can be told which
  /// message failed.
  private func salvage(_ error: JSONError, _ version: OCPPVersion) -> FrameFault {
    let tape = document.tape
    let reason = FrameFault.Reason.notJSON(error)
    guard tape.nodeCount >= 2, tape.nodes[0].kind == .array, tape.nodes[1].kind == .number,
      let type = JSONValue(tape: tape, index: 1).int, Self.isKnown(type, version)
    else { return Self.unreadable(reason) }
    let kind = Kind(type: type, version: version)
    guard tape.nodeCount >= 3, tape.nodes[2].kind == .string else {
      return kind.fault(reason, id: nil)
    }
    let id = tape.view.string(2)
    let isUsable = id.unicodeScalars.count <= Self.idLimit
    return kind.fault(reason, id: isUsable ? id : nil)
  }

  private static func isKnown(_ type: Int64, _ version: OCPPVersion) -> Bool {
    (2...4).contains(type) || version == .v21 && (5...6).contains(type)
  }

  /// Which way a broken message of a known type went, and so who has to be told.
  private struct Kind {
    var type: Int64
    var version: OCPPVersion

    func fault(_ reason: FrameFault.Reason, id: String?) -> FrameFault {
      let rule = rule(reason)
      switch type {
      case 2:
        guard let id else { return FrameReader.unreadable(reason) }
        return FrameFault(reason: reason, rule: rule, answer: .error(id: answerID(id, reason)))
      case 3 where version == .v21:
        guard let id, reason != .idTooLong else {
          return FrameFault(reason: reason, rule: rule, answer: .none)
        }
        return FrameFault(reason: reason, rule: rule, answer: .resultError(id: id), endsCall: id)
      case 3, 4:
        return FrameFault(reason: reason, rule: rule, answer: .none, endsCall: id)
      default:
        // CALLRESULTERROR and SEND are never answered (OCPP 2.1 part 4 §4.2.3, §4.2.4).
        return FrameFault(reason: reason, rule: rule, answer: .none)
      }
    }

    /// An id that is too long is sent back in 1.6, where nothing else names the message. In 2.x it
    /// counts as unreadable: what we send must obey the limit.
    private func answerID(_ id: String, _ reason: FrameFault.Reason) -> String {
      reason == .idTooLong && version != .v16 ? FrameReader.unreadableID : id
    }

    private func rule(_ reason: FrameFault.Reason) -> FrameFault.Rule {
      switch reason {
      case .notJSON: .notJSON
      case .notFrame: .notFrame
      case .unknownType: .unknownType
      case .noID: .noID
      case .idTooLong: .idTooLong
      case .elementCount(let count): count < wanted ? .tooFewElements : .tooManyElements
      case .noName: .noName
      case .payloadNotObject: .payloadNotObject
      }
    }

    private var wanted: Int {
      switch type {
      case 3: 3
      case 2, 6: 4
      default: 5
      }
    }
  }
}
