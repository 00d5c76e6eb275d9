/// The filter language of the fleet: which chargers a list shows, a campaign takes, a command means.
///
/// Terms stand side by side when all must hold; `or` between them is enough for one side; `not` or
/// `!` turns round what follows; parentheses group. `not` binds tighter than "side by side", which
/// binds tighter than `or`. `model:AC11,AC22` is one of both. `@NAME` stands for a saved selection.
/// What has neither a colon nor a comparison is a part of the identity, or a pattern for all of it
/// when it holds `*` or `?`. `FleetFilter.terms` lists what can be asked.
///
/// Every term is true or false, never in between. A fact that nobody knows fulfils no comparison
/// and no value, so `memory>=256` leaves out a charger of unknown memory, and `not memory>=256`
/// keeps it: a filter and its inverse always make up the whole fleet. `unknown:memory` asks for the
/// gap itself.
package struct FleetFilter: Sendable, Equatable {
  package enum Comparison: String, Sendable, CaseIterable {
    // The longer ones first: the parser takes the first that fits.
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case equal = "="

    package func holds<Value: Comparable>(_ a: Value, _ b: Value) -> Bool {
      switch self {
      case .less: a < b
      case .lessOrEqual: a <= b
      case .greater: a > b
      case .greaterOrEqual: a >= b
      case .equal: a == b
      }
    }
  }

  /// Texts that a pattern is compared with. The raw value is the word of the language.
  package enum TextKey: String, Sendable, CaseIterable {
    case model, vendor, site, hardware, serial, zone
    case firmware = "fw"
    /// The campaign of its newest upgrade.
    case campaign
    /// Versions that it must pass on its way to the target.
    case hop
    /// Any part of the notes, or a pattern for all of them.
    case notes
  }

  /// Whole numbers that are compared.
  package enum NumberKey: String, Sendable, CaseIterable {
    /// Free flash in kB.
    case flash
    /// Free RAM in kB.
    case ram
    case connectors
    /// The security profile: what it connected with, else what an import says.
    case profile
    /// The wave of its newest upgrade.
    case wave
  }

  /// Facts that may be missing.
  package enum Fact: String, Sendable, CaseIterable {
    case model, vendor, hardware, serial, site, flash, ram, connectors, seen
    case firmware = "fw"
  }

  package enum Condition: Sendable, Equatable {
    case identity(pattern: String)
    /// One of these, without regard to case.
    case identities([String])
    case text(TextKey, pattern: String)
    case number(NumberKey, Comparison, Int)
    case firmware(Comparison, than: FirmwareVersion)
    /// How long ago it was seen last; who is online is seen now.
    case seen(Comparison, ago: Span)
    /// nil: never connected.
    case speaks(ProtocolVersion?)
    /// Campaigns let it speak this.
    case released(ProtocolVersion)
    case ready(Readiness.Verdict)
    case online(Bool)
    /// Came unannounced and waits to be accepted.
    case pending
    case unknown(Fact)
  }

  package indirect enum Expression: Sendable, Equatable {
    /// Two or more; empty only as a whole filter: every charger.
    case all([Expression])
    /// Two or more.
    case any([Expression])
    case not(Expression)
    case term(Condition)
    /// A saved selection by its name; `init(_:saved:)` leaves none.
    case saved(String)
  }

  package var expression: Expression

  package init(_ expression: Expression = .all([])) { self.expression = expression }

  /// Whether it selects every charger by having no terms.
  package var isEmpty: Bool { expression == .all([]) }

  /// Longest terms of a saved selection, in bytes.
  package static let longestSaved = 65_536
  package static let mostSaved = 500

  /// The saved selections that it names.
  package var names: Set<String> { expression.names }

  /// Whether the same charger may pass now and not later.
  package var dependsOnTime: Bool { expression.dependsOnTime }
}

extension FleetFilter.Expression {
  fileprivate var names: Set<String> {
    switch self {
    case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.names) }
    case .not(let part): part.names
    case .saved(let name): [name]
    case .term: []
    }
  }

  fileprivate var dependsOnTime: Bool {
    switch self {
    case .all(let parts), .any(let parts): parts.contains(where: \.dependsOnTime)
    case .not(let part): part.dependsOnTime
    case .term(.seen): true
    case .term, .saved: false
    }
  }
}
