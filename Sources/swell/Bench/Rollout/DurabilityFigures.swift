import CSMS
import Fleet
import FleetStore
import Foundation
import Rehearsal
import Rollout

/// What durable attempts cost, what deaths leave, and how soon an engine knows where it was.
enum DurabilityFigures {
  // MARK: Attempts

  /// Attempts in groups, as many of a wave begin at once; each group on the disk before the next.
  static func rows(_ bench: RolloutBench) throws -> [Figure] {
    try within("attempts") { directory in
      let store = try Store.open(directory + "/fleet.db", migrations: StockContent.migrations)
      let (count, group) = (20_000, 100)
      let upgrade = try inFlight(1, in: store)[0]
      let begin = Moment.now
      for first in stride(from: 0, to: count, by: group) {
        try store.transaction {
          for number in first..<first + group {
            let attempt = Attempt(
              upgrade: upgrade.id, step: "firmware update firmware", number: number + 1,
              messageID: "attempt-\(number)", order: .reset, writtenAt: SystemClock.now)
            try store.add(attempt)
          }
        }
      }
      let seconds = Double(Moment.now - begin) / 1000
      return [
        Figure(
          "durable attempt rows, in groups of \(group), fsync on", Double(count) / seconds, "/s",
          .atLeast(5000))
      ]
    }
  }

  // MARK: Deaths

  /// A serving engine, killed by the system while chargers of every habit upgrade.
  static func kills(_ bench: RolloutBench) throws -> [Figure] {
    try CrashBench(kills: bench.kills, fleet: .habits(), seed: bench.seed).run()
  }

  /// Random campaigns whose engine dies at every kind of boundary, over an inventory's file that is
  /// opened anew each time.
  static func crashes(_ bench: RolloutBench) throws -> [Figure] {
    let wanted = bench.deaths
    // What is proved is what the file holds; when it reaches a disk, SQLite's own tests prove.
    let folder = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    var seed = bench.seed
    var (deaths, campaigns) = (0, 0)
    var broken: [Int: Int] = [:]
    while deaths < wanted {
      let scenario = Scenario.random(seed: seed, crashes: 120)
      seed &+= 1
      let store = try RehearsedStore(folder: folder)
      defer { store.end() }
      var stage = Stage(scenario, rows: store)
      stage.run()
      campaigns += 1
      deaths += stage.deaths
      guard let failing = Failing(stage, scenario) else { continue }
      if broken.isEmpty { Out.talk("bench: \(failing)") }
      broken[failing.invariant, default: 0] += 1
    }
    return [
      Figure("in-process deaths, file reopened", Double(deaths), "", .atLeast(Double(wanted))),
      Figure("campaigns they came in", Double(campaigns), ""),
      Figure("commands sent twice in them", Double(broken[4] ?? 0), "", .atMost(0)),
      Figure("places lost in them", Double(broken[7] ?? 0), "", .atMost(0)),
      Figure(
        "campaigns of them with any invariant broken, or without an end",
        Double(broken.values.reduce(0, +)), "", .atMost(0)),
    ]
  }

  // MARK: Restart

  /// An engine's start with many upgrades in the midst of an outage.
  static func restart(_ bench: RolloutBench) throws -> [Figure] {
    try within("restart") { directory in
      let database = directory + "/fleet.db"
      Out.talk("bench: putting \(bench.inFlight) upgrades in flight")
      do {
        let store = try Store.open(database, migrations: StockContent.migrations)
        _ = try inFlight(bench.inFlight, in: store)
        try store.checkpointIfIdle()
      }
      var worst = 0.0
      for _ in 0..<3 {
        let begin = Moment.now
        let engine = try EngineProcess(database: database, directory: directory)
        worst = max(worst, Double(Moment.now - begin) / 1000)
        engine.end(by: SIGKILL)
      }
      return [
        Figure(
          "restart with \(bench.inFlight) upgrades in flight, to the first correct decision", worst,
          "s", .atMost(2))
      ]
    }
  }

  /// Chargers, five to a site, each with an update under way.
  private static func inFlight(_ count: Int, in store: Store) throws -> [Upgrade] {
    var csv = "identity,site,vendor,model,firmware,flash_free_kb,ram_free_kb,versions\n"
    for number in 0..<count {
      csv += "R\(number),Site \(number / 5),Volta,AC22,2.3.1,900,256,1.6\n"
    }
    let parsed = ChargerImport.parse(csv: csv, source: "bench")
    let now = SystemClock.now
    _ = try store.importChargers(parsed.rows[...], source: "bench", at: now, dryRun: false)
    let image = try store.addFirmware(Stage.image)
    let stratum = Stratum(
      vendor: "Volta", model: "AC22", hardware: "", fromFirmware: "2.3.1", toFirmware: "2.4.0")
    let selected = try store.chargers(matching: FleetFilter(), for: .ocpp201, at: now)
    let rows = selected.map { charger, _ in
      var upgrade = Upgrade(
        id: .init(rawValue: 0), campaign: .init(rawValue: 1), charger: charger.id,
        site: charger.site, wave: 1, stratum: 0, target: image.id, enteredAt: now)
      upgrade.phase = .downloading
      upgrade.holdsLease = true
      upgrade.countsForGate = true
      upgrade.sends = ["read configuration": 1, "inoperative": 1, "firmware update firmware": 1]
      upgrade.snapshot = ["HeartbeatInterval": "300", "MeterValueSampleInterval": "60"]
      upgrade.memory.limit = now + .hours(2)
      upgrade.memory.outageSince = now
      upgrade.memory.owesConnectors = true
      var open = Attempt(
        upgrade: upgrade.id, step: "firmware update firmware", number: 1,
        messageID: "order-\(charger.id.rawValue)",
        order: .updateFirmware(image.id, signed: false, requestID: 101), writtenAt: now)
      open.state = .accepted
      upgrade.memory.open = open
      upgrade.deadline = now + .hours(1)
      return upgrade
    }
    let campaign = Campaign(
      id: .init(rawValue: 0), name: "restart",
      playbook: Playbook(name: "bench", title: "bench", target: .ocpp201), selection: "",
      author: "ann", approver: "ben", createdAt: now, status: .running, planHash: "",
      waves: [Wave(number: 1, size: count)],
      strata: [StratumProgress(stratum: stratum, target: image.id)])
    let added = try store.add(campaign, upgrades: rows)
    return try store.upgrades(of: added.id)
  }

  private static func within(
    _ name: String, _ body: (String) throws -> [Figure]
  ) throws -> [Figure] {
    let directory = NSTemporaryDirectory() + "swell-rollout-\(getpid())-\(name)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try body(directory)
  }
}
