import Fleet

/// The words behind a command, told apart: options with their values, and the rest.
struct Arguments {
  private(set) var words: [String] = []
  private var options: [String: [String]] = [:]
  private var used: Set<String> = []
  private let command: CommandInfo

  /// - Throws: `UsageError` for an option that the command does not have, with the nearest one.
  init(_ raw: [String], for command: CommandInfo) throws {
    self.command = command
    var rest = raw[...]
    while let word = rest.popFirst() {
      if word == "--" {
        words += rest
        break
      }
      guard word.hasPrefix("--") else {
        words.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let option = command.options.first(where: { $0.name == name }) else {
        throw UsageError(
          "\(command.name) has no option --\(name).\(Self.suggestion("--\(name)", command.options.map { "--\($0.name)" }))"
        )
      }
      if option.value == nil {
        guard parts.count == 1 else { throw UsageError("--\(name) takes no value.") }
        options[name, default: []].append("")
      } else if parts.count == 2 {
        options[name, default: []].append(try Self.checked(String(parts[1]), for: option))
      } else if let value = rest.popFirst() {
        options[name, default: []].append(try Self.checked(value, for: option))
      } else {
        throw UsageError("--\(name) wants a value: \(option.value ?? "")")
      }
    }
  }

  /// An option that names its values in lower case, as `table|json`, takes no others.
  private static func checked(_ value: String, for option: OptionInfo) throws -> String {
    let choices = (option.value ?? "").split(separator: "|").map(String.init)
    guard choices.count > 1, choices.allSatisfy({ $0 == $0.lowercased() }),
      !choices.contains(value)
    else { return value }
    throw UsageError(
      "--\(option.name) wants \(choices.joined(separator: ", ")), not \"\(value)\".\(suggestion(value, choices))"
    )
  }

  /// The value of an option; the last one when it was given more than once.
  subscript(_ name: String) -> String? { options[name]?.last }
  /// Every value of an option, in the order given.
  func all(_ name: String) -> [String] { options[name] ?? [] }
  func has(_ name: String) -> Bool { options[name] != nil }

  /// The value of an option that must be there.
  func required(_ name: String) throws -> String {
    guard let value = self[name] else { throw UsageError("\(command.name) wants --\(name).") }
    return value
  }

  func number<Number: LosslessStringConvertible & Comparable>(
    _ name: String, in range: ClosedRange<Number>
  ) throws -> Number? {
    guard let text = self[name] else { return nil }
    guard let number = Number(text), range.contains(number) else {
      throw UsageError(
        "--\(name) wants a number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"."
      )
    }
    return number
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws -> Choice? where Choice.RawValue == String {
    guard let text = self[name] else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw UsageError(
        "--\(name) wants \(Choice.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(text)\"."
      )
    }
    return choice
  }

  /// The word at a place, or a usage error that names what is missing.
  func word(_ index: Int, _ what: String) throws -> String {
    guard words.indices.contains(index) else {
      throw UsageError("\(command.name) wants \(what): swell \(command.name) \(command.synopsis)")
    }
    return words[index]
  }

  func noMoreWords(than count: Int) throws {
    if words.count > count {
      throw UsageError(
        "\"\(words[count])\" is one word too many: swell \(command.name) \(command.synopsis)")
    }
  }

  static func suggestion(_ word: String, _ known: [String]) -> String {
    Nearest.word(to: word, among: known).map { " Did you mean \($0)?" } ?? ""
  }
}

/// The command line was not understood.
struct UsageError: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

struct OptionInfo: Sendable {
  let name: String
  /// What its value is called; nil for a switch.
  let value: String?
  let help: String
  init(_ name: String, _ value: String? = nil, _ help: String) {
    (self.name, self.value, self.help) = (name, value, help)
  }
}

/// A subcommand: its words, its help, and what it does.
struct CommandInfo: Sendable {
  let name: String
  let synopsis: String
  let help: String
  let options: [OptionInfo]
  let run: @Sendable (inout Arguments) throws -> Void

  init(
    _ name: String, _ synopsis: String, _ help: String, _ options: [OptionInfo] = [],
    run: @escaping @Sendable (inout Arguments) throws -> Void
  ) {
    self.name = name
    self.synopsis = synopsis
    self.help = help
    self.options = options
    self.run = run
  }
}
