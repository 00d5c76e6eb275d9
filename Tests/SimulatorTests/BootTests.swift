import OCPP
import Testing

@testable import Simulator

@Suite("Booting and answering")
struct BootTests {
  @Test("a station boots, then tells every connector", arguments: OCPPVersion.allCases)
  func boots(version: OCPPVersion) {
    var bench = Bench(profile { ($0.versions, $0.connectors, $0.evses) = ([version], 2, 2) })
    bench.released = [version]
    bench.powerOn()
    #expect(bench.offers == [[version.subprotocol]])
    #expect(bench.calls.first?.action == "BootNotification")
    #expect(bench.station.isAccepted)
    #expect(bench.actions("StatusNotification").count == (version == .v16 ? 3 : 2))
    #expect(bench.statuses(1) == ["Available"])
    #expect(bench.run { $0.actions("Heartbeat").count == 3 })
  }

  @Test("two connectors of one EVSE are numbered within it")
  func oneEVSE() {
    var bench = Bench(profile { ($0.versions, $0.connectors, $0.evses) = ([.v201], 2, 1) })
    bench.released = [.v201]
    bench.powerOn()
    let places = bench.actions("StatusNotification").map {
      [$0.payload["evseId"]?.int, $0.payload["connectorId"]?.int]
    }
    #expect(places == [[1, 1], [1, 2]])
  }

  @Test("until Accepted nothing but the boot is sent", arguments: ["Pending", "Rejected"])
  func waits(status: String) {
    var bench = Bench(profile())
    bench.reply = { _ in
      ["status": .string(status), "currentTime": "2026-11-23T00:00:00Z", "interval": 60]
    }
    bench.powerOn()
    #expect(bench.run { $0.calls.count == 4 })
    #expect(bench.calls.allSatisfy { $0.action == "BootNotification" })
    bench.reply = { Bench.accept($0) }
    #expect(bench.run { $0.station.isAccepted })
    #expect(bench.calls.count > 4)
  }

