import Control
import Fleet
import OCPP
import Testing

@testable import CSMS

/// The rules of OCPP-J that stand above single messages.
struct CallRuleTests {
  private static let stream =
    #"{"id":4,"pending":0,"basetime":"2026-11-23T01:02:03Z","data":[{"t":0,"v":"229.8"}]}"#

  private static func station(
    _ bench: Workbench, _ version: OCPPVersion = .v21
  ) throws -> Station {
    try Station("CP1", port: bench.port, offers: version.subprotocol)
  }

  /// A person's ClearCache to the charger; its answer comes into the slot.
  private static func ask(_ bench: Workbench) throws -> AnswerSlot {
    let slot = AnswerSlot()
    try bench.look { core in
      try core.send(
        .send(charger: "CP1", action: "ClearCache", payload: "{}", override: nil),
        by: Caller(name: "admin", role: .admin), into: slot, now: SystemClock.now)
    }
    return slot
  }

  /// What was said was not answered: the next answer is that of the next call.
  private static func isSilent(_ station: Station) throws -> Bool {
    try station.ask("Heartbeat", "{}").array?.first?.int == 3
  }

  @Test("a SEND is kept and never answered, whatever is wrong with it")
  func sends() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(bench)
    let wrong = [
      #"[6,"s2","NotifyPeriodicEventStream",{"id":4}]"#,
      #"[6,"s3","NotifyPeriodicEventStream",7]"#, #"[6,"s4","Nonsense",{}]"#,
      #"[6,"s5","Heartbeat",{}]"#, #"[6,"s6"]"#, #"[6,5,"NotifyPeriodicEventStream",{}]"#,
    ]
    station.say("[6,\"s1\",\"NotifyPeriodicEventStream\",\(Self.stream)]")
    for frame in wrong { station.say(frame) }
    #expect(try Self.isSilent(station))
    let kept = try bench.ledger("NotifyPeriodicEventStream")
    #expect(kept.map { String(decoding: $0.body, as: UTF8.self) } == [Self.stream])
  }

  @Test("a SEND that comes as a CALL is kept, and answered so that its sender goes on")
  func sendAsCall() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(bench)
    #expect(try station.call("NotifyPeriodicEventStream", Self.stream) == [:])
    #expect(try bench.ledger("NotifyPeriodicEventStream").count == 1)
  }

  @Test("a SEND of a station whose boot is Pending is not kept")
  func earlySend() throws {
    let bench = try Workbench { $0.admit = .pending }
    let station = try Self.station(bench)
    station.say("[6,\"s1\",\"NotifyPeriodicEventStream\",\(Self.stream)]")
    try station.boot()
    #expect(try bench.ledger("NotifyPeriodicEventStream").isEmpty)
  }

  @Test("a station that could not process an answer ends nothing with that")
  func resultError() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(bench)
    try station.boot()
    station.say(#"[5,"m1","FormatViolation","no status",{}]"#)
    station.say(#"[5,"other","Odd",7]"#)
    #expect(try Self.isSilent(station))
    #expect(bench.log.contains("could not process our answer m1: FormatViolation no status"))
  }

  @Test("what cannot be processed of an answer is told the station in 2.1, and only there")
  func unusableAnswer() throws {
    for version in OCPPVersion.allCases {
      let bench = try Workbench("identity\nCP1\n")
      let station = try Self.station(bench, version)
      try station.boot()
      let slot = try Self.ask(bench)
      let call = try station.expectCall("ClearCache")
      station.answer(call, "{}")
      #expect(try slot.wait() == "{}")
      if version == .v21 {
        guard case .text(let text) = try station.hear() else {
          Issue.record("closed")
          return
        }
        let frame = try #require(try JSON(text: text).array)
        #expect(frame[0].int == 5)
        #expect(frame[1].string == call.id)
        #expect(frame[4] == [:])
      }
      #expect(try Self.isSilent(station))
    }
  }

  @Test("an error for an unreadable id ends the one open call")
  func unreadableID() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(bench, .v201)
    try station.boot()
    let slot = try Self.ask(bench)
    _ = try station.expectCall("ClearCache")
    station.say(#"[4,"-1","RpcFrameworkError","what was that?",{}]"#)
    let error = #expect(throws: ControlError.self) { try slot.wait() }
    #expect(error?.message.contains("what was that?") == true)
    #expect(try Self.isSilent(station))
  }

  @Test("a broken answer to what nobody asked is passed over, in 2.1 too")
  func brokenStrayAnswer() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(bench)
    try station.boot()
    station.say(#"[3,"nobody",7]"#)
    #expect(try Self.isSilent(station))
  }

  @Test("an id that comes again on a connection is answered alike, and anew after a reconnect")
  func ids() throws {
    let bench = try Workbench("identity\nCP1\n", tokens: "id\nT\n")
    let start =
      #"{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-11-23T01:02:03Z"}"#
    let station = try Self.station(bench, .v16)
    let first = try station.call("StartTransaction", start, id: "1")
    #expect(try station.call("StartTransaction", start, id: "1") == first)
    #expect(try station.call("BootNotification", Self.boot, id: "1")["status"] == "Accepted")
    station.hangUp()
    let again = try Self.station(bench, .v16)
    #expect(try again.call("BootNotification", Self.boot, id: "1")["status"] == "Accepted")
    #expect(try again.call("StartTransaction", start, id: "1") == first)
    #expect(try bench.sessions().count == 1)
  }

  private static let boot = #"{"chargePointVendor":"V","chargePointModel":"M"}"#

  @Test("calls that cross are both answered: each side may have one open")
  func crossing() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(bench, .v201)
    try station.boot()
    let slot = try Self.ask(bench)
    let call = try station.expectCall("ClearCache")
    try station.status()
    station.answer(call, #"{"status":"Accepted"}"#)
    #expect(try slot.wait() == #"{"status":"Accepted"}"#)
  }

  struct Presented: Sendable {
    var token: String
    var type: String
    var certificate = ""
    var policy = EngineSettings.AuthorizePolicy.known
    var status: String
  }

  @Test(
    "a token of 2.x is one of its kind, and a certificate that is not verified lets nobody charge",
    arguments: [
      Presented(token: "CARD", type: "ISO14443", status: "Accepted"),
      Presented(token: "card", type: "ISO14443", status: "Accepted"),
      Presented(token: "CARD", type: "KeyCode", status: "Invalid"),
      Presented(token: "CARD", type: "eMAID", status: "Unknown"),
      Presented(token: "ANY", type: "eMAID", status: "Accepted"),
      Presented(token: "ANY", type: "KeyCode", status: "Accepted"),
      Presented(token: "", type: "NoAuthorization", status: "Accepted"),
      Presented(token: "PSP-1", type: "DirectPayment", status: "Accepted"),
      Presented(token: "STOLEN", type: "DirectPayment", status: "Blocked"),
      Presented(token: "NONE", type: "VIN", status: "Unknown"),
      Presented(token: "NONE", type: "VIN", policy: .any, status: "Accepted"),
      Presented(
        token: "ANY", type: "eMAID", certificate: #","certificate":"PEM""#, status: "Invalid"),
      Presented(
        token: "NONE", type: "eMAID", certificate: #","certificate":"PEM""#, policy: .any,
        status: "Invalid"),
    ])
  func tokens(presented: Presented) throws {
    let bench = try Workbench(
      "identity\nCP1\n",
      tokens: "id,type,status,group\nCARD,ISO14443,,G1\nANY,,,\nSTOLEN,,blocked,\n"
    ) { $0.authorize = presented.policy }
    let station = try Self.station(bench)
    let token = #"{"idToken":"\#(presented.token)","type":"\#(presented.type)"}"#
    let answer = try station.call(
      "Authorize", #"{"idToken":\#(token)\#(presented.certificate)}"#)
    #expect(answer["idTokenInfo"]?["status"]?.string == presented.status)
    #expect(try Messages.violation(response: answer, to: "Authorize", in: .v21) == nil)
    let certificate = answer["certificateStatus"]?.string
    #expect(certificate == (presented.certificate.isEmpty ? nil : "CertChainError"))
    if presented.token.lowercased() == "card", presented.status == "Accepted" {
      #expect(answer["idTokenInfo"]?["groupIdToken"] == ["idToken": "G1", "type": "Central"])
    }
    guard presented.certificate.isEmpty else { return }
    // The same word where a session brings it.
    let started = try station.call(
      "TransactionEvent",
      #"{"eventType":"Started","timestamp":"2026-11-23T01:02:03Z","triggerReason":"Authorized","seqNo":0,"transactionInfo":{"transactionId":"T1"},"idToken":\#(token)}"#
    )
    #expect(started["idTokenInfo"]?["status"]?.string == presented.status)
  }

  @Test("a session that begins without a token is answered without a word on one, in 2.x")
  func noToken() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Self.station(bench)
    let started = try station.call(
      "TransactionEvent",
      #"{"eventType":"Started","timestamp":"2026-11-23T01:02:03Z","triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"T1"}}"#
    )
    #expect(started == [:])
  }
}
