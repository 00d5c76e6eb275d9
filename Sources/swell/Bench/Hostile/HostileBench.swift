import Foundation

/// Good chargers, alone and beside each attack in turn: whether they notice, whether the engine
/// grows, and how the attacker ends.
struct HostileBench {
  var chargers: Int
  /// Messages a second of the good ones.
  var rate: Int
  /// Times that each attack and the quiet before it are measured, so that noise cancels.
  var rounds: Int

  /// Below so many milliseconds a p99 is noise of the machine.
  private static let floor = 5.0
  func run() throws -> [Figure] {
    var plan = LoadPlan(chargers: chargers + Attack.allCases.count * rounds)
    let stage = try LoadStage(plan)
    let engine = try EngineProcess(
      database: stage.database, directory: stage.directory, ["--log", "error"],
      certificate: try BenchCertificate(in: stage.directory))
    defer { engine.kill() }
    plan.port = engine.port
    let attackers = (chargers..<plan.chargers).map(plan.identity)
    plan.chargers = chargers
    let fleet = try LoadFleet(plan)
    defer { fleet.stop() }
    fleet.connect()
    try fleet.awaitBoots()
    fleet.start(.heartbeatsAndStatuses, .open(perSecond: Double(rate)))
    _ = watch(engine, seconds: 2)
    _ = fleet.take()
    var figures = [
      Figure("good chargers", Double(chargers), ""), Figure("their messages", Double(rate), "/s"),
    ]
    var identities = attackers[...]
    for attack in Attack.allCases {
      Out.talk("bench: \(attack.name)")
      let names = identities.prefix(rounds)
      identities = identities.dropFirst(rounds)
      figures += try measure(attack, Array(names), fleet, engine)
    }
    return figures
  }

  private func measure(
    _ attack: Attack, _ identities: [String], _ fleet: LoadFleet, _ engine: EngineProcess
  ) throws -> [Figure] {
    var alone: [Double] = []
    var beside: [Double] = []
    var disconnects = 0
    var errors = 0
    var ends: [String: Int] = [:]
    var before = 0.0
    var most = 0.0
    for (round, identity) in identities.enumerated() {
      let quiet = watch(engine, seconds: min(attack.seconds, 5))
      if round == 0 { before = quiet }
      alone.append(fleet.take().latencies.percentile(0.99))
      let attacker = Attacker(
        attack, port: attack.isSecure ? engine.securePort : engine.port, identity: identity)
      most = max(most, watch(engine, seconds: attack.seconds))
      let tally = fleet.take()
      for (end, count) in attacker.stop() { ends[end, default: 0] += count }
      beside.append(tally.latencies.percentile(0.99))
      disconnects += tally.disconnects
      errors += tally.errors
      // What it leaves behind is not the next quiet's.
      _ = watch(engine, seconds: 1)
      _ = fleet.take()
    }
    guard engine.isRunning else { throw Failure("the engine ended under \(attack.name)") }
    for (end, count) in ends where end != attack.end {
      Out.talk("bench: \(attack.name): \(count) × \(end)")
    }
    // The middle of the rounds: a neighbour on this machine spoils one, not most of them.
    let quiet = alone.percentile(0.5)
    let name = attack.name
    return [
      Figure("\(name): p99 of the good ones just before", quiet, "ms"),
      Figure(
        "\(name): p99 beside it, twice that or \(Int(Self.floor)) ms",
        beside.percentile(0.5), "ms", .atMost(max(Self.floor, 2 * quiet))),
      Figure("\(name): good chargers lost", Double(disconnects), "", .atMost(0)),
      Figure("\(name): errors", Double(errors), "", .atMost(0)),
      Figure("\(name): engine's growth", most - before, "MB", .atMost(attack.growth)),
      Figure(
        "\(name): \(attack.endInWords)", Double(ends[attack.end, default: 0]), "",
        .atLeast(Double(attack.count * rounds))),
    ]
  }

  /// Most of the engine's memory in that time, in MB.
  private func watch(_ engine: EngineProcess, seconds: Int) -> Double {
    var most = 0.0
    let end = Moment.now + seconds * 1000
    while Moment.now < end {
      wait(until: min(end, Moment.now + 200))
      most = max(most, ProcessFigures.resident(of: engine.id))
    }
    return most
  }
}
