import Fleet
import FoundationEssentials
import Testing

@testable import Rollout

/// Documents as the first release wrote them into inventories; they are facts, not to be edited.
@Suite("Documents of the first release")
struct StoredTests {
  static let upgrade = """
    {"campaign":1,"charger":1,"countsForGate":true,"deadline":87536000,"enteredAt":87444000,
    "failure":{"detail":"d","phase":"switching",
    "reason":"did not come back in the new version"},"holdsLease":true,"id":1,"isUnknown":false,
    "memory":{"answerBy":87534010,"askedBoot":false,"askedFirmwareStatus":false,
    "askedReport":true,"askedStatus":false,"bootedSinceOrder":true,"bytesServed":0,
    "carriedKeys":0,"connectedAt":87443000,"disconnectedSinceOrder":true,"drainTries":0,
    "isClosed":false,"isCounted":true,"limit":88344000,"mappedKeys":1,"outageSince":87396000,
    "owesConnectors":true,"pendingBoots":1,"refusedForms":0,"refusedKeys":0,"reportDone":false,
    "reportedVariables":1,"requestID":101,"resetUnknown":false,"restoreTries":0,
    "sawFirmwareStatus":false,"sessionProved":false,"silentAt":87536000,"triedSnapshot":true,
    "unmappedKeys":0,"writes":[{"component":"OCPPCommCtrlr","isWritable":true,"value":"300",
    "variable":"HeartbeatInterval"}],"writesDone":false},"phase":"provisioning","revision":0,
    "sends":{"firmware update firmware":1,"inoperative":2,"operative":1,"read configuration":2,
    "read report":1,"switch reset":1},"signed":true,"snapshot":{"HeartbeatInterval":"300",
    "Odd":"1"},"stratum":0,"target":1,"wasInoperative":[],"wave":1}
    """

  static let campaign = """
    {"author":"a","createdAt":87446000,"id":1,"name":"Autumn","planHash":"",
    "playbook":{"gate":{"acceptedHarm":3,"confidence":0.95,"maxFailureRate":0.1},
    "limits":{"answer":90000,"attempts":2,"download":7200000,"drain":14400000,"install":3600000,
    "quiet":120000,"reboot":900000,"verify":900000},"name":"in-place","provesSession":false,
    "siteBudget":1,"soak":{"onFirmware":86400000,"onVersion":86400000},"target":"2.0.1",
    "title":"in place","waves":{"canaryAtLeast":3,"canaryFailures":0,"growth":2}},"revision":0,
    "selection":"","status":"draft","strata":[{"decisions":[{"at":87446000,"by":"ann",
    "reason":"r","wave":1}],"state":{"open":{"wave":1}},"stratum":{"fromFirmware":"2.3.1",
    "hardware":"","model":"AC1","toFirmware":"2.4.0","vendor":"Volta"},"target":1}],
    "waves":[{"number":1,"size":3}]}
    """

  static let orders = """
    [{"setAvailability":{"operative":true}},{"readConfiguration":{}},{"updateFirmware":{"_0":1,
    "requestID":101,"signed":true}},{"reset":{}},{"readReport":{"requestID":102}},
    {"writeVariables":{"_0":[{"component":"A","isWritable":true,"value":"1","variable":"B"}]}}]
    """

  @Test("an upgrade under way is read, and goes on to its end")
  func readsUpgrade() throws {
    let upgrade = try JSONDecoder().decode(Upgrade.self, from: Data(Self.upgrade.utf8))
    #expect(upgrade.phase == .provisioning)
    #expect(upgrade.memory.writes.map(\.value) == ["300"])
    #expect(upgrade.memory.limit == Instant(milliseconds: 88_344_000))
    #expect(upgrade.memory.inoperativeAs == nil)
    #expect(upgrade.memory.givenBack == nil)
    #expect(upgrade.snapshot == ["HeartbeatInterval": "300", "Odd": "1"])
    let bench = Bench(.good)
    bench.upgrade = upgrade
    bench.upgrade.failure = nil
    bench.now = Instant(milliseconds: 87_444_000)
    bench.charger.firmware = "2.4.0"
    bench.charger.speaks = .ocpp201
    bench.charger.released = [.ocpp16, .ocpp201]
    bench.deliver(.restarted)
    bench.deliver(.connected(.ocpp201))
    bench.run()
    #expect(bench.upgrade.phase == .migrated, "\(bench.story.joined(separator: "\n"))")
    #expect(bench.broken == [])
  }

  @Test("a campaign's playbook gets the limits that it did not know")
  func readsCampaign() throws {
    let campaign = try JSONDecoder().decode(Campaign.self, from: Data(Self.campaign.utf8))
    #expect(campaign.playbook == Bench.playbook)
    #expect(campaign.playbook.limits.boots == 3)
    #expect(campaign.playbook.limits.absence == .hours(24))
    #expect(campaign.strata[0].state == .open(wave: 1))
    #expect(campaign.strata[0].decisions.map(\.by) == ["ann"])
  }

  @Test("the orders of attempts are read")
  func readsOrders() throws {
    let orders = try JSONDecoder().decode([Order].self, from: Data(Self.orders.utf8))
    #expect(
      orders == [
        .setAvailability(operative: true), .readConfiguration,
        .updateFirmware(.init(rawValue: 1), signed: true, requestID: 101), .reset,
        .readReport(requestID: 102),
        .writeVariables([
          .init(component: "A", variable: "B", instance: nil, value: "1", isWritable: true)
        ]),
      ])
  }

  @Test("what is written now is read again")
  func roundTrip() throws {
    var upgrade = Bench(.good).upgrade
    upgrade.memory.lostKeys = .init(left: ["A"])
    upgrade.memory.apply = .init(variables: [])
    let connector = ConnectorID(evse: 1, connector: 1)
    upgrade.wasInoperative = [connector]
    upgrade.memory.inoperativeAs = .init(version: .ocpp16, connectors: [connector])
    upgrade.memory.givenBack = [connector]
    upgrade.memory.numbering = .ocpp16
    upgrade.readOnlyKeys = ["B"]
    upgrade.failure = .init(phase: .soaking, reason: .bootLoop, detail: "4 boots")
    let text = try JSONEncoder().encode(upgrade)
    #expect(try JSONDecoder().decode(Upgrade.self, from: text) == upgrade)
    let orders: [Order] = [.writeConfiguration(key: "A", value: "1"), .readVariables([])]
    let written = try JSONEncoder().encode(orders)
    #expect(try JSONDecoder().decode([Order].self, from: written) == orders)
  }
}
