extension FleetFilter {
  /// A word of the language, for help and completion.
  package struct Word: Sendable {
    /// As it is typed: `model:`, `memory>=`, `online`.
    package let text: String
    package let help: String
  }

  /// Everything that can be asked, in the order of help.
  package static let terms: [Word] = [
    Word(text: "TEXT", help: "a part of the identity; a pattern for all of it with * or ?"),
    Word(text: "id:", help: "these identities, separated by commas"),
    Word(text: "model:", help: "patterns, separated by commas; so are the next ones"),
    Word(text: "vendor:", help: ""),
    Word(text: "hardware:", help: "hardware revision"),
    Word(text: "serial:", help: "serial number"),
    Word(text: "site:", help: ""),
    Word(text: "zone:", help: "the time zone of its site"),
    Word(text: "fw:", help: "reported firmware"),
    Word(text: "fw<", help: "compared by the numbers in it: fw<2.4, fw>=2.10"),
    Word(text: "hop:", help: "a version that it must pass on its way to the new one"),
    Word(text: "memory>=", help: "free flash in kB, also flash"),
    Word(text: "ram>=", help: "free RAM in kB"),
    Word(text: "connectors>=", help: "how many it has"),
    Word(text: "profile>=", help: "security profile"),
    Word(
      text: "seen>", help: "last seen longer ago than 30s, 15m, 12h, 2d, 3w; who is online: now"),
    Word(text: "speaks:", help: "1.6, 2.0.1, 2.1, or none: never connected"),
    Word(text: "released:", help: "a version that a campaign lets it speak"),
    Word(text: "ready:", help: "a verdict, such as too-small or needs-hop"),
    Word(text: "campaign:", help: "that of its newest upgrade"),
    Word(text: "wave=", help: "the wave of its newest upgrade"),
    Word(text: "notes:", help: "a part of its notes, or a pattern for all of them"),
    Word(text: "unknown:", help: "a missing fact: " + factWords.joined(separator: ", ")),
    Word(text: "online", help: ""), Word(text: "offline", help: ""),
    Word(text: "eol", help: "end-of-life"), Word(text: "pinned", help: ""),
    Word(text: "quarantined", help: ""),
    Word(text: "pending", help: "came unannounced and waits to be accepted"),
    Word(text: "@NAME", help: "a saved selection"),
  ]

  /// How terms go together.
  package static let grammar = """
    Terms side by side must all hold; "or" is enough for one side; "not" or ! turns round what
    follows; parentheses group. Quotation marks keep spaces: site:"Berlin *". A fact nobody knows
    fulfils no term, so "not memory>=256" keeps chargers of unknown memory; unknown:memory asks for
    them.
    """

  package static let factWords = Fact.allCases.map { $0 == .flash ? "memory" : $0.rawValue }

  /// Names in front of a colon or a comparison that are known in other words too.
  static func canonical(_ key: String) -> String {
    switch key.lowercased() {
    case "firmware": "fw"
    case "memory": "flash"
    case "hw": "hardware"
    case "identity": "id"
    case "ocpp": "speaks"
    case "note": "notes"
    case let key: key
    }
  }

  static let keys =
    ["id", "speaks", "released", "ready", "unknown", "seen", "memory"]
    + TextKey.allCases.map(\.rawValue) + NumberKey.allCases.map(\.rawValue)
  static let plainWords = [
    "online": Condition.online(true), "offline": .online(false), "eol": .ready(.endOfLife),
    "pinned": .ready(.pinned), "quarantined": .ready(.quarantined), "pending": .pending,
  ]
  static let connectives = ["not", "or", "and"]
}

extension Readiness.Verdict {
  /// As the filter spells it: `too-small`.
  package var filterLabel: String {
    String(label.map { $0 == " " ? "-" : $0 })
  }
}
