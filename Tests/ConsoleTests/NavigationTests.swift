import Canvas
import Control
import Fleet
import Rollout
import Testing

@testable import Console

@Suite("Finding the way")
struct NavigationTests {
  @Test(
    "each screen is one key or one command away",
    arguments: [
      ("f", "fleet", ConsoleState.Screen.fleet), ("c", "campaigns", .campaigns),
      ("E", "eol", .endOfLife), ("a", "audit", .audit), ("d", "dashboard", .dashboard),
      ("w", "w", .wave(campaign: "Autumn-24", number: 4)),
    ])
  func screens(key: Character, command: String, screen: ConsoleState.Screen) {
    var person = Person()
    person.press(.character(key))
    #expect(person.state.screen == screen)
    person = Person()
    person.command(command)
    #expect(person.state.screen == screen)
  }

  @Test(
    "a command goes to what its argument names",
    arguments: [
      ("charger KLN-04", ConsoleState.Screen.charger("KLN-04")),
      ("wave Autumn-24 2", .wave(campaign: "Autumn-24", number: 2)),
      ("w autumn-24 3", .wave(campaign: "Autumn-24", number: 3)),
      ("campaign Alps", .campaign("Alps")), ("fleet model:AC*", .fleet), ("charger", .dashboard),
      ("wave Autumn-24", .dashboard), ("help me", .dashboard),
    ])
  func arguments(line: String, screen: ConsoleState.Screen) {
    var person = Person()
    person.command(line)
    #expect(person.state.screen == screen)
  }

  @Test("Enter goes in, Esc comes back, and the pointer is where it was")
  func thereAndBack() {
    var person = Person()
    person.press(.character("c"), .down, .enter, .down, .down, .enter, .down, .enter)
    #expect(person.state.screen == .charger("KLN-DTZ-00002"))
    person.press(.escape)
    #expect(person.state.screen == .wave(campaign: "Alps", number: 3))
    #expect(person.state.list.cursor == 1)
    person.press(.escape)
    #expect(person.state.screen == .campaign("Alps"))
    #expect(person.state.list.cursor == 2)
    person.press(.escape)
    #expect(person.state.list.cursor == 1)
    person.press(.escape, .escape)
    #expect(person.state.screen == .dashboard)
  }

  @Test(
    "Esc leads back to the screen from which a key led away",
    arguments: [
      ("f", "F", ConsoleState.Screen.fleet), ("f", "a", .fleet), ("c", "E", .campaigns),
      ("F", "c", .firmware), ("c", "w", .campaigns), ("", "w", .dashboard), ("a", "f", .audit),
    ])
  func backToWhereItWas(first: String, second: Character, screen: ConsoleState.Screen) {
    var person = Person()
    person.type(first)
    person.press(.character(second))
    #expect(person.state.screen != screen)
    person.press(.escape)
    #expect(person.state.screen == screen)
  }

  @Test("from a charger to the audit and back it is the charger, then the fleet as it was left")
  func backToTheCharger() {
    var person = Person()
    person.type("f/model:AC22")
    person.press(.enter, .down, .enter)
    let opened = person.state.screen
    person.type("a")
    person.press(.escape)
    #expect(person.state.screen == opened)
    person.command("campaign Alps")
    person.press(.escape, .escape)
    #expect(person.state.screen == .fleet)
    #expect(person.state.fleet.filter == "model:AC22" && person.state.fleet.cursor == 1)
  }

  @Test("going round and round makes the way back no longer")
  func noEndlessWay() {
    var person = Person()
    for _ in 0..<20 {
      person.type("fFcaEw")
      person.type("c")
      person.press(.enter, .enter)
    }
    #expect(person.state.screens.count <= 10)
    person.type("d")
    #expect(person.state.screens == [.dashboard])
  }

  @Test("what needs a person is opened by its number, or by arrow and Enter")
  func needsYou() {
    var person = Person()
    person.type("1")
    #expect(person.state.screen == .wave(campaign: "Autumn-24", number: 4))
    person.press(.escape)
    #expect(person.state.screen == .dashboard)
    person.press(.down, .enter)
    #expect(person.state.screen == .fleet)
    #expect(person.state.fleet.filter == "ready:quarantined")
    person = Person()
    person.type("9")
    #expect(person.said.contains("There is no item 9."))
  }

  @Test("the pointer stays on its campaign when others come before it")
  func follows() {
    var person = Person()
    person.type("c")
    person.press(.down)
    let more =
      ["Zeta", "Yps"].map { person.summary($0) } + [person.summary(), person.summary("Alps")]
    _ = person.state.update(.changed)
    _ = person.state.update(.clock(now + .seconds(1)))
    _ = person.state.update(.answered(.campaigns, .success(.campaigns(more))))
    #expect(person.state.list.cursor == 3)
    #expect(person.state.currentRow == .campaign("Alps"))
  }

