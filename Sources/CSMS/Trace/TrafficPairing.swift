import Control
import Fleet
import OCPP

/// Puts answers to their calls and judges each frame, in the order they went.
struct TrafficPairing {
  /// What a call and its answer have in common.
  struct Call: Hashable {
    var charger: String
    var id: String
    /// Whether the charger made the call.
    var isInbound: Bool

    init(_ line: TrafficPage.Line) {
      (charger, id) = (line.charger, line.id)
      isInbound = line.isInbound == Self.asks(line.kind)
    }

    /// A CALLRESULTERROR goes the way of the call.
    private static func asks(_ kind: TrafficPage.Line.Kind) -> Bool {
      switch kind {
      case .call, .send, .resultError, .unreadable: true
      case .result, .error: false
      }
    }
  }

  private struct Asked {
    var action: String
    var at: Instant
  }

  /// Calls without an answer that are remembered; a charger has one a direction at a time.
  private static let most = 20_000

  private let messages: MessageCatalogue
  private var reader = FrameReader()
  private var open: [Call: Asked] = [:]
  /// Answered calls: a CALLRESULTERROR may follow the answer.
  private var closed: [Call: Asked] = [:]

  init(messages: MessageCatalogue) { self.messages = messages }

  mutating func take(_ entry: TraceEntry.Frame) -> TrafficPage.Line {
    var line = TrafficPage.Line(
      at: entry.at, charger: entry.charger, isInbound: entry.isInbound, version: entry.version,
      kind: .unreadable, id: "", action: "", payload: entry.text)
    switch reader.read(Array(entry.text.utf8), version: entry.version.wire) {
    case .fault(let fault):
      line.fault = MessageFault(path: "", what: fault.reason.description)
    case .frame(let frame):
      line.id = frame.id
      switch frame {
      case .call(_, let action, let payload): ask(.call, action, payload, &line)
      case .send(_, let action, let payload): ask(.send, action, payload, &line)
      case .result(_, let payload): answer(payload, &line)
      case .error(_, let code, let description, let details):
        fail(.error, code, description, details, &line)
      case .resultError(_, let code, let description, let details):
        fail(.resultError, code, description, details, &line)
      }
    }
    return line
  }

  private mutating func ask(
    _ kind: TrafficPage.Line.Kind, _ action: String, _ payload: JSONValue,
    _ line: inout TrafficPage.Line
  ) {
    (line.kind, line.action, line.payload) = (kind, action, payload.text)
    if kind == .call {
      if open.count >= Self.most { open = [:] }
      open[Call(line)] = Asked(action: action, at: line.at)
    }
    let label = line.version.label
    guard let known = messages.action(named: action, version: line.version.wire) else {
      line.fault = MessageFault(path: "", what: "OCPP \(label) has no \(action)")
      return
    }
    let sender: ActionDescriptor.Direction = line.isInbound ? .station : .csms
    if !known.mayBeSent(by: sender) {
      line.fault = MessageFault(
        path: "", what: "only a \(line.isInbound ? "CSMS" : "charger") sends this")
      return
    }
    line.fault = messages.validate(request: payload, of: known).flatMap { fault($0, payload) }
  }

  private mutating func answer(_ payload: JSONValue, _ line: inout TrafficPage.Line) {
    (line.kind, line.payload) = (.result, payload.text)
    pair(&line)
    if let known = messages.action(named: line.action, version: line.version.wire) {
      line.fault = messages.validate(response: payload, of: known).flatMap { fault($0, payload) }
    }
    if line.fault == nil { line.fault = Self.refusal(payload) }
  }

  private mutating func fail(
    _ kind: TrafficPage.Line.Kind, _ code: String, _ description: String, _ details: JSONValue?,
    _ line: inout TrafficPage.Line
  ) {
    line.kind = kind
    pair(&line)
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("code")
    writer.string(code)
    writer.key("description")
    writer.string(description)
    if let details {
      writer.key("details")
      writer.value(details)
    }
    writer.endObject()
    line.payload = writer.text
    line.fault = MessageFault(
      path: "", what: description.isEmpty ? code : "\(code): \(description)")
  }

  private mutating func pair(_ line: inout TrafficPage.Line) {
    let call = Call(line)
    guard let asked = open.removeValue(forKey: call) ?? closed[call] else { return }
    line.action = asked.action
    line.latency = Int(clamping: max(0, (line.at - asked.at).milliseconds))
    if closed.count >= Self.most { closed = [:] }
    closed[call] = asked
  }

  // MARK: Faults

  private func fault(_ violation: Violation, _ payload: JSONValue) -> MessageFault? {
    // What stands in place of a secret is none of the sender's doing.
    if Self.value(at: violation.path, in: payload)?.string == Redaction.mark { return nil }
    return MessageFault(path: violation.path, what: violation.detail)
  }

  /// The value at a path such as `meterValue[0].sampledValue[1].value`.
  private static func value(at path: String, in payload: JSONValue) -> JSONValue? {
    var value: JSONValue? = payload
    for step in path.split(whereSeparator: { ".[]".contains($0) }) {
      value = Int(step).flatMap { value?[$0] } ?? value?[named: String(step)]
    }
    return value
  }

  /// Statuses by which a message is answered as the schema wants, and what was asked for is not
  /// done (OCPP 1.6 §7, OCPP 2.0.1 part 2 §3).
  private static let refusals: Set<String> = [
    "Rejected", "Failed", "NotSupported", "NotImplemented", "NotAllowed", "UnknownMessageId",
    "UnknownVendorId", "VersionMismatch", "Invalid", "Blocked", "Expired", "ConcurrentTx",
    "NoCredit", "NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime", "InvalidURL",
    "DownloadFailed", "CSMSRejected", "UnknownConnector",
  ]

  private static func refusal(_ payload: JSONValue) -> MessageFault? {
    for holder in ["", "idTagInfo", "idTokenInfo"] {
      let object = holder.isEmpty ? payload : payload[named: holder]
      if let status = object?["status"]?.string, refusals.contains(status) {
        return MessageFault(path: holder.isEmpty ? "status" : "\(holder).status", what: status)
      }
    }
    return nil
  }
}
