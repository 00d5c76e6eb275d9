/// What the engine can do about a way in which chargers differ from the specification.
package enum Quirk: Sendable, Equatable {
  /// Done for every charger; the text says what.
  case always(String)
  /// Nothing is done; the text says why. In an operator's file it takes the stock rows of this name
  /// back.
  case none(String)
  /// Taken for one of this version when it offers no sub-protocol; answered without one.
  case assumeVersion(ProtocolVersion)
  /// Its Basic password may be the hexadecimal text of the bytes it should send.
  case hexPassword
  /// Its Basic user name may be another than its identity: a pattern, or its serial number for
  /// `{serial}`.
  case userName(String)
  /// Asked nothing for so long after each connect and boot.
  case quiet(Span)
  /// Answers no pings: none are sent, and silence alone ends its connection.
  case noPings
  /// So many calls in a row may stay unanswered before its connection is closed.
  case deafAfter(Int)
  /// May take so long for an answer.
  case answerWithin(Span)
  /// Must not be sent this.
  case neverSend(Ban)
  /// Its configuration can only be read as a whole.
  case noKeys
  /// Takes only tokens of 8 to 20 hexadecimal digits.
  case hexTokens
  /// Least time between an answer to a write of its configuration and the next call.
  case spaceWrites(Span)
  /// A remote start that it refuses with an error is sent once more without the charging profile.
  case retryWithoutProfile
  /// A session begun without a token is this token's.
  case freeToken(String)
  /// Its times are local time under another name: by how much; nil where that is measured.
  case shiftClock(Span?)
  /// A message against this rule is taken all the same.
  case tolerate(Tolerance)

  /// A message that must not be sent.
  package struct Ban: Sendable, Equatable {
    package var action: String
    /// Names of fields from the payload down, through lists; empty for any payload.
    package var field: [String]
    /// What the field's text must match.
    package var pattern: Glob
    package init(action: String, field: [String] = [], pattern: Glob = Glob("*")) {
      (self.action, self.field, self.pattern) = (action, field, pattern)
    }
  }

  /// A broken rule that is no reason to refuse a message.
  package struct Tolerance: Sendable, Equatable {
    package var action: Glob
    /// From the payload, without the numbers of list items.
    package var path: Glob
    /// Empty: any.
    package var flaws: Set<Flaw>
    package init(action: Glob, path: Glob, flaws: Set<Flaw> = []) {
      (self.action, self.path, self.flaws) = (action, path, flaws)
    }

    package func covers(_ action: String, _ path: String, _ flaw: Flaw) -> Bool {
      (flaws.isEmpty || flaws.contains(flaw)) && self.action.matches(action)
        && self.path.matches(path)
    }
  }

  /// How a message breaks its schema.
  package enum Flaw: String, Sendable, CaseIterable {
    case missing
    case unknownField = "unknown-field"
    case type
    case length
    case enumeration
    case bounds
    case multipleOf = "multiple-of"
    case itemCount = "item-count"
    case format
    case time

    /// Of a message, for a person.
    package var label: String {
      switch self {
      case .missing: "required field is missing"
      case .unknownField: "field is unknown"
      case .type: "wrong type"
      case .length: "too long"
      case .enumeration: "none of the listed values"
      case .bounds: "too small or too large"
      case .multipleOf: "too fine"
      case .itemCount: "too many or too few items"
      case .format: "wrong format"
      case .time: "a time that is not RFC 3339"
      }
    }
  }

  /// The word of the table's column `does`.
  package enum Word: String, Sendable, CaseIterable {
    case always
    case none
    case assumeVersion = "assume-version"
    case hexPassword = "hex-password"
    case userName = "user-name"
    case quiet
    case noPings = "no-pings"
    case deafAfter = "deaf-after"
    case answerWithin = "answer-within"
    case neverSend = "never-send"
    case noKeys = "no-keys"
    case hexTokens = "hex-tokens"
    case spaceWrites = "space-writes"
    case retryWithoutProfile = "retry-without-profile"
    case freeToken = "free-token"
    case shiftClock = "shift-clock"
    case tolerate
  }

  package var word: Word {
    switch self {
    case .always: .always
    case .none: .none
    case .assumeVersion: .assumeVersion
    case .hexPassword: .hexPassword
    case .userName: .userName
    case .quiet: .quiet
    case .noPings: .noPings
    case .deafAfter: .deafAfter
    case .answerWithin: .answerWithin
    case .neverSend: .neverSend
    case .noKeys: .noKeys
    case .hexTokens: .hexTokens
    case .spaceWrites: .spaceWrites
    case .retryWithoutProfile: .retryWithoutProfile
    case .freeToken: .freeToken
    case .shiftClock: .shiftClock
    case .tolerate: .tolerate
    }
  }

  /// What the engine does, for a person.
  /// - Parameter value: as the row has it.
  package func sentence(_ value: String) -> String {
    switch self {
    case .always(let text), .none(let text): text
    case .assumeVersion(let version):
      "spoken to in OCPP \(version.label) when it offers no sub-protocol"
    case .hexPassword: "its password is compared as bytes and as hexadecimal text"
    case .userName: "may come with the user name \(value)"
    case .quiet(let span): "asked nothing for \(Self.label(span)) after it connects and boots"
    case .noPings: "sent no pings; silence for three heartbeats ends its connection"
    case .deafAfter(let count): "\(count) calls in a row may stay unanswered"
    case .answerWithin(let span): "has \(Self.label(span)) for each answer"
    case .neverSend: "never sent \(value)"
    case .noKeys: "its configuration is read as a whole, never by keys"
    case .hexTokens: "sent only tokens of 8 to 20 hexadecimal digits"
    case .spaceWrites(let span): "asked nothing for \(Self.label(span)) after each write"
    case .retryWithoutProfile:
      "a remote start that it answers with an error is sent again without the charging profile"
    case .freeToken(let token): "a session without a token is taken for \(token)'s"
    case .shiftClock(nil): "times that are whole quarter-hours ahead are taken back by that"
    case .shiftClock(.some): "its times are taken for local time \(value)"
    case .tolerate: "let pass: \(value)"
    }
  }

  private static func label(_ span: Span) -> String {
    span.milliseconds % 1000 == 0
      ? "\(span.milliseconds / 1000) s" : "\(span.milliseconds) ms"
  }
}
