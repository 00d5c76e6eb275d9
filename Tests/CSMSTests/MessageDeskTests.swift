import Control
import Fleet
import Foundation
import OCPP
import Testing
import Threads

@testable import CSMS

/// What a person is told of messages: their forms, whether one would be sent, and what went by.
struct MessageDeskTests {
  /// Trace files of a directory of their own.
  private final class Files {
    let directory = NSTemporaryDirectory() + "swell-desk-\(UUID().uuidString.prefix(8))"
    private var files: TraceFiles
    /// 23 November 2026, 00:00 UTC.
    static let start = Instant(seconds: 1_795_392_000)

    init() { files = TraceFiles(directory: directory, limits: Trace.Limits()) }
    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func note(
      _ milliseconds: Int64, _ charger: String, _ direction: Trace.Direction, _ frame: String,
      _ version: ProtocolVersion = .ocpp16, dropped: Int = 0
    ) {
      files.write(
        [
          .init(
            at: Self.start + .milliseconds(milliseconds), identity: charger, direction: direction,
            version: version, frame: Array(frame.utf8))
        ], dropped: dropped)
    }

    func page(_ query: TrafficQuery = TrafficQuery(), after hours: Double = 1) throws -> TrafficPage
    {
      let desk = MessageDesk(messages: Messages.catalogue, traces: directory)
      guard
        case .traffic(let page) = try desk.answer(.traffic(query), at: Self.start + .hours(hours))
      else { throw ControlError.failed("no traffic") }
      return page
    }
  }

  private let desk = MessageDesk(messages: Messages.catalogue, traces: "/nowhere")

  private func check(
    _ version: ProtocolVersion, _ action: String, _ payload: String
  ) throws -> MessageFault? {
    let reply = try desk.answer(
      .check(version, action: action, payload: payload), at: Instant(seconds: 0))
    guard case .fault(let fault) = reply else { throw ControlError.failed("no verdict") }
    return fault
  }

