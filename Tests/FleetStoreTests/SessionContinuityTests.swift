import Control
import Fleet
import Testing

/// The comparison before and after a migration, by itself.
@Suite struct SessionContinuityTests {
  private static let switched = Shelf.now
  private static let day = Span.hours(24)

  private static func session(
    _ days: Double, register: Double = 1000, energy: Double = 500, token: String = "A",
    version: ProtocolVersion? = nil, connector: Int = 1, remarks: [SessionRecord.Remark] = []
  ) -> SessionRecord {
    let at = switched + .hours(24 * days)
    let version = version ?? (days < 0 ? .ocpp16 : .ocpp201)
    return SessionRecord(
      number: 1, charger: "CP1", site: "", version: version, transactionID: "",
      connector: ConnectorID(evse: connector, connector: 1), token: token, tokenType: "",
      startedAt: at, stoppedAt: at + .hours(1), meterStart: register,
      meterStop: register + energy, energy: energy, stopReason: nil, remarks: remarks)
  }

  private static func spans(_ days: Double = 10, firstSeen: Double? = nil) -> ContinuityTally.Spans
  {
    .init(
      begun: switched + .hours(-1), migrated: switched,
      firstSeen: firstSeen.map { switched + .hours(24 * $0) }, now: switched + .hours(24 * days))
  }

  private static func findings(_ sessions: [SessionRecord], days: Double = 10) -> [String] {
    var tally = ContinuityTally()
    tally.take(spans(days), sessions: sessions)
    return tally.findings
  }

  @Test("both sides are equally long, at most 30 days, and no longer than the charger is known")
  func equalSpans() {
    for (days, firstSeen, expected) in [
      (10.0, nil, 10.0), (90, nil, 30), (10, -4.0, 4), (0, nil, 0),
    ] {
      let spans = Self.spans(days, firstSeen: firstSeen)
      let before = (spans.before.upperBound - spans.before.lowerBound).seconds / 86_400
      let after = (spans.after.upperBound - spans.after.lowerBound).seconds / 86_400
      #expect(before == after && abs(after - expected) < 0.05)
      #expect(spans.before.upperBound <= spans.after.lowerBound)
    }
    // A clock that was set back leaves nothing to compare, and nothing to trip over.
    let odd = ContinuityTally.Spans(
      begun: Self.switched + .hours(9), migrated: Self.switched,
      firstSeen: Self.switched + .hours(20), now: Self.switched + .hours(-5))
    #expect(odd.before.isEmpty && odd.after.isEmpty)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var sessions: [SessionRecord]
    /// A part of each finding.
    var findings: [String]
    var testDescription: String { name }
  }

  private static func daily(_ range: Range<Int>, _ make: (Double) -> SessionRecord)
    -> [SessionRecord]
  {
    range.map { make(Double($0) + 0.5) }
  }

