import Foundation
import Testing

extension JourneyTests {
  /// Every stock playbook from its text to its end, with simulated chargers on real sockets.
  @Suite(.serialized)
  struct Playbooks {
    /// A stock playbook with the times of simulated chargers.
    private static func fast(_ journey: Journey, _ name: String) throws -> String {
      let shown = try journey.swell("playbooks", "show", name)
      #expect(shown.code == 0, "\(shown.talk)")
      var text = shown.output
      let times = [
        "onFirmware": "200ms", "betweenHops": "200ms", "onVersion": "200ms", "answer": "8s",
        "drain": "20s", "quiet": "200ms", "download": "15s", "install": "10s", "reboot": "10s",
        "verify": "15s",
      ]
      for (key, time) in times {
        text.replace(try Regex("\(key): \"[^\"]*\""), with: "\(key): \"\(time)\"")
      }
      return try journey.write("\(name).json5", text)
    }

    /// - Parameter firmware: what they run before anything happens.
    private static func fleet(_ firmware: String, versions: String) -> String {
      let rows = (1...3).map {
        "SIM-\($0),Depot,Europe/Berlin,3,Volta,AC22,A,\(firmware),312,96,\(versions),1,no,good"
      }
      return """
        identity,site,zone,budget,vendor,model,hardware,firmware,flash_free_kb,ram_free_kb,versions,connectors,signed,habit
        \(rows.joined(separator: "\n"))

        """
    }

    /// Makes an image and its entry in the catalogue.
    private static func image(
      _ journey: Journey, _ version: String, _ protocols: String, from: String
    ) throws {
      let path = journey.path("\(version).bin")
      let made = try journey.swell(
        "simulate", "image", path, "--model", "AC22", "--version", version, "--protocols",
        protocols)
      #expect(made.code == 0, "\(made.talk)")
      let added = try journey.swell(
        "firmware", "add", "--model", "AC22", "--version", version, "--protocols", protocols,
        "--from", from, "--file", path)
      #expect(added.code == 0, "\(added.talk)")
    }

    /// An engine with three chargers that play, once they are all there.
    private static func stage(
      _ journey: Journey, fleet: String
    ) throws -> (engine: Journey.EngineProcess, simulation: SwellProcess) {
      let csv = try journey.write("fleet.csv", fleet)
      #expect(try journey.swell("import", csv).code == 0)
      let engine = try journey.engine()
      let simulation = try journey.start(
        Places.binary, ["simulate", "--csv", csv, "--url", engine.url])
      return (engine, simulation)
    }

    /// Runs a campaign until all three are where they should be.
    private static func run(
      _ journey: Journey, _ name: String, _ playbook: String, until phase: String
    ) throws {
      // Each has to have been seen once with what it runs.
      try Deadline.wait("a plan for three", #_sourceLocation) {
        let tried = try journey.swell("plan", name, "--playbook", playbook, "--dry-run")
        return tried.output.contains(", 3 chargers")
      }
      let planned = try journey.swell("plan", name, "--playbook", playbook)
      #expect(planned.code == 0, "\(planned.talk)")
      #expect(try journey.swell("campaigns", "approve", name).code == 0)
      #expect(try journey.swell("campaigns", "start", name).code == 0)
      try journey.rows("campaigns", "upgrades", name, seconds: 60) { rows in
        rows.count == 3 && rows.allSatisfy { $0["phase"] as? String == phase }
      }
    }

    @Test("in place, and back to 1.6 by a campaign of its own")
    func inPlaceAndBack() throws {
      let journey = try Journey()
      try Self.image(journey, "2.4.0", "1.6 2.0.1", from: "2.3.*")
      let stage = try Self.stage(journey, fleet: Self.fleet("2.3.1", versions: "1.6"))
      try Self.run(journey, "There", try Self.fast(journey, "in-place"), until: "migrated")
      try Self.run(journey, "Back", try Self.fast(journey, "roll-back"), until: "rolledBack")
      let rows = try journey.rows("chargers", "list") { rows in
        rows.allSatisfy { $0["speaks"] as? String == "1.6" }
      }
      #expect(rows.count == 3)
      try journey.rows("campaigns", "list") { rows in
        rows.allSatisfy { $0["status"] as? String == "finished" && $0["migrated"] as? Int == 3 }
      }
      // It can be planned again: nothing of the way there stands in its way.
      #expect(try journey.swell("plan", "Again", "--playbook", "switch-only").code == 0)
      _ = stage
    }

    @Test("the switch alone, for chargers whose image speaks both versions")
    func switchOnly() throws {
      let journey = try Journey()
      try Self.image(journey, "2.4.0", "1.6 2.0.1", from: "2.3.*")
      let stage = try Self.stage(journey, fleet: Self.fleet("2.4.0", versions: "1.6 2.0.1"))
      try Self.run(journey, "Switch", try Self.fast(journey, "switch-only"), until: "migrated")
      let upgrade = try journey.swell("upgrade", "show", "SIM-1").output
      #expect(upgrade.contains("switch reset") && !upgrade.contains("update firmware"))
      _ = stage
    }

