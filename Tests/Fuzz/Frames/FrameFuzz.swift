import OCPP
import Stock

/// libFuzzer's entrance: the first byte picks the version, the rest is what a charger sent.
///
/// Every run has the same reader, as a connection's messages have: what one message leaves behind
/// must not change how the next is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let first = input.first,
    let version = OCPPVersion(rawValue: (first &- UInt8(ascii: "0")) % 3)
  else { return 0 }
  let bytes = UnsafeBufferPointer(rebasing: input.dropFirst())
  let fresh = FrameFuzz.read(Array(bytes), version)
  // One loop, one thread: libFuzzer calls from one alone.
  FrameFuzz.keptReader.with { reader in
    let kept = reader.read(bytes, version: version)
    check(FrameFuzz.spelt(kept) == FrameFuzz.spelt(fresh), "a used reader reads otherwise")
  }
  switch fresh {
  case .fault(let fault): FrameFuzz.answer(to: fault, version)
  case .frame(let frame):
    FrameFuzz.rewrite(frame, version)
    FrameFuzz.judge(frame, version)
  }
  return 0
}

/// Stops the fuzzer with its input.
func check(_ isSo: Bool, _ what: @autoclosure () -> String) {
  if !isSo { preconditionFailure(what()) }
}

private enum FrameFuzz {
  /// A reader that lives as long as the process.
  // Safe: libFuzzer runs every input on its one thread.
  final class Kept: @unchecked Sendable {
    private var reader = FrameReader()
    func with(_ body: (inout FrameReader) -> Void) { body(&reader) }
  }
  static let keptReader = Kept()

  static let catalogue: MessageCatalogue = {
    var tables: [OCPPVersion: [UInt8]] = [:]
    for version in OCPPVersion.allCases {
      tables[version] = Stock.file("Inventory/messages/ocpp\(version.label).txt")?.bytes
    }
    do {
      let codes = try ViolationCodes(csv: Stock.file("Inventory/violations.csv")?.text ?? "")
      return try MessageCatalogue(tables: tables, codes: codes)
    } catch {
      preconditionFailure("stock tables: \(error)")
    }
  }()

  static func read(_ bytes: [UInt8], _ version: OCPPVersion) -> FrameVerdict {
    var reader = FrameReader()
    return reader.read(bytes, version: version)
  }

  /// Everything that a verdict says, as text.
  static func spelt(_ verdict: FrameVerdict) -> String {
    switch verdict {
    case .fault(let fault): "\(fault)"
    case .frame(.call(let id, let action, let payload)): "2 \(id) \(action) \(payload.text)"
    case .frame(.send(let id, let action, let payload)): "6 \(id) \(action) \(payload.text)"
    case .frame(.result(let id, let payload)): "3 \(id) \(payload.text)"
    case .frame(.error(let id, let code, let words, let details)):
      "4 \(id) \(code) \(words) \(details?.text ?? "")"
    case .frame(.resultError(let id, let code, let words, let details)):
      "5 \(id) \(code) \(words) \(details?.text ?? "")"
    }
  }

  /// Whatever is answered to a broken frame must be a frame itself.
  static func answer(to fault: FrameFault, _ version: OCPPVersion) {
    guard let bytes = fault.answerBytes(in: version, catalogue.codes) else { return }
    switch read(bytes, version) {
    case .frame(.error(_, let code, let words, _)), .frame(.resultError(_, let code, let words, _)):
      check(ErrorCode(spelling: code) != nil, "answered with the code \(code)")
      check(words.unicodeScalars.count <= FrameWriter.descriptionLimit, "a long description")
    case .fault(let again):
      // 1.6 has the id sent back that was too long.
      check(version == .v16 && fault.reason == .idTooLong, "answered with a fault: \(again)")
    default: check(false, "answered with another type of frame")
    }
  }

  /// What was read and is written again reads the same, payloads both as they came and rebuilt.
  static func rewrite(_ frame: Frame, _ version: OCPPVersion) {
    switch frame {
    case .call(let id, let action, let payload):
      let raw = FrameWriter.call(id: id, action: action, payload: payload.bytes)
      check(spelt(read(raw, version)) == spelt(.frame(frame)), "a call reads otherwise")
      guard payload.kind == .object else { return }
      let rebuilt = JSON(payload)
      let bytes = FrameWriter.call(id: id, action: action, payload: rebuilt)
      guard case .frame(.call(id, action, let again)) = read(bytes, version) else {
        return check(false, "a rebuilt call does not read")
      }
      check(JSON(again).text == rebuilt.text, "a rebuilt payload reads otherwise")
    case .result(let id, let payload):
      let raw = FrameWriter.result(id: id, payload: payload.bytes)
      check(spelt(read(raw, version)) == spelt(.frame(frame)), "a result reads otherwise")
    case .send(let id, let action, let payload):
      guard
        case .frame(.send(id, action, let again)) =
          read(FrameWriter.send(id: id, action: action, payload: JSON(payload)), version)
      else { return check(false, "a rebuilt SEND does not read") }
      check(JSON(again).text == JSON(payload).text, "a rebuilt SEND reads otherwise")
    case .error(let id, let code, let words, let details):
      guard let code = ErrorCode(spelling: code) else { return }
      let bytes = FrameWriter.error(
        id: id, code: code, description: words, details: details.map { JSON($0) } ?? [:],
        version: version)
      guard case .frame(.error(id, code.spelling(in: version), _, _)) = read(bytes, version) else {
        return check(false, "a rebuilt CALLERROR reads otherwise")
      }
    case .resultError(let id, let code, let words, let details):
      guard let code = ErrorCode(spelling: code) else { return }
      let bytes = FrameWriter.resultError(
        id: id, code: code, description: words, details: details.map { JSON($0) } ?? [:])
      guard case .frame(.resultError(id, code.rawValue, _, _)) = read(bytes, version) else {
        return check(false, "a rebuilt CALLRESULTERROR reads otherwise")
      }
    }
  }

  /// The verdict on a payload: of a call by its action, of a result by an action that its id names,
  /// else by one that its id picks.
  static func judge(_ frame: Frame, _ version: OCPPVersion) {
    switch frame {
    case .call(let id, let name, let payload), .send(let id, let name, let payload):
      guard let action = catalogue.action(named: name, version: version) else { return }
      report(catalogue.validate(request: payload, of: action), id, version)
    case .result(let id, let payload):
      let actions = catalogue.actions(of: version)
      let pick = id.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % actions.count
      let action = catalogue.action(named: id, version: version) ?? actions[pick]
      report(catalogue.validate(response: payload, of: action), id, version)
    default: break
    }
  }

  /// A violation has a code that its version knows, and an error that says so.
  static func report(_ violation: Violation?, _ id: String, _ version: OCPPVersion) {
    guard let violation else { return }
    let bytes = FrameWriter.error(
      id: id, code: catalogue.codes.code(for: violation.kind, in: version),
      description: violation.description, version: version)
    guard case .frame(.error(id, let code, _, _)) = read(bytes, version) else {
      return check(false, "the error of \(violation) does not read")
    }
    check(ErrorCode(spelling: code) != nil, "the code \(code)")
  }
}
