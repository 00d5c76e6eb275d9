import Foundation
import Testing

extension JourneyTests {
  /// The command line, with an engine and without one.
  @Suite(.serialized)
  struct CommandLine {
    @Test("an import is tried first, refuses rows with line and reason, and may be repeated")
    func imports() throws {
      let journey = try Journey()
      let good = try journey.write("good.csv", Supplies.fleet(3))
      let tried = try journey.swell("import", good, "--dry-run")
      #expect(tried.code == 0)
      #expect(tried.output.contains("nothing was stored") && tried.output.contains("3 added"))
      #expect(try journey.swell("chargers", "list", "--format", "json").rows().isEmpty)
      #expect(try journey.swell("import", good).output.contains("3 added, 0 changed, 0 unchanged"))
      #expect(try journey.swell("import", good).output.contains("0 added, 0 changed, 3 unchanged"))

      let bad = try journey.write(
        "bad.csv",
        """
        identity,vendor,model,firmware,flash_free_kb
        OK-1,V,M,1.0,plenty
        OK-2,V,M,1.0,300
        OK-2,V,M,1.0,300
        ,V,M,1.0,300
        OK-3,V,"M

        """)
      let refused = try journey.swell("import", bad)
      #expect(refused.code == 4)
      #expect(refused.output.contains("line 2, flash_free_kb: \"plenty\" is no whole number"))
      #expect(refused.output.contains("line 4, identity: \"OK-2\" is in line 3 already"))
      #expect(refused.output.contains("line 5, identity"))
      #expect(refused.output.contains("line 6: the quotation mark"))
      let asJSON = try journey.swell("import", bad, "--format", "json")
      #expect(asJSON.code == 4)
      let rows = try #require(try asJSON.object()["refused"] as? [[String: Any]])
      #expect(rows.map { $0["line"] as? Int } == [2, 4, 5, 6])

      let missing = try journey.swell("import", "none.csv")
      #expect(missing.code == 1)
      #expect(
        missing.talk
          == "swell: none.csv can't be read: No such file or directory. Nothing was done.\n")
    }