    @Test("straight from 1.6 to 2.1")
    func straightTo21() throws {
      let journey = try Journey()
      try Self.image(journey, "3.0.0", "1.6 2.1", from: "2.3.*")
      let stage = try Self.stage(journey, fleet: Self.fleet("2.3.1", versions: "1.6"))
      let playbook = try Self.fast(journey, "straight-to-2.1")
      try Self.run(journey, "Straight", playbook, until: "migrated")
      try journey.rows("chargers", "list") { rows in
        rows.allSatisfy { $0["speaks"] as? String == "2.1" }
      }
      _ = stage
    }

    @Test("over an image that must be passed through, then the switch")
    func twoHops() throws {
      let journey = try Journey()
      try Self.image(journey, "2.3.9", "1.6", from: "2.3.1")
      try Self.image(journey, "2.4.0", "1.6 2.0.1", from: "2.3.9")
      let stage = try Self.stage(journey, fleet: Self.fleet("2.3.1", versions: "1.6"))
      let playbook = try Self.fast(journey, "two-hops")
      try Self.run(journey, "Hops", playbook, until: "migrated")
      let upgrade = try journey.swell("upgrade", "show", "SIM-1").output
      #expect(upgrade.contains("hop 1 update firmware"), "\(upgrade)")
      #expect(upgrade.contains("hop 2 update firmware"))
      #expect(upgrade.contains("2.3.9, still 1.6: firmware proved"))
      // A playbook for one image does not take them.
      let one = try journey.swell("plan", "One", "--playbook", "in-place")
      #expect(one.code == 1)
      _ = stage
    }

    @Test("messages of one's own at their points, with what their answers should say")
    func steps() throws {
      let journey = try Journey()
      try Self.image(journey, "2.4.0", "1.6 2.0.1", from: "2.3.*")
      let stage = try Self.stage(journey, fleet: Self.fleet("2.3.1", versions: "1.6"))
      let steps = """
        steps: [
          { name: "timeout", at: "before firmware", send: "ChangeConfiguration",
            payload: { key: "ConnectionTimeOut", value: "77" }, expect: { equals: "Accepted" } },
          { name: "fresh", at: "before switch", send: "Reset", payload: { type: "Soft" },
            expect: { equals: "Accepted" } },
          { name: "carried", at: "after switch", send: "GetVariables",
            payload: { getVariableData: [{ component: { name: "TxCtrlr" },
              variable: { name: "EVConnectionTimeOut" } }] },
            expect: { path: "getVariableResult.0.attributeValue", equals: 77 } },
          { name: "cache", at: "after verified", send: "ClearCache", expect: { exists: true } },
        ],
        siteBudget: 1,
        """
      let text = try String(contentsOfFile: Self.fast(journey, "in-place"), encoding: .utf8)
      let playbook = try journey.write("own.json5", text.replacing("siteBudget: 1,", with: steps))
      try Self.run(journey, "Own", playbook, until: "migrated")
      let upgrade = try journey.swell("upgrade", "show", "SIM-1").output
      for step in ["timeout", "fresh", "carried", "cache"] {
        #expect(upgrade.contains("step \(step)"), "\(upgrade)")
      }
      #expect(upgrade.contains("fresh: Reset: back after it"))
      _ = stage
    }

    @Test("playbooks are listed, made, checked, and refused with the line and a caret")
    func commands() throws {
      let journey = try Journey()
      let rows = try journey.swell("playbooks", "list", "--format", "json").rows()
      #expect(rows.contains { $0["name"] as? String == "switch-only" })
      #expect(rows.allSatisfy { ($0["needs"] as? String)?.isEmpty == false })
      #expect(try journey.swell("playbooks", "new", "berlin", "--from", "quick").code == 0)
      let again = try journey.swell("playbooks", "new", "berlin")
      #expect(again.code == 1 && again.talk.contains("is there already"))
      let checked = try journey.swell("playbooks", "check", "berlin.json5")
      #expect(checked.code == 0 && checked.output.hasPrefix("berlin: in place"))
      let text = try String(contentsOfFile: journey.path("berlin.json5"), encoding: .utf8)
      try journey.write("bad.json5", text.replacing("onFirmware", with: "onFirmwear"))
      let bad = try journey.swell("playbooks", "check", "bad.json5")
      #expect(bad.code == 1 && bad.output.isEmpty)
      #expect(bad.talk.contains("did you mean `onFirmware`?") && bad.talk.contains("    ^"))
      let step =
        #"steps: [{ name: "x", at: "after switch", send: "Reset", payload: { type: "Soft" } }],"#
      try journey.write("step.json5", text.replacing("siteBudget: 1,", with: step))
      let wrong = try journey.swell("playbooks", "check", "step.json5")
      #expect(wrong.code == 1, "\(wrong)")
      #expect(
        wrong.talk.contains("step \"x\": OCPP 2.0.1 Reset does not allow it"), "\(wrong.talk)")
      let unknown = try journey.swell("playbooks", "show", "in-plase")
      #expect(unknown.code == 2 && unknown.talk.contains("in-place"))
    }
  }
}
