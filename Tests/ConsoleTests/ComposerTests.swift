import Canvas
import Control
import Fleet
import Testing

@testable import Console

@Suite("Making a message")
struct ComposerTests {
  private typealias Maker = ComposerFixture.Maker
  private static let charger = ComposerFixture.charger

  private static func maker(_ action: String? = nil, role: Role = .approver) -> Maker {
    var state = Fixture.state(role: role)
    state.screens = [.dashboard, .charger(charger)]
    var maker = Maker(state)
    if let action { maker.choose(action) }
    return maker
  }

  private static func payload(_ maker: Maker) -> String { maker.state.composer?.text ?? "" }
  private static func rows(_ maker: Maker) -> [String] {
    maker.state.composer?.rows.map(\.name) ?? []
  }
  private static func screen(_ maker: Maker) -> String {
    maker.state.lines().joined(separator: "\n")
  }

  @Test("s on a charger makes a message to it, in the version that it speaks")
  func opens() {
    var person = Person()
    person.command("charger \(Self.charger)")
    person.press(.character("s"))
    #expect(person.state.screen == .compose(Self.charger))
    #expect(person.state.composer?.version == .ocpp16)
    person.press(.escape)
    #expect(person.state.screen == .charger(Self.charger) && person.state.composer == nil)
    person.command("send \(Self.charger)")
    #expect(person.state.screen == .compose(Self.charger))
  }

  @Test(
    "a message is found by any part of its name, those that begin so first",
    arguments: [("get", "GetBaseReport"), ("trig", "TriggerMessage"), ("variab", "GetVariables")])
  func finds(typed: String, first: String) {
    var maker = Self.maker()
    maker.type(typed)
    #expect(maker.state.composer?.found.first?.name == first)
  }

  @Test("a form begins with what is required, empty and marked, and is not sent by accident")
  func form() {
    var maker = Self.maker("TriggerMessage")
    #expect(Self.rows(maker) == ["requestedMessage", "evse", "at", "force", "Send"])
    #expect(Self.payload(maker) == "{}")
    #expect(Self.screen(maker).contains("✗ requestedMessage: required field is missing"))
    maker.press(.ctrl("s"), .pageDown, .enter)
    #expect(maker.state.form == nil && maker.sent.isEmpty)
    #expect(Self.screen(maker).contains("It would not be sent. requestedMessage"))
  }

  @Test("groups and lists that are required stand open, and take exactly what is typed")
  func skeleton() {
    var maker = Self.maker("SetVariables")
    #expect(Self.payload(maker) == #"{"setVariableData":[{"component":{}}]}"#)
    let rows = maker.state.composer?.rows ?? []
    #expect(rows.filter(\.isMissing).map(\.name) == ["attributeValue", "name"])
    maker.press(.ctrl("s"))
    #expect(maker.state.form == nil)
    maker.press(.down, .down)
    maker.type("1")
    maker.press(.down, .down)
    maker.type("Ctrlr")
    #expect(
      Self.payload(maker)
        == #"{"setVariableData":[{"component":{"name":"Ctrlr"},"attributeValue":"1"}]}"#)
    #expect(maker.state.composer?.fault == nil)
    maker.press(.ctrl("u"))
    #expect(maker.state.composer?.fault?.path == "setVariableData[0].component.name")
  }

  @Test("an item of a list is missing until it is filled in")
  func items() {
    let ids = MessageField(
      name: "id", isRequired: true, items: 1...3, kind: .whole(least: 0, most: nil))
    #expect(Composer.start(.group([ids])).json == #"{"id":[null]}"#)
    let made = Composer.value(of: "7", .whole(least: 0, most: nil))
    #expect(made == .number("7") && Composer.value(of: "", .text(limit: nil)) == nil)
  }

  @Test("a choice is made from a list by typing a part of it")
  func choices() {
    var maker = Self.maker("TriggerMessage")
    maker.type("meter")
    maker.press(.enter)
    #expect(Self.payload(maker) == #"{"requestedMessage":"MeterValues"}"#)
    #expect(maker.state.composer?.cursor == 1)
  }