    @Test("what is exported is imported unchanged")
    func roundTrip() throws {
      let journey = try Journey()
      let fleet = Places.package + "/Inventory/fleets/demo.csv"
      #expect(try journey.swell("import", fleet).code == 0)
      let first = try journey.swell("export").output
      #expect(!first.contains("\r\n\r\n") && !first.contains("\n\n"))
      let file = try journey.write("out.csv", first)
      let again = try journey.swell("--db", "other.db", "import", file)
      #expect(again.output.contains("200 added, 0 changed, 0 unchanged, 0 refused"))
      #expect(try journey.swell("export", "--db", "other.db").output == first)
      // And into the inventory it came from.
      #expect(
        try journey.swell("import", file).output.contains("0 added, 0 changed, 200 unchanged"))
    }

    @Test("only known tokens may charge, unless the engine is told otherwise")
    func tokens() throws {
      let journey = try Journey()
      let fleet = try journey.write("fleet.csv", Supplies.fleet(1))
      #expect(try journey.swell("import", fleet).code == 0)
      let tokens = try journey.write(
        "tokens.csv", "token,status\n04A1B2C3,Accepted\n04FFFFFF,Blocked\n")
      #expect(try journey.swell("import", tokens, "--tokens").output.contains("2 added"))
      let engine = try journey.engine("--authorize", "known")
      let script = try journey.write("ask.py", Self.asking)
      let station = try journey.start(try Places.python(), [script, engine.url, "SIM-1"])
      #expect(try station.exitCode() == 0, "\(station.talk)")
      #expect(station.output == "04A1B2C3 Accepted\n04FFFFFF Blocked\n04000000 Invalid\n")
    }

    private static let asking = """
      import asyncio, sys, websockets
      from ocpp.v16 import ChargePoint, call
      async def main():
          url = f"{sys.argv[1]}/{sys.argv[2]}"
          async with websockets.connect(url, subprotocols=["ocpp1.6"]) as socket:
              charger = ChargePoint(sys.argv[2], socket)
              reading = asyncio.create_task(charger.start())
              boot = call.BootNotification(charge_point_model="AC22", charge_point_vendor="Volta")
              await charger.call(boot, suppress=False)
              for tag in ("04A1B2C3", "04FFFFFF", "04000000"):
                  answer = await charger.call(call.Authorize(id_tag=tag), suppress=False)
                  print(tag, answer.id_tag_info["status"])
              reading.cancel()
      asyncio.run(main())

      """

    @Test("chargers are marked, pinned and given passwords", arguments: [false, true])
    func chargers(withEngine: Bool) throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
      let engine = withEngine ? try journey.engine() : nil
      func says(_ words: [String], _ text: String, code: Int32 = 0) throws {
        let process = try journey.start(Places.binary, words)
        process.write("")
        #expect(try process.exitCode() == code, "\(words): \(process.talk)")
        let said = code == 0 ? process.output : process.talk
        #expect(said.contains(text), "\(words): \(said)")
      }
      func verdict() throws -> String? {
        let shown = try journey.swell("chargers", "show", "SIM-1", "--format", "json").object()
        return (shown["row"] as? [String: Any])?["verdict"] as? String
      }
      #expect(try verdict() == "no firmware")
      try says(["chargers", "mark-eol", "SIM-1"], "wants --reason", code: 2)
      try says(["chargers", "mark-eol", "SIM-1", "--reason", "rust"], "memory too small", code: 2)
      try says(
        ["chargers", "mark-eol", "SIM-1", "--reason", "parts", "--evidence", "photo 7"],
        "SIM-1 is marked end-of-life (parts).")
      #expect(try verdict() == "end of life")
      try says(["chargers", "show", "SIM-1"], "photo 7")
      try says(["chargers", "undo-eol", "SIM-1"], "SIM-1 is in service again.")
      try says(["chargers", "undo-eol", "SIM-1"], "is not marked", code: 1)
      try says(["chargers", "pin", "SIM-1"], "wants --reason", code: 2)
      try says(["chargers", "pin", "SIM-1", "--reason", "fair next week"], "SIM-1 is pinned.")
      #expect(try verdict() == "pinned")
      try says(["chargers", "unpin", "SIM-1"], "no longer pinned")
      let short = try journey.swell("chargers", "password", "SIM-1", input: "tooshort\n")
      #expect(short.code == 1 && short.talk.contains("16 to 64 characters"))
      let secret = "correct-horse-battery"
      let set = try journey.swell("chargers", "password", "SIM-1", input: secret + "\n")
      #expect(set.output == "SIM-1 must now authenticate.\n")
      try says(["chargers", "password", "SIM-1", "--remove"], "needs no password")
      try says(["chargers", "show", "NOPE"], "No charger \"NOPE\"", code: 1)
      // Everything that changed something is in the audit, without its secrets.
      let audit = try journey.swell("audit", "--format", "json")
      let actions = try audit.rows().compactMap { $0["action"] as? String }
      for action in ["mark end-of-life", "undo end-of-life", "pin", "unpin", "set password"] {
        #expect(actions.contains(action))
      }
      #expect(!audit.output.contains(secret) && !audit.output.contains("tooshort"))
      engine?.process.send(SIGTERM)
      if let engine { #expect(try engine.process.exitCode() == 0) }
    }

    @Test("an image that is not what it should be is not taken")
    func wrongImage() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(1))).code == 0)
      let image = try Supplies.image(journey)
      let add = { (hash: String) in
        try journey.swell(
          "firmware", "add", "--model", "AC22", "--version", "2.4.0", "--protocols", "1.6,2.0.1",
          "--file", image, "--sha256", hash)
      }
      let wrong = try add(String(repeating: "0", count: 64))
      #expect(wrong.code == 1)
      #expect(
        wrong.talk.contains("does not match its hash") && wrong.talk.contains("nothing was added"))
      #expect(try journey.swell("firmware", "list", "--format", "json").rows().isEmpty)
      let actual = try #require(wrong.talk.firstMatch(of: /[0-9a-f]{64}/)).output
      #expect(try add(String(actual)).code == 0)
      #expect(try journey.swell("firmware", "list", "--format", "json").rows().count == 1)
    }

    @Test("every listing is JSON when asked", arguments: [false, true])
    func json(withEngine: Bool) throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
      let engine = withEngine ? try journey.engine() : nil
      let image = try Supplies.image(journey)
      #expect(
        try journey.swell(
          "firmware", "add", "--model", "AC22", "--version", "2.4.0", "--protocols", "1.6,2.0.1",
          "--file", image
        ).code == 0)
      // Ready needs a charger that was seen; a plan needs chargers that are ready.
      var simulation: SwellProcess?
      if let engine {
        simulation = try journey.start(
          Places.binary, ["simulate", "--csv", "f.csv", "--url", engine.url])
        try journey.rows("chargers", "list", "--filter", "ready:ready") { $0.count == 3 }
        let playbook = try journey.write("quick.json5", Supplies.playbook)
        let plan = try journey.swell("plan", "P", "--playbook", playbook, "--format", "json")
        #expect(try plan.object()["message"] is String)
        #expect(
          try journey.swell("campaigns", "show", "P", "--format", "json").object().isEmpty == false)
        #expect(
          try journey.swell("campaigns", "upgrades", "P", "--format", "json").rows().count == 3)
      }
      for words in [
        ["chargers", "list"], ["chargers", "show", "SIM-1"], ["firmware", "list"],
        ["campaigns", "list"], ["status"], ["audit"],
      ] {
        let process = try journey.start(Places.binary, words + ["--format", "json"])
        #expect(try process.exitCode() == 0, "\(words): \(process.talk)")
        #expect(process.talk.isEmpty, "\(words): \(process.talk)")
        let result = Journey.Result(code: 0, output: process.output, talk: "")
        #expect(throws: Never.self, "\(words)") { try result.json() }
      }
      // A form that a command does not have is refused, not replaced by another.
      let csv = try journey.swell("status", "--format", "csv")
      #expect(csv.code == 2 && csv.talk.contains("wants table, json, not"))
      #expect(try journey.swell("chargers", "list", "--format", "csv").output.hasPrefix("charger,"))
      simulation?.send(SIGTERM)
    }

    @Test("one engine has an inventory; another is told whose it is")
    func secondEngine() throws {
      let journey = try Journey()
      let engine = try journey.engine("--admit", "any")
      let second = try journey.swell("serve", "--listen", "127.0.0.1:0")
      #expect(second.code == 3)
      #expect(second.talk.contains("\(engine.process.pid)"), "\(second.talk)")
      #expect(second.talk.contains("fleet.db"), "\(second.talk)")
      engine.process.send(SIGTERM)
      #expect(try engine.process.exitCode() == 0, "\(engine.process.talk)")
      // Nothing of it is left to stand in anybody's way.
      #expect(access(journey.database + ".sock", F_OK) != 0)
      let wal = journey.database + "-wal"
      let size = try? FileManager.default.attributesOfItem(atPath: wal)[.size] as? Int
      #expect((size ?? 0) == 0)
      let third = try journey.engine()
      third.process.send(SIGTERM)
      #expect(try third.process.exitCode() == 0)
    }

    @Test("an engine that was killed stands in nobody's way")
    func killedEngine() throws {
      let journey = try Journey()
      let engine = try journey.engine("--admit", "any")
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(2))).code == 0)
      engine.process.send(SIGKILL)
      #expect(try engine.process.exitCode() == -SIGKILL)
      #expect(try journey.swell("chargers", "pin", "SIM-1", "--reason", "x").code == 0)
      let next = try journey.engine()
      #expect(try journey.swell("chargers", "list", "--format", "json").rows().count == 2)
      next.process.send(SIGTERM)
      #expect(try next.process.exitCode() == 0)
    }

    @Test(
      "what is mistyped is answered with what was meant",
      arguments: [
        ("frobnicate", "There is no command \"frobnicate\""),
        ("chargers", "list, show, mark-eol"),
        ("chargers lst", "Did you mean list?"),
        ("imprt x.csv", "Did you mean import?"),
        ("chargers list --fliter x", "Did you mean --filter?"),
        ("serve --listn 1", "Did you mean --listen?"),
        ("serve --listen nowhere", "HOST:PORT"),
        ("chargers list --format yaml", "table, json, csv"),
        ("chargers list --limit many", "number"),
        ("chargers list --sort colour", "site"),
        ("chargers show", "CHARGER"),
        ("chargers show A B", "one word too many"),
        ("campaigns abort X --reason y", "--confirm X"),
        ("firmware add --model M --version 1", "--file or --url"),
        ("firmware add --model M --version 1 --protocols 3.0 --file x", "1.6,2.0.1"),
        ("help nonsense", "There is no command \"nonsense\""),
        ("import", "a file"),
        ("simulate --csv x", "No such file"),
      ])
    func mistyped(line: String, hint: String) throws {
      let journey = try Journey()
      let process = try journey.start(Places.binary, line.split(separator: " ").map(String.init))
      let code = try process.exitCode()
      #expect(code == (hint == "No such file" ? 1 : 2), "\(process.talk)")
      #expect(process.output.isEmpty)
      #expect(process.talk.hasPrefix("swell: ") && process.talk.contains(hint), "\(process.talk)")
      // One sentence for a person, on one line.
      #expect(process.talk.filter { $0 == "\n" }.count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: journey.directory).isEmpty)
    }

    @Test("help names every command on lines that fit")
    func help() throws {
      let journey = try Journey()
      let help = try journey.swell("help")
      #expect(help.code == 0 && help.talk.isEmpty)
      for line in help.output.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
      #expect(try journey.swell("help", "chargers", "pin").output.contains("--reason TEXT"))
      #expect(try journey.swell("chargers", "pin", "--help").output.contains("--reason TEXT"))
      #expect(try journey.swell("chargers", "--help").output.contains("chargers pin CHARGER"))
    }

    @Test("the demonstration ends as its fleet file expects, within a minute")
    func demo() throws {
      let journey = try Journey()
      let demo = try journey.start(Places.binary, ["demo", "--plain"])
      #expect(try demo.exitCode(seconds: 60) == 0, "\(demo.output)\(demo.talk)")
      #expect(demo.output.contains("200 ended as the fleet file expects."), "\(demo.output)")
    }
  }
}
