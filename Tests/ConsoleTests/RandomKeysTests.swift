import Canvas
import Control
import Fleet
import Rollout
import Testing

@testable import Console

@Suite("Any keys in any order")
struct RandomKeysTests {
  private static let keys: [Key] =
    ConsoleKeys.table.bindings.flatMap(\.keys).filter { $0 != .ctrl("c") }
    + [.enter, .enter, .tab, .down, .down, .escape, .backspace, .paste("Autumn-24"), .paste("3")]
    + "0123456789abcmvx KLN".map { .character($0) }

  @Test(
    "never trap, keep the pointer inside, and send nothing that was not confirmed",
    arguments: 0..<8)
  func walk(run: Int) {
    let seed = UInt64(run) &* 15_485_863 &+ UInt64.random(in: 0..<1_000_000)
    print("seed \(seed)")
    var dice = Dice(state: seed)
    // Every second person may do nothing: no engine, or a viewer.
    let isPowerless = run % 2 == 1
    var person = Person(
      role: run % 4 == 1 ? .viewer : .admin, engine: run % 4 == 3 ? nil : Fixture.engine)
    var open: Question?
    var commands: [Command] = []
    var time = now
    for step in 0..<1500 {
      let event: ConsoleEvent
      switch Int.random(in: 0..<20, using: &dice) {
      case 0:
        time = time + .milliseconds(Int64.random(in: 0...5000, using: &dice))
        event = .clock(time)
      case 1: event = .changed
      case 2:
        event = .resized(
          Size(
            rows: Int.random(in: 1...70, using: &dice),
            columns: Int.random(in: 1...210, using: &dice)))
      case 3..<7:
        guard let question = open else { continue }
        open = nil
        person.matching = Int.random(in: 0...300, using: &dice)
        person.status = Campaign.Status.allCases.randomElement(using: &dice) ?? .running
        let fails = Int.random(in: 0..<8, using: &dice) == 0
        event = .answered(
          question, fails ? .failure(.failed("gone")) : .success(person.answer(question)))
      case 7:
        guard !commands.isEmpty else { continue }
        let command = commands.removeFirst()
        event = .performed(
          command,
          Bool.random(using: &dice)
            ? .success(Outcome(message: "Done.")) : .failure(.refused("no")))
      default: event = .key(Self.keys.randomElement(using: &dice) ?? .down)
      }
      let before = person.state
      for effect in person.state.update(event) {
        switch effect {
        case .ask(let question):
          #expect(open == nil, "seed \(seed), step \(step)")
          open = question
        case .perform(let command):
          #expect(!isPowerless, "seed \(seed), step \(step): \(command)")
          expectConfirmed(command, event, before, "seed \(seed), step \(step)")
          commands.append(command)
          #expect(commands.count <= 2, "seed \(seed), step \(step)")
        default: break
        }
      }
      let state = person.state
      let (cursor, count) =
        state.screen == .fleet
        ? (state.fleet.cursor, state.rowCount) : (state.list.cursor, state.rowCount)
      #expect(cursor >= 0 && (cursor < count || cursor == 0 || count == 0), "seed \(seed)")
      #expect(state.form == nil || state.form.map { $0.focus < $0.fields.count } == true)
      if step % 50 == 0 { #expect(state.lines().count == state.size.rows, "seed \(seed)") }
    }
  }

  /// A command goes out by Enter in a form that lacks nothing, or is the next of several.
  private func expectConfirmed(
    _ command: Command, _ event: ConsoleEvent, _ before: ConsoleState, _ place: String
  ) {
    if case .holdEverything = command { return }
    switch event {
    case .key(let key):
      #expect(key == .enter, "\(place): \(command)")
      #expect(before.scope == .form && before.form?.isArmed == true, "\(place): \(command)")
      #expect(before.form?.missing == nil && before.form?.waiting == nil, "\(place): \(command)")
    case .performed: #expect(before.work?.rest.last == command, "\(place): \(command)")
    default: Issue.record("\(place): \(command) came of \(event)")
    }
  }
}
