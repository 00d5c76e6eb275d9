/// A campaign whose engine is killed again and again, and what is left of the promises.
struct CrashBench {
  var kills: Int
  var fleet: CrashFleet
  var seed: UInt64
  var port = Self.port
  /// Where the engine listens when nothing is said.
  static let port = 22_600

  /// Runs campaigns one after the other until the engine was killed as often as asked: one campaign
  /// takes only so many deaths before it is over.
  func run() throws -> [Figure] {
    var chance = Chance(seed: seed)
    var deaths = CrashDeaths()
    var campaigns = 0
    var endless = 0
    var violations: [String] = []
    var strays: [String] = []
    var unexplained: [String] = []
    while deaths.count < kills, endless == 0 {
      campaigns += 1
      let scene = try CrashScene("bench-\(campaigns)", port: port, fleet: fleet)
      defer { scene.end() }
      try scene.begin()
      let killed = try scene.killAtRandom(atMost: kills - deaths.count, &chance)
      deaths.add(killed)
      do {
        try scene.awaitEnd()
      } catch let error as TooLong {
        // What it came to until then is worth knowing all the same.
        endless += 1
        Out.talk("bench: \(error)")
        try scene.close()
      }
      let verdict = try scene.verdict(deaths: killed.count)
      Out.talk(
        "bench: campaign \(campaigns), \(killed.count) deaths, \(Int(verdict.seconds)) s; "
          + verdict.figures)
      violations += verdict.violations
      strays += verdict.strays
      unexplained += verdict.unexplained
    }
    for sentence in violations + strays + unexplained { Out.talk("bench: \(sentence)") }
    return [
      Figure("engine killed", Double(deaths.count), "times", .atLeast(Double(kills))),
      Figure("of those, with a charger in outage 1", Double(deaths.inFirmware), "times"),
      Figure("of those, with a charger in outage 2", Double(deaths.inVersion), "times"),
      Figure("campaigns", Double(campaigns), ""),
      Figure("chargers in each", Double(fleet.expected.count), ""),
      Figure("campaigns without an end", Double(endless), "", .atMost(0)),
      Figure("promises broken", Double(violations.count), "", .atMost(0)),
      Figure("chargers that ended elsewhere", Double(strays.count), "", .atMost(0)),
      Figure(
        "chargers that the report does not explain", Double(unexplained.count), "", .atMost(0)),
    ]
  }
}

/// How often the engine died, and what was under way then.
struct CrashDeaths: CustomStringConvertible {
  var count = 0
  /// Some charger was between its place and its new image.
  var inFirmware = 0
  /// Some charger was between its second place and its proof, or on its way back.
  var inVersion = 0

  private static let firmware: Set<String> = [
    "snapshot", "draining", "ordering", "ordered", "downloading", "downloaded", "installing",
    "rebooting", "firmwareProved",
  ]
  private static let version: Set<String> = [
    "drainingToSwitch", "switching", "provisioning", "accepting", "verifying", "restoring",
    "rollingBack",
  ]

  /// One more, with upgrades in these phases.
  mutating func add(_ phases: [String: Int]) {
    count += 1
    if !Self.firmware.isDisjoint(with: phases.keys) { inFirmware += 1 }
    if !Self.version.isDisjoint(with: phases.keys) { inVersion += 1 }
  }

  mutating func add(_ other: Self) {
    count += other.count
    inFirmware += other.inFirmware
    inVersion += other.inVersion
  }

  var description: String {
    "\(count) deaths (\(inFirmware) in outage 1, \(inVersion) in outage 2)"
  }
}

extension CrashScene {
  /// Kills the engine at moments that chance draws, and starts it anew, until the campaign is over.
  func killAtRandom(atMost most: Int, _ chance: inout Chance) throws -> CrashDeaths {
    var deaths = CrashDeaths()
    while deaths.count < most {
      wait(until: Moment.now + fleet.lives.next(&chance))
      if try isOver { break }
      try kill()
      deaths.add(phases)
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