  @Test("Pending in 2.x: variables and reports are answered, the rest is a SecurityError")
  func pending() {
    var bench = Bench(profile { $0.versions = [.v201] })
    bench.released = [.v201]
    bench.reply = {
      $0.action == "BootNotification"
        ? ["status": "Pending", "currentTime": "2026-11-23T00:00:00Z", "interval": 600] : [:]
    }
    bench.powerOn()
    #expect(
      bench.status("GetBaseReport", ["requestId": 5, "reportBase": "FullInventory"]) == "Accepted")
    let parts = bench.actions("NotifyReport")
    #expect(parts.compactMap { $0.payload["seqNo"]?.int } == Array(0..<Int64(parts.count)))
    #expect(
      parts.map { $0.payload["tbc"]?.bool } == Array(repeating: true, count: parts.count - 1) + [
        false
      ])
    #expect(parts.flatMap { $0.payload["reportData"]?.array ?? [] }.count >= 60)
    #expect(bench.status("Reset", ["type": "OnIdle"]) == "SecurityError")
    #expect(
      bench.status(
        "RequestStartTransaction",
        ["idToken": ["idToken": "A", "type": "Central"], "remoteStartId": 1]) == "Rejected")
    let id = bench.ask(
      "SetVariables",
      [
        "setVariableData": [
          [
            "component": ["name": "OCPPCommCtrlr"], "variable": ["name": "HeartbeatInterval"],
            "attributeValue": "90",
          ]
        ]
      ])
    let result = bench.results[id]?["setVariableResult"]?.array?.first
    #expect(result?["attributeStatus"]?.string == "Accepted")
    #expect(bench.status("TriggerMessage", ["requestedMessage": "BootNotification"]) == "Accepted")
    #expect(bench.actions("BootNotification").last?.payload["reason"]?.string == "Triggered")
  }

  @Test(
    "1.6 requests get the answers of the standard",
    arguments: [
      ("ChangeConfiguration", #"{"key":"HeartbeatInterval","value":"60"}"#, "Accepted"),
      ("ChangeConfiguration", #"{"key":"heartbeatinterval","value":"60"}"#, "Accepted"),
      ("ChangeConfiguration", #"{"key":"HeartbeatInterval","value":"-1"}"#, "Rejected"),
      ("ChangeConfiguration", #"{"key":"NumberOfConnectors","value":"9"}"#, "Rejected"),
      (
        "ChangeConfiguration", #"{"key":"ConnectorPhaseRotation","value":"1.RST"}"#,
        "RebootRequired"
      ),
      ("ChangeConfiguration", #"{"key":"NoSuchKey","value":"1"}"#, "NotSupported"),
      (
        "ChangeConfiguration",
        #"{"key":"AuthorizationKey","value":"00112233445566778899aabbccddeeff"}"#, "Accepted"
      ),
      ("ChangeConfiguration", #"{"key":"AuthorizationKey","value":"secret"}"#, "Rejected"),
      ("ChangeAvailability", #"{"connectorId":9,"type":"Operative"}"#, "Rejected"),
      ("TriggerMessage", #"{"requestedMessage":"FirmwareStatusNotification"}"#, "Accepted"),
      ("TriggerMessage", #"{"requestedMessage":"MeterValues","connectorId":1}"#, "Accepted"),
      ("TriggerMessage", #"{"requestedMessage":"StatusNotification","connectorId":7}"#, "Rejected"),
      (
        "TriggerMessage", #"{"requestedMessage":"DiagnosticsStatusNotification"}"#, "NotImplemented"
      ),
      ("RemoteStopTransaction", #"{"transactionId":12}"#, "Rejected"),
      ("SendLocalList", #"{"listVersion":4,"updateType":"Full"}"#, "Accepted"),
      ("ClearChargingProfile", "{}", "NotImplemented"),
      ("ExtendedTriggerMessage", #"{"requestedMessage":"Heartbeat"}"#, "NotImplemented"),
    ])
  func requests16(action: String, payload: String, answer: String) throws {
    var bench = Bench(profile())
    bench.powerOn()
    #expect(bench.status(action, try JSON(text: payload)) == answer)
  }

  @Test("GetConfiguration tells known and unknown keys, and no secret")
  func configuration() {
    var bench = Bench(profile())
    bench.powerOn()
    let all = bench.ask("GetConfiguration", [:])
    let keys = bench.results[all]?["configurationKey"]?.array ?? []
    #expect(keys.count >= 30)
    let secret = keys.first { $0["key"]?.string == "AuthorizationKey" }
    #expect(secret != nil && secret?["value"] == nil)
    let some = bench.ask("GetConfiguration", ["key": ["HeartbeatInterval", "Nonsense"]])
    #expect(bench.results[some]?["unknownKey"] == ["Nonsense"])
    #expect(bench.results[some]?["configurationKey"]?.array?.first?["value"]?.string == "300")
  }

  @Test(
    "2.x variables are written by their mutability and type",
    arguments: [
      ("SampledDataCtrlr", "TxUpdatedInterval", "30", "Accepted"),
      ("SampledDataCtrlr", "TxUpdatedInterval", "often", "Rejected"),
      ("AuthCtrlr", "LocalPreAuthorize", "true", "Accepted"),
      ("AuthCtrlr", "LocalPreAuthorize", "TRUE!", "Rejected"),
      ("AlignedDataCtrlr", "Measurands", "Voltage,SoC", "Accepted"),
      ("AlignedDataCtrlr", "Measurands", "Charm", "Rejected"),
      ("SecurityCtrlr", "SecurityProfile", "3", "Rejected"),
      ("SecurityCtrlr", "BasicAuthPassword", "short", "Rejected"),
      ("SecurityCtrlr", "BasicAuthPassword", "sixteen-or-more-1", "Accepted"),
      ("OCPPCommCtrlr", "NetworkConfigurationPriority", "2,1", "RebootRequired"),
      ("OCPPCommCtrlr", "Nothing", "1", "UnknownVariable"),
      ("NoCtrlr", "Nothing", "1", "UnknownComponent"),
    ])
  func variables(component: String, name: String, value: String, answer: String) {
    var bench = Bench(profile { $0.versions = [.v21] })
    bench.released = [.v21]
    bench.powerOn()
    let target: JSON = [
      "component": ["name": .string(component)], "variable": ["name": .string(name)],
    ]
    guard case .object(let members) = target else { return }
    let written = bench.ask(
      "SetVariables",
      ["setVariableData": [.object(members + [("attributeValue", .string(value))])]])
    let result = bench.results[written]?["setVariableResult"]?.array?.first
    #expect(result?["attributeStatus"]?.string == answer)
    let read = bench.ask("GetVariables", ["getVariableData": [target]])
    let back = bench.results[read]?["getVariableResult"]?.array?.first
    if answer == "Accepted" {
      let isSecret = name == "BasicAuthPassword"
      #expect(back?["attributeStatus"]?.string == (isSecret ? "Rejected" : "Accepted"))
      #expect(back?["attributeValue"]?.string == (isSecret ? nil : value))
    }
  }

  @Test("a reconnect without a reboot needs no boot, a new version does")
  func reconnects() {
    var bench = Bench(profile { $0.versions = [.v201, .v16] })
    bench.powerOn()
    #expect(bench.station.version == .v16)
    bench.killServer()
    bench.isReachable = true
    #expect(bench.run { $0.station.isOnline })
    #expect(bench.actions("BootNotification").count == 1)
    bench.released = [.v16, .v201]
    bench.feed(.closed)
    #expect(bench.run { $0.station.isOnline })
    #expect(bench.station.version == .v201)
    #expect(bench.actions("BootNotification").count == 2)
  }

  @Test("broken frames do not stop a station")
  func broken() {
    var bench = Bench(profile())
    bench.powerOn()
    for text in ["", "[", "{}", "[2,\"a\"]", "[3,\"x\",{}]", "[4,\"x\",\"E\",\"\",{}]"] {
      bench.feed(.received(Array(text.utf8)))
    }
    #expect(bench.status("ClearCache", [:]) == "Accepted")
  }
}
