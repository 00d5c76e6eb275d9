import Foundation
import Testing

extension JourneyTests {
  /// Filters on the command line, with an engine and without one.
  @Suite(.serialized)
  struct Selections {
    @Test(
      "a filter that can't be read is shown with a mark under the place",
      arguments: [
        ("memory>>3", "         ^", "no whole number after \"memory>\""),
        ("site:\"Köln *\" memry>=3", "                ^", "did you mean \"memory\"?"),
        ("eol or (online", "         ^", "the parenthesis is never closed"),
        ("@berlni online", "  ^", "did you mean \"berlin\"?"),
      ])
    func caret(filter: String, mark: String, reason: String) throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(2))).code == 0)
      #expect(try journey.swell("selections", "save", "berlin", "online").code == 0)
      for words in [
        ["chargers", "list", "--filter"], ["plan", "P", "--filter"], ["sessions", "list"],
      ] {
        let process = try journey.start(Places.binary, words + [filter])
        #expect(try process.exitCode() == 2)
        let lines = process.talk.split(separator: "\n").map(String.init)
        #expect(lines.count == 4 && lines[0].contains(reason), "\(process.talk)")
        #expect(lines.dropFirst().prefix(2) == ["  \(filter)", mark], "\(process.talk)")
      }
    }

    @Test("selections are saved, used by their names and kept apart", arguments: [false, true])
    func saved(withEngine: Bool) throws {
      let journey = try Journey()
      #expect(try journey.swell("import", try journey.write("f.csv", Supplies.fleet(3))).code == 0)
      let engine = withEngine ? try journey.engine() : nil
      let save = try journey.swell("selections", "save", "ones", "SIM-1")
      #expect(save.output == "@ones is saved: 1 charger now.\n", "\(save.talk)")
      #expect(
        try journey.swell("selections", "save", "@others", "not @ones").output
          == "@others is saved: 2 chargers now.\n")
      #expect(
        try journey.swell("chargers", "list", "--filter", "@others", "--format", "json").rows()
          .count == 2)
      let shown = try journey.swell("selections", "show", "others").output
      #expect(shown.contains("in full: not *SIM-1*") && shown.contains("2 of 3 chargers"))
      let circle = try journey.swell("selections", "save", "ones", "@others")
      #expect(circle.code == 1 && circle.talk.contains("is made of itself"), "\(circle.talk)")
      let used = try journey.swell("selections", "remove", "ones")
      #expect(used.code == 1 && used.talk.contains("is part of @others"))
      #expect(try journey.swell("selections", "remove", "others").code == 0)
      #expect(try journey.swell("selections", "remove", "ones").code == 0)
      #expect(try journey.swell("selections", "list", "--format", "json").rows().isEmpty)
      let audit = try journey.swell("audit", "--format", "json").rows()
      #expect(audit.contains { $0["action"] as? String == "save selection" })
      #expect(audit.contains { $0["reason"] as? String == "not @ones" })
      engine?.process.send(SIGTERM)
    }

    @Test("help lists every term of the language on lines that fit")
    func help() throws {
      let journey = try Journey()
      let help = try journey.swell("help", "filter")
      #expect(help.code == 0)
      for word in ["memory>=", "seen>", "@NAME", "unknown:", "not memory>=256"] {
        #expect(help.output.contains(word), "\(word)")
      }
      for line in help.output.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
    }
  }
}
