import OCPP

/// One frame that a station of the bench sends, and what the engine owes it.
struct Probe {
  enum Owed: Equatable {
    /// A CALLRESULT.
    case result(id: String)
    /// A CALLERROR with that code.
    case error(id: String, ErrorCode)
    case nothing
    /// The end of the connection: text that is no UTF-8 (RFC 6455 §8.1).
    case close

    var id: String? {
      switch self {
      case .result(let id), .error(let id, _): id
      case .nothing, .close: nil
      }
    }
  }

  var bytes: [UInt8]
  /// Whose response a CALLRESULT must be.
  var action: ActionDescriptor?
  var owed: Owed
}

/// Makes the probes of one version. The same seed makes the same ones.
struct ProbeMaker {
  private let catalogue: MessageCatalogue
  private let version: OCPPVersion
  private var sampler: MessageSampler
  private var random: SplitMix64
  private var reader = FrameReader()
  /// What the next frame can be spliced with.
  private var last: [UInt8] = []

  init(_ catalogue: MessageCatalogue, _ version: OCPPVersion, seed: UInt64) {
    (self.catalogue, self.version) = (catalogue, version)
    sampler = MessageSampler(catalogue: catalogue, seed: seed)
    random = SplitMix64(seed: seed ^ 0x5EED)
  }

  /// A frame of the action: one in eight as it should be, one in four with one rule broken, the
  /// others with bytes and values mutated at random.
  mutating func next(_ action: ActionDescriptor, id: String) -> Probe {
    let kind = UInt8.random(in: 0..<8, using: &random)
    let payload =
      kind == 1 || kind == 2
      ? sampler.broken(.request, of: action)?.payload ?? [] : sampler.valid(.request, of: action)
    var writer = JSONWriter(capacity: payload.count + 96)
    writer.beginArray()
    writer.int(action.kind == .send ? 6 : 2)
    writer.string(id)
    writer.string(action.name)
    writer.raw(payload)
    writer.endArray()
    var bytes = writer.bytes
    if kind > 2 {
      let frame = bytes
      bytes = sampler.mutated(frame, with: last)
      last = frame
    }
    guard isUTF8(bytes) else {
      // Each costs its connection; one in sixteen is enough of them.
      if UInt8.random(in: 0..<16, using: &random) == 0 {
        return Probe(bytes: bytes, action: nil, owed: .close)
      }
      return probe(Array(String(decoding: bytes, as: UTF8.self).utf8))
    }
    return probe(bytes)
  }

  private func isUTF8(_ bytes: [UInt8]) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }

  /// What is owed follows from the frame as it leaves, whatever it was made from.
  private mutating func probe(_ bytes: [UInt8]) -> Probe {
    switch reader.read(bytes, version: version) {
    case .frame(.call(let id, let name, let payload)):
      guard let action = catalogue.action(named: name, version: version) else {
        let code = catalogue.codes.code(for: .unknownAction, in: version)
        return Probe(bytes: bytes, action: nil, owed: .error(id: id, code))
      }
      return Probe(bytes: bytes, action: action, owed: owed(id, action, payload))
    case .frame: return Probe(bytes: bytes, action: nil, owed: .nothing)
    case .fault(let fault):
      let code = catalogue.codes.code(for: fault.rule, in: version)
      guard let code else { return Probe(bytes: bytes, action: nil, owed: .nothing) }
      return switch fault.answer {
      // A broken answer to what nobody asked is passed over, as a right one is.
      case .none, .resultError: Probe(bytes: bytes, action: nil, owed: .nothing)
      case .error(let id): Probe(bytes: bytes, action: nil, owed: .error(id: id, code))
      }
    }
  }

  private func owed(
    _ id: String, _ action: ActionDescriptor, _ payload: JSONValue
  ) -> Probe.Owed {
    guard action.mayBeSent(by: .station) else {
      return .error(id: id, catalogue.codes.code(for: .wrongDirection, in: version))
    }
    guard let violation = catalogue.validate(request: payload, of: action) else {
      return .result(id: id)
    }
    if MessageProof.carriesMoney(action.name) || violation.kind == .looseTime {
      return .result(id: id)
    }
    return .error(id: id, catalogue.codes.code(for: violation.kind, in: version))
  }
}

/// What is proved of messages, apart from how.
enum MessageProof {
  /// Answered by a CALLRESULT whatever they hold: an error would cost billing data.
  static func carriesMoney(_ action: String) -> Bool {
    ["StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent"].contains(action)
  }

  /// A message that is always answered, and only once everything before it was.
  static func fence(_ id: String, _ version: OCPPVersion) -> [UInt8] {
    let payload =
      version == .v16
      ? #"{"connectorId":0,"meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":"1"}]}]}"#
      : #"{"evseId":0,"meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":1}]}]}"#
    return Array(#"[2,"\#(id)","MeterValues",\#(payload)]"#.utf8)
  }

  /// The boot of a station of that version.
  static func boot(_ id: String, _ version: OCPPVersion) -> [UInt8] {
    let payload =
      version == .v16
      ? #"{"chargePointVendor":"Bench","chargePointModel":"B16","firmwareVersion":"1.0"}"#
      : #"{"reason":"PowerUp","chargingStation":{"vendorName":"Bench","model":"B2"}}"#
    return Array(#"[2,"\#(id)","BootNotification",\#(payload)]"#.utf8)
  }

  /// What is wrong with an answer; nil when nothing is.
  static func flaw(
    _ root: JSONValue, of probe: Probe, _ catalogue: MessageCatalogue, _ version: OCPPVersion
  ) -> String? {
    let type = root[0]?.int
    switch probe.owed {
    case .result:
      guard type == 3, root.count == 3, let payload = root[2] else { return "no CALLRESULT" }
      return probe.action.flatMap { catalogue.validate(response: payload, of: $0) }
        .map { "breaks a rule: \($0)" }
    case .error(_, let code):
      guard type == 4, root.count == 5, let text = root[3]?.string, root[4]?.kind == .object else {
        return "no CALLERROR"
      }
      if text.unicodeScalars.count > FrameWriter.descriptionLimit { return "too long" }
      let wanted = code.spelling(in: version)
      return root[2]?.string == wanted ? nil : "not the code \(wanted)"
    case .nothing, .close: return "nothing was owed"
    }
  }
}
