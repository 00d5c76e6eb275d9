import Control
import Fleet
import OCPP
import Testing

@testable import CSMS

/// Every message of every version, over sockets, against the table of what the engine does.
struct EveryMessageTests {
  /// Answered from memory or from the token list; nothing of them is kept.
  private static let unkept: Set<String> = ["Heartbeat", "Authorize"]

  @Test(
    "every message that stations send is kept and answered by its schema, as the table says",
    arguments: OCPPVersion.allCases)
  func received(version: OCPPVersion) throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port, offers: version.subprotocol)
    let examples = try Example.ofStations(in: version)
    let expected = Messages.catalogue.actions(of: version).filter { $0.mayBeSent(by: .station) }
    #expect(Set(examples.map(\.action.name)) == Set(expected.map(\.name)))
    for example in examples {
      let name = example.action.name
      if example.action.kind == .send {
        station.say("[6,\"s1\",\"\(name)\",\(example.request.text)]")
        // Nothing was answered when the next answer is that of the next call.
        try station.call("Heartbeat", "{}")
      } else {
        let answer = try station.call(name, example.request.text)
        let violation = try Messages.violation(response: answer, to: name, in: version)
        #expect(violation == nil, "\(name): \(answer.text)")
        Self.check(answer, name, Handling(of: example.action).reply)
      }
      if !Self.unkept.contains(name) {
        let kept = try bench.ledger(name)
        #expect(!kept.isEmpty, "\(name) is not in the ledger")
        let sent = example.request.text
        #expect(kept.allSatisfy { String(decoding: $0.body, as: UTF8.self) == sent })
      }
    }
  }

  private static func check(_ answer: JSON, _ name: String, _ reply: Handling.Reply) {
    switch reply {
    case .empty: #expect(answer == [:], "\(name): \(answer.text)")
    case .status(let word): #expect(answer["status"]?.string == word, "\(name): \(answer.text)")
    case .depends: #expect(answer != [:], "\(name): \(answer.text)")
    case .silence, .none: Issue.record("\(name) is answered")
    }
  }

  @Test(
    "every message that a CSMS sends goes out as a person wrote it, and its answer comes back",
    arguments: OCPPVersion.allCases)
  func sent(version: OCPPVersion) throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port, offers: version.subprotocol)
    try station.boot()
    for example in try Example.all(of: version) where example.action.mayBeSent(by: .csms) {
      let name = example.action.name
      let slot = AnswerSlot()
      try bench.look { core in
        try core.send(
          .send(charger: "CP1", action: name, payload: example.request.text, override: "a test"),
          by: Caller(name: "admin", role: .admin), into: slot, now: SystemClock.now)
      }
      let call = try station.expectCall(name)
      #expect(call.payload == example.request)
      let answer = try #require(example.response).text
      station.answer(call, answer)
      #expect(try slot.wait() == answer)
    }
  }

  @Test("the table has a sentence for each of the 194 messages, and an answer for each received")
  func table() {
    let actions = OCPPVersion.allCases.flatMap { Messages.catalogue.actions(of: $0) }
    #expect(actions.count == 194)
    for action in actions {
      let handling = Handling(of: action)
      #expect(!handling.does.isEmpty, "\(action.name)")
      #expect(!handling.does.lowercased().contains("not implemented"))
      #expect((handling.reply != .none) == action.mayBeSent(by: .station), "\(action.name)")
      #expect((handling.reply == .silence) == (action.kind == .send), "\(action.name)")
    }
  }

  @Test("what upgrades send is said of the messages that they send it with")
  func orders() throws {
    func does(_ name: String, _ version: OCPPVersion) throws -> String {
      let action = try #require(Messages.catalogue.action(named: name, version: version))
      return Handling(of: action).does
    }
    #expect(try does("UpdateFirmware", .v16).contains("by upgrades (update firmware)"))
    #expect(try does("SignedUpdateFirmware", .v16).contains("by upgrades (update firmware)"))
    #expect(try does("GetBaseReport", .v201).contains("by upgrades (read report)"))
    #expect(try !does("GetBaseReport", .v201).contains("guard rails"))
    let reset = try does("Reset", .v21)
    #expect(reset.contains("by a person under the guard rails and by upgrades (reset)"))
    #expect(try !does("ReserveNow", .v16).contains("upgrades"))
  }
}
