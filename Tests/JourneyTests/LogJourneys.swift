import Foundation
import Testing

extension JourneyTests {
  /// Logs of chargers, from the question to the file.
  @Suite(.serialized)
  struct Logs {
    @Test("a log is asked for on the command line, and lies there in the end, in every version")
    func logs() throws {
      let journey = try Journey()
      let fleet = try journey.write(
        "fleet.csv",
        "identity,vendor,model,firmware,versions,signed\nCP-1,Volta,AC22,1.0,1.6,no\n"
          + "CP.2,Volta,AC22,1.0,1.6,yes\nCP-3,Volta,AC22,1.0,2.0.1,no\n")
      #expect(try journey.swell("import", fleet).code == 0)
      let engine = try journey.engine("--quiet", "0")
      let chargers = try journey.start(
        Places.binary, ["simulate", "--csv", fleet, "--url", engine.url])
      try chargers.wait(for: "all are there", seconds: 30) { _ in
        try journey.swell("chargers", "list", "--filter", "online", "--format", "json").rows().count
          == 3
      }
      for (charger, kind) in [
        ("CP-1", "diagnostics"), ("CP.2", "diagnostics"), ("CP.2", "security"),
        ("CP-3", "diagnostics"), ("CP-3", "security"),
      ] {
        let got = try journey.swell("logs", "get", charger, "--kind", kind, "--wait")
        #expect(got.code == 0, "\(got)")
        let path = got.output.trimmingCharacters(in: .newlines)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasPrefix("\(charger) Volta AC22"))
      }
      // A charger without the security extension says so.
      let refused = try journey.swell("logs", "get", "CP-1", "--kind", "security")
      #expect(refused.code == 1 && refused.talk.contains("NotImplemented"), "\(refused)")
      let listed = try journey.swell("logs", "list", "CP.2", "--format", "json")
      let rows = try listed.json() as? [[String: Any]]
      #expect(rows?.count == 2)
      #expect(rows?.allSatisfy { $0["charger"] as? String == "CP.2" } == true)
      #expect(try journey.swell("logs", "list").output.split(separator: "\n").count == 6)
      chargers.stop()
      // What is there can be listed when no engine runs, and nothing can be asked for.
      engine.process.stop()
      #expect(try journey.swell("logs", "list").output.split(separator: "\n").count == 6)
      #expect(try journey.swell("logs", "get", "CP-1").code == 3)
    }
  }
}
