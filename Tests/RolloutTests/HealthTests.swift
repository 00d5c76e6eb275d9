import Fleet
import Testing

@testable import Rollout

@Suite("Health after migration")
struct HealthTests {
  /// A day on each side of an ordinary charger: a reconnect or none, two sessions of 12 kWh.
  static func pair(reconnects: (Int, Int) = (1, 1), hours: (Int, Int) = (24, 24)) -> VitalsPair {
    func side(_ reconnects: Int, _ hours: Int) -> Vitals {
      var vitals = Vitals()
      (vitals.hours, vitals.reconnects) = (hours, reconnects)
      (vitals.started, vitals.charged, vitals.energy) = (2, 2, 24_000)
      return vitals
    }
    return VitalsPair(before: side(reconnects.0, hours.0), after: side(reconnects.1, hours.1))
  }

  static var proof: HealthPolicy {
    var policy = HealthPolicy()
    policy.demand = .proof
    return policy
  }

  private func judge(_ pairs: [VitalsPair], _ policy: HealthPolicy = proof) -> GateVerdict {
    Gate.judge(done: 29, failed: 0, planned: 100, policy: .init()).taking(
      Health.lines(.init(pairs: pairs), policy: policy), policy: policy)
  }

  @Test("chargers that do as before pass, and every figure says its numbers")
  func asBefore() {
    let verdict = judge((0..<29).map { Self.pair(reconnects: ($0 % 2, ($0 + 1) % 2)) })
    #expect(verdict.word == .pass)
    #expect(verdict.health?.map(\.figure) == HealthLine.Figure.allCases)
    #expect(
      verdict.health?.first?.sentence
        == "reconnects a day: 0.48 before, 0.52 since (29 of 29 chargers compared, 15 worse, "
        + "14 better, by chance 50 %)")
  }

  @Test("some that reconnect all the time fail the gate, although all of them installed")
  func reconnects() {
    let pairs = (0..<29).map { $0 < 8 ? Self.pair(reconnects: (1, 90)) : Self.pair() }
    let verdict = judge(pairs)
    #expect(verdict.word == .fail)
    #expect(verdict.sentence.contains("reconnects a day: 1.00 before"))
    #expect(verdict.sentence.hasSuffix("worse than before"))
    var noHarm = HealthPolicy()
    #expect(judge(pairs, noHarm).word == .fail)
    noHarm.demand = .off
    #expect(judge(pairs, noHarm).word == .pass)
  }

  @Test("one wild charger says nothing of a build, nor does what is within the tolerance")
  func tolerance() {
    #expect(judge((0..<29).map { Self.pair(reconnects: (1, $0 == 0 ? 500 : 1)) }).word == .pass)
    #expect(judge((0..<29).map { _ in Self.pair(reconnects: (2, 4)) }).word == .pass)
    #expect(judge((0..<29).map { _ in Self.pair(reconnects: (2, 5)) }).word == .fail)
  }

  @Test("rates are weighed by the hours that a charger was heard of")
  func exposure() {
    let verdict = judge((0..<29).map { _ in Self.pair(reconnects: (4, 1), hours: (24, 6)) })
    #expect(verdict.word == .pass)
    #expect(verdict.health?[0].before == 4)
    #expect(verdict.health?[0].after == 4)
    #expect(verdict.health?[0].worse == 0)
  }

  @Test("missing data never passes, and says what is missing")
  func missing() {
    let few = judge((0..<29).map { Self.pair(hours: (24, $0 < 10 ? 1 : 24)) })
    #expect(few.word == .inconclusive)
    #expect(few.sentence.contains("10 of 29 chargers were not heard of for 6 h on both sides"))
    #expect(few.sentence.hasSuffix(": a person decides"))
    let none = judge((0..<29).map { _ in VitalsPair(before: Vitals(), after: Vitals()) })
    #expect(none.word == .inconclusive)
    #expect(none.sentence.contains("none of them had a session before"))
    // Where the playbook does not ask for proof it is told, and does not block.
    let pairs = (0..<29).map { _ in VitalsPair(before: Vitals(), after: Vitals()) }
    let lenient = judge(pairs, HealthPolicy())
    #expect(lenient.word == .pass)
    #expect(lenient.health?.allSatisfy { $0.word == .inconclusive } == true)
  }

  @Test("sessions that end without energy, or with much less of it, fail the gate")
  func sessions() {
    var pairs = (0..<29).map { _ in Self.pair() }
    for index in 0..<9 { (pairs[index].after.charged, pairs[index].after.energy) = (0, 0) }
    #expect(judge(pairs).health?[3].word == .fail)
    pairs = (0..<29).map { _ in Self.pair() }
    for index in 0..<9 { pairs[index].after.energy = 12_000 }
    let verdict = judge(pairs)
    #expect(verdict.health?.map(\.word) == [.pass, .pass, .pass, .pass, .fail])
    #expect(verdict.health?[4].sentence.hasPrefix("energy of a session: 12.00 kWh before") == true)
  }

  @Test("health saves no gate that failed")
  func failedAlready() {
    let failed = Gate.judge(done: 29, failed: 3, planned: 100, policy: .init())
    let lines = Health.lines(
      .init(pairs: (0..<26).map { _ in Self.pair() }), policy: Self.proof)
    #expect(failed.taking(lines, policy: Self.proof).word == .fail)
  }

  @Test("a build that changes nothing is called worse in no more campaigns than was allowed")
  func falseAlarms() {
    let seed: UInt64 = 5
    var random = SplitMix(seed: seed)
    var alarms = 0
    for _ in 0..<400 {
      let pairs = (0..<29).map { _ in
        // Some are worse than others, before and after alike.
        let chance = random.below(3) == 0 ? 0.6 : 0.1
        func count() -> Int { (0..<8).reduce(0) { n, _ in n + (random.share() < chance ? 1 : 0) } }
        return Self.pair(reconnects: (count(), count()))
      }
      if judge(pairs).word == .fail { alarms += 1 }
    }
    #expect(alarms <= 20, "\(alarms), seed \(seed)")
  }
}
