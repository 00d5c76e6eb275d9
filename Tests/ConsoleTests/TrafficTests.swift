import Canvas
import Control
import Fleet
import Testing

@testable import Console

@Suite("The Messages screen")
struct TrafficTests {
  private static let charger = "KLN-DTZ-00007"

  /// Somebody in front of a charger's messages.
  private static func person(frames: Int = 40, role: Role = .admin) -> Person {
    var person = Person(role: role)
    person.matching = frames
    person.command("messages \(charger)")
    return person
  }

  private static func query(_ state: ConsoleState) -> TrafficQuery { state.trafficQuery }

  @Test("m opens the messages of the charger at hand, and of all where there is none")
  func opens() {
    var person = Person()
    person.press(.character("m"))
    #expect(person.state.screen == .messages(nil))
    person.press(.character("f"), .character("m"))
    #expect(person.state.screen == .messages(Fixture.row(0).identity))
    #expect(person.state.traffic?.query.charger == Fixture.row(0).identity)
    person.press(.escape)
    #expect(person.state.screen == .fleet)
    person.press(.enter, .character("m"), .escape)
    #expect(person.state.screen == .charger(Fixture.row(0).identity))
  }

  @Test("the list begins at the newest frame and goes along with what comes")
  func follows() {
    var person = Self.person(frames: 40)
    #expect(person.state.list.cursor == 39)
    person.matching = 60
    person.take(.changed)
    person.take(.clock(now + .seconds(1)))
    #expect(person.state.rowCount == 60 && person.state.list.cursor == 59)
    // Away from the end the pointer stays on its frame.
    person.press(.up, .up)
    let held = person.state.currentRow
    person.matching = 80
    person.take(.changed)
    person.take(.clock(now + .seconds(2)))
    #expect(person.state.rowCount == 80 && person.state.currentRow == held)
  }

  @Test(
    "the first key about a frame holds the pointer on it, until G goes along again",
    arguments: [Key.down, .enter, .character("j"), .pageDown])
  func pins(key: Key) {
    var person = Self.person(frames: 40)
    let held = person.state.currentRow
    person.press(key)
    person.matching = 60
    person.take(.changed)
    person.take(.clock(now + .seconds(1)))
    #expect(person.state.rowCount == 60 && person.state.currentRow == held)
    if person.state.trafficView.openTop != nil { person.press(.escape) }
    person.press(.character("G"))
    person.matching = 80
    person.take(.changed)
    person.take(.clock(now + .seconds(2)))
    #expect(person.state.list.cursor == 79)
  }

  @Test("what is done is about the charger of the frame that was under the pointer")
  func subject() throws {
    var person = Person()
    person.matching = 40
    person.command("messages")
    person.press(.up)
    let charger = try #require(person.state.currentFrame?.charger)
    person.matching = 42
    person.take(.changed)
    person.take(.clock(now + .seconds(1)))
    #expect(person.state.trafficLines.last?.charger != charger)
    person.press(.character("s"))
    #expect(person.state.screen == .compose(charger))
  }

  @Test("when the held frame is pushed off the page, the screen stands still on it")
  func pushedOff() {
    var person = Self.person(frames: 40)
    person.press(.up)
    let held = person.state.currentRow
    var page = Fixture.traffic(200, of: Self.charger, query: Self.query(person.state))
    page.lines.removeFirst(100)
    person.state.keepingRow { $0.take(page) }
    #expect(person.state.currentRow == held && person.screen.contains("paused"))
  }

  @Test("a pause keeps the screen and counts what comes; its end goes to the newest")
  func pauses() {
    var person = Self.person(frames: 40)
    person.press(.character(" "))
    person.state.traffic = Fixture.traffic(
      52, of: Self.charger, query: Self.query(person.state)
    )
    #expect(person.state.rowCount == 40 && person.state.newFrames == 12)
    #expect(person.screen.contains("paused, 12 new"))
    person.press(.character("p"))
    #expect(person.state.rowCount == 52 && person.state.list.cursor == 51)
    #expect(!person.screen.contains("paused"))
  }

  @Test("a pause outlives a filter and its end, and shows what stood there when it began")
  func pausedFilter() {
    var person = Self.person(frames: 40)
    let paused = person.state.traffic?.at
    person.press(.character(" "), .character("/"))
    person.type("heart")
    person.matching = 8
    person.press(.enter)
    #expect(person.state.trafficView.frozen?.query.before == paused)
    #expect(person.state.rowCount == 8 && person.screen.contains("paused"))
    person.matching = 0
    person.press(.escape)
    #expect(person.state.shownFilter.isEmpty && person.screen.contains("paused"))
    #expect(person.state.rowCount == 0)
    person.matching = 12
    person.press(.character("p"))
    person.take(.changed)
    person.take(.clock(now + .seconds(1)))
    #expect(!person.screen.contains("paused") && person.state.list.cursor == 11)
  }

