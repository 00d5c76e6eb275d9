import Foundation
import Testing

extension JourneyTests {
  /// Sites, work orders and notices from the shell.
  @Suite(.serialized)
  struct SitesAndNotices {
    @Test("sites are imported, changed, signed off, shown and exported as they were")
    func sites() throws {
      let journey = try Journey()
      let file = try journey.write(
        "sites.csv",
        """
        site,zone,budget,windows,integrations
        Köln,Europe/Berlin,25 %,Mon-Fri 22:00-05:00; Sat 00:00-24:00,billing
        Rom,Europe/Rome,2,,
        Nirgendwo,Europe/Nirgendwo,1,,

        """)
      let imported = try journey.swell("sites", "import", file)
      #expect(imported.code == 4)
      #expect(imported.output.contains("2 added") && imported.output.contains("line 4, zone"))
      let set = try journey.swell(
        "sites", "set", "Rom", "--windows", "daily 01:00-05:00", "--uplink", "LTE",
        "--uplink-bandwidth", "500kB", "--blackouts", "12-25 Natale")
      #expect(set.code == 0, "\(set.talk)")
      #expect(try journey.swell("sites", "set", "Rom", "--windows", "Mun").code == 2)
      #expect(
        try journey.swell("sites", "sign-off", "Köln", "billing", "--by", "Ada").code == 0)
      let shown = try journey.swell("sites", "show", "Köln")
      #expect(shown.output.contains("billing: signed off by Ada"))
      #expect(shown.output.contains("opens") || shown.output.contains("open "))
      #expect(
        try journey.swell("sites", "revoke", "Köln", "billing", "--reason", "new release").code == 0
      )
      let first = try journey.swell("sites", "export").output
      let copy = try journey.write("copy.csv", first)
      #expect(
        try journey.swell("sites", "import", copy).output.contains(
          "0 added, 0 changed, 2 unchanged"))
      #expect(try journey.swell("--db", "b.db", "sites", "import", copy).output.contains("2 added"))
      #expect(try journey.swell("sites", "export", "--db", "b.db").output == first)
      let rows = try journey.swell("audit", "--format", "json").rows()
      let actions = rows.compactMap { $0["action"] as? String }
      #expect(
        Set(["import sites", "set site", "sign off", "revoke sign-off"]).isSubset(of: actions))
    }

    @Test(
      "a notice that an engine was killed over reaches the next one's command, with the same id")
    func killed() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(1))).code == 0)
      let script = try journey.write(
        "tell.sh", "echo $$ >> begun; [ -e ok ] || exec sleep 1000; cat >> told\n")
      let command = "cd \(journey.directory) && sh \(script)"
      let engine = try journey.engine("--notify", command)
      #expect(try journey.swell("notify", "test").code == 0)
      let begun = journey.path("begun")
      var child: pid_t?
      try Deadline.wait("the command", #_sourceLocation) {
        child = (try? String(contentsOfFile: begun, encoding: .utf8)).flatMap {
          pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return child != nil
      }
      engine.process.send(SIGKILL)
      #expect(try engine.process.exitCode() == -SIGKILL)
      // What it left behind is nobody's any more, and keeps what it inherited open.
      #expect(kill(try #require(child), SIGKILL) == 0)
      try journey.write("ok", "")
      let next = try journey.engine("--notify", command)
      try journey.rows("notify", "list") { $0.first?["doneAt"] != nil }
      let told = try String(contentsOfFile: journey.path("told"), encoding: .utf8)
      #expect(told.hasPrefix("{\"id\":1,\"kind\":\"test\""))
      #expect(told.split(separator: "\n").count == 1)
      next.process.send(SIGTERM)
      #expect(try next.process.exitCode() == 0)
    }

    @Test("work orders are there as a table and as CSV, also when there are none")
    func workOrders() throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(1))).code == 0)
      let none = try journey.swell("workorders", "--format", "csv")
      #expect(none.code == 0)
      #expect(none.output.hasPrefix("charger,site,zone,vendor,model"))
      #expect(try journey.swell("workorders", "--campaign", "none").code == 1)
    }
  }
}
