import Control
import Fleet
import FleetStore
import Foundation
import OCPP
import Rollout
import Stock
import Testing

@testable import CSMS

/// What people say of chargers, who may, and what is kept of refusals.
struct PeopleTests {
  private static func audit(_ bench: Workbench) throws -> [AuditEntry] {
    let schema = Stock.files(below: "Inventory/migrations/").count
    let reader = try Reader(bench.directory + "/fleet.db", schema: schema)
    guard case .audit(let page) = try reader.answer(.audit(RegisterQuery()), at: SystemClock.now)
    else { return [] }
    return page.entries
  }

  private static func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let error as ControlError {
      return error.message
    } catch { return "\(error)" }
  }

  @Test("a charger that came unannounced is Pending until a person accepts it")
  func accept() throws {
    let bench = try Workbench { $0.admit = .pending }
    let station = try Station("NEW", port: bench.port)
    #expect(try station.boot()["status"] == "Pending")
    try bench.perform(.accept(charger: "NEW"))
    #expect(try bench.stored("NEW").admission == .known)
    #expect(try station.boot()["status"] == "Accepted")
    #expect(throws: ControlError.self) { try bench.perform(.accept(charger: "NEW")) }
  }

  @Test("a quarantined charger is not planned until somebody ends it, with a reason")
  func quarantine() throws {
    let bench = try Workbench(
      "identity,vendor,model,firmware,flash_free_kb,ram_free_kb,versions\nCP1,Volta,AC22,2.3.1,400,128,1.6"
    )
    try bench.stock(DepotTests.image)
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    try bench.look { core in
      let charger = try core.named("CP1")
      charger.charger.quarantine = Quarantine(
        reason: "boots the old image", campaign: "move", at: SystemClock.now)
      try core.store.save(charger.charger)
    }
    let request = PlanRequest(
      name: "again", playbook: Playbook(name: "p", title: "p", target: .ocpp201), selection: "")
    #expect(throws: ControlError.self) { try bench.perform(.plan(request)) }
    #expect(throws: ControlError.self) {
      try bench.perform(.endQuarantine(charger: "CP1", reason: ""))
    }
    let outcome = try bench.perform(
      .endQuarantine(charger: "CP1", reason: "board replaced"), as: .technician)
    #expect(outcome.message.hasPrefix("CP1 is out of quarantine. Now ready: "))
    #expect(try bench.stored("CP1").quarantine == nil)
    #expect(
      try bench.ledger("quarantine").map { String(decoding: $0.body, as: UTF8.self) } == [
        "quarantine ended by technician: board replaced"
      ])
    #expect(throws: ControlError.self) {
      try bench.perform(.endQuarantine(charger: "CP1", reason: "twice"))
    }
    #expect(try bench.perform(.plan(request)).plan?.chargers == 1)
  }

  @Test("notes are added line by line, with who and when")
  func notes() throws {
    let bench = try Workbench("identity,notes\nCP1,behind the gate\n")
    try bench.perform(.note(charger: "CP1", text: "door\nis stuck"), as: .technician)
    try bench.perform(.note(charger: "CP1", text: "key at the kiosk"), as: .technician)
    let lines = try bench.stored("CP1").notes.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0] == "behind the gate")
    #expect(lines[1].hasSuffix("technician: door is stuck"))
    #expect(lines[2].wholeMatch(of: /\d{4}-\d\d-\d\d technician: key at the kiosk/) != nil)
    for text in ["", "\n", String(repeating: "x", count: 501)] {
      #expect(throws: ControlError.self) { try bench.perform(.note(charger: "CP1", text: text)) }
    }
  }

  @Test("a recall sends back who waits to be free, and nothing begins until it goes on")
  func recall() throws {
    let campaign = try Campaigning()
    let station = try campaign.station()
    let number = try #require(
      try station.call(
        "StartTransaction",
        #"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-03-01T01:00:00Z"}"#)[
          "transactionId"]?.int)
    try campaign.start()
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.reaches(.draining))
    #expect(throws: ControlError.self) {
      try campaign.bench.perform(.recall(campaign: "move", reason: ""))
    }
    let outcome = try campaign.bench.perform(.recall(campaign: "move", reason: "a bad image"))
    #expect(outcome.message.contains("1 chargers go back"))
    #expect(try campaign.reaches(.planned))
    // Drivers get their connectors.
    try campaign.restored(station)
    #expect(try eventually { try !campaign.bench.upgrade("CP1").holdsLease })
    try station.call(
      "StopTransaction",
      #"{"transactionId":\#(number),"meterStop":9000,"timestamp":"2026-03-01T02:00:00Z"}"#)
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.phase() == .planned)
    try campaign.bench.perform(.resume(campaign: "move", reason: "the image is good"))
    _ = try campaign.serve(station, until: "UpdateFirmware")
  }

  @Test("a refused command says who may, and is in the audit")
  func forbidden() throws {
    let bench = try Workbench("identity\nCP1\n")
    try bench.perform(.grantRole(.user(1001), name: "anna", role: .approver))
    try bench.perform(.grantRole(.group(50), name: "fleetops", role: .admin))
    try bench.perform(.grantRole(.user(1002), name: "ben", role: .technician))
    let message = Self.refusal {
      try bench.perform(
        .send(charger: "CP1", action: "Reset", payload: "{}", override: nil), as: .technician)
    }
    #expect(message?.contains("These may: anna, group fleetops.") == true, "\(message ?? "")")
    let entry = try #require(try Self.audit(bench).first)
    #expect(entry.who == "technician")
    #expect(entry.action == "send Reset")
    #expect(entry.outcome.hasPrefix("refused: Not allowed"))
    try bench.perform(.revokeRole(.user(1001), name: "anna"))
    #expect(throws: ControlError.self) {
      try bench.perform(.revokeRole(.user(1001), name: "anna"))
    }
    #expect(try bench.look { try $0.store.roles().map(\.name) } == ["ben", "fleetops"])
  }

  struct Message: Sendable, CustomTestStringConvertible {
    var action: String
    var payload: String
    var testDescription: String { "\(action) \(payload)" }
    init(_ action: String, _ payload: String) { (self.action, self.payload) = (action, payload) }
  }

  @Test(
    "what would end a session needs a reason, and the refusal is in the audit",
    arguments: [
      Message("Reset", #"{"type":"Soft"}"#),
      Message("UpdateFirmware", #"{"location":"http://x/","retrieveDate":"2026-03-01T01:00:00Z"}"#),
      Message("ChangeConfiguration", #"{"key":"SecurityProfile","value":"1"}"#),
      Message("ChangeConfiguration", #"{"key":"CentralSystemURI","value":"ws://x"}"#),
    ])
  func guardRails(message: Message) throws {
    let bench = try Workbench("identity\nCP1\n") { $0.authorize = .any }
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    func send(_ override: String? = nil) -> String? {
      Self.refusal {
        try bench.look { core in
          let command = Command.send(
            charger: "CP1", action: message.action, payload: message.payload, override: override)
          try core.send(
            command, by: Caller(name: "anna", role: .approver), into: AnswerSlot(),
            now: SystemClock.now)
        }
      }
    }
    #expect(send()?.contains("not known yet") == true)
    try station.status("Preparing")
    #expect(send()?.contains("Connector 1 of CP1 is Preparing") == true)
    try station.status()
    #expect(send() == nil)
    _ = try station.expectCall(message.action)
    try station.call(
      "StartTransaction",
      #"{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-03-01T01:00:00Z"}"#)
    #expect(send()?.contains("A car charges") == true)
    #expect(send("the site burns") == nil)
    #expect(try Self.audit(bench).first?.outcome.hasPrefix("overriding \"A car charges") == true)
    // As a person's command comes in.
    #expect(throws: ControlError.self) {
      try bench.perform(
        .send(
          charger: "CP1", action: message.action, payload: message.payload, override: nil))
    }
    #expect(try Self.audit(bench).first?.outcome.hasPrefix("refused: A car charges") == true)
  }

  @Test("what does no harm is sent while a car charges")
  func harmless() throws {
    let harmless = [
      ("ChangeConfiguration", #"{"key":"HeartbeatInterval","value":"60"}"#),
      ("GetConfiguration", "{}"), ("TriggerMessage", "{}"),
    ]
    for (action, payload) in harmless {
      #expect(MessageHarm(action, try JSON(text: payload)) == nil)
    }
    let variables =
      #"{"setVariableData":[{"attributeValue":"1","component":{"name":"OCPPCommCtrlr"},"variable":{"name":"NetworkConfigurationPriority"}}]}"#
    #expect(MessageHarm("SetVariables", try JSON(text: variables)) == .restarts)
    #expect(MessageHarm("SetNetworkProfile", try JSON(text: "{}")) == .changesWhatItRuns)
  }

  @Test("consoles are woken by what they show, not by heartbeats, and an idle engine wakes nobody")
  func news() throws {
    let commits = Counter()
    let bench = try Workbench("identity\nCP1\n") { settings in
      settings.onCommit = { commits.add() }
    }
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let isWritten = try eventually {
      try bench.look { core in core.live.values.allSatisfy { !$0.isDirty } }
    }
    #expect(isWritten)
    let before = commits.now
    #expect(before > 0)
    for _ in 0..<20 { try station.call("Heartbeat", "{}") }
    for _ in 0..<20 { try station.call("Authorize", #"{"idTag":"A"}"#) }
    try bench.look { core in
      let ids = Array(core.live.keys)
      core.inbox.post([.heard(ids, SystemClock.now)])
    }
    // Nothing is to come: only time can show it.
    usleep(200_000)
    #expect(commits.now == before)
    try station.status()
    #expect(eventually { commits.now > before })
  }
}

private final class Counter: Sendable {
  private let count = LogLines()
  func add() { count.add("") }
  var now: Int { count.all.count }
}
