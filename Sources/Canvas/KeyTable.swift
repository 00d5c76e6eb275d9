/// A part of the console in which a key has one meaning: a screen, a prompt, a dialogue.
package struct KeyScope: Hashable, Sendable {
  package let name: String
  /// Whether keys of ``everywhere`` work here too. Not where text is typed.
  package let inherits: Bool

  package init(_ name: String, inherits: Bool = true) {
    self.name = name
    self.inherits = inherits
  }

  /// Keys that work in every scope that inherits.
  package static let everywhere = KeyScope("everywhere")

  func reaches(_ other: KeyScope) -> Bool {
    self == other || self == .everywhere && other.inherits || other == .everywhere && inherits
  }
}

/// Whether an action can be done now, and if not, the sentence that says why.
package enum Availability: Hashable, Sendable {
  case available
  case unavailable(String)
}

/// One row of the key table.
package struct KeyBinding<Action: Hashable & Sendable>: Sendable {
  package let keys: [Key]
  package let action: Action
  /// One or two words for the hint line; empty keeps it out of there.
  package let hint: String
  /// A sentence for the help screen.
  package let help: String
  package let scopes: [KeyScope]
  /// 0 stays longest on a narrow hint line.
  package let rank: Int
  /// The keys in words: `j Down`.
  package let label: String

  /// - Parameter label: in place of a list of all keys.
  package init(
    _ keys: [Key], _ action: Action, hint: String = "", help: String,
    in scopes: [KeyScope] = [.everywhere], rank: Int = 5, label: String? = nil
  ) {
    self.label = label ?? keys.map(\.label).joined(separator: " ")
    self.keys = keys
    self.action = action
    self.hint = hint
    self.help = help
    self.scopes = scopes
    self.rank = rank
  }
}

/// What a key press means here and now.
package enum KeyMeaning<Action: Hashable & Sendable>: Hashable, Sendable {
  case nothing
  case action(Action)
  /// The key is known, but cannot act now; the sentence says why.
  case refused(Action, why: String)
}

/// Two rows that claim one key in scopes that meet.
package struct KeyConflict: Hashable, Sendable {
  package let key: Key
  package let scope: String
  package let first: String
  package let second: String
}

/// The one table that drives dispatch, hints, help and the conflict test.
package struct KeyTable<Action: Hashable & Sendable>: Sendable {
  package let bindings: [KeyBinding<Action>]

  package init(_ bindings: [KeyBinding<Action>]) {
    self.bindings = bindings
  }

  /// The row for a key; a scope's own rows come before those of everywhere.
  package func binding(for key: Key, in scope: KeyScope) -> KeyBinding<Action>? {
    if let own = bindings.first(where: { $0.scopes.contains(scope) && $0.keys.contains(key) }) {
      return own
    }
    guard scope.inherits else { return nil }
    return bindings.first { $0.scopes.contains(.everywhere) && $0.keys.contains(key) }
  }

  /// What a key press means, given what can be done now.
  package func meaning(
    of key: Key, in scope: KeyScope, availability: (Action) -> Availability
  ) -> KeyMeaning<Action> {
    guard let binding = binding(for: key, in: scope) else { return .nothing }
    switch availability(binding.action) {
    case .available: return .action(binding.action)
    case .unavailable(let why): return .refused(binding.action, why: why)
    }
  }

  /// The rows that work in a scope, in the table's order: its own first, then everywhere's.
  package func rows(in scope: KeyScope) -> [KeyBinding<Action>] {
    let own = bindings.filter { $0.scopes.contains(scope) }
    guard scope.inherits, scope != .everywhere else { return own }
    return own + bindings.filter { $0.scopes.contains(.everywhere) && !$0.scopes.contains(scope) }
  }

  /// Hints for the actions that can be done now.
  package func hints(in scope: KeyScope, availability: (Action) -> Availability) -> [Hint] {
    rows(in: scope).compactMap { row in
      guard !row.hint.isEmpty, let key = row.keys.first, availability(row.action) == .available
      else { return nil }
      let label = row.keys.count > 2 ? row.label : key.label
      return Hint(key: label, word: row.hint, rank: row.rank)
    }
  }

  /// Keys with two meanings in scopes that meet; empty in a sound table. A screen that would hide
  /// a key of everywhere is a conflict too: fingers must be able to trust those.
  package func conflicts() -> [KeyConflict] {
    var found: [KeyConflict] = []
    for (index, first) in bindings.enumerated() {
      for key in first.keys where first.keys.filter({ $0 == key }).count > 1 {
        found.append(
          KeyConflict(key: key, scope: first.scopes[0].name, first: first.help, second: first.help))
      }
      for second in bindings[(index + 1)...] {
        for key in first.keys where second.keys.contains(key) {
          for scope in first.scopes {
            guard let met = second.scopes.first(where: { $0.reaches(scope) }) else { continue }
            let narrow = scope == .everywhere ? met : scope
            found.append(
              KeyConflict(key: key, scope: narrow.name, first: first.help, second: second.help))
            break
          }
        }
      }
    }
    return found
  }
}
