import Foundation

/// A fleet in use for some minutes: cars come, charge and leave, chargers reboot, every frame goes
/// into the trace. Nothing may end that was not meant to, and nothing may grow.
struct SoakBench {
  var chargers: Int
  var minutes: Int
  /// Messages a second, of all together.
  var rate: Int

  /// Megabytes of trace.
  private static let cap = 64
  private static let rebootsPerSecond = 2
  /// The writer keeps up to 64 MiB of the database in memory: only one that is larger shows whether
  /// anything else grows. Megabytes.
  private static let full = 90.0

  func run() throws -> [Figure] {
    var plan = LoadPlan(chargers: chargers)
    plan.versions = [.v16, .v201, .v21]
    plan.sources = 8
    plan.retryAfter = 1000
    let stage = try LoadStage(plan)
    let engine = try EngineProcess(
      database: stage.database, directory: stage.directory,
      ["--log", "warning", "--authorize", "any", "--trace", "all", "--trace-cap", "\(Self.cap)"])
    plan.port = engine.port
    let fleet = try LoadFleet(plan)
    defer {
      fleet.stop()
      engine.kill()
    }
    Out.talk("bench: \(chargers) chargers connect")
    fleet.connect()
    try fleet.awaitBoots(patience: 300_000)
    Out.talk("bench: fills the database until the writer's cache is full")
    fleet.start(.everything, .closed)
    try wait("the database has \(Int(Self.full)) MB", patience: 300_000, every: 200) {
      Self.bytes(of: stage.database) > Self.full || !engine.isRunning
    }
    fleet.pause()
    wait(until: Moment.now + 5000)
    let start = fleet.take()
    let cpu = ProcessFigures.processorSeconds(of: engine.id)
    fleet.start(.everything, .open(perSecond: Double(rate)))
    fleet.reboot(perSecond: Self.rebootsPerSecond)
    var total = LoadTally()
    var resident: [Double] = []
    var trace = 0.0
    for minute in 1...minutes {
      let (memory, size) = watch(stage, engine)
      guard engine.isRunning else { throw Failure("the engine ended in minute \(minute)") }
      resident.append(memory)
      trace = max(trace, size)
      let tally = fleet.take()
      add(tally, to: &total)
      Out.talk(
        "bench: minute \(minute): \(tally.answered) answered, \(Figure.spelt(memory)) MB,"
          + " trace \(Figure.spelt(size)) MB, p99"
          + " \(Figure.spelt(tally.latencies.percentile(0.99))) ms")
    }
    let used = ProcessFigures.processorSeconds(of: engine.id) - cpu
    for (remark, count) in total.remarks { Out.talk("bench: \(count) × \(remark)") }
    let growth = (resident[minutes - 1] / max(resident[1], 1) - 1) * 100
    let seconds = Double(minutes * 60)
    return [
      Figure("chargers", Double(chargers), ""),
      Figure("messages answered", Double(total.answered) / seconds, "/s"),
      Figure("reboots", Double(total.boots.count), ""),
      Figure("latency, p99", total.latencies.percentile(0.99), "ms"),
      Figure("latency, longest", total.latencies.longest, "ms"),
      Figure("disconnects", Double(total.disconnects + start.disconnects), "", .atMost(0)),
      Figure("errors", Double(total.errors + start.errors), "", .atMost(0)),
      Figure("resident memory in minute 2", resident[1], "MB"),
      Figure("resident memory in the last minute", resident[minutes - 1], "MB"),
      Figure("its growth since minute 2", growth, "%", .atMost(2)),
      Figure("trace, largest", trace, "MB", .atMost(Double(Self.cap))),
      Figure("engine's CPU", used / seconds * 100, "% of a core"),
    ]
  }

  /// Most of a minute's memory and trace, in MB.
  private func watch(_ stage: LoadStage, _ engine: EngineProcess) -> (Double, Double) {
    var memory = 0.0
    var trace = 0.0
    let end = Moment.now + 60_000
    while Moment.now < end, engine.isRunning {
      wait(until: min(end, Moment.now + 1000))
      memory = max(memory, ProcessFigures.resident(of: engine.id))
      trace = max(trace, Self.size(of: stage.database + ".trace"))
    }
    return (memory, trace)
  }

  private static func size(of directory: String) -> Double {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return files.reduce(0) { $0 + bytes(of: "\(directory)/\($1)") }
  }

  /// Of a file, in MB; 0 of none.
  private static func bytes(of path: String) -> Double {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return ((attributes?[.size] as? NSNumber)?.doubleValue ?? 0) / 1_000_000
  }

  private func add(_ tally: LoadTally, to total: inout LoadTally) {
    total.answered += tally.answered
    total.disconnects += tally.disconnects
    total.errors += tally.errors
    total.latencies.add(tally.latencies)
    total.boots.add(tally.boots)
    for (remark, count) in tally.remarks { total.remarks[remark, default: 0] += count }
  }
}
