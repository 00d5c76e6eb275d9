import Canvas
import Control

/// The line at the bottom: a command of the palette, or a filter.
extension ConsoleState {
  /// A line being typed.
  enum Line: Sendable, Equatable {
    case palette(InputLine)
    case filter(InputLine)

    var input: InputLine {
      switch self {
      case .palette(let input), .filter(let input): input
      }
    }

    func with(_ input: InputLine) -> Line {
      switch self {
      case .palette: .palette(input)
      case .filter: .filter(input)
      }
    }
  }

  /// What was typed and entered before, oldest first, and where a person is in it.
  struct History: Sendable, Equatable {
    private static let most = 50
    private var lines: [String] = []
    private var back = 0
    private var draft = ""

    mutating func add(_ text: String) {
      lines.removeAll { $0 == text }
      if !text.isEmpty { lines.append(text) }
      if lines.count > Self.most { lines.removeFirst() }
      back = 0
    }

    mutating func start() { back = 0 }

    /// - Parameter step: 1 for the line typed before, -1 for the one after.
    mutating func step(_ step: Int, from text: String) -> String {
      if back == 0 { draft = text }
      back = max(0, min(back + step, lines.count))
      return back == 0 ? draft : lines[lines.count - back]
    }
  }

  mutating func editLine(_ key: Key) {
    guard let line else { return }
    var input = line.input
    if key == .backspace, input.text.isEmpty, case .palette = line {
      // Backspace in an empty line leaves it, as in vi and k9s.
      self.line = nil
      return
    }
    _ = input.handle(key)
    self.line = line.with(input)
  }

  mutating func actOnLine(_ action: ConsoleAction) {
    switch action {
    case .palette:
      commandHistory.start()
      line = .palette(InputLine())
    case .filter:
      if ![.fleet, .endOfLife, .audit].contains(screen), !isOnTraffic {
        go(to: .fleet)
      }
      helpTop = nil
      filterHistory.start()
      line = .filter(InputLine(shownFilter, isSelected: true))
    case .leave: line = nil
    case .complete:
      guard let line else { return }
      self.line = line.with(InputLine(completed(line)))
    default:
      guard let line else { return }
      let step = action == .older ? 1 : -1
      let text = line.input.text
      switch line {
      case .palette: self.line = .palette(InputLine(commandHistory.step(step, from: text)))
      case .filter: self.line = .filter(InputLine(filterHistory.step(step, from: text)))
      }
    }
  }

  mutating func acceptLine() -> [ConsoleEffect] {
    switch line {
    case .filter(let input):
      line = nil
      filterHistory.add(input.text)
      failure = nil
      apply(filter: input.text)
      return []
    case .palette(let input): return run(input.text)
    case nil: return []
    }
  }

  private mutating func run(_ typed: String) -> [ConsoleEffect] {
    if typed.allSatisfy({ $0 == " " }) {
      line = nil
      return []
    }
    // A line that can't be run stays open; the row above it names what there is.
    guard case .run(let command, let argument) = Palette.meaning(typed) else { return [] }
    if !argument.isEmpty, command.argument == nil { return [] }
    line = nil
    commandHistory.add(typed)
    if !argument.isEmpty || command.argument?.isNeeded == true {
      if let why = go(command.action, argument) { notice = Notice(text: why, style: .warning) }
      return []
    }
    if case .unavailable(let why) = availability(command.action) {
      notice = Notice(text: why, style: .warning)
      return []
    }
    return act(command.action, by: .enter)
  }

  /// Goes to what an argument names.
  /// - Returns: why not.
  private mutating func go(_ action: ConsoleAction, _ argument: String) -> String? {
    switch action {
    case .fleet, .endOfLife, .audit:
      go(to: action == .fleet ? .fleet : action == .audit ? .audit : .endOfLife)
      apply(filter: argument)
    case .charger:
      guard !argument.isEmpty else { return "Name the charger: :charger IDENTITY" }
      go(to: .charger(argument))
    case .messages: go(to: .messages(argument))
    case .compose:
      if let sample = action.sample, let why = refusal(of: sample) { return why }
      go(to: .charger(argument))
      compose(to: argument)
    case .campaign:
      guard !argument.isEmpty else { return "Name the campaign: :campaign NAME" }
      go(to: .campaign(named(argument)))
    case .wave:
      let words = argument.split(separator: " ")
      guard let last = words.last, let number = Int(last), number > 0 else {
        return "Name campaign and number: :wave NAME 2"
      }
      let typed = words.dropLast().joined(separator: " ")
      guard let name = typed.isEmpty ? campaignSubject?.name : named(typed) else {
        return "Name campaign and number: :wave NAME \(number)"
      }
      go(to: .wave(campaign: name, number: number))
    default: break
    }
    return nil
  }

  /// A campaign's name as it is spelt, when it is known here.
  private func named(_ typed: String) -> String {
    let word = typed.lowercased()
    return knownCampaigns.first { $0.name.lowercased() == word }?.name ?? typed
  }
}