  @Test(
    "findings name what billing would notice, and only that",
    arguments: [
      Case(
        name: "all as before",
        sessions: daily(-10..<(-1)) { session($0) } + daily(0..<10) { session($0, register: 1500) },
        findings: []),
      Case(
        name: "one fewer by chance",
        sessions: daily(-10..<(-2)) { session($0) } + [
          session(1, register: 1500), session(2, register: 1500), session(3, register: 1500),
        ], findings: []),
      Case(
        name: "none since", sessions: (0..<30).map { session(-9 + Double($0) * 0.25) },
        findings: ["No session since the switch, 3.0 a day before"]),
      Case(
        name: "far fewer",
        sessions: (0..<40).map { session(-9 + Double($0) * 0.2) } + [session(1, register: 1500)],
        findings: ["1 session since the switch, 40 in the same time before"]),
      Case(
        name: "lost starts",
        sessions: [session(-3), session(1, register: 1500, remarks: [.startUnknown])],
        findings: ["1 session since the switch lacks a start (0 in the same time before)."]),
      Case(
        name: "no more than before",
        sessions: [
          session(-3, remarks: [.endEstimated]),
          session(1, register: 1500, remarks: [.endEstimated]),
        ], findings: []),
      Case(
        name: "register back", sessions: [session(-3, register: 20_000), session(1, register: 0)],
        findings: ["Back by 20.5 kWh"]),
      Case(
        name: "register ahead",
        sessions: [session(-3, register: 20_000), session(1, register: 33_000)],
        findings: ["Ahead by 12.5 kWh"]),
      Case(
        name: "two connectors, one back",
        sessions: [
          session(-3, register: 5000), session(-2, register: 9000, connector: 2),
          session(1, register: 5500), session(2, register: 100, connector: 2),
        ], findings: ["connector 2.1 went from 9.5 kWh to 0.1 kWh"]),
      Case(
        name: "other tokens",
        sessions: (0..<12).map { session(-8 + Double($0) * 0.5, token: "AB\($0 % 6)") }
          + (0..<12).map { session(Double($0) * 0.5, register: 1500, token: "BA\($0 % 6)") },
        findings: ["None of the 6 tokens"]),
      Case(
        name: "strangers on both sides",
        sessions: (0..<12).map { session(-8 + Double($0) * 0.5, token: "AB\($0)") }
          + (0..<12).map { session(Double($0) * 0.5, register: 1500, token: "BA\($0)") },
        findings: []),
      Case(
        name: "tokens in another case",
        sessions: (0..<12).map { session(-8 + Double($0) * 0.5, token: "ab\($0 % 6)") }
          + (0..<12).map { session(Double($0) * 0.5, register: 1500, token: "AB\($0 % 6)") },
        findings: []),
      Case(
        name: "another unit",
        sessions: (0..<12).map { session(-9 + Double($0) * 0.5, register: 0, energy: 9000) }
          + (0..<12).map { session(Double($0) * 0.5, register: 9000, energy: 9) },
        findings: ["A session carries 0.0 kWh since the switch and carried 9.0 kWh before"]),
    ])
  func findings(example: Case) {
    let found = Self.findings(example.sessions)
    #expect(found.count == example.findings.count, "\(found)")
    for (sentence, part) in zip(found, example.findings) {
      #expect(sentence.contains(part), "\(sentence)")
    }
  }

  @Test("counts add up whatever sessions there are", arguments: 0..<50)
  func property(round: Int) {
    var system = SystemRandomNumberGenerator()
    let seed = system.next()
    var random = Seeded(seed)
    var tally = ContinuityTally()
    var (before, after, energy) = (0, 0, 0.0)
    let chargers = Int.random(in: 1...4, using: &random)
    for _ in 0..<chargers {
      let spans = Self.spans(Double.random(in: 0...60, using: &random))
      let sessions = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        Self.session(
          Double.random(in: -70...70, using: &random),
          register: Double(Int.random(in: 0...100_000, using: &random)),
          energy: Double(Int.random(in: -10...50_000, using: &random)),
          token: "T\(Int.random(in: 0...9, using: &random))",
          connector: Int.random(in: 0...3, using: &random),
          remarks: Bool.random(using: &random) ? [] : [.messagesMissing])
      }
      for session in sessions {
        if spans.before.contains(session.startedAt) { before += 1 }
        if spans.after.contains(session.startedAt) {
          after += 1
          energy += session.energy ?? 0
        }
      }
      tally.take(spans, sessions: sessions)
    }
    let result = tally.result("X")
    #expect(result?.chargers == chargers, "seed \(seed)")
    #expect(result?.before.sessions == before, "seed \(seed)")
    #expect(result?.after.sessions == after, "seed \(seed)")
    #expect(abs((result?.after.energy ?? 0) - energy) < 1, "seed \(seed)")
    let tokens = (result?.after.tokens ?? 0) - (result?.newTokens ?? 0)
    #expect(tokens == (result?.before.tokens ?? 0) - (result?.lostTokens ?? 0), "seed \(seed)")
    #expect(result.map { $0.after.remarked <= $0.after.sessions } == true, "seed \(seed)")
  }

  @Test("nothing that migrated is nothing to compare")
  func nothing() {
    #expect(ContinuityTally().result("X") == nil)
  }
}
