import OCPP
import Testing

@Suite struct FrameTests {
  private static func read(_ text: String, _ version: OCPPVersion) -> FrameVerdict {
    var reader = FrameReader()
    return reader.read(Array(text.utf8), version: version)
  }

  @Test("Each kind of frame is read in the versions that have it")
  func good() throws {
    let call = #"[2,"1","Heartbeat",{}]"#
    let result = #"[3,"1",{"a":1}]"#
    for version in OCPPVersion.allCases {
      guard case .frame(.call("1", "Heartbeat", let payload)) = Self.read(call, version) else {
        Issue.record("call in \(version)")
        continue
      }
      #expect(payload.kind == .object)
      guard case .frame(.result("1", let payload)) = Self.read(result, version) else {
        Issue.record("result in \(version)")
        continue
      }
      #expect(payload["a"]?.int == 1)
      for (text, hasDetails) in [
        (#"[4,"1","NotSupported","no",{}]"#, true), (#"[4,"1","NotSupported","no"]"#, false),
      ] {
        guard case .frame(.error("1", "NotSupported", "no", let details)) = Self.read(text, version)
        else {
          Issue.record("error in \(version)")
          continue
        }
        #expect((details != nil) == hasDetails)
      }
    }
    guard
      case .frame(.send("s", "NotifyPeriodicEventStream", _)) = Self.read(
        #"[6,"s","NotifyPeriodicEventStream",{}]"#, .v21),
      case .frame(.resultError("1", "GenericError", "", _)) = Self.read(
        #"[5,"1","GenericError","",{}]"#, .v21)
    else {
      Issue.record("frames of 2.1")
      return
    }
    guard case .frame(.call(_, _, let null)) = Self.read(#"[2,"1","Heartbeat",null]"#, .v16) else {
      Issue.record("null payload of 1.6")
      return
    }
    let heartbeat = try #require(Catalogue.shared.action(named: "Heartbeat", version: .v16))
    #expect(Catalogue.shared.validate(request: null, of: heartbeat) == nil)
  }

  /// What is answered, as `code id`, in 1.6, 2.0.1 and 2.1; "-" is nothing; and the call that ends.
  struct Fault: Sendable, CustomTestStringConvertible {
    var text: String
    var answers: [String]
    var ends: String?
    init(_ text: String, _ answers: [String], ends: String? = nil) {
      self.text = text
      self.answers = answers
      self.ends = ends
    }
    var testDescription: String { text }
  }

  static let longID = String(repeating: "x", count: 37)
  static let unreadable = ["-", "RpcFrameworkError -1", "RpcFrameworkError -1"]

  static let faults: [Fault] = [
    Fault("", unreadable),
    Fault("hello", unreadable),
    Fault("{}", unreadable),
    Fault("[]", unreadable),
    Fault(#"["2","1","Heartbeat",{}]"#, unreadable),
    Fault(#"[2.5,"1","Heartbeat",{}]"#, unreadable),
    Fault(#"[2]"#, unreadable),
    Fault(#"[2,7,"Heartbeat",{}]"#, unreadable),
    Fault(#"[2,null,"Heartbeat",{}]"#, unreadable),
    Fault(#"[2,"unfinished"#, unreadable),
    Fault(
      #"[2,"1","Heartbeat",{"#, ["FormationViolation 1", "FormatViolation 1", "FormatViolation 1"]),
    Fault(
      #"[2,"1","X",{"a":1,"a":2}]"#,
      ["FormationViolation 1", "FormatViolation 1", "FormatViolation 1"]),
    Fault(
      #"[2,"1","X","text"]"#, ["FormationViolation 1", "ProtocolError 1", "ProtocolError 1"]),
    Fault(#"[2,"1","X",[]]"#, ["FormationViolation 1", "ProtocolError 1", "ProtocolError 1"]),
    Fault(#"[2,"1","X",null]"#, ["frame", "ProtocolError 1", "ProtocolError 1"]),
    Fault(#"[2,"1","X"]"#, ["ProtocolError 1", "RpcFrameworkError 1", "RpcFrameworkError 1"]),
    Fault(
      #"[2,"1","X",{},{}]"#, ["FormationViolation 1", "RpcFrameworkError 1", "RpcFrameworkError 1"]),
    Fault(
      #"[2,"1",5,{}]"#, ["FormationViolation 1", "RpcFrameworkError 1", "RpcFrameworkError 1"]),
    Fault(
      "[2,\"\(longID)\",\"X\",{}]",
      ["FormationViolation \(longID)", "RpcFrameworkError -1", "RpcFrameworkError -1"]),
    Fault(#"[1,"1","X",{}]"#, ["-", "MessageTypeNotSupported 1", "-"]),
    Fault(#"[7,8]"#, ["-", "MessageTypeNotSupported -1", "-"]),
    Fault(#"[5,"1","GenericError","",{}]"#, ["-", "MessageTypeNotSupported 1", "frame"]),
    Fault(#"[6,"1","X",{}]"#, ["-", "MessageTypeNotSupported 1", "frame"]),
    Fault(#"[-2,"1","X",{}]"#, ["-", "MessageTypeNotSupported 1", "-"]),
    Fault(#"[8,"\#(longID)"]"#, ["-", "MessageTypeNotSupported -1", "-"]),
    Fault(#"[1e30,"1","X",{}]"#, unreadable),
    Fault(#"[3,"1",null]"#, ["frame", "-", "result ProtocolError 1"], ends: "1"),
    Fault(#"[3,"1",{},{}]"#, ["-", "-", "result RpcFrameworkError 1"], ends: "1"),
    Fault(#"[4,"1","X"]"#, ["-", "-", "-"], ends: "1"),
    Fault(#"[4,"1","X","",{},1]"#, ["-", "-", "-"], ends: "1"),
    Fault(#"[3,"1"]"#, ["-", "-", "result RpcFrameworkError 1"], ends: "1"),
    Fault(#"[3,"1",[]]"#, ["-", "-", "result ProtocolError 1"], ends: "1"),
    Fault(#"[3,"1",{"a""#, ["-", "-", "result FormatViolation 1"], ends: "1"),
    Fault(#"[3,1,{}]"#, ["-", "-", "-"]),
    Fault(#"[4,"1"]"#, ["-", "-", "-"], ends: "1"),
    Fault(#"[4,"1",{},"",{}]"#, ["-", "-", "-"], ends: "1"),
  ]

  /// What the bytes tell a station, as in `Fault`.
  private static func told(_ bytes: [UInt8]?) -> String {
    guard let bytes else { return "-" }
    guard let root = try? JSONDocument(bytes: bytes).root, root.count == 5 else { return "?" }
    let words = "\(root[2]?.string ?? "?") \(root[1]?.string ?? "?")"
    return root[0]?.int == 5 ? "result " + words : words
  }

  @Test("A message that is no frame is answered as its version says", arguments: faults)
  func bad(fault: Fault) {
    for (version, expected) in zip(OCPPVersion.allCases, fault.answers) where expected != "frame" {
      guard case .fault(let found) = Self.read(fault.text, version) else {
        Issue.record("read as a frame in \(version)")
        continue
      }
      let bytes = found.answerBytes(in: version, Catalogue.shared.codes)
      #expect(Self.told(bytes) == expected, "\(version)")
      #expect(found.endsCall == fault.ends, "\(version)")
    }
  }

  @Test(
    "A broken SEND or CALLRESULTERROR of 2.1 is never answered, and older versions know neither")
  func unanswered() {
    for text in [#"[6,"1","X"]"#, #"[6,"1""#, #"[6,"1"#, #"[5,"1"]"#, #"[6,"1","X",{"#] {
      guard case .fault(let fault) = Self.read(text, .v21) else {
        Issue.record("read as a frame: \(text)")
        continue
      }
      #expect(fault.answer == .none && fault.endsCall == nil, "\(text) \(fault)")
    }
    for version in [OCPPVersion.v16, .v201] {
      guard case .fault(let fault) = Self.read(#"[6,"1","X",{}]"#, version) else {
        Issue.record("read as a frame")
        continue
      }
      #expect(fault.reason == .unknownType(6))
    }
  }

  @Test("Invalid UTF-8 after the id still names the message")
  func invalidUTF8() {
    var reader = FrameReader()
    let bytes = Array(#"[2,"42","X",{"a":""#.utf8) + [0xFF] + Array(#""}]"#.utf8)
    guard case .fault(let fault) = reader.read(bytes, version: .v201) else {
      Issue.record("read as a frame")
      return
    }
    #expect(fault.reason == .notJSON(JSONError(reason: .invalidUTF8, offset: 18)))
    #expect(
      Self.told(fault.answerBytes(in: .v201, Catalogue.shared.codes)) == "FormatViolation 42")
    guard case .frame(.call("1", _, _)) = reader.read(Array(#"[2,"1","X",{}]"#.utf8), version: .v16)
    else {
      Issue.record("a reader works on after a fault")
      return
    }
  }

  @Test("An id of 36 characters is taken, counted in characters and not in bytes")
  func longestID() {
    let id = String(repeating: "é", count: 36)
    guard case .frame(.call(id, _, _)) = Self.read("[2,\"\(id)\",\"X\",{}]", .v16) else {
      Issue.record("refused")
      return
    }
  }

  @Test(
    "A message type may be written as any whole number is, and an id as any string",
    arguments: [
      #"[2.0,"a","X",{}]"#, #"[20e-1,"a","X",{}]"#, #" [ 2 , "\u0061" , "X" , { } ] "#,
    ])
  func spellings(text: String) {
    for version in OCPPVersion.allCases {
      guard case .frame(.call("a", "X", _)) = Self.read(text, version) else {
        Issue.record("refused in \(version)")
        continue
      }
    }
  }

  @Test("An empty id is an id: no version forbids it, and it is answered with itself")
  func emptyID() {
    for version in OCPPVersion.allCases {
      guard case .frame(.call("", _, _)) = Self.read(#"[2,"","X",{}]"#, version),
        case .fault(let fault) = Self.read(#"[2,"","X",7]"#, version)
      else {
        Issue.record("in \(version)")
        continue
      }
      #expect(Self.told(fault.answerBytes(in: version, Catalogue.shared.codes)).hasSuffix(" "))
    }
  }

  @Test(
    "A CALLERROR is read whatever stands in its description and details",
    arguments: [
      #"[4,"1","GenericError",null,null]"#, #"[4,"1","GenericError",7,"text"]"#,
      #"[4,"1","GenericError",""]"#, #"[4,"1","GenericError","",[1]]"#,
    ])
  func looseErrors(text: String) {
    for version in OCPPVersion.allCases {
      guard case .frame(.error("1", "GenericError", "", _)) = Self.read(text, version) else {
        Issue.record("refused in \(version)")
        continue
      }
    }
  }

  @Test("What a CALLERROR says is cut to what one may say")
  func longError() {
    let long = String(repeating: "é", count: 5000)
    for version in OCPPVersion.allCases {
      guard
        case .frame(.error("1", let code, let description, _)) = Self.read(
          "[4,\"1\",\"\(long)\",\"\(long)\",{}]", version)
      else {
        Issue.record("refused in \(version)")
        continue
      }
      #expect(code.unicodeScalars.count == 64 && description.unicodeScalars.count == 255)
    }
  }

  @Test("A CALLERROR that names no message ends no call")
  func errorWithoutID() {
    for version in OCPPVersion.allCases {
      guard
        case .frame(.error("-1", _, _, _)) = Self.read(#"[4,"-1","RpcFrameworkError",""]"#, version)
      else {
        Issue.record("refused in \(version)")
        continue
      }
      guard case .fault(let fault) = Self.read(#"[4,null,"GenericError","",{}]"#, version) else {
        Issue.record("taken in \(version)")
        continue
      }
      #expect(fault.endsCall == nil && fault.answer == .none)
    }
  }

  @Test("Frames are written as they are read")
  func writes() {
    let text = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
    #expect(
      text(FrameWriter.call(id: "1", action: "Reset", payload: ["type": "Soft"]))
        == #"[2,"1","Reset",{"type":"Soft"}]"#)
    #expect(
      text(FrameWriter.call(id: "1", action: "Reset", payload: Array("{}".utf8)))
        == #"[2,"1","Reset",{}]"#)
    #expect(text(FrameWriter.result(id: "1", payload: [:] as JSON)) == #"[3,"1",{}]"#)
    #expect(
      text(
        FrameWriter.error(
          id: "1", code: .occurrenceConstraintViolation, description: "a\"b", version: .v16))
        == #"[4,"1","OccurenceConstraintViolation","a\"b",{}]"#)
    #expect(
      text(FrameWriter.resultError(id: "1", code: .formatViolation, details: ["a": 1]))
        == #"[5,"1","FormatViolation","",{"a":1}]"#)
    #expect(
      text(FrameWriter.send(id: "1", action: "N", payload: [:])) == #"[6,"1","N",{}]"#)
    let long = String(repeating: "é", count: 300)
    let cut = text(
      FrameWriter.error(id: "1", code: .genericError, description: long, version: .v21))
    #expect(cut.filter { $0 == "é" }.count == 255)
  }

  @Test("Every spelling of an error code is read and each version's own is written")
  func codes() {
    for code in ErrorCode.allCases {
      for version in OCPPVersion.allCases {
        let back = ErrorCode(spelling: code.spelling(in: version))
        let isForeign = [.messageTypeNotSupported, .rpcFrameworkError].contains(code)
        #expect(back == (version == .v16 && isForeign ? .genericError : code))
      }
    }
    #expect(ErrorCode(spelling: "FormationViolation") == .formatViolation)
    #expect(ErrorCode.formatViolation.spelling(in: .v16) == "FormationViolation")
    #expect(ErrorCode.formatViolation.spelling(in: .v201) == "FormatViolation")
    #expect(ErrorCode(spelling: "Nonsense") == nil)
  }

  @Test("Subprotocols name versions and back")
  func versions() {
    #expect(OCPPVersion.allCases.map(\.subprotocol) == ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
    for version in OCPPVersion.allCases {
      #expect(OCPPVersion(subprotocol: version.subprotocol) == version)
    }
    #expect(OCPPVersion(subprotocol: "ocpp2.0") == nil)
    #expect(OCPPVersion.v16 < .v201 && OCPPVersion.v201 < .v21)
  }
}