  @Test(
    "every message a CSMS sends has a form, and without its required fields none would be sent",
    arguments: [
      (ProtocolVersion.ocpp16, 26), (.ocpp201, 40), (.ocpp21, 55),
    ])
  func forms(version: ProtocolVersion, least: Int) throws {
    guard case .actions(let actions) = try desk.answer(.actions(version), at: Instant(seconds: 0))
    else { throw ControlError.failed("no list") }
    #expect(actions.count >= least)
    #expect(actions.allSatisfy { !$0.group.isEmpty })
    for action in actions {
      let reply = try desk.answer(.form(version, action: action.name), at: Instant(seconds: 0))
      guard case .form(let form?) = reply else {
        Issue.record("\(action.name) has no form")
        continue
      }
      #expect(form.action == action.name)
      let required = form.fields.filter(\.isRequired).map(\.name)
      let fault = try check(version, action.name, "{}")
      #expect(
        fault.map { required.contains($0.path) } ?? required.isEmpty, "\(action.name) \(required)")
    }
  }

  @Test("what only a charger sends has no form and would not be sent")
  func others() throws {
    let reply = try desk.answer(
      .form(.ocpp16, action: "StartTransaction"), at: Instant(seconds: 0))
    #expect(reply == .form(nil))
    #expect(try check(.ocpp16, "StartTransaction", "{}")?.what.contains("A CSMS sends no") == true)
  }

  @Test(
    "a payload that would not be sent is refused with the path of the wrong field",
    arguments: [
      (ProtocolVersion.ocpp16, "Reset", #"{"type":"Warm"}"#, "type"),
      (.ocpp16, "Reset", #"{}"#, "type"),
      (.ocpp16, "Reset", #"{"type":"#, ""),
      (
        .ocpp201, "TriggerMessage", #"{"requestedMessage":"Heartbeat","evse":{"id":"1"}}"#,
        "evse.id"
      ),
    ])
  func faults(version: ProtocolVersion, action: String, payload: String, path: String) throws {
    let fault = try #require(try check(version, action, payload))
    #expect(fault.path == path && !fault.what.isEmpty)
  }

  @Test("an answer stands with the action of its call and the time it took")
  func pairs() throws {
    let files = Files()
    files.note(0, "CP1", .received, #"[2,"1","Heartbeat",{}]"#)
    // Another charger's call of the same id, and one in the other direction.
    files.note(
      1, "CP2", .received,
      #"[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]"#)
    files.note(2, "CP1", .sent, #"[2,"1","ClearCache",{}]"#)
    files.note(12, "CP1", .sent, #"[3,"1",{"currentTime":"2026-11-23T00:00:00Z"}]"#)
    files.note(30, "CP1", .received, #"[3,"1",{"status":"Accepted"}]"#)
    let lines = try files.page(TrafficQuery(charger: "cp1")).lines
    #expect(lines.map(\.action) == ["Heartbeat", "ClearCache", "Heartbeat", "ClearCache"])
    #expect(lines.map(\.latency) == [nil, nil, 12, 28])
    #expect(lines.allSatisfy { $0.fault == nil && $0.charger == "CP1" })
    #expect(try files.page().lines.count == 5)
  }

  @Test(
    "an error, a refusal, a broken rule and a silence are told from what is well",
    arguments: [
      (#"[4,"1","NotSupported","no such thing",{}]"#, "", "NotSupported: no such thing"),
      (#"[3,"1",{"status":"Rejected"}]"#, "status", "Rejected"),
      (#"[3,"1",{"status":"Perhaps"}]"#, "status", "none of"),
      (#"[3,"1",{}]"#, "status", "missing"),
      (#"[3,"1""#, "", "not JSON"),
    ])
  func faulty(answer: String, path: String, what: String) throws {
    let files = Files()
    files.note(0, "CP1", .sent, #"[2,"1","ClearCache",{}]"#)
    files.note(20, "CP1", .received, answer)
    let last = try #require(try files.page(after: 0.001).lines.last)
    #expect(last.fault?.path == path && last.fault?.what.contains(what) == true, "\(last)")
    let found = try files.page(TrafficQuery(onlyErrors: true), after: 0.001).lines
    #expect(found == [last])
  }

  @Test("a call counts as not answered once its patience is over, not before")
  func silence() throws {
    let files = Files()
    files.note(0, "CP1", .sent, #"[2,"1","ClearCache",{}]"#)
    #expect(try files.page(after: 0.02).lines.first?.fault == nil)
    #expect(try files.page(after: 0.03).lines.first?.fault?.what == "not answered")
  }

  @Test("what stands in place of a secret breaks no rule")
  func redacted() throws {
    let files = Files()
    files.note(
      0, "CP1", .sent,
      #"[2,"1","SetNetworkProfile",{"configurationSlot":1,"connectionData":{"ocppVersion":"OCPP20","ocppTransport":"JSON","ocppCsmsUrl":"ws://c","messageTimeout":30,"securityProfile":1,"ocppInterface":"Wired0","apn":{"apn":"net","apnAuthentication":"AUTO","simPin":1234}}}]"#,
      .ocpp201)
    let line = try #require(try files.page(after: 0.001).lines.first)
    #expect(line.fault == nil && !line.payload.contains("1234"))
  }

  @Test("the past is read page by page, without a gap and nothing twice, over files of many days")
  func paging() throws {
    let files = Files()
    for index in 0..<1500 {
      // A frame every five minutes: five days.
      files.note(
        Int64(index) * 300_000, "CP\(index % 3)", .received,
        #"[2,"\#(index)","DataTransfer",{"vendorId":"V","data":"\#(String(repeating: "x", count: index % 700))"}]"#
      )
    }
    var ids: [Int] = []
    var before: Instant?
    while true {
      let lines = try files.page(
        TrafficQuery(charger: "CP1", before: before, limit: 130), after: 300
      ).lines
      guard let first = lines.first else { break }
      ids = lines.compactMap { Int($0.id) } + ids
      before = first.at
    }
    #expect(ids == Array(stride(from: 1, to: 1500, by: 3)))
  }

  @Test("a line longer than a stretch, and many small files before it, are read to the first frame")
  func longLines() throws {
    let files = Files()
    for day in 0..<12 {
      files.note(Int64(day) * 86_400_000, "CP1", .received, #"[2,"\#(day)","Heartbeat",{}]"#)
    }
    let long = String(repeating: "x", count: 900_000)
    files.note(
      12 * 86_400_000, "CP1", .received, #"[2,"12","DataTransfer",{"vendorId":"\#(long)"}]"#)
    files.note(12 * 86_400_000 + 5, "CP1", .received, #"[2,"13","Heartbeat",{}]"#)
    let lines = try files.page(TrafficQuery(charger: "CP1"), after: 300).lines
    #expect(lines.map(\.id) == (0..<14).map(String.init))
    #expect(lines[12].fault?.path == "vendorId")
  }

  @Test("actions are found by their beginning in any case, and gaps are counted")
  func filters() throws {
    let files = Files()
    files.note(0, "CP1", .received, #"[2,"1","Heartbeat",{}]"#)
    files.note(5, "CP1", .sent, #"[3,"1",{"currentTime":"2026-11-23T00:00:00Z"}]"#, dropped: 7)
    files.note(9, "CP1", .sent, #"[2,"2","ClearCache",{}]"#)
    let page = try files.page(TrafficQuery(action: "heart"))
    #expect(page.lines.map(\.kind) == [.call, .result])
    #expect(page.dropped == 7 && page.traced == [])
  }

  @Test("who follows gets what comes after the page, with answers to calls of the page")
  func following() throws {
    let files = Files()
    files.note(0, "CP1", .sent, #"[2,"1","ClearCache",{}]"#)
    var reader = TrafficReader(
      files.directory, TrafficQuery(charger: "CP1"), messages: Messages.catalogue)
    #expect(reader.page(at: Files.start).lines.count == 1)
    #expect(reader.next().isEmpty)
    files.note(8, "CP1", .received, #"[3,"1",{"status":"Accepted"}]"#)
    files.note(9, "CP2", .received, #"[2,"1","Heartbeat",{}]"#)
    // The next day has a file of its own.
    files.note(86_400_000, "CP1", .received, #"[2,"2","Heartbeat",{}]"#)
    let lines = reader.next()
    #expect(lines.map(\.action) == ["ClearCache", "Heartbeat"])
    #expect(lines.first?.latency == 8)
    #expect(reader.next().isEmpty)
  }

  @Test("who waits for the trace is told of what is written, and not of every frame")
  func signal() throws {
    let directory = NSTemporaryDirectory() + "swell-desk-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let calls = Monitor(0)
    let trace = try Trace(directory: directory, all: true, log: .silent) {
      calls.withLock { $0 += 1 }
    }
    for _ in 0..<500 {
      Array(#"[2,"1","Heartbeat",{}]"#.utf8).withUnsafeBufferPointer {
        trace.note("CP1", .received, .ocpp16, $0)
      }
    }
    trace.stop()
    #expect((1...20).contains(calls.withLock { $0 }))
    let page = try MessageDesk(messages: Messages.catalogue, traces: directory, tracesAll: true)
      .answer(.traffic(TrafficQuery(limit: 1000)), at: Instant(seconds: 0))
    guard case .traffic(let page) = page else { throw ControlError.failed("no traffic") }
    #expect(page.lines.count == 500 && page.traced == nil)
  }
}
