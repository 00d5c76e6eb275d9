import Fleet

/// Gathers what sessions of chargers were like before their migration and after it.
package struct ContinuityTally: Sendable {
  /// The longest time that is compared on each side.
  package static let longest = Fleet.Span.hours(24 * 30)

  /// Two equal spans of one charger.
  package struct Spans: Sendable, Equatable {
    package var before: Range<Instant>
    package var after: Range<Instant>

    /// - Parameter begun: when its upgrade first touched it.
    /// - Parameter firstSeen: when it was first heard of, where that is known.
    package init(begun: Instant, migrated: Instant, firstSeen: Instant?, now: Instant) {
      let begun = min(begun, migrated)
      var length = min(max(now - migrated, .milliseconds(0)), ContinuityTally.longest)
      // What it did elsewhere is not known here.
      if let firstSeen { length = min(length, max(begun - firstSeen, .milliseconds(0))) }
      let lower = Instant(milliseconds: begun.milliseconds - length.milliseconds)
      before = lower..<begun
      after = migrated..<(migrated + length)
    }
  }

  package struct Side: Sendable, Equatable {
    package var sessions = 0
    /// Of the sessions whose registers are both known, in Wh.
    package var energy = 0.0
    package var remarked = 0
    package var remarks: [SessionRecord.Remark: Int] = [:]
    package var tokens: Set<String> = []

    mutating func take(_ session: SessionRecord) {
      sessions += 1
      energy += session.energy ?? 0
      if !session.remarks.isEmpty { remarked += 1 }
      for remark in session.remarks { remarks[remark, default: 0] += 1 }
      if !session.token.isEmpty { tokens.insert(session.token.lowercased()) }
    }
  }

  package private(set) var before = Side()
  package private(set) var after = Side()
  /// Days of each side, over all chargers.
  package private(set) var days = 0.0
  package private(set) var chargers = 0
  private var from: Instant?
  private var begun: Instant?
  private var migrated: Instant?
  private var until: Instant?
  package private(set) var registers: [RegisterStep] = []

  package init() {}

  /// Takes a charger's sessions; those outside of its spans don't count, but for registers.
  package mutating func take(_ spans: Spans, sessions: [SessionRecord]) {
    chargers += 1
    days += (spans.after.upperBound - spans.after.lowerBound).seconds / 86_400
    from = min(from ?? spans.before.lowerBound, spans.before.lowerBound)
    begun = max(begun ?? spans.before.upperBound, spans.before.upperBound)
    migrated = min(migrated ?? spans.after.lowerBound, spans.after.lowerBound)
    until = max(until ?? spans.after.upperBound, spans.after.upperBound)
    for session in sessions {
      if spans.before.contains(session.startedAt) {
        before.take(session)
      } else if spans.after.contains(session.startedAt) {
        after.take(session)
      }
    }
    registers += RegisterStep.steps(in: sessions, migrated: spans.after.lowerBound)
  }

  /// The comparison; nil when no charger was taken.
  package func result(_ subject: String) -> Continuity? {
    guard let from, let begun, let migrated, let until else { return nil }
    let step = chargers == 1 ? registers.max { $0.oddity < $1.oddity } : nil
    return Continuity(
      subject: subject, chargers: chargers, before: Self.span(before, from, begun),
      after: Self.span(after, migrated, until),
      newTokens: after.tokens.subtracting(before.tokens).count,
      lostTokens: before.tokens.subtracting(after.tokens).count,
      registerBefore: step?.before, registerAfter: step?.after, findings: findings)
  }

  private static func span(_ side: Side, _ from: Instant, _ until: Instant) -> Continuity.Span {
    Continuity.Span(
      from: from, until: until, sessions: side.sessions, energy: side.energy,
      tokens: side.tokens.count, remarked: side.remarked)
  }
}

/// The register of a connector on both sides of the switch.
package struct RegisterStep: Sendable, Equatable {
  package var charger: String
  /// In the numbers of 2.x.
  package var connector: ConnectorID
  /// The last one of 1.6, in Wh.
  package var before: Double
  /// The first one of 2.x, in Wh.
  package var after: Double

  /// How strange it is, as a distance in Wh.
  var oddity: Double { abs(after - before) }

  /// Registers of the connectors that were used in both versions.
  static func steps(in sessions: [SessionRecord], migrated: Instant) -> [RegisterStep] {
    var last: [ConnectorID: (at: Instant, register: Double)] = [:]
    var first: [ConnectorID: (at: Instant, register: Double)] = [:]
    for session in sessions {
      if session.version == .ocpp16, session.startedAt < migrated {
        guard let register = session.meterStop ?? session.meterStart else { continue }
        if let known = last[session.connector], known.at > session.startedAt { continue }
        last[session.connector] = (session.startedAt, register)
      } else if session.version != .ocpp16 {
        guard let register = session.meterStart else { continue }
        if let known = first[session.connector], known.at <= session.startedAt { continue }
        first[session.connector] = (session.startedAt, register)
      }
    }
    // 1.6 numbers connectors flat: where there are as many on both sides, in the same order;
    // elsewhere only the first connectors of an EVSE can be told.
    let old = last.keys.sorted()
    let new = first.keys.sorted()
    return new.enumerated().compactMap { index, place in
      let match =
        old.count == new.count
        ? old[index] : place.connector == 1 ? old.first { $0.evse == place.evse } : nil
      guard let match, let before = last[match]?.register, let after = first[place]?.register
      else { return nil }
      let charger = sessions.first?.charger ?? ""
      return RegisterStep(charger: charger, connector: place, before: before, after: after)
    }
  }
}
