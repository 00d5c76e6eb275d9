import Testing

@testable import Canvas

@Suite("Key table")
struct KeyTableTests {
  enum Action: Hashable, Sendable { case help, open, sort, quit, confirm }
  static let fleet = KeyScope("fleet")
  static let prompt = KeyScope("prompt", inherits: false)
  static let table = KeyTable<Action>([
    KeyBinding([.enter], .open, hint: "open", help: "Opens the charger.", in: [fleet], rank: 1),
    KeyBinding([.character("s")], .sort, hint: "sort", help: "Sorts by a column.", in: [fleet]),
    KeyBinding([.character("?"), .f(1)], .help, hint: "help", help: "Shows this.", rank: 0),
    KeyBinding([.ctrl("c")], .quit, help: "Leaves the console."),
    KeyBinding([.enter], .confirm, hint: "confirm", help: "Confirms.", in: [prompt]),
  ])

  @Test("a key means what its scope says, and everywhere's keys stop at a prompt")
  func lookup() {
    #expect(Self.table.binding(for: .enter, in: Self.fleet)?.action == .open)
    #expect(Self.table.binding(for: .f(1), in: Self.fleet)?.action == .help)
    #expect(Self.table.binding(for: .enter, in: Self.prompt)?.action == .confirm)
    #expect(Self.table.binding(for: .character("?"), in: Self.prompt) == nil)
    #expect(Self.table.binding(for: .enter, in: .everywhere) == nil)
  }

  @Test("an unavailable key says why, and leaves the hint line")
  func availability() {
    let availability: (Action) -> Availability = {
      $0 == .sort ? .unavailable("there is one row") : .available
    }
    let table = Self.table
    #expect(
      table.meaning(of: .character("s"), in: Self.fleet, availability: availability)
        == .refused(.sort, why: "there is one row"))
    #expect(table.meaning(of: .enter, in: Self.fleet, availability: availability) == .action(.open))
    #expect(table.meaning(of: .up, in: Self.fleet, availability: availability) == .nothing)
    #expect(
      table.hints(in: Self.fleet, availability: availability) == [
        Hint(key: "Enter", word: "open", rank: 1), Hint(key: "?", word: "help", rank: 0),
      ])
  }

  @Test("two meanings of a key conflict where their scopes meet, and only there")
  func conflicts() {
    #expect(Self.table.conflicts().isEmpty)
    func conflicts(_ more: KeyBinding<Action>) -> [String] {
      KeyTable(Self.table.bindings + [more]).conflicts().map { "\($0.key.label) \($0.scope)" }
    }
    #expect(conflicts(KeyBinding([.character("s")], .quit, help: "")) == ["s fleet"])
    #expect(conflicts(KeyBinding([.f(1)], .quit, help: "", in: [Self.fleet])) == ["F1 fleet"])
    #expect(conflicts(KeyBinding([.f(1)], .quit, help: "", in: [Self.prompt])).isEmpty)
    #expect(conflicts(KeyBinding([.enter], .quit, help: "", in: [KeyScope("wave")])).isEmpty)
    #expect(
      conflicts(KeyBinding([.up, .up], .quit, help: "")) == ["Up everywhere", "Up everywhere"])
  }
}
