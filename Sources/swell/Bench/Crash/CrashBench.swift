/// A campaign whose engine is killed again and again, and what is left of the promises.
struct CrashBench {
  var kills: Int
  var fleet: CrashFleet
  var seed: UInt64
  var port: Int

  /// Runs campaigns one after the other until the engine was killed as often as asked: one campaign
  /// takes only so many deaths before it is over.
  func run() throws -> [Figure] {
    var chance = Chance(seed: seed)
    var deaths = 0
    var campaigns = 0
    var violations: [String] = []
    var strays: [String] = []
    while deaths < kills {
      campaigns += 1
      let scene = try CrashScene("bench-\(campaigns)", port: port, fleet: fleet)
      defer { scene.end() }
      try scene.begin()
      let killed = try scene.killAtRandom(atMost: kills - deaths, &chance)
      deaths += killed
      try scene.awaitEnd()
      let verdict = try scene.verdict(deaths: killed)
      Out.talk(
        "bench: campaign \(campaigns), \(killed) deaths, \(Int(verdict.seconds)) s; "
          + verdict.figures)
      violations += verdict.violations
      strays += verdict.strays
    }
    for sentence in violations + strays { Out.talk("bench: \(sentence)") }
    return [
      Figure("engine killed", Double(deaths), "times", .atLeast(Double(kills))),
      Figure("campaigns", Double(campaigns), ""),
      Figure("chargers in each", Double(fleet.expected.count), ""),
      Figure("promises broken", Double(violations.count), "", .atMost(0)),
      Figure("chargers that ended elsewhere", Double(strays.count), "", .atMost(0)),
    ]
  }
}

extension CrashScene {
  /// Kills the engine at moments that chance draws, and starts it anew, until the campaign is over.
  /// - Returns: how often.
  func killAtRandom(atMost most: Int, _ chance: inout Chance) throws -> Int {
    var deaths = 0
    while deaths < most {
      // Often shorter than chargers take to come back, often long enough for whole steps.
      wait(until: Moment.now + Int(chance.next() % 2200) + 50)
      if try isOver { break }
      try kill()
      deaths += 1
      try serve()
    }
    return deaths
  }
}

/// SplitMix64, so that a seed says it all.
struct Chance: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
