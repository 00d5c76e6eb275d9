/// The rows of the quirk table that apply to one charger, ready to be asked. A class: thousands of
/// chargers of one kind share one.
package final class QuirkSet: Sendable {
  /// Of a charger that does everything right.
  package static let none = QuirkSet([])

  /// The most particular first.
  package let rows: [QuirkTable.Row]
  package let assumedVersion: ProtocolVersion?
  package let acceptsHexPassword: Bool
  package let userName: String?
  package let quiet: Span?
  package let answersPings: Bool
  package let deafAfter: Int?
  package let patience: Span?
  package let writeSpacing: Span?
  package let retriesWithoutProfile: Bool
  package let freeToken: String?
  /// Nil: its clock is right.
  package let clock: ClockOffset?
  /// Rows that say what it must not be sent.
  package let bans: [QuirkTable.Row]
  private let tolerances: [(name: String, tolerance: Quirk.Tolerance)]

  /// - Parameter rows: that apply, in the order in which they are asked. Where only one can hold,
  ///   the first does.
  init(_ rows: [QuirkTable.Row]) {
    func first<Value>(_ pick: (Quirk) -> Value?) -> Value? {
      for row in rows {
        if let value = pick(row.quirk) { return value }
      }
      return nil
    }
    func has(_ word: Quirk.Word) -> Bool { rows.contains { $0.quirk.word == word } }
    self.rows = rows
    assumedVersion = first { if case .assumeVersion(let version) = $0 { version } else { nil } }
    acceptsHexPassword = has(.hexPassword)
    userName = first { if case .userName(let name) = $0 { name } else { nil } }
    quiet = first { if case .quiet(let span) = $0 { span } else { nil } }
    answersPings = !has(.noPings)
    deafAfter = first { if case .deafAfter(let count) = $0 { count } else { nil } }
    patience = first { if case .answerWithin(let span) = $0 { span } else { nil } }
    writeSpacing = first { if case .spaceWrites(let span) = $0 { span } else { nil } }
    retriesWithoutProfile = has(.retryWithoutProfile)
    freeToken = first { if case .freeToken(let token) = $0 { token } else { nil } }
    clock = first { if case .shiftClock(let span) = $0 { ClockOffset(stated: span) } else { nil } }
    bans = rows.filter { [.neverSend, .noKeys, .hexTokens].contains($0.quirk.word) }
    tolerances = rows.compactMap {
      if case .tolerate(let tolerance) = $0.quirk { ($0.name, tolerance) } else { nil }
    }
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// Whether what it says is not always taken as it says it.
  package var adaptsEvents: Bool { clock != nil || freeToken != nil }

  /// The name of the row that says so; empty when none does.
  package func name(of word: Quirk.Word) -> String {
    rows.first { $0.quirk.word == word }?.name ?? ""
  }

  /// The name of the row that lets a broken rule pass; nil when none does.
  package func tolerates(_ action: String, _ path: String, _ flaw: Quirk.Flaw) -> String? {
    tolerances.first { $0.tolerance.covers(action, path, flaw) }?.name
  }

  /// Whether a user name other than its identity is the charger's.
  /// - Parameter serial: of the charger, where it is known.
  package func mayBeNamed(_ user: String, serial: String?) -> Bool {
    guard let userName else { return false }
    guard userName.contains("{serial}") else { return Glob(userName).matches(user) }
    guard let serial, !serial.isEmpty else { return false }
    return Glob(userName.replacing("{serial}", with: serial)).matches(user)
  }
}
