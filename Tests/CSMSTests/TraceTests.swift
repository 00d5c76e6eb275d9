import Fleet
import Foundation
import OCPP
import Testing

@testable import CSMS

/// What is written down for people to read, and that no secret is in it.
struct TraceTests {
  private static func directory() -> String {
    NSTemporaryDirectory() + "swell-trace-\(UUID().uuidString.prefix(8))"
  }

  private static func note(
    _ trace: Trace, _ identity: String, _ direction: Trace.Direction, _ frame: String
  ) {
    Array(frame.utf8).withUnsafeBufferPointer { trace.note(identity, direction, .ocpp16, $0) }
  }

  private static func lines(_ directory: String) throws -> [String] {
    try TraceFiles.list(directory).flatMap { part in
      try String(contentsOfFile: "\(directory)/\(part.name)", encoding: .utf8)
        .split(separator: "\n").map(String.init)
    }
  }

  @Test("only chosen chargers are written down, and the choice outlasts a restart")
  func chosen() throws {
    let directory = Self.directory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var trace = try Trace(directory: directory, log: .silent)
    Self.note(trace, "CP1", .received, #"[2,"1","Heartbeat",{}]"#)
    try trace.choose("CP1", on: true)
    Self.note(trace, "CP1", .received, #"[2,"2","Heartbeat",{}]"#)
    Self.note(trace, "CP2", .received, #"[2,"3","Heartbeat",{}]"#)
    trace.stop()
    trace = try Trace(directory: directory, log: .silent)
    #expect(trace.chargers == ["CP1"])
    #expect(trace.size > 0)
    Self.note(trace, "CP1", .sent, #"[3,"2",{}]"#)
    try trace.choose("CP1", on: false)
    Self.note(trace, "CP1", .sent, #"[3,"4",{}]"#)
    trace.stop()
    let lines = try Self.lines(directory)
    #expect(lines.count == 2)
    let first = try JSON(text: try #require(lines.first))
    #expect(first["charger"]?.string == "CP1" && first["direction"]?.string == "in")
    #expect(first["version"]?.string == "1.6")
    #expect(first["frame"]?.text == #"[2,"2","Heartbeat",{}]"#)
    #expect(lines[1].contains(#""direction":"out""#))
  }

  @Test("the files together stay below their cap; the oldest go, whole")
  func cap() throws {
    let directory = Self.directory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var limits = Trace.Limits()
    limits.size = 80_000
    var files = TraceFiles(directory: directory, limits: limits)
    let frame = Array(
      "[2,\"1\",\"DataTransfer\",{\"data\":\"\(String(repeating: "x", count: 900))\"}]".utf8)
    for second in 0..<400 {
      let at = Instant(seconds: 1_790_000_000 + Int64(second) * 600)
      files.write(
        [.init(at: at, identity: "CP1", direction: .received, version: .ocpp16, frame: frame)],
        dropped: second == 399 ? 7 : 0)
      #expect(TraceFiles.list(directory).reduce(0) { $0 + $1.size } <= limits.size + 2000)
    }
    let lines = try Self.lines(directory)
    #expect((30..<400).contains(lines.count))
    for line in lines { _ = try JSON(text: line) }
    // What was left out is said where it is missing, and the newest is there.
    #expect(lines.dropLast().last?.contains(#""dropped":7"#) == true)
  }

  @Test("files are dropped after so many days")
  func days() throws {
    let directory = Self.directory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var limits = Trace.Limits()
    limits.days = 3
    var files = TraceFiles(directory: directory, limits: limits)
    for day in [0, 1, 2, 3, 30] {
      files.write(
        [
          .init(
            at: Instant(seconds: 1_795_000_000 + Int64(day) * 86_400), identity: "CP1",
            direction: .sent, version: .ocpp201, frame: Array("[3,\"1\",{}]".utf8))
        ], dropped: 0)
      #expect(TraceFiles.list(directory).count <= 3)
    }
    #expect(TraceFiles.list(directory).count == 1)
  }

  @Test("a disk that takes nothing costs frames, not the engine")
  func brokenDisk() throws {
    let log = LogLines()
    let trace = try Trace(
      directory: "/proc/no/such/place", all: true, log: Log(level: .info) { log.add($0) })
    Self.note(trace, "CP1", .sent, "[3,\"1\",{}]")
    trace.stop()
    #expect(log.contains("the message trace can't be written"))
    #expect(throws: TraceError.self) { try trace.choose("CP1", on: true) }
  }

  @Test(
    "secrets are replaced in every frame that carries one, and nothing else is",
    arguments: [
      #"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"SECRET0123456789"}]"#,
      #"[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"},{"key":"AuthorizationKey","readonly":false,"value":"SECRET"}]}]"#,
      #"[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"SECRET","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]"#,
      #"[2,"1","NotifyReport",{"reportData":[{"component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"},"variableAttribute":[{"type":"Actual","value":"SECRET"}]}]}]"#,
      #"[2,"1","SetNetworkProfile",{"connectionData":{"apn":{"apn":"net","apnPassword":"SECRET","simPin":1234},"vpn":{"server":"v","user":"u","password":"SECRET","key":"SECRET","type":"IPSec"}}}]"#,
      #"[2,"1","Authorize",{"idToken":{"idToken":"1234","type":"KeyCode"}}]"#,
      #"[2,"1","DataTransfer",{"vendorId":"V","data":"{\"password\":\"SECRET\"}"}]"#,
      #"[2,"1","UpdateFirmware",{"location":"http://csms/firmware/SECRET-1/AC22.bin","retrieveDate":"2026-11-23T00:00:00Z"}]"#,
      #"[2,"1","GetDiagnostics",{"location":"ftp://user:SECRET@host/x"}]"#,
      #"[2,"1","GetLog",{"log":{"remoteLocation":"https://h/x?sig=SECRET"}}]"#,
      #"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"SECRET"#,
    ])
  func redaction(frame: String) throws {
    let text = Redaction.frame(Array(frame.utf8))
    #expect(!text.contains("SECRET") && !text.contains("1234"), "\(text)")
    #expect(text.contains("redacted"))
    if frame.contains("HeartbeatInterval") { #expect(text.contains(#""300""#)) }
  }

  @Test(
    "a frame without secrets is written as it came",
    arguments: [
      #"[2,"1","StartTransaction",{"connectorId":1,"idTag":"04A1B2","meterStart":0,"timestamp":"2026-11-23T01:00:00Z"}]"#,
      #"[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]}]"#,
      #"[2,"1","Authorize",{"idToken":{"idToken":"04A1B2","type":"ISO14443"}}]"#,
    ])
  func untouched(frame: String) { #expect(Redaction.frame(Array(frame.utf8)) == frame) }

  @Test("log lines are logfmt or JSON, on one line whatever is said, and without secrets")
  func logLines() throws {
    let lines = LogLines()
    let log = Log(level: .info) { lines.add($0) }
    log(.info, "CP1 says \"hi\"\nand more", charger: "CP1", fields: [("bytes", "12")])
    log(.debug, "nothing")
    log(.warning, "refused /firmware/abc-SECRET/x.bin, Basic U0VDUkVUU0VDUkVU, ws://u:SECRET@h")
    let all = lines.all
    #expect(all.count == 2)
    #expect(
      all[0].contains(
        #" level=info component=trace charger=CP1 msg="CP1 says \"hi\"\nand more" bytes=12"#))
    #expect(all[0].hasPrefix("time=20"))
    #expect(!all[1].contains("SECRET") && !all[1].contains("U0VD"))
    // What is odd about a value may be one character, and the value without blanks.
    for (said, written) in [
      ("plain", "plain"), ("", #""""#), ("two words", #""two words""#), ("a=b", #""a=b""#),
      ("a\\b", #""a\\b""#), ("a\u{7f}b", #""a\u007fb""#), ("a\u{85}b", #""a\u0085b""#), ("é", "é"),
    ] {
      log(.info, said)
      #expect(lines.all.last?.hasSuffix(" msg=\(written)") == true, "\(lines.all.last ?? "")")
    }
    let json = LogLines()
    Log(level: .info, format: .json) { json.add($0) }(.error, "a\nb", charger: "CP1")
    let line = try JSON(text: try #require(json.all.first))
    #expect(line["level"]?.string == "error" && line["msg"]?.string == "a\nb")
  }
}