  @Test("groups are added with their required fields, typed into, checked, and dropped")
  func groups() {
    var maker = Self.maker("TriggerMessage")
    maker.press(.down, .enter)
    #expect(
      Self.rows(maker) == ["requestedMessage", "evse", "id", "connectorId", "at", "force", "Send"])
    maker.press(.up, .up)
    maker.type("boot")
    maker.press(.enter, .down)
    maker.type("7x")
    #expect(Self.payload(maker).contains(#""evse":{"id":"7x"}"#))
    #expect(maker.state.composer?.fault?.path == "evse.id")
    #expect(Self.screen(maker).contains("✗ evse.id: string where a number is wanted"))
    // What breaks a rule is not even offered to be sent.
    maker.press(.ctrl("s"))
    #expect(maker.state.form == nil && Self.screen(maker).contains("It would not be sent."))
    maker.press(.backspace)
    #expect(Self.payload(maker).contains(#""evse":{"id":7}"#))
    #expect(maker.state.composer?.fault == nil)
    maker.press(.up, .ctrl("d"))
    #expect(Self.payload(maker) == #"{"requestedMessage":"BootNotification"}"#)
    maker.press(.up, .ctrl("d"))
    #expect(Self.payload(maker) == "{}")
    #expect(Self.screen(maker).contains("✗ requestedMessage: required field is missing"))
  }

  @Test("Enter takes now for a moment, and a flag is toggled")
  func kinds() {
    var maker = Self.maker("TriggerMessage")
    maker.press(.down, .down, .enter, .down, .character(" "))
    #expect(Self.payload(maker).contains(#""at":"2026-11-24T13:03:07Z","force":true"#))
    maker.press(.character(" "), .up, .ctrl("u"))
    #expect(Self.payload(maker) == #"{"force":false}"#)
  }

  @Test("items are added to a list and taken out of it")
  func lists() {
    var maker = Self.maker("SetVariables")
    #expect(Self.rows(maker).prefix(3) == ["setVariableData", "[0]", "attributeValue"])
    let last = Self.rows(maker).count - 2
    for _ in 0..<last { maker.press(.down) }
    maker.press(.enter)
    #expect(Self.rows(maker).contains("[1]"))
    #expect(
      Self.payload(maker) == #"{"setVariableData":[{"component":{}},{"component":{}}]}"#)
    maker.press(.ctrl("d"))
    #expect(!Self.rows(maker).contains("[1]"))
  }

  @Test("the payload can be typed as JSON and comes back as a form")
  func json() {
    var maker = Self.maker("Reset")
    maker.press(.ctrl("r"), .ctrl("u"))
    maker.type(#"{"type":"OnIdle""#)
    #expect(maker.state.composer?.fault?.what.contains("no JSON") == true)
    maker.type("}")
    #expect(maker.state.composer?.fault == nil)
    maker.press(.ctrl("r"))
    #expect(maker.state.composer?.raw == nil && Self.screen(maker).contains("OnIdle"))
  }

  @Test(
    "JSON is always left, and broken JSON leaves the fields as they were",
    arguments: [Key.escape, .ctrl("r"), .ctrl("c")])
  func brokenJSON(leave: Key) {
    var maker = Self.maker("Reset")
    maker.type("onidle")
    maker.press(.enter, .ctrl("r"))
    maker.type("zz")
    maker.press(leave)
    #expect(maker.state.composer?.raw == nil && Self.payload(maker) == #"{"type":"OnIdle"}"#)
    #expect(Self.screen(maker).contains("no JSON object"))
    maker.press(.ctrl("r"), .ctrl("u"), leave)
    #expect(maker.state.composer?.raw == nil && Self.payload(maker) == #"{"type":"OnIdle"}"#)
    maker.press(.escape)
    #expect(maker.state.composer?.action == nil)
  }

  @Test("scope and payload are shown, Enter sends exactly that, and the answer is decoded")
  func sends() {
    var maker = Self.maker("TriggerMessage")
    maker.type("boot")
    maker.press(.enter, .pageDown, .enter)
    #expect(maker.state.form?.lines.contains(Self.payload(maker)) == true)
    // The Enter that opened it, pressed once more by a bouncing key, sends nothing.
    maker.press(.enter)
    #expect(maker.sent.isEmpty)
    maker.press(.character(" "), .enter)
    #expect(
      maker.sent == [
        .send(
          charger: Self.charger, action: "TriggerMessage",
          payload: #"{"requestedMessage":"BootNotification"}"#, override: nil)
      ])
    maker.reply(.success(Outcome(message: #"{"status":"Accepted"}"#)))
    #expect(maker.state.composer?.answer?.payload?["status"] == .text("Accepted"))
    #expect(Self.screen(maker).contains("answered by \(Self.charger)"))
    // Keys that would do nothing to an answer are not offered.
    #expect(maker.state.lines().last?.contains("^S") == false)
    #expect(maker.state.lines().last?.contains("^R") == false)
    maker.press(.ctrl("s"))
    #expect(maker.state.form == nil && Self.screen(maker).contains("This is the answer."))
    maker.press(.escape)
    #expect(maker.state.composer?.answer == nil && maker.state.composer?.action == "TriggerMessage")
  }

  @Test("what the guard rails refuse goes with a reason only")
  func overrides() {
    var maker = Self.maker("Reset")
    maker.type("immediate")
    maker.press(.enter, .ctrl("s"), .enter)
    let why = "A car charges here. To send Reset all the same, give a reason"
    maker.reply(.failure(.refused(why + " with --override.")))
    #expect(maker.state.form?.problem == why + ".")
    maker.press(.enter)
    #expect(maker.sent.count == 1)
    maker.type("agreed")
    maker.press(.enter)
    #expect(
      maker.sent.last
        == .send(
          charger: Self.charger, action: "Reset", payload: #"{"type":"Immediate"}"#,
          override: "agreed"))
  }

  @Test("what the charger refuses is said, and asks for no reason")
  func refused() {
    var maker = Self.maker("Reset")
    maker.type("immediate")
    maker.press(.enter, .ctrl("s"), .enter)
    maker.reply(.failure(.refused("The charger answered NotSupported.")))
    #expect(maker.state.form?.fields.isEmpty == true)
    #expect(maker.state.form?.problem == "The charger answered NotSupported.")
  }

  @Test("an answer that comes after its form was left is told")
  func late() {
    var maker = Self.maker("Reset")
    maker.type("immediate")
    maker.press(.enter, .ctrl("s"), .enter, .escape, .escape, .escape)
    #expect(maker.state.composer == nil)
    maker.reply(.success(Outcome(message: #"{"status":"Accepted"}"#)))
    #expect(maker.state.notice?.text.contains("Accepted") == true)
  }

  @Test("a charger that comes back in another version gets that version's form")
  func otherVersion() {
    var maker = Self.maker("TriggerMessage")
    maker.speaks = .ocpp21
    maker.take(.changed)
    maker.take(.clock(now + .seconds(2)))
    #expect(maker.state.composer?.version == .ocpp21)
    #expect(maker.state.composer?.form != nil)
  }
}
