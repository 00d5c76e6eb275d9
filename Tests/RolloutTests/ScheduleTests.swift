import Fleet
import Testing

@testable import Rollout

/// Schedules of random fleets under random limits.
enum RandomSchedule {
  /// Nights that begin in the evening; every seventh is left out, and one night each has a missing
  /// and a doubled hour.
  static func nights(_ random: inout SplitMix) -> OpenTimes {
    let hour: Int64 = 3_600_000
    let opens = Int64(random.below(24)) * hour
    let length = Int64(3 + random.below(9)) * hour
    let odd = Int64(random.below(7))
    return OpenTimes { moment in
      var day = moment.milliseconds / (24 * hour) - 2
      while true {
        day += 1
        if day % 7 == odd { continue }
        let shift = day % 20 == 3 ? -hour : day % 20 == 13 ? hour : 0
        let open = day * 24 * hour + opens
        let close = open + length + shift
        if close > moment.milliseconds {
          return (Instant(milliseconds: open), Instant(milliseconds: close))
        }
      }
    }
  }

  static func input(_ random: inout SplitMix, chargers: Int) -> ScheduleInput {
    var input = ScheduleInput(origin: Instant(seconds: 1_790_000_000))
    var gate = GatePolicy()
    gate.acceptedHarm = 1 + random.below(10)
    input.campaigns = [.init(siteBudget: 1 + random.below(3), gate: gate)]
    for _ in 0..<1 + random.below(3) { input.openTimes.append(nights(&random)) }
    for _ in 0..<1 + random.below(3) {
      input.uplinks.append(
        .init(
          budget: random.below(2) == 0 ? nil : 1 + random.below(4),
          rate: random.below(3) == 0 ? 20_000 : nil))
    }
    for _ in 0..<1 + random.below(max(1, chargers / 3)) {
      var place = ScheduleInput.Place()
      if random.below(2) == 0 { place.budget = 1 + random.below(3) }
      if random.below(3) == 0 { place.uplink = random.below(input.uplinks.count) }
      if random.below(4) > 0 { place.openTimes = random.below(input.openTimes.count) }
      if random.below(4) == 0 { place.delay = .minutes(Double(random.below(20))) }
      input.places.append(place)
    }
    input.modelBudgets = [nil, 2 + random.below(8)]
    if random.below(4) == 0 { input.fleetBudget = 1 + random.below(20) }
    if random.below(4) == 0 { input.fleetRate = 100_000 }
    for _ in 0..<1 + random.below(3) {
      let outages = (0..<1 + random.below(2)).map { _ in
        ScheduleInput.Outage(
          long: .minutes(Double(10 + random.below(110))),
          soak: .hours(Double(random.below(30))),
          bytes: random.below(2) == 0 ? 38_000_000 : 0)
      }
      input.groups.append(.init(model: random.below(2), outages: outages))
    }
    for _ in 0..<chargers {
      let group = random.below(input.groups.count)
      input.jobs.append(
        .init(
          place: random.below(12) == 0 ? nil : random.below(input.places.count), group: group,
          wave: 1 + random.below(3)))
    }
    return input
  }

  static func model(_ input: ScheduleInput, _ random: inout SplitMix) -> ReplayModel {
    let shape = ScheduleShape(input)
    let tables = shape.outages.map { outage in
      let half = outage.long.milliseconds / 2
      return (0..<64).map { half + ($0 < 32 ? 0 : Int64($0 - 32) * half / 32) }
    }
    var model = ReplayModel(shape, tables: tables, failures: 40)
    for group in input.groups.indices { model.evidence[group] = (Double(random.below(3)), 20) }
    return model
  }
}

@Suite("Schedules")
struct ScheduleTests {
  @Test("no schedule of any fleet breaks a budget, window, risk or wave")
  func holds() {
    for seed in 0..<120 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let input = RandomSchedule.input(&random, chargers: 1 + random.below(140))
      let model = RandomSchedule.model(input, &random)
      for draw in [nil, seed] as [UInt64?] {
        var replay = Replay(model, seed: draw, logs: true)
        let result = replay.run()
        #expect(ScheduleChecker(input, result).broken.first == nil, "seed \(seed)")
        #expect(result.stuck == 0, "seed \(seed)")
        #expect(result.endings.count == input.jobs.count, "seed \(seed)")
      }
    }
  }

  @Test("no schedule is faster than its lower bound")
  func bound() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let input = RandomSchedule.input(&random, chargers: 1 + random.below(140))
      let model = RandomSchedule.model(input, &random)
      var replay = Replay(model, seed: nil)
      let result = replay.run()
      let bound = LowerBound(model)
      #expect(bound.span.milliseconds <= result.end, "seed \(seed) \(bound)")
      #expect(bound.span.milliseconds > 0)
    }
  }

  @Test("a replay of the same seed is the same replay")
  func same() {
    var random = SplitMix(seed: 5)
    let input = RandomSchedule.input(&random, chargers: 100)
    let model = RandomSchedule.model(input, &random)
    var one = Replay(model, seed: 9, logs: true)
    var two = Replay(model, seed: 9, logs: true)
    #expect(one.run().stays == two.run().stays)
  }

  @Test("the quick answer about risk is the bound's own")
  func risk() {
    for harm in [1, 3, 10, 30] {
      var policy = GatePolicy()
      policy.acceptedHarm = harm
      let table = RiskTable(policy: policy, most: 3000)
      var random = SplitMix(seed: UInt64(harm))
      for _ in 0..<400 {
        let done = random.below(3000)
        let failed = random.below(2) == 0 ? random.below(3) : random.below(done / 10 + 1)
        guard failed <= done else { continue }
        let allowance = AtRisk.allowance(done: done, failed: failed, policy: policy)
        for count in [1, allowance, allowance + 1, allowance / 2 + 1] where count <= 3000 {
          #expect(
            table.allows(count, done: done, failed: failed) == (count <= allowance),
            "\(count) of \(allowance) after \(failed) of \(done), harm \(harm)")
        }
      }
    }
  }

  @Test("what a gate needs is found from one failure to the next")
  func gates() {
    let policy = GatePolicy()
    let table = GateTable(policy: policy, population: 4000, failures: 60)
    for failed in [0, 1, 2, 7, 23, 59] {
      #expect(
        table.needed(failed: failed)
          == Gate.needed(
            limit: policy.maxFailureRate, confidence: policy.confidence, failures: failed))
    }
  }
}
