import Canvas
import Control
import Fleet
import Rollout
import Testing

@testable import Console

@Suite("Acting on chargers")
struct ChargerFormTests {
  private static let first = "KLN-DTZ-00001"

  @Test("end of life is three keys once the charger is found: e, the reason's letter, Enter")
  func endOfLife() {
    var person = Person(role: .technician)
    person.type("f")
    person.type("ed")
    #expect(person.sent.isEmpty)
    person.press(.enter)
    #expect(
      person.sent
        == [.markEndOfLife(charger: Self.first, .damaged, evidence: "", replacement: "")])
    person.reply(.success(Outcome(message: "KLN-DTZ-00001 is marked end-of-life (damaged).")))
    #expect(!person.isInForm)
    #expect(person.said.contains("is marked end-of-life (damaged)."))
  }

  @Test("a memory that is too small is the reason chosen already; evidence may be given")
  func likelyReason() {
    var person = Person()
    person.command("charger KLN-DTZ-00042")
    person.type("e")
    person.press(.tab)
    person.type("d saw it")
    person.press(.tab)
    person.type("KLN-99")
    person.press(.enter)
    #expect(
      person.sent == [
        .markEndOfLife(
          charger: "KLN-DTZ-00042", .memoryTooSmall, evidence: "d saw it", replacement: "KLN-99")
      ])
  }

  @Test("without a reason nothing is marked, and the form says what is missing")
  func noReason() {
    var person = Person()
    person.type("fe")
    person.press(.enter)
    #expect(person.sent.isEmpty)
    #expect(person.state.form?.problem == "Choose by a key: m v d p s o.")
    // A key that is none of them says so, too.
    person.type("x")
    #expect(person.state.form?.problem == "Choose by a key: m v d p s o.")
    person.type("d")
    #expect(person.state.form?.problem == nil)
  }

  @Test("what is missing is gone to: the next key is for it")
  func goesThere() {
    var person = Person(role: .planner)
    person.type("F")
    person.type("i")
    person.type("a.bin")
    person.press(.tab)
    person.type("AC22")
    person.press(.tab, .tab, .enter)
    #expect(person.state.form?.problem == "Fill in \"version\" first.")
    person.type("2.4.0")
    #expect(person.state.form?.fields[2].text == "2.4.0")
    #expect(person.state.form?.problem == nil)
  }

  @Test("the playbook of a plan is the one that the command line takes, until another is chosen")
  func usualPlaybook() {
    var person = Person(role: .planner)
    person.type("f p")
    person.press(.enter)
    #expect(person.state.form?.problem == "Fill in \"name\" first.")
    person.type("Alps")
    person.press(.enter)
    guard case .plan(let request) = person.sent.last else {
      Issue.record("the plan should be asked for")
      return
    }
    #expect(request.playbook.name == "in-place" && request.name == "Alps")
  }

  @Test("the key that opened a form never confirms it", arguments: ["u", "e", "P", "n", "R", "A"])
  func neverTheSameKey(key: Character) {
    var person = Person()
    person.type(key == "u" ? "E" : key == "R" ? "w" : "f")
    for _ in 0..<5 { person.press(.character(key)) }
    #expect(person.isInForm)
    #expect(person.sent.isEmpty)
  }

  @Test(
    "end of life says what the charger stays on, which need not be 1.6",
    arguments: [
      (ProtocolVersion.ocpp16, "2.3.1", "Stays on 1.6, leaves every campaign."),
      (.ocpp201, "2.4.0", "Stays on 2.0.1 with firmware 2.4.0, leaves every campaign."),
      (nil, "", "Stays as it is, leaves every campaign."),
    ])
  func stays(speaks: ProtocolVersion?, firmware: String, sentence: String) {
    var state = Fixture.state()
    var detail = Fixture.detail(Self.first)
    (detail.row.speaks, detail.row.firmware) = (speaks, firmware)
    state.screens = [.dashboard, .fleet, .charger(Self.first)]
    state.opened = .known(detail, at: now)
    _ = state.update(.key(.character("e")))
    #expect(state.form?.lines.last?.hasPrefix(sentence) == true, "\(state.form?.lines ?? [])")
  }

  @Test("an undo is offered only where something is marked")
  func undoOffered() {
    var person = Person()
    person.type("f")
    #expect(person.state.lines().last?.contains("u undo") == false)
    person.type("  u")
    #expect(!person.isInForm)
    #expect(person.said == "None of the 2 marked is end-of-life.")
    person.type("w")
    #expect(person.state.lines().last?.contains("u undo") == false)
    person.type("E")
    #expect(person.state.availability(.undoEndOfLife) == .available)
  }

  @Test("undo asks for nothing but Enter")
  func undo() {
    var person = Person()
    person.type("Eu")
    person.press(.enter)
    #expect(person.sent == [.undoEndOfLife(charger: Self.first, reason: "")])
  }

  @Test("Enter that opened a form from the command line does not confirm it when it bounces")
  func bounce() {
    var person = Person()
    person.type("E")
    person.command("undo")
    person.press(.enter, .enter)
    #expect(person.sent.isEmpty)
    person.press(.character(" "), .enter)
    #expect(person.sent.count == 1)
  }

  @Test("a refusal stays in the form with what was typed, and can be mended")
  func refusal() {
    var person = Person()
    person.type("fP")
    person.press(.enter)
    #expect(person.sent.isEmpty)
    person.type("spare part")
    person.press(.enter)
    #expect(person.state.form?.waiting != nil)
    person.reply(.failure(.refused("It is pinned already.")))
    #expect(person.state.form?.problem == "It is pinned already.")
    #expect(person.state.form?.fields.first?.text == "spare part")
    person.type("!")
    person.press(.enter)
    #expect(person.sent.last == .pin(charger: Self.first, reason: "spare part!"))
  }

  @Test("keys do nothing while the engine has not answered; Esc leaves, the result is still told")
  func waiting() {
    var person = Person()
    person.type("fnx")
    person.press(.enter, .enter)
    person.type("y")
    #expect(person.sent == [.note(charger: Self.first, text: "x")])
    person.press(.escape)
    #expect(!person.isInForm)
    person.type("n")
    #expect(!person.isInForm)
    #expect(person.said.contains("not answered yet"))
    person.reply(.success(Outcome(message: "Noted.")))
    #expect(person.said.contains("Noted."))
  }

  @Test(
    "several at once want their number typed, go one after the other, and keep what was refused")
  func bulk() {
    var person = Person()
    person.type("f   es")
    person.press(.enter)
    #expect(person.sent.isEmpty)
    #expect(person.state.form?.problem == "Type 3 to confirm.")
    person.type("3")
    person.press(.enter)
    #expect(person.sent.count == 1)
    person.reply()
    #expect(person.sent.count == 2)
    #expect(person.state.form?.waiting == "1 of 3")
    person.reply(.failure(.refused("It moves right now.")))
    #expect(person.state.form?.waiting == "2 of 3, 1 refused")
    person.reply()
    #expect(person.sent.map(\.word) == Array(repeating: "mark end-of-life", count: 3))
    #expect(!person.isInForm)
    #expect(person.state.fleet.marked == ["KLN-DTZ-00002"])
    #expect(person.said.contains("2 of 3 done, 1 refused and still marked"))
    #expect(person.said.contains("It moves right now."))
  }

  @Test("Esc stops several at once: what was not sent stays undone and marked")
  func stop() {
    var person = Person()
    person.type("f   nseen3")
    // The number belongs into its own field.
    person.press(.backspace, .tab)
    person.type("3")
    person.press(.enter, .escape)
    person.reply()
    #expect(person.sent == [.note(charger: Self.first, text: "seen")])
    #expect(person.state.fleet.marked.count == 2)
    #expect(person.said.contains("2 not sent"))
  }

  @Test("when the role or the engine fails one, the others are not tried")
  func sameForAll() {
    var person = Person()
    person.type("f   nseen")
    person.press(.tab)
    person.type("3")
    person.press(.enter)
    person.reply(.failure(.failed("The disk is full.")))
    #expect(person.sent.count == 1)
    #expect(person.said.contains("The disk is full."))
  }

  @Test("rolling back wants a reason and the identity typed")
  func rollBack() {
    var person = Person()
    person.type("w")
    person.type("bfaults")
    person.press(.enter)
    #expect(person.sent.isEmpty)
    #expect(person.state.form?.problem == "Type KLN-DTZ-00001 to confirm.")
    person.type("KLN-DTZ-00001")
    person.press(.enter)
    #expect(person.sent == [.rollBack(charger: Self.first, reason: "faults")])
  }

  @Test("all of a filter are marked after their number was typed, however many pages they are")
  func markAll() {
    var person = Person()
    person.matching = 2500
    person.type("f*")
    person.press(.enter)
    #expect(person.isInForm)
    person.type("2500")
    person.press(.enter)
    #expect(person.state.fleet.marked.count == 2500)
    #expect(person.said.contains("2 500 chargers marked"))
    person.type("M")
    #expect(person.state.fleet.marked.isEmpty)
  }

  @Test("a range is marked from the last mark to here")
  func markRange() {
    var person = Person()
    person.type("f jjjv")
    #expect(person.state.fleet.marked.count == 5)
  }

  @Test("a plan is shown before it is stored, and is for the marked ones")
  func plan() throws {
    var person = Person(role: .planner)
    // The name first, with the usual playbook; another one is a Tab away.
    person.type("f  pAlps")
    person.press(.tab)
    person.type("2")
    person.press(.enter)
    let request = PlanRequest(
      name: "Alps", playbook: Person.playbooks[1], selection: "id:KLN-DTZ-00001,KLN-DTZ-00002",
      dryRun: true)
    #expect(person.sent == [.plan(request)])
    let view = PlanView(
      name: "Alps", planHash: "7f3a9c", chargers: 1,
      strata: [.init(label: Person.strata[0], waves: [1], warning: nil)],
      leftOut: [.init(verdict: .tooSmall, count: 1)], warnings: [])
    person.reply(.success(Outcome(message: "Planned.", plan: view)))
    #expect(person.screen.contains("1 chargers, plan 7f3a9c"))
    #expect(person.screen.contains("1 too small"))
    // Another name: the plan on the screen is not this one any more.
    person.press(.tab)
    person.type("2")
    person.press(.enter)
    person.reply(.success(Outcome(message: "Planned.", plan: view)))
    person.press(.enter)
    var stored = request
    (stored.name, stored.dryRun) = ("Alps2", false)
    #expect(person.sent.last == .plan(stored))
    person.reply(.success(Outcome(message: "Alps2 is a draft.")))
    #expect(person.state.screen == .campaign("Alps2"))
    #expect(person.state.fleet.marked.isEmpty)
    #expect(person.said.contains("Alps2 is a draft."))
  }

  @Test(
    "a plan's selection names the marked ones and nobody else",
    arguments: [["A", "B"], ["A B", "C,D"], ["x:y"], ["K-1"]])
  func selection(identities: [String]) throws {
    let filter = try FleetFilter(ConsoleState.selection(of: identities))
    for identity in identities { #expect(filter.matches(.init(identity: identity))) }
    #expect(!filter.matches(.init(identity: "A B C")))
    #expect(!filter.matches(.init(identity: "D")))
  }
}
