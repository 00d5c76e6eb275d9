import Foundation
import Testing

extension JourneyTests {
  /// Chargers made with an independent library, which validates what both sides say.
  @Suite(.serialized)
  struct Stations {
    @Test(
      "an independent charger of each version finds every answer valid",
      arguments: [
        ("station16.py", "ocpp1.6"), ("station201.py", "ocpp2.0.1"), ("station21.py", "ocpp2.1"),
      ])
    func converse(script: String, version: String) throws {
      let journey = try Journey()
      let engine = try journey.engine("--admit", "any", "--heartbeat", "77")
      let station = try journey.start(
        try Places.python(), [Places.stations + script, engine.url, "PY-1"])
      #expect(try station.exitCode() == 0, "\(station.output) \(station.talk)")
      #expect(Events(station.output).protocols == [version])
      // What was said is in the inventory, states within a second.
      try journey.rows("chargers", "list") { rows in
        rows.count == 1 && rows[0]["vendor"] as? String == "Pallas"
          && rows[0]["speaks"] as? String == String(version.dropFirst(4))
      }
      let shown = try journey.swell("chargers", "show", "PY-1", "--format", "json").object()
      #expect(shown["openSessions"] as? Int == 0)
    }

    @Test("two independent chargers go from 1.6 to 2.0.1, and one of them back")
    func upgrade() throws {
      let journey = try Journey()
      let python = try Places.python()
      let fleet = try journey.write(
        "fleet.csv",
        """
        identity,site,vendor,model,firmware,flash_free_kb,ram_free_kb,versions,connectors
        UP-1,Here,Pallas,U1,1.0.0,500,200,1.6,1
        UP-2,Here,Pallas,U1,1.0.0,500,200,1.6,1

        """)
      #expect(try journey.swell("import", fleet).code == 0)
      let image = try Supplies.image(journey)
      let added = try journey.swell(
        "firmware", "add", "--vendor", "Pallas", "--model", "U1", "--version", "2.0.0", "--from",
        "1.*", "--protocols", "1.6,2.0.1", "--flash", "200", "--ram", "50", "--file", image)
      #expect(added.code == 0, "\(added)")

      let engine = try journey.engine()
      // The first speaks the new version only with its new firmware, the second always would.
      let all = "ocpp2.1,ocpp2.0.1,ocpp1.6"
      let script = Places.stations + "upgrading.py"
      let first = try journey.start(
        python, [script, engine.url, "UP-1", "ocpp1.6", "ocpp2.0.1,ocpp1.6"])
      let second = try journey.start(python, [script, engine.url, "UP-2", all, all])
      try journey.rows("chargers", "list", "--filter", "ready:ready") { $0.count == 2 }
      #expect(try journey.swell("chargers", "list").output.contains("1.6     yes"))

      let playbook = try journey.write("quick.json5", Supplies.playbook)
      let planned = try journey.swell("plan", "Go", "--playbook", playbook)
      #expect(planned.code == 0, "\(planned)")
      // A site without a budget of its own has the playbook's.
      #expect(!planned.output.contains("budget 0"))
      #expect(planned.output.contains("2 chargers in 1 wave."))
      #expect(try journey.swell("campaigns", "approve", "Go").code == 0)
      #expect(try journey.swell("campaigns", "start", "Go").code == 0)
      try journey.rows("campaigns", "upgrades", "Go", seconds: 60) { rows in
        rows.count == 2 && rows.allSatisfy { $0["phase"] as? String == "migrated" }
      }

      let back = try journey.swell(
        "chargers", "rollback", "UP-2", "--reason", "the backend is not ready")
      #expect(back.code == 0, "\(back)")
      try journey.rows("campaigns", "upgrades", "Go") { rows in
        rows.map { $0["phase"] as? String ?? "" } == ["migrated", "rolledBack"]
      }
      let rows = try journey.swell("chargers", "list", "--format", "json").rows()
      #expect(rows.map { $0["speaks"] as? String } == ["2.0.1", "1.6"])
      // One that was taken back is no longer counted as migrated.
      #expect(rows.map { $0["verdict"] as? String } == ["migrated", "ready"])
      let story = try journey.swell("chargers", "show", "UP-2").output
      #expect(story.contains("rolled back speaks 1.6"))
      #expect(!story.contains("tookEffect") && !story.contains("ready: ready"))

      for station in [first, second] {
        station.send(SIGTERM)
        #expect(try station.exitCode() == 0, "\(station.output) \(station.talk)")
      }
      let one = Events(first.output)
      let two = Events(second.output)
      #expect(one.protocols == ["ocpp1.6", "ocpp1.6", "ocpp2.0.1"])
      #expect(two.protocols == ["ocpp1.6", "ocpp1.6", "ocpp2.0.1", "ocpp1.6"])
      #expect(one.downloads == [Supplies.imageSize])
      #expect(one.boots.first == "Pending" && one.boots.last == "Accepted", "\(one.boots)")
      // In this order, whatever else was asked in between.
      var asked = one.asked[...]
      for action in [
        "GetConfiguration", "ChangeAvailability", "UpdateFirmware", "ChangeAvailability",
        "ChangeAvailability", "Reset", "GetBaseReport", "SetVariables", "TriggerMessage",
        "GetVariables",
      ] {
        let place = try #require(asked.firstIndex(of: action), "\(action) in \(one.asked)")
        asked = asked[(place + 1)...]
      }
      // The connectors are given back after each outage.
      #expect(one.availability.last == "Operative")
      #expect(two.availability.last == "Operative")
    }
  }

  /// What a station printed, a JSON object a line.
  struct Events {
    private let lines: [[String: Any]]

    init(_ output: String) {
      lines = output.split(separator: "\n").compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }

    private func facts<Fact>(_ event: String, _ name: String) -> [Fact] {
      lines.filter { $0["event"] as? String == event }.compactMap { $0[name] as? Fact }
    }

    var protocols: [String] { facts("connected", "protocol") }
    var boots: [String] { facts("boot", "status") }
    var downloads: [Int] { facts("downloaded", "size") }
    var asked: [String] { facts("asked", "action") }
    var bypassed: Set<String> { Set(facts("bypassed", "action")) }
    var availability: [String] { facts("asked", "to") }
  }
}
