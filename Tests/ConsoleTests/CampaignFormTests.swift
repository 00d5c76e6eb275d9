import Canvas
import Control
import Fleet
import Rollout
import Testing

@testable import Console

@Suite("Acting on campaigns")
struct CampaignFormTests {
  private func opened(_ status: Campaign.Status, role: Role = .approver) -> Person {
    var person = Person(role: role)
    person.status = status
    person.type("c")
    person.press(.enter)
    return person
  }

  @Test("an approval shows the scope, wants the number typed and is bound to the plan shown")
  func approve() {
    var person = opened(.draft)
    person.type("A")
    for part in ["8 721 chargers to 2.0.1 in 5 waves", Person.strata[0], "Plan 7f3a", "berta"] {
      #expect(person.state.form?.lines.contains { $0.contains(part) } == true, "\(part)")
    }
    person.press(.enter)
    #expect(person.sent.isEmpty)
    person.type("8721")
    person.press(.enter)
    #expect(person.sent == [.approve(campaign: "Autumn-24", planHash: person.summary().planHash)])
  }

  @Test("an approval is not given from the list, where nobody sees the plan")
  func approveUnseen() {
    var person = Person()
    person.status = .draft
    person.type("cA")
    #expect(!person.isInForm)
    // It is opened instead, and the next A is about what stands there.
    #expect(person.state.screen == .campaign("Autumn-24"))
    #expect(person.said == "This is the plan. A approves it.")
    person.type("A")
    #expect(person.isInForm)
  }

  @Test(
    "the list of campaigns offers the next step of the one under the pointer",
    arguments: [
      (Campaign.Status.draft, "A approve"), (.approved, "S start"), (.held, "r resume"),
    ])
  func nextStep(status: Campaign.Status, hint: String) {
    var person = Person()
    person.status = status
    person.type("c")
    #expect(person.state.lines().last?.contains(hint) == true, "\(person.state.lines().last ?? "")")
  }

  @Test("what was done names the key that comes next")
  func nextKey() {
    var person = opened(.draft)
    person.type("A8721")
    person.press(.enter)
    person.reply(
      .success(
        Outcome(message: "Campaign Autumn is approved. Next: swell campaigns start Autumn")))
    #expect(person.said == "Campaign Autumn is approved. Next: S starts it.")
  }

  @Test(
    "what the state does not allow says so",
    arguments: [
      ("A", Campaign.Status.running, "Approve: Autumn-24 is running."),
      ("S", .draft, "Start: Autumn-24 is draft, not approved yet."),
      ("h", .held, "Hold: Autumn-24 is held."), ("r", .finished, "Resume: Autumn-24 is finished."),
      ("X", .aborted, "Abort: Autumn-24 is aborted."), ("x", .draft, "Recall: Autumn-24 is draft."),
    ])
  func states(key: Character, status: Campaign.Status, why: String) {
    var person = opened(status)
    person.press(.character(key))
    #expect(!person.isInForm)
    #expect(person.said.contains(why))
  }

  @Test("a hold is two keys, a resume as well")
  func hold() {
    var person = opened(.running)
    person.type("h")
    person.press(.enter)
    #expect(person.sent == [.hold(campaign: "Autumn-24", reason: "")])
    person = opened(.held)
    person.type("rgo on")
    person.press(.enter)
    #expect(person.sent == [.resume(campaign: "Autumn-24", reason: "go on")])
  }

  @Test("an abort wants a reason and the name, letter for letter")
  func abort() {
    var person = opened(.running)
    person.type("X")
    person.press(.tab)
    person.type("Autumn-24")
    person.press(.enter)
    #expect(person.sent.isEmpty)
    #expect(person.state.form?.problem == "Fill in \"reason\" first.")
    person.type("bad image")
    person.press(.tab, .backspace, .enter)
    #expect(person.state.form?.problem == "Type Autumn-24 to confirm.")
    person.type("4")
    person.press(.enter)
    #expect(person.sent == [.abort(campaign: "Autumn-24", reason: "bad image")])
  }

  @Test("a gate is overridden with its numbers in sight and a reason, from campaign or wave")
  func override() {
    var person = opened(.running)
    person.type("o")
    #expect(person.state.form?.lines.contains { $0.contains("31 done, 3 failed") } == true)
    person.press(.enter)
    #expect(person.sent.isEmpty)
    person.type("one switch cabinet")
    person.press(.enter)
    let decision = Command.overrideGate(
      campaign: "Autumn-24", stratum: Person.strata[0], reason: "one switch cabinet")
    #expect(person.sent == [decision])
    person = Person()
    person.type("wo")
    #expect(person.state.form?.lines.contains { $0.contains("3 of 31 failed") } == true)
  }

  @Test("with several strata a letter says which one is stopped")
  func stop() {
    var person = opened(.running)
    person.type("tb")
    person.press(.tab)
    person.type("no time")
    person.press(.tab)
    person.type("stop")
    person.press(.enter)
    #expect(
      person.sent
        == [.stopStratum(campaign: "Autumn-24", stratum: Person.strata[1], reason: "no time")])
  }

  @Test("the last stratum left is chosen by its letter, too; no letter slips into the reason")
  func lastStratum() {
    var person = opened(.running)
    person.type("o")
    #expect(person.state.form?.choices.map(\.key) == ["a"])
    #expect(person.state.form?.chosen == 0)
    // What is no letter of a stratum says where it belongs instead.
    person.type("b")
    #expect(person.state.form?.problem == "Choose by a key: a. Tab: on to what is typed.")
    person.type("a")
    person.press(.tab)
    person.type("canary fine")
    person.press(.enter)
    let decision = Command.overrideGate(
      campaign: "Autumn-24", stratum: Person.strata[0], reason: "canary fine")
    #expect(person.sent == [decision])
  }

  @Test("y says why the gates stand as they do")
  func why() {
    var person = Person(role: .viewer, engine: nil)
    person.type("wy")
    #expect(person.screen.contains("3 of 31 failed, so as many as 23 % may."))
    person.press(.enter)
    #expect(!person.isInForm)
  }

  @Test("hold everything goes at once, even while another command is not answered")
  func holdEverything() {
    var person = opened(.running)
    person.type("h")
    person.press(.enter, .escape)
    person.type("H")
    #expect(person.sent.map(\.word) == ["hold", "hold everything"])
    person.take(.performed(person.sent[1], .success(Outcome(message: "1 campaign held."))))
    #expect(person.said.contains("1 campaign held."))
    person.take(.performed(person.sent[0], .failure(.refused("It is held already."))))
    #expect(person.said.contains("It is held already."))
  }

  @Test("a technician may hold and not approve; the key says who may")
  func roles() {
    var person = opened(.draft, role: .technician)
    person.type("A")
    #expect(!person.isInForm)
    #expect(person.said.contains("needs the role approver"))
    // Roles are given while consoles run.
    person.take(.caller(Caller(name: "ada", role: .approver)))
    person.type("A")
    #expect(person.isInForm)
  }
}