  @Test("beyond the first frame the past is asked for, and G comes back to now")
  func past() {
    var person = Self.person(frames: 500)
    #expect(person.state.rowCount == ConsoleState.trafficPage)
    let middle = person.state.trafficLines[ConsoleState.trafficPage / 2].at
    person.press(.home, .up)
    #expect(Self.query(person.state).before == middle)
    #expect(person.screen.contains("before "))
    person.press(.character("G"))
    #expect(Self.query(person.state).before == nil)
    #expect(person.state.list.cursor == ConsoleState.trafficPage - 1)
  }

  @Test(
    "a filter is the beginning of an action, err, or both",
    arguments: [
      ("heart", "heart", false), ("err", "", true), ("errors Boot", "Boot", true), ("", "", false),
    ])
  func filters(typed: String, action: String, onlyErrors: Bool) {
    var person = Self.person()
    person.press(.character("/"))
    person.type(typed)
    person.press(.enter)
    let query = Self.query(person.state)
    #expect(query.action == action && query.onlyErrors == onlyErrors)
    #expect(person.state.traffic?.query == query)
  }

  @Test("Tab completes an action that stands on the screen")
  func completes() {
    var person = Self.person()
    person.press(.character("/"))
    person.type("err heartb")
    person.press(.tab)
    #expect(person.state.line?.input.text == "err Heartbeat")
  }

  @Test("Enter opens the frame in full, Esc closes it, then leaves")
  func decodes() {
    var person = Self.person(frames: 12)
    person.press(.home, .enter)
    #expect(person.state.trafficView.openTop == 0 && person.screen.contains("call from"))
    person.press(.escape)
    #expect(
      person.state.trafficView.openTop == nil && person.state.screen == .messages(Self.charger))
    person.press(.escape)
    #expect(person.state.screen == .dashboard)
  }

  @Test("t says what it does, and switches the trace on or off by Enter")
  func traces() {
    var person = Self.person()
    person.press(.character("t"))
    #expect(person.isInForm && person.screen.contains("trace off"))
    person.press(.enter)
    #expect(person.sent == [.trace(charger: Self.charger, on: false)])
    person.reply()
    person.state.traffic?.traced = []
    person.press(.character("t"))
    #expect(person.screen.contains("secrets left out"))
    person.press(.enter)
    #expect(person.sent.last == .trace(charger: Self.charger, on: true))
  }

  @Test("a viewer may look, and is told who may trace and send")
  func viewer() {
    var person = Self.person(role: .viewer)
    person.press(.character("t"))
    #expect(person.said.contains("technician") && !person.isInForm)
    person.press(.character("s"))
    #expect(person.said.contains("approver") && person.state.composer == nil)
  }

  @Test(
    "the wrong field is marked in the tree, a missing one where it should stand",
    arguments: [
      ("a", "a"), ("b[1].c", "c"), ("b[0].d", "d"), ("e", "e"), ("b", "b"),
    ])
  func marks(path: String, name: String) throws {
    let payload = try #require(PayloadValue(#"{"a":1,"b":[{"c":"x"},{"c":"y"}]}"#))
    let tree = PayloadTree(payload, fault: MessageFault(path: path, what: "wrong"))
    #expect(tree.isPlaced)
    #expect(tree.rows.filter(\.isFaulty).map(\.name) == [name])
    #expect(PayloadTree(payload).rows.allSatisfy { !$0.isFaulty })
  }

  @Test(
    "JSON is read and written without a loss",
    arguments: [
      "{}", "[]", #"{"a":[1,-2.50,1e9,true,false,null,""],"b":{"c":{}}}"#,
      #"{"text":"quote \" back \\ line \n tab \t Köln € 🚗"}"#,
    ])
  func payloads(text: String) throws {
    let value = try #require(PayloadValue(text))
    #expect(value.json == text)
    #expect(PayloadValue(value.json) == value)
  }

  @Test("escapes are understood", arguments: [(#""\u00e9\ud83d\ude97\/""#, "é🚗/")])
  func escapes(text: String, plain: String) { #expect(PayloadValue(text)?.plain == plain) }

  @Test(
    "what is no JSON is none",
    arguments: [
      "", "{", "[1,]", #"{"a"}"#, "01", "1.", "-", "tru", "{}x", "\"\u{1}\"", #""\ud800""#,
      String(repeating: "[", count: 10_000),
    ])
  func garbage(text: String) { #expect(PayloadValue(text) == nil) }
}
