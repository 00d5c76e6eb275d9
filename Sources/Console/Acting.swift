import Canvas
import Control

extension ConsoleState {
  /// What a key press does.
  mutating func press(_ key: Key) -> [ConsoleEffect] {
    notice = nil
    switch ConsoleKeys.table.meaning(of: key, in: scope, availability: availability) {
    case .action(let action): return act(action)
    case .refused(_, let why):
      notice = Notice(text: why, style: .warning)
      return []
    case .nothing:
      edit(key)
      return []
    }
  }

  /// Whether an action can be done now; if not, why, and what would help.
  func availability(_ action: ConsoleAction) -> Availability {
    guard action == .holdEverything else { return .available }
    if engine == nil {
      return .unavailable("no engine: read-only. Next: swell serve --db \(setup.database)")
    }
    let command = Command.holdEverything(reason: Self.holdReason)
    if setup.caller.role < command.role {
      let error = ControlError.forbidden(
        needs: command.role, has: setup.caller.role, action: command.word, whoMay: [])
      return .unavailable(error.message)
    }
    return isHolding ? .unavailable("Already asked to hold everything.") : .available
  }

  private static let holdReason = "held from the console"

  private mutating func edit(_ key: Key) {
    switch line {
    case .palette(var input):
      // Backspace in an empty line leaves it, as in vi and k9s.
      if key == .backspace, input.text.isEmpty { return line = nil }
      _ = input.handle(key)
      line = .palette(input)
    case .filter(var input):
      _ = input.handle(key)
      line = .filter(input)
    case nil: break
    }
  }

  mutating func act(_ action: ConsoleAction) -> [ConsoleEffect] {
    switch action {
    case .dashboard: go(to: [.dashboard])
    case .fleet: go(to: [.dashboard, .fleet])
    case .help: helpTop = helpTop == nil ? 0 : nil
    case .back: back()
    case .quit: return [.quit]
    case .palette: line = .palette(InputLine())
    case .filter:
      if screen != .fleet { go(to: [.dashboard, .fleet]) }
      helpTop = nil
      line = .filter(InputLine(fleet.filter))
    case .holdEverything:
      isHolding = true
      notice = Notice(text: "Holding every campaign" + setup.glyphs.ellipsis, style: .warning)
      return [.perform(.holdEverything(reason: Self.holdReason))]
    case .up, .down, .pageUp, .pageDown, .first, .last: move(action)
    case .open:
      guard let row = fleet.current else { return noRow() }
      (opened, openedTop) = (.waiting, 0)
      screens.append(.charger(row.identity))
    case .mark:
      guard fleet.current != nil else { return noRow() }
      fleet.toggleMark()
      fleet.move(by: 1)
    case .unmarkAll: fleet.unmarkAll()
    case .sort: fleet.sortByNextColumn()
    case .reverse: fleet.reverse()
    case .accept: return accept()
    case .leave: line = nil
    case .complete:
      if case .palette(let input) = line {
        line = .palette(InputLine(Palette.completed(input.text)))
      }
    }
    return []
  }

  private mutating func go(to path: [Screen]) {
    helpTop = nil
    if screen != path.last { failure = nil }
    screens = path
  }

  /// Closes what is on top: help, then a filter, then the screen.
  private mutating func back() {
    if helpTop != nil {
      helpTop = nil
    } else if screen == .fleet, !fleet.filter.isEmpty {
      failure = nil
      fleet.apply(filter: "")
    } else if screens.count > 1 {
      failure = nil
      screens.removeLast()
    }
  }

  private mutating func noRow() -> [ConsoleEffect] {
    let why =
      fleet.matching == 0
      ? "There is no charger in this list." : "This row is still on its way."
    notice = Notice(text: why, style: .warning)
    return []
  }

  private mutating func accept() -> [ConsoleEffect] {
    switch line {
    case .filter(let input):
      line = nil
      failure = nil
      fleet.apply(filter: input.text)
      return []
    case .palette(let input):
      return run(input.text)
    case nil: return []
    }
  }

  private mutating func run(_ typed: String) -> [ConsoleEffect] {
    if typed.allSatisfy({ $0 == " " }) {
      line = nil
      return []
    }
    switch Palette.meaning(typed) {
    case .run(let command):
      line = nil
      if case .unavailable(let why) = availability(command.action) {
        notice = Notice(text: why, style: .warning)
        return []
      }
      return act(command.action)
    case .ambiguous, .unknown:
      // The line stays open; the row above it names what there is.
      return []
    }
  }

  private mutating func move(_ action: ConsoleAction) {
    let page = Self.bodyRows(in: size)
    if helpTop != nil || screen != .fleet {
      let step =
        switch action {
        case .up: -1
        case .down: 1
        case .pageUp: -page
        case .pageDown: page
        case .first: -Self.everything
        default: Self.everything
        }
      if helpTop != nil { scrollHelp(by: step) } else { scrollOpened(by: step) }
      return
    }
    switch action {
    case .up: fleet.move(by: -1)
    case .down: fleet.move(by: 1)
    case .pageUp: fleet.page(by: -1)
    case .pageDown: fleet.page(by: 1)
    case .first: fleet.moveToFirst()
    default: fleet.moveToLast()
    }
  }

  /// More lines than any help or story has.
  private static let everything = 1_000_000

  mutating func scrollHelp(by step: Int) {
    guard let top = helpTop else { return }
    let beyond = helpLines.count - Self.helpRows(in: size)
    helpTop = max(0, min(top + step, beyond))
  }

  mutating func scrollOpened(by step: Int) {
    let beyond = openedHeight - Self.bodyRows(in: size)
    openedTop = max(0, min(openedTop + step, beyond))
  }
}
