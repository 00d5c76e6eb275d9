import Fleet
import FoundationEssentials
import Testing

@testable import Rollout

@Suite("Playbooks")
struct PlaybookTests {
  @Test("the stock playbook says what the defaults are")
  func stock() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appending(path: "Playbooks/in-place.json5"), encoding: .utf8)
    let expected = Playbook(
      name: "in-place", title: "in place by dual-stack firmware", target: .ocpp201)
    #expect(try Playbook.read(text) == expected)
  }

  @Test("units, comments, trailing commas and single quotes are read")
  func reads() throws {
    let playbook = try Playbook.read(
      """
      // a comment
      { swell: 1, 'name': "in-place", title: 'in place', target: "2.1", /* two
        lines */ gate: { maxFailureRate: "5 %", confidence: 0.9, },
        soak: { onFirmware: "2d", onVersion: "90m" }, limits: { answer: "500ms" },
        siteBudget: 2, provesSession: true, }
      """)
    var expected = Playbook(name: "in-place", title: "in place", target: .ocpp21)
    expected.gate.maxFailureRate = 0.05
    expected.gate.confidence = 0.9
    expected.soak.onFirmware = .hours(48)
    expected.soak.onVersion = .minutes(90)
    expected.limits.answer = .milliseconds(500)
    expected.siteBudget = 2
    expected.provesSession = true
    #expect(playbook == expected)
  }

  @Test(
    "an error says where, and what was meant",
    arguments: [
      (
        "{ swell: 1, name: 'a',\n  soack: {} }", 2, 3,
        "`soack` is not known in the playbook; did you mean `soak`?"
      ),
      (
        "{ swell: 1, name: 'a', limits: { anser: '9s' } }", 1, 34,
        "`anser` is not known in `limits`; did you mean `answer`?"
      ),
      ("{ swell: 2, name: 'a' }", 1, 10, "only schema 1 is known to this program"),
      ("{ name: 'a' }", 1, 1, "`swell: 1` is missing: the version of the schema"),
      (
        "{ swell: 1, name: 'a', soak: { onFirmware: 24 } }", 1, 44,
        "a time such as \"90s\", \"15m\" or \"24h\" is wanted here"
      ),
      ("{ swell: 1, name: 'a'\n  siteBudget: 1 }", 2, 3, "`,` or `}` is missing"),
      ("{ swell: 1, name: 'a', name: 'b' }", 1, 24, "`name` is given twice"),
      ("{ swell: 1, name: a }", 1, 19, "`a` is no value; texts go in quotes"),
      ("{ swell: 1, name: 'a", 1, 19, "a text that does not end"),
      ("{ swell: 1, name: 'a' } x", 1, 25, "text after the end of the playbook"),
    ])
  func errors(text: String, line: Int, column: Int, message: String) {
    #expect(throws: PlaybookError(line: line, column: column, message: message)) {
      try Playbook.read(text)
    }
  }

  @Test(
    "a wrong value, a word that is none and a contradiction are told with their place",
    arguments: [
      (
        "{ swell: 1, name: 'a', route: 'in-plase' }", 31,
        "\"in-plase\" is none of \"in-place\", \"over-hops\", \"switch-only\", \"roll-back\"; "
          + "did you mean \"in-place\"?"
      ),
      (
        "{ swell: 1, name: 'a', waves: { growth: 0.5 } }", 41,
        "a number from 1 to 100 is wanted here"
      ),
      ("{ swell: 1, name: 'a', target: '1.6' }", 32, "`target` is \"2.0.1\" or \"2.1\""),
      (
        "{ swell: 1, name: 'a', route: 'roll-back', target: '2.1' }", 52,
        "the route `roll-back` ends on \"1.6\""
      ),
      (
        "{ swell: 1, name: 'a', limits: { drain: '30s' } }", 41,
        "`quiet` (2 min) is longer than `drain` (30 s): no charger would be quiet before its time "
          + "to become free is over"
      ),
      (
        "{ swell: 1, name: 'a', limits: { quiet: '5h', drain: '4h' } }", 41,
        "`quiet` (5 h) is longer than `drain` (4 h): no charger would be quiet before its time to "
          + "become free is over"
      ),
      (
        "{ swell: 1, name: 'a', route: 'switch-only', soak: { onFirmware: '1h' } }", 66,
        "`onFirmware` has no effect on the route `switch-only`: leave it out"
      ),
      (
        "{ swell: 1, name: 'a', siteBudget: 2, budgets: { site: 3 } }", 36,
        "`budgets.site` stands in its place: leave one of them out"
      ),
      (
        "{ swell: 1, name: 'a', windows: { local: ['02:00-02:10'] } }", 42,
        "the longest window (10 min) is shorter than `quiet` and `reboot` together (17 min): "
          + "nothing would ever fit in"
      ),
      (
        "{ swell: 1, name: 'a', route: 'roll-back', provesSession: true }", 59,
        "`provesSession` has no effect on the route `roll-back`: leave it out"
      ),
    ])
  func contradictions(text: String, column: Int, message: String) {
    #expect(throws: PlaybookError(line: 1, column: column, message: message)) {
      try Playbook.read(text)
    }
  }

  @Test("an error is shown with its line and a caret below its place")
  func caret() {
    let error = PlaybookError(line: 2, column: 4, message: "no")
    #expect(
      error.shown(in: "{\r\n\t  x: 1\r\n}", named: "f")
        == "f:2:4: no\n  2 | \t  x: 1\n    | \t  ^")
  }

  private static func stock(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(
      contentsOf: root.appending(path: "Playbooks/\(name).json5"), encoding: .utf8)
  }

  @Test(
    "each stock playbook is named as its file, and says with times what it does",
    arguments: [
      ("in-place", "soaks 24 h on 1.6"), ("quick", "soaks 10 s on 2.0.1"),
      ("switch-only", "2.0.1 is released for it"), ("straight-to-2.1", "soaks 24 h on 2.1"),
      ("two-hops", "soaks 24 h on an image it passes through"),
      ("roll-back", "1.6 alone is released for it"),
    ])
  func stockSummaries(name: String, sentence: String) throws {
    let playbook = try Playbook.read(try Self.stock(name))
    #expect(playbook.name == name)
    #expect(playbook.summary.contains { $0.contains(sentence) }, "\(playbook.summary)")
    let image = playbook.summary.contains { $0.contains("the image") || $0.contains("each image") }
    #expect(image == playbook.route.installs)
  }

  @Test("a playbook of one's own keeps the comments of the stock one")
  func renamed() throws {
    let text = try Self.stock("in-place")
    let mine = try #require(Playbook.renamed(text, from: "in-place", to: "berlin"))
    #expect(try Playbook.read(mine).name == "berlin")
    #expect(mine.count == text.count + "berlin".count - "in-place".count)
    #expect(Playbook.renamed(text, from: "quick", to: "berlin") == nil)
  }
}
