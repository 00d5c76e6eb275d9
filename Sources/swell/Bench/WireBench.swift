import Glibc
import OCPP

/// What one event loop of the engine does a second, in each version and all mixed, in the clear and
/// over TLS: full parse, validation, state, and every message committed before its answer. The load
/// runs on the same machine, beside it.
struct WireBench {
  var chargers: Int
  var seconds: Int
  /// Chargers that are connected and say nothing, for their memory.
  var idle: Int

  private static let versions: [(name: String, versions: [OCPPVersion])] = [
    ("1.6", [.v16]), ("2.0.1", [.v201]),
    // As fleets are while they move: half, four tenths, one tenth.
    ("mixed", [.v16, .v201, .v16, .v201, .v16, .v201, .v16, .v201, .v16, .v21]),
  ]

  func run() throws -> [Figure] {
    var figures: [Figure] = []
    for isSecure in [false, true] {
      for (name, versions) in Self.versions {
        let title = "\(name), \(isSecure ? "TLS" : "plain")"
        figures += try traffic(title, versions, isSecure)
      }
      figures += try rest(isSecure)
    }
    return figures
  }

  private func traffic(
    _ title: String, _ versions: [OCPPVersion], _ isSecure: Bool
  ) throws -> [Figure] {
    var plan = LoadPlan(chargers: chargers)
    plan.versions = versions
    return try withEngine(plan, isSecure) { fleet, engine, _ in
      Out.talk("bench: \(title), \(chargers) chargers for \(seconds) s")
      fleet.connect()
      try fleet.awaitBoots()
      fleet.start(.everything, .closed)
      // What is made once is made by then.
      wait(until: Moment.now + 500)
      _ = fleet.take()
      let (cpu, start) = (ProcessFigures.processorSeconds(of: engine.id), Moment.now)
      wait(until: start + seconds * 1000)
      let tally = fleet.take()
      let elapsed = Double(Moment.now - start) / 1000
      let used = ProcessFigures.processorSeconds(of: engine.id) - cpu
      fleet.pause()
      let answered = Double(tally.answered)
      return [
        Figure("\(title): messages", (answered / elapsed).rounded(), "a second"),
        Figure("\(title): messages", (answered / max(used, 0.01)).rounded(), "a CPU second"),
        Figure("\(title): p50", tally.latencies.percentile(0.5), "ms"),
        Figure("\(title): p99", tally.latencies.percentile(0.99), "ms"),
        Figure("\(title): errors", Double(tally.errors + tally.disconnects), "", .atMost(0)),
      ]
    }
  }

  /// Memory at the start, and of each connection that has booted and is silent.
  private func rest(_ isSecure: Bool) throws -> [Figure] {
    var plan = LoadPlan(chargers: idle)
    plan.versions = [.v16, .v201]
    plan.sources = 8
    plan.retryAfter = 500
    return try withEngine(plan, isSecure) { fleet, engine, title in
      Out.talk("bench: \(idle) silent chargers, \(title)")
      let before = ProcessFigures.resident(of: engine.id)
      fleet.connect()
      try fleet.awaitBoots()
      let after = ProcessFigures.resident(of: engine.id)
      let each = (after - before) * 1024 / Double(idle)
      let start = Figure("start: resident memory", before, "MiB", .atMost(35))
      return (isSecure ? [] : [start]) + [
        Figure(
          "\(title): memory of a silent connection", each, "kB", .atMost(isSecure ? 30 : 3))
      ]
    }
  }

  private func withEngine(
    _ plan: LoadPlan, _ isSecure: Bool,
    _ body: (LoadFleet, EngineProcess, String) throws -> [Figure]
  ) throws -> [Figure] {
    var plan = plan
    // A security profile with TLS has a password too.
    plan.havePasswords = isSecure
    let stage = try LoadStage(plan)
    let certificate = isSecure ? try BenchCertificate(in: stage.directory) : nil
    let engine = try EngineProcess(
      database: stage.database, directory: stage.directory,
      ["--loops", "1", "--log", "warning"], certificate: certificate)
    plan.port = isSecure ? engine.securePort : engine.port
    plan.tls = certificate?.client
    let fleet = try LoadFleet(plan)
    defer {
      fleet.stop()
      engine.kill()
    }
    return try body(fleet, engine, isSecure ? "TLS" : "plain")
  }
}
