import Canvas
import Console
import Control
import Fleet
import Testing

private func asks(_ effects: [ConsoleEffect]) -> [Question] {
  effects.compactMap { if case .ask(let question) = $0 { question } else { nil } }
}

@Suite("What the console asks and does")
struct ConsoleStateTests {
  @Test("nothing is asked while a question is on its way, whatever happens", arguments: 0..<4)
  func oneAtATime(run: Int) {
    let seed = UInt64(run) &* 104_729 &+ UInt64.random(in: 0..<1_000_000)
    print("seed \(seed)")
    var dice = Dice(state: seed)
    var state = Fixture.state()
    var open: Question?
    var time = now
    let keys: [Key] = [
      .character("f"), .down, .up, .pageDown, .end, .home, .enter, .escape, .character("s"),
      .character("/"), .character("x"), .character("?"), .character(":"), .tab, .backspace,
      .paste("model:AC\n22"), .character(" "), .character("G"), .f(5), .resize,
    ]
    for step in 0..<1000 {
      let event: ConsoleEvent
      switch Int.random(in: 0..<10, using: &dice) {
      case 0, 1:
        time = time + .milliseconds(Int64.random(in: -200...2000, using: &dice))
        event = .clock(time)
      case 2:
        event = .resized(
          Size(
            rows: Int.random(in: 1...70, using: &dice),
            columns: Int.random(in: 1...210, using: &dice)))
      case 3, 4:
        guard let question = open else { continue }
        open = nil
        event = .answered(
          question,
          Bool.random(using: &dice)
            ? .success(Fixture.answer(question, matching: 5000)) : .failure(.failed("gone")))
      case 5: event = .engine(Bool.random(using: &dice) ? Fixture.engine : nil)
      default: event = .key(keys.randomElement(using: &dice) ?? .down)
      }
      let asked = asks(state.update(event))
      #expect(asked.count <= (open == nil ? 1 : 0), "seed \(seed)")
      if let question = asked.first { open = question }
      // Drawing is what costs; a few frames of every walk suffice.
      if step % 25 == 0 { #expect(state.lines().count == state.size.rows, "seed \(seed)") }
    }
  }

  @Test("what is shown is asked for anew when something changed, four times a second at most")
  func refresh() {
    var state = Fixture.state()
    #expect(asks(state.update(.clock(now))) == [.dashboard])
    #expect(state.update(.answered(.dashboard, .success(Fixture.answer(.dashboard)))).isEmpty)
    // Nothing changed: nothing is asked, however long it takes.
    #expect(state.update(.clock(now + .hours(3))).isEmpty)
    #expect(asks(state.update(.changed)) == [.dashboard])
    _ = state.update(.answered(.dashboard, .success(Fixture.answer(.dashboard))))
    let asked = now + .hours(3)
    #expect(state.update(.changed).isEmpty)
    #expect(state.wakeAt == asked + .milliseconds(250))
    #expect(state.update(.clock(asked + .milliseconds(249))).isEmpty)
    #expect(asks(state.update(.clock(asked + .milliseconds(250)))) == [.dashboard])
  }

  @Test("a change while an answer is on its way is asked about afterwards")
  func changedMeanwhile() {
    var state = Fixture.state()
    _ = state.update(.clock(now))
    #expect(state.update(.changed).isEmpty)
    _ = state.update(.clock(now + .seconds(1)))
    let effects = state.update(.answered(.dashboard, .success(Fixture.answer(.dashboard))))
    #expect(asks(effects) == [.dashboard])
  }

  @Test("at rest the console wakes once a minute, on the minute")
  func rest() {
    var state = Fixture.state()
    state.settle([.clock(now)]) { .success(Fixture.answer($0)) }
    let minute = now + .seconds(53)
    #expect(state.wakeAt == minute)
    #expect(state.update(.clock(minute)).isEmpty)
    #expect(state.wakeAt == minute + .seconds(60))
  }

  @Test("a late answer is told of, and then the console rests")
  func late() {
    var state = Fixture.state()
    _ = state.update(.clock(now))
    #expect(state.wakeAt == now + .seconds(3))
    _ = state.update(.clock(now + .seconds(3)))
    #expect(state.wakeAt == now + .seconds(53))
    #expect(state.lines().contains { $0.contains("no answer since 14:03:07") })
  }

  @Test("a clock that was set back silences nothing")
  func clockBack() {
    var state = Fixture.state()
    state.settle([.clock(now)]) { .success(Fixture.answer($0)) }
    _ = state.update(.clock(now + .hours(-2)))
    #expect(asks(state.update(.changed)) == [.dashboard])
  }

  @Test("an error waits a second before it is asked again")
  func noHammering() {
    var state = Fixture.state()
    let effects = state.settle([.clock(now)]) { _ in .failure(.failed("gone")) }
    #expect(asks(effects).count == 1)
    #expect(state.wakeAt == now + .seconds(1))
    #expect(asks(state.update(.clock(now + .seconds(1)))).count == 1)
  }

  @Test("an answer of the screen before does not reach the next")
  func lateAnswer() {
    var state = Fixture.state()
    _ = state.update(.clock(now))
    _ = state.update(.key(.character("f")))
    let effects = state.update(.answered(.dashboard, .failure(.failed("old news"))))
    guard case .fleet = asks(effects).first else {
      Issue.record("the fleet should be asked for as soon as the line is free")
      return
    }
    #expect(!state.lines().contains { $0.contains("old news") })
  }

  @Test("a key moves at once although no answer comes")
  func neverBlocks() {
    var state = Fixture.state()
    state.settle([.clock(now), .key(.character("f"))]) {
      .success(Fixture.answer($0, matching: 100_000))
    }
    _ = state.update(.key(.end))
    for _ in 0..<50 { _ = state.update(.key(.pageUp)) }
    #expect(state.fleet.cursor == 99_999 - 50 * state.fleet.visible)
  }

  @Test("typed text edits the filter; Enter applies it, Esc leaves it as it was")
  func filter() {
    var state = Fixture.state()
    state.settle([.clock(now), .key(.character("f"))]) { .success(Fixture.answer($0)) }
    _ = state.update(.key(.character("/")))
    state.type("modelx")
    _ = state.update(.key(.backspace))
    state.type(":?H")
    #expect(state.scope == .filterLine)
    #expect(state.fleet.filter == "")
    let asked = asks(state.update(.key(.enter)))
    #expect(state.fleet.filter == "model:?H")
    guard case .fleet(let query) = asked.first else {
      Issue.record("a new filter should be asked for at once")
      return
    }
    #expect(query.filter == "model:?H")
    #expect(query.offset == 0)

    _ = state.update(.key(.character("/")))
    state.type(" more")
    _ = state.update(.key(.escape))
    #expect(state.fleet.filter == "model:?H")
    #expect(state.scope == .fleet)
    _ = state.update(.key(.escape))
    #expect(state.fleet.filter == "")
    #expect(state.screen == .fleet)
    _ = state.update(.key(.escape))
    #expect(state.screen == .dashboard)
  }

  @Test(
    "the former filter is replaced by typing and edited by every other key",
    arguments: [
      ([Key.character("f"), .character("w")], "fw"), ([.paste("id:K*")], "id:K*"),
      ([.backspace], "model:AC2"), ([.left, .delete], "model:AC2"),
      ([.end, .character("!")], "model:AC22!"), ([.home, .character("x")], "xmodel:AC22"),
      ([.up, .down, .character("?")], "model:AC22?"), ([.enter], "model:AC22"),
      ([.escape], "model:AC22"),
    ])
  func formerFilter(keys: [Key], filter: String) {
    var state = Fixture.state()
    state.settle([.clock(now), .key(.character("f")), .key(.character("/"))]) {
      .success(Fixture.answer($0))
    }
    #expect(!state.lines().contains { $0.contains("Typing replaces it") })
    state.type("model:AC22")
    for key in [Key.enter, .character("/")] { _ = state.update(.key(key)) }
    #expect(state.lines().contains { $0.contains("Typing replaces it") })
    for key in keys { _ = state.update(.key(key)) }
    #expect(!state.lines().contains { $0.contains("Typing replaces it") })
    if state.scope == .filterLine { _ = state.update(.key(.enter)) }
    #expect(state.fleet.filter == filter)
  }

  @Test("pasted text is never a command")
  func paste() {
    var state = Fixture.state()
    #expect(asks(state.update(.key(.paste(":quit\n")))) == [.dashboard])
    #expect(state.scope == .dashboard)
    _ = state.update(.key(.character(":")))
    #expect(!state.update(.key(.paste("quit\n"))).contains(.quit))
  }

  @Test("Enter opens the charger under the pointer, Esc comes back to it")
  func open() {
    var state = Fixture.state()
    state.settle([.clock(now), .key(.character("f")), .key(.down), .key(.enter)]) {
      .success(Fixture.answer($0))
    }
    #expect(state.screen == .charger("KLN-DTZ-00002"))
    _ = state.update(.key(.escape))
    #expect(state.screen == .fleet)
    #expect(state.fleet.cursor == 1)
  }

  @Test("H holds everything at once, by key or by command", arguments: [false, true])
  func hold(byCommand: Bool) {
    var state = Fixture.state()
    state.settle([.clock(now)]) { .success(Fixture.answer($0)) }
    let effects: [ConsoleEffect]
    if byCommand {
      _ = state.update(.key(.character(":")))
      state.type("hold")
      effects = state.update(.key(.enter))
    } else {
      effects = state.update(.key(.character("H")))
    }
    let commands = effects.compactMap {
      if case .perform(let command) = $0 { command } else { nil }
    }
    #expect(commands.map(\.word) == ["hold everything"])
    // A second press before the answer sends nothing more.
    #expect(state.update(.key(.character("H"))).isEmpty)
    _ = state.update(.performed(commands[0], .success(Outcome(message: "2 campaigns held."))))
    #expect(state.lines().last?.contains("2 campaigns held.") == true)
  }

  @Test("a key that cannot act says why")
  func refusals() {
    var reader = Fixture.state(engine: nil)
    reader.settle([.clock(now)]) { .success(Fixture.answer($0)) }
    #expect(reader.update(.key(.character("H"))).isEmpty)
    #expect(reader.lines().last?.contains("no engine: read-only") == true)

    var viewer = Fixture.state(role: .viewer)
    viewer.settle([.clock(now)]) { .success(Fixture.answer($0)) }
    #expect(viewer.update(.key(.character("H"))).isEmpty)
    let said = viewer.lines().suffix(2).joined(separator: " ")
    #expect(said.contains("needs the role technician"))
    #expect(said.contains("you are viewer"))
  }

  @Test("an engine in the console's own process is not ended unasked", arguments: [false, true])
  func quitWithEngine(byCommand: Bool) {
    var setup = Fixture.setup()
    setup.process = Fixture.engine.process
    var state = ConsoleState(setup: setup, size: Fixture.small, now: now, engine: Fixture.engine)
    state.settle([.clock(now)]) { .success(Fixture.answer($0)) }
    func leave() -> [ConsoleEffect] {
      if !byCommand { return state.update(.key(.ctrl("c"))) }
      _ = state.update(.key(.character(":")))
      state.type("q")
      return state.update(.key(.enter))
    }
    #expect(leave().isEmpty)
    let said = state.lines().suffix(2).joined(separator: " ")
    #expect(said.contains("9 812 chargers are connected") && said.contains("Ctrl-C again"))
    // Any other key stays, and the next time it is asked again.
    _ = state.update(.key(.down))
    #expect(leave().isEmpty)
    #expect(state.update(.key(.ctrl("c"))) == [.quit])
  }

  @Test("leaving is one key, and one command")
  func quit() {
    var state = Fixture.state()
    #expect(state.update(.key(.ctrl("c"))) == [.quit])
    _ = state.update(.key(.character(":")))
    state.type("q")
    #expect(state.update(.key(.enter)) == [.quit])
  }
}