  @Test("a register of thousands is paged through, and asks for what is not here")
  func register() {
    var person = Person()
    person.matching = 5000
    person.press(.character("a"), .end)
    #expect(person.state.list.cursor == 4999)
    #expect(person.state.currentRow != nil)
    person.press(.home, .pageDown)
    #expect(person.state.list.cursor == person.state.visibleRows)
    #expect(person.state.currentRow != nil)
    person.press(.character("E"), .end, .enter)
    #expect(person.state.screen == .charger(Fixture.row(4999).identity))
  }

  @Test("a register has a filter of its own, and Esc drops it first")
  func registerFilter() {
    var person = Person()
    person.type("E/model:AC*")
    person.press(.enter)
    #expect(person.state.shownFilter == "model:AC*")
    #expect(person.state.endOfLife?.query.filter == "model:AC*")
    person.press(.escape)
    #expect(person.state.screen == .endOfLife)
    #expect(person.state.endOfLife?.query.filter == "")
  }

  @Test("without an answer the data stay on the screen, with their age and the error")
  func engineGone() {
    var person = Person()
    person.type("c")
    _ = person.state.update(.engine(nil))
    _ = person.state.update(.clock(now + .minutes(3)))
    _ = person.state.update(.answered(.campaigns, .failure(.failed("The engine is gone."))))
    #expect(person.screen.contains("Autumn-24"))
    #expect(person.screen.contains("as of 14:03:07"))
    #expect(person.screen.contains("The engine is gone."))
  }

  @Test("what is not in the inventory says so")
  func missing() {
    var person = Person()
    _ = person.state.update(.key(.character(":")))
    person.type("campaign None")
    _ = person.state.update(.key(.enter))
    _ = person.state.update(.answered(.campaign("None"), .success(.campaign(nil))))
    #expect(person.state.missing == .campaign("None"))
    person.press(.escape)
    #expect(person.state.missing == nil)
  }

  @Test("a charger's identity is found without regard to case")
  func spelling() {
    var person = Person()
    person.press(.character(":"))
    person.type("charger kln-dtz-00007")
    _ = person.state.update(.key(.enter))
    let detail = Fixture.detail("KLN-DTZ-00007")
    _ = person.state.update(.answered(.charger("kln-dtz-00007"), .success(.charger(detail))))
    #expect(person.state.screen == .charger("KLN-DTZ-00007"))
  }

  @Test("the sort is remembered and comes back")
  func remember() {
    var person = Person()
    person.type("fsS")
    let view = ViewState(fleetSort: .site, fleetDescending: true)
    #expect(person.remembered.last == .remember(view))
    var setup = Fixture.setup()
    setup.view = view
    let state = ConsoleState(setup: setup, size: Fixture.small, now: now)
    #expect(state.fleet.sort == .site)
    #expect(state.fleet.descending)
  }

  @Test("help names the keys of the screen, and why one can't act")
  func help() {
    var person = Person(role: .viewer)
    person.type("f?")
    let text = person.state.helpLines.flatMap { $0.pieces.map(\.text.text) }.joined(separator: "\n")
    #expect(text.contains("Mark end-of-life"))
    #expect(text.contains("not now: Not allowed: mark end-of-life needs the role technician"))
  }

  @Test(
    "Tab completes arguments with what is known here",
    arguments: [
      ("campaign Au", "campaign Autumn-24"), ("wave A", "wave A"), ("wave au", "wave Autumn-24 "),
      ("charger kln-dtz-0001", "charger KLN-DTZ-0001"), ("charg", "charger "),
      ("charger KLN-DTZ-00012", "charger KLN-DTZ-00012"), ("fleet rea", "fleet ready:"),
    ])
  func completion(typed: String, line: String) {
    var person = Person()
    person.type("cf:")
    person.type(typed)
    person.press(.tab)
    #expect(person.state.line?.input.text == line)
  }

  @Test(
    "Tab completes the last term of a filter",
    arguments: [
      ("mo", "model:"), ("online rea", "online ready:"), ("!quar", "!quarantined"),
      ("ready:too", "ready:too-small"), ("ready:n", "ready:n"), ("site:\"köln m", "site:\"köln m"),
      ("model:HY", "model:HYC300"), ("zzz", "zzz"), ("", ""), ("not (mem", "not (memory>="),
      ("eol or @ber", "eol or @berlin"), ("no", "not"), ("unknown:conn", "unknown:connectors"),
    ])
  func filterCompletion(typed: String, line: String) {
    var person = Person()
    person.type("f/")
    person.type(typed)
    person.press(.tab)
    #expect(person.state.line?.input.text == line)
  }

  @Test("Up brings back what was typed before, Down what was being typed")
  func history() {
    var person = Person()
    person.command("fleet")
    person.command("campaigns")
    person.type(":he")
    person.press(.up, .up)
    #expect(person.state.line?.input.text == "fleet")
    person.press(.up, .down, .down)
    #expect(person.state.line?.input.text == "he")
  }
}
