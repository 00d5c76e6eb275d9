import Fleet
import Testing

@testable import Rollout

/// What gates promise over many campaigns; most of it exactly, by following every way in which
/// chargers can come to their ends.
@Suite("Gates over many campaigns")
struct GateFigureTests {
  /// The chance that `holds` is true at some look within `n` chargers of a build of that rate.
  private func chance(
    rate: Double, within n: Int, _ holds: (_ done: Int, _ failed: Int) -> Bool
  ) -> Double {
    var chances = [1.0]
    var sum = 0.0
    for done in 1...n {
      var next = [Double](repeating: 0, count: chances.count + 1)
      for (failed, chance) in chances.enumerated() where chance > 0 {
        next[failed] += chance * (1 - rate)
        next[failed + 1] += chance * rate
      }
      for failed in next.indices where next[failed] > 0 && holds(done, failed) {
        sum += next[failed]
        next[failed] = 0
      }
      chances = next
    }
    return sum
  }

  @Test(
    "looking after every charger promotes a build at the limit in at most 5 % of campaigns",
    arguments: [0.10, 0.05])
  func peeking(limit: Double) {
    let live = chance(rate: limit, within: 600) { done, failed in
      FailureRate.isWithinAnytime(limit, failed: failed, done: done, confidence: 0.95)
    }
    #expect(live <= 0.05)
    #expect(live > 0)
    // What a bound for one look would do.
    let clopperPearson = chance(rate: limit, within: 600) { done, failed in
      FailureRate.isWithin(limit, failed: failed, done: done, confidence: 0.95)
    }
    #expect(clopperPearson > 0.10)
  }

  @Test("a planned look promotes a build at the limit in at most 5 %, in strata of any size")
  func planned() {
    let policy = GatePolicy()
    for population in [3, 12, 20, 28, 29, 46, 100] {
      for done in 1...population {
        guard let most = GatePower.bearable(policy, done: done, population: population) else {
          continue
        }
        if Gate.bound(policy, population: population) == .clopperPearson {
          #expect(Binomial.atMost(most, done, policy.maxFailureRate) <= 0.05 + 1e-9)
        } else {
          // The least number of failing ones that is over the limit.
          let bad = Int(policy.maxFailureRate * Double(population)) + 1
          let chance = Hypergeometric.atMost(
            most, drawn: done, bad: bad, population: population)
          #expect(chance <= 0.05 + 1e-9, "\(done) of \(population)")
        }
      }
    }
  }

  @Test("letting every failed gate go on promotes no more bad builds than looking once")
  func letGoOn() {
    let policy = GatePolicy()
    let looks = [29, 87, 203, 435]
    func promoted(looksAgain: Bool) -> Double {
      chance(rate: policy.maxFailureRate, within: 435) { done, failed in
        looks.contains(done)
          && Gate.isWithin(
            policy, failed: failed, done: done, population: 10_000,
            looksAgain: looksAgain && done > 29)
      }
    }
    #expect(promoted(looksAgain: true) <= 0.05)
    // As if each were the one planned look.
    #expect(promoted(looksAgain: false) > 0.10)
    let once = Gate.judge(done: 87, failed: 3, planned: 500, policy: policy)
    #expect(once.word == .pass)
    let again = Gate.judge(done: 87, failed: 3, planned: 500, policy: policy, looksAgain: true)
    #expect(again.word == .fail)
    #expect(again.basis?.bound == .anytime)
    #expect(again.upperBound == again.basis?.anytimeBound)
    #expect(Gate.needed(policy, failures: 1, population: 500, looksAgain: true) == 94)
  }

