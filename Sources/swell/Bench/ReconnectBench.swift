import Glibc

/// All chargers of a fleet come back at once, each with its password: behind an engine that was
/// stopped in order, and behind one that was killed.
struct ReconnectBench {
  var chargers: Int
  /// Whether they come over TLS.
  var isSecure = false

  /// Heartbeats a second, of all who are back.
  private static let heartbeats = 200.0

  func run() throws -> [Figure] {
    var plan = LoadPlan(chargers: chargers)
    plan.havePasswords = true
    plan.sources = 8
    plan.retryAfter = 500
    let stage = try LoadStage(plan)
    let certificate = isSecure ? try BenchCertificate(in: stage.directory) : nil
    var engine = try EngineProcess(
      database: stage.database, directory: stage.directory, ["--log", "warning"],
      certificate: certificate)
    let (port, securePort) = (engine.port, engine.securePort)
    plan.port = isSecure ? securePort : port
    plan.tls = certificate?.client
    let fleet = try LoadFleet(plan)
    defer {
      fleet.stop()
      engine.kill()
    }
    Out.talk("bench: \(chargers) chargers connect for the first time")
    var figures = [Figure("chargers", Double(chargers), "")]
    figures += try measure("first", fleet, engine)
    for (name, signal) in [("after SIGTERM", SIGTERM), ("after SIGKILL", SIGKILL)] {
      Out.talk("bench: the engine ends (\(name)) and comes back")
      fleet.drop()
      engine.end(by: signal)
      engine = try EngineProcess(
        database: stage.database, directory: stage.directory, port: port, ["--log", "warning"],
        certificate: certificate, securePort: securePort)
      figures += try measure(name, fleet, engine)
    }
    return figures
  }

  private func measure(
    _ name: String, _ fleet: LoadFleet, _ engine: EngineProcess
  ) throws -> [Figure] {
    _ = fleet.take()
    let cpu = ProcessFigures.processorSeconds(of: engine.id)
    let start = Moment.now
    fleet.connect()
    fleet.start(.heartbeats, .open(perSecond: Self.heartbeats))
    try fleet.awaitBoots()
    let seconds = Double(Moment.now - start) / 1000
    let used = ProcessFigures.processorSeconds(of: engine.id) - cpu
    fleet.pause()
    let tally = fleet.take()
    for (remark, count) in tally.remarks { Out.talk("bench: \(count) × \(remark)") }
    return [
      Figure("\(name): all booted again", seconds, "s"),
      Figure("\(name): boot, p99", tally.boots.percentile(0.99), "ms"),
      Figure(
        "\(name): longest wait of a heartbeat meanwhile", tally.latencies.longest, "ms"),
      Figure("\(name): engine's CPU", used, "s"),
      Figure(
        "\(name): connections lost or refused", Double(tally.disconnects + tally.refusals), ""),
      Figure("\(name): errors", Double(tally.errors), "", .atMost(0)),
    ]
  }
}
