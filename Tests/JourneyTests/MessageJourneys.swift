import Foundation
import Testing

extension JourneyTests {
  /// Every message of every version, between the engine and chargers that validate both sides.
  @Suite(.serialized)
  struct Messages {
    @Test(
      "an independent charger says all it may say and is asked all it may be asked, without a flaw",
      arguments: ["1.6", "2.0.1", "2.1"])
    func whole(version: String) throws {
      let journey = try Journey()
      let engine = try journey.engine("--admit", "any")
      let station = try journey.start(
        try Places.python(), [Places.stations + "whole.py", engine.url, "ALL", version])
      try station.wait(for: "a charger that has said all", seconds: 60) {
        $0.output.contains(#""event": "said""#) || $0.output.contains(#""event": "failed""#)
      }
      for message in try Example.all(of: version) where message.isForStations {
        // A reason for those that guard rails forbid; the others need none, and it does no harm.
        let sent = try journey.swell(
          "send", "ALL", message.action, message.request, "--override", "every message once")
        #expect(sent.code == 0, "\(message.action): \(sent.talk)")
        let answer = try #require(message.response)
        #expect(
          try sent.json() as? NSDictionary == Example.object(answer), "\(message.action): \(sent)")
      }
      station.send(SIGTERM)
      #expect(try station.exitCode() == 0, "\(station.output) \(station.talk)")
      let bypassed = Events(station.output).bypassed
      #expect(bypassed.isSubset(of: Self.misspelt), "\(bypassed)")
      // The engine lives, and has kept what was said.
      #expect(try journey.swell("chargers", "show", "ALL").code == 0)
    }

    @Test(
      "frames at the edges of OCPP-J get what each version has for them",
      arguments: ["1.6", "2.0.1", "2.1"])
    func wire(version: String) throws {
      let journey = try Journey()
      let engine = try journey.engine("--admit", "any")
      let station = try journey.start(
        try Places.python(), [Places.stations + "wire.py", engine.url, "EDGE", version])
      func awaitEvent(_ text: String) throws {
        try station.wait(for: text, seconds: 60) {
          $0.output.contains(text) || $0.output.contains(#""event": "failed""#)
        }
      }
      func send(_ action: String, _ payload: String = "{}") throws -> Journey.Result {
        try journey.swell("send", "EDGE", action, payload, "--override", "the edges")
      }
      try awaitEvent(#""event": "said""#)

      // Behind an answer to an unknown id, twice, and again: the right one is taken.
      #expect(try send("ClearCache").output.contains("Accepted"))
      #expect(try send("GetLocalListVersion").output.contains("7"))
      #expect(try send("GetLocalListVersion").output.contains("7"))
      // Errors in another version's spelling and form are told as they came.
      let transfer = try send("DataTransfer", #"{"vendorId":"org.example"}"#)
      #expect(transfer.code == 1 && transfer.talk.contains("Violation"), "\(transfer)")
      let reset = try send("Reset", version == "1.6" ? #"{"type":"Soft"}"# : #"{"type":"OnIdle"}"#)
      #expect(reset.output == "{}\n", "\(reset)")
      let change = try send(
        "ChangeAvailability",
        version == "1.6"
          ? #"{"connectorId":0,"type":"Operative"}"# : #"{"operationalStatus":"Operative"}"#)
      #expect(change.code == 1 && change.talk.contains("readabl"), "\(change)")

      // Two at once: the second is sent when the first is answered, and not before.
      let place = version == "1.6" ? #"{"connectorId":1}"# : #"{"evseId":1,"connectorId":1}"#
      let words = ["send", "EDGE", "UnlockConnector", place]
      let first = try journey.start(Places.binary, words)
      try awaitEvent("UnlockConnector")
      let second = try journey.start(Places.binary, words)
      try journey.rows("audit") { rows in
        rows.count { "\($0)".contains("UnlockConnector") && "\($0)".contains("asked for") } == 2
      }
      for process in [first, second] {
        station.send(SIGUSR1)
        #expect(try process.exitCode() == 0, "\(process.talk)")
        #expect(process.output.contains("Unlocked"))
      }
      station.send(SIGTERM)
      #expect(try station.exitCode() == 0, "\(station.output) \(station.talk)")
    }

    /// What ocpp 2.1.0 cannot write as it stands in the schema: it takes field names apart and
    /// makes others of them. These payloads go as they are; it validates them all the same.
    private static let misspelt: Set<String> = [
      "DataTransfer", "TransactionEvent", "Authorize", "Get15118EVCertificate", "NotifySettlement",
      "ReportDERControl", "RequestStartTransaction", "SetChargingProfile", "UpdateDynamicSchedule",
    ]
  }
}

/// A message of `Tests/OCPPTests/Examples`, with who sends it from `Inventory/messages`.
private struct Example {
  var action: String
  var isForStations: Bool
  /// JSON.
  var request: String
  var response: String?

  static func all(of version: String) throws -> [Example] {
    func text(_ path: String) throws -> String {
      try String(contentsOfFile: Places.package + "/" + path, encoding: .utf8)
    }
    var senders: [Substring: Substring] = [:]
    for line in try text("Inventory/messages/ocpp\(version).txt").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "action", words.count == 5 { senders[words[1]] = words[3] }
    }
    let examples = try text("Tests/OCPPTests/Examples/\(version).jsonl").split(separator: "\n")
      .map { line in
        let row = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let action = try #require(row["action"] as? String)
        func json(_ value: Any) throws -> String {
          String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
        }
        return Example(
          action: action, isForStations: senders[action[...]] != "station",
          request: try json(try #require(row["request"])), response: try row["response"].map(json))
      }
    try #require(examples.count == senders.count)
    return examples
  }

  static func object(_ json: String) throws -> NSDictionary? {
    try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary
  }
}