  @Test("campaigns at the limit, with peeking and early stops, are promoted in at most 5 %")
  func campaigns() {
    let seed: UInt64 = 47
    var random = SplitMix(seed: seed)
    let policy = GatePolicy()
    let test = SequentialTest(policy.stop)
    var promoted = 0
    for _ in 0..<2000 {
      var (done, failed) = (0, 0)
      while done < 29, !test.stops(done: done, failed: failed) {
        done += 1
        if random.share() < policy.maxFailureRate { failed += 1 }
      }
      let verdict = Gate.judge(done: done, failed: failed, planned: 1000, policy: policy)
      if verdict.word == .pass, !test.stops(done: done, failed: failed) { promoted += 1 }
    }
    // Three standard deviations above 4.7 %.
    #expect(promoted <= 123, "\(promoted), seed \(seed)")
    #expect(promoted > 0)
  }

  @Test("two failures at the start stop a wave; one does not, nor do two among many")
  func twoFailures() {
    let test = SequentialTest(.init())
    #expect(test.stops(done: 2, failed: 2))
    #expect(!test.stops(done: 1, failed: 1))
    #expect(!test.stops(done: 20, failed: 2))
    #expect(abs(test.stopsAt - 2.9444) < 1e-4)
    var off = StopPolicy()
    off.isOn = false
    #expect(!SequentialTest(off).stops(done: 2, failed: 2))
  }

  @Test("about 14 chargers stop a build of which every fifth fails, and hardly any a good one")
  func earlyStop() {
    let seed: UInt64 = 43
    var random = SplitMix(seed: seed)
    let test = SequentialTest(.init())
    func run(_ rate: Double, within n: Int) -> (stopped: Double, mean: Double) {
      var stopped = 0
      var sum = 0
      for _ in 0..<4000 {
        var failed = 0
        for done in 1...n {
          if random.share() < rate { failed += 1 }
          if test.stops(done: done, failed: failed) {
            stopped += 1
            sum += done
            break
          }
        }
      }
      return (Double(stopped) / 4000, Double(sum) / Double(max(1, stopped)))
    }
    let bad = run(0.20, within: 2000)
    #expect(bad.stopped > 0.99 && (11...17).contains(bad.mean), "\(bad), seed \(seed)")
    let good = run(0.02, within: 500)
    #expect(good.stopped <= 0.05, "\(good), seed \(seed)")
  }

  @Test("the power of a gate is what all sequences say")
  func power() {
    var policy = GatePolicy()
    policy.maxFailureRate = 0.30
    let (size, rate) = (12, 0.15)
    let point = GatePower.point(policy, size: size, population: 100, rate: rate)
    let test = SequentialTest(policy.stop)
    let most = GatePower.bearable(policy, done: size, population: 100) ?? 0
    var wanted = GatePower.Point(rate: rate, passes: 0, stopped: 0, chargers: 0, failed: 0)
    for fates in 0..<(1 << size) {
      var (failed, done) = (0, 0)
      var isStopped = false
      while done < size, !isStopped {
        failed += fates >> done & 1
        done += 1
        isStopped = failed > most || test.stops(done: done, failed: failed)
      }
      let all = fates.nonzeroBitCount
      var chance = 1.0
      for _ in 0..<all { chance *= rate }
      for _ in all..<size { chance *= 1 - rate }
      if isStopped, done < size { wanted.stopped += chance }
      if !isStopped { wanted.passes += chance }
      wanted.chargers += chance * Double(done)
      wanted.failed += chance * Double(failed)
    }
    #expect(abs(point.passes - wanted.passes) < 1e-12)
    #expect(abs(point.stopped - wanted.stopped) < 1e-12)
    #expect(abs(point.chargers - wanted.chargers) < 1e-9)
    #expect(abs(point.failed - wanted.failed) < 1e-9)
  }

  @Test("a canary of 29 rejects a build of which 2 % fail 44 % of the time")
  func strict() {
    let curve = GatePower.curve(.init(), size: 29, population: 1000)
    #expect(curve.map(\.rate) == GatePower.rates)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.passes > $1.passes })
    #expect(abs(1 - curve[2].passes - 0.44) < 0.005)
    #expect(curve[4].passes <= 0.05)
  }
}
