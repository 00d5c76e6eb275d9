import Canvas

/// What a key or a command of the palette can do.
package enum ConsoleAction: Hashable, Sendable {
  case dashboard, fleet, help, back, quit
  case palette, filter
  case holdEverything
  case up, down, pageUp, pageDown, first, last
  case open, mark, unmarkAll, sort, reverse
  /// In a line being typed.
  case accept, leave, complete
}

extension KeyScope {
  package static let dashboard = KeyScope("Dashboard")
  package static let fleet = KeyScope("Fleet")
  package static let charger = KeyScope("Charger")
  package static let campaigns = KeyScope("Campaigns")
  package static let campaign = KeyScope("Campaign")
  package static let wave = KeyScope("Wave")
  package static let endOfLife = KeyScope("End of life")
  package static let audit = KeyScope("Audit")
  package static let help = KeyScope("Help")
  package static let form = KeyScope("Form", inherits: false)
  package static let paletteLine = KeyScope("Command line", inherits: false)
  package static let filterLine = KeyScope("Filter line", inherits: false)
}

/// The one table of keys: dispatch, hints, help and the conflict test all read it.
package enum ConsoleKeys {
  package static let table = KeyTable<ConsoleAction>([
    KeyBinding(
      [.character("f")], .fleet, hint: "fleet", help: "Every charger in a table", in: [.dashboard],
      rank: 1),
    KeyBinding(
      [.enter], .open, hint: "open", help: "Open the charger under the pointer", in: [.fleet],
      rank: 1),
    KeyBinding(
      [.character(" ")], .mark, hint: "mark",
      help: "Mark or unmark the charger, and go to the next",
      in: [.fleet], rank: 2),
    KeyBinding(
      [.character("M")], .unmarkAll, help: "Drop all marks", in: [.fleet]),
    KeyBinding(
      [.character("s")], .sort, hint: "sort", help: "Sort by the next column", in: [.fleet],
      rank: 3),
    KeyBinding(
      [.character("S")], .reverse, hint: "reverse", help: "Sort the other way round", in: [.fleet],
      rank: 4),
    KeyBinding([.up, .character("k")], .up, help: "One line up", in: moving),
    KeyBinding([.down, .character("j")], .down, help: "One line down", in: moving),
    KeyBinding([.pageUp, .ctrl("b")], .pageUp, help: "One screen up", in: moving),
    KeyBinding([.pageDown, .ctrl("f")], .pageDown, help: "One screen down", in: moving),
    KeyBinding([.home, .character("g")], .first, help: "To the first line", in: moving),
    KeyBinding([.end, .character("G")], .last, help: "To the last line", in: moving),
    KeyBinding(
      [.character(":")], .palette, hint: "command", help: "Type a command; Tab completes it",
      rank: 1),
    KeyBinding(
      [.character("/")], .filter, hint: "filter", help: "Filter the fleet", rank: 1),
    KeyBinding(
      [.character("H")], .holdEverything, hint: "hold everything",
      help: "Hold every campaign at once; asks nothing first", rank: 2),
    KeyBinding(
      [.escape], .back, help: "Close this, drop the filter, or go back one screen"),
    KeyBinding(
      [.ctrl("c")], .quit, hint: "quit", help: "Close the console; an engine elsewhere goes on",
      rank: 6),
    KeyBinding([.character("?")], .help, hint: "help", help: "This help, or out of it", rank: 0),
    KeyBinding(
      [.enter], .accept, hint: "run", help: "Run the command", in: [.paletteLine], rank: 0),
    KeyBinding(
      [.tab], .complete, hint: "complete", help: "Complete the command", in: [.paletteLine],
      rank: 1),
    KeyBinding(
      [.enter], .accept, hint: "apply", help: "Apply the filter", in: [.filterLine], rank: 0),
    KeyBinding(
      [.escape, .ctrl("c")], .leave, hint: "leave", help: "Leave the line, change nothing",
      in: [.paletteLine, .filterLine], rank: 0),
  ])

  private static let moving: [KeyScope] = [.fleet, .charger, .help]
}
