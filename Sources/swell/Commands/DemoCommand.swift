import CSMS
import Control
import ControlLink
import Fleet
import FleetStore
import Foundation
import Glibc
import Rollout
import Simulator
import Threads

/// `swell demo`: a fleet migrates from 1.6 to 2.0.1 on real sockets in about a minute.
enum DemoCommand {
  static let info = CommandInfo(
    "demo", "", "simulated chargers migrate on real sockets, in a minute",
    [
      OptionInfo("fleet", "demo|habits", "a usual fleet, or every habit that chargers have; demo"),
      OptionInfo("plain", nil, "print progress instead of opening the console"),
      OptionInfo("keep", "DIR", "keep the inventory there"), ConsoleCommand.ascii,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let name = arguments["fleet"] ?? "demo"
    guard let fleet = DemoFleet.all.first(where: { $0.name == name }) else {
      throw UsageError("--fleet wants demo or habits, not \"\(name)\".")
    }
    let onTerminal = isatty(0) == 1 && isatty(1) == 1 && !arguments.has("plain")
    let demo = try Demo(fleet, directory: arguments["keep"])
    defer { demo.tidy() }
    if onTerminal {
      demo.runInBackground()
      try ConsoleCommand.show(
        ConsoleLink(path: demo.database), name: demo.database, ascii: arguments.has("ascii"))
    } else {
      try demo.run { Out.talk($0) }
    }
    try demo.close(isPartial: onTerminal)
  }
}

/// One demonstration: its inventory, engine, chargers and campaign.
final class Demo: Sendable {
  static let campaign = "Demo"

  let database: String
  private let fleet: DemoFleet
  private let directory: String
  private let isTemporary: Bool
  private let engine: DemoEngine
  private let swarm: Swarm
  private let rows: [DemoRow]
  private let failure = Monitor<(any Error)?>(nil)
  private let startedAt = Date()

  init(_ fleet: DemoFleet, directory keep: String?) throws {
    self.fleet = fleet
    isTemporary = keep == nil
    directory = keep ?? NSTemporaryDirectory() + "swell-demo-\(getpid())"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    database = directory + "/fleet.db"
    guard access(database, F_OK) != 0 else {
      throw Failure("\(database) is there already; name an empty directory.")
    }
    let csv = try fleet.stock(".csv")
    rows = try DemoRow.read(csv)
    engine = try DemoEngine(
      database, quiet: .milliseconds(fleet.quiet),
      log: try .file(directory + "/engine.log", .info))
    var options = Swarm.Options(url: "ws://127.0.0.1:\(engine.port)/ocpp")
    options.ramp = 1500
    swarm = try Swarm(try SimulateCommand.profiles(csv: csv), options: options)
    try prepare(csv)
  }

  private static let person = Caller(name: "demo", role: .admin)

  private func perform(_ command: Command) throws -> Outcome {
    try engine.service().engine.perform(command, by: Self.person)
  }

  private func ask(_ question: Question) throws -> Reply {
    try engine.service().reader.answer(question, at: SystemClock.now)
  }

  private func prepare(_ csv: String) throws {
    let imported = try perform(
      .importChargers(csv: csv, source: "\(fleet.name).csv", dryRun: false))
    guard imported.refused.isEmpty else {
      throw Failure("the demo's own fleet has refused rows: \(imported.refused)")
    }
    for image in try DemoImage.read(try fleet.stock("-firmware.csv")) {
      _ = try perform(.addFirmware(try image.write(into: directory)))
    }
    for row in rows {
      guard let reason = row.endOfLife else { continue }
      _ = try perform(
        .markEndOfLife(charger: row.identity, reason, evidence: "site visit", replacement: ""))
    }
  }

  func runInBackground() {
    Thread.detachNewThread { [self] in
      do { try run { _ in } } catch { failure.withLock { $0 = error } }
    }
  }

  /// From the first connection until nothing moves any more.
  func run(_ say: (String) -> Void) throws {
    say("\(rows.count) simulated chargers connect to ws://127.0.0.1:\(engine.port)/ocpp …")
    swarm.start()
    try wait("every charger is connected and booted") { try isFleetReady() }
    let planned = try perform(
      .plan(
        PlanRequest(
          name: Self.campaign, playbook: try Playbook.read(try fleet.stock("-playbook.json5")),
          selection: "")))
    say(planned.message)
    for warning in planned.plan?.warnings ?? [] { say("note: \(warning)") }
    _ = try perform(.approve(campaign: Self.campaign, planHash: planned.plan?.planHash))
    _ = try perform(.start(campaign: Self.campaign))
    do {
      try settle(say)
    } catch let error as Failure {
      // How far it came is worth a report.
      failure.withLock { $0 = error }
    }
  }

  /// Until nothing moves any more; the engine may be restarted meanwhile.
  private func settle(_ say: (String) -> Void) throws {
    var restart = fleet.restart
    var isDue = Date.distantFuture
    var last = ""
    try wait("the campaign settles") {
      if Date() > isDue {
        isDue = .distantFuture
        say("the engine stops and starts again; the chargers stay")
        try engine.restart()
      }
      guard let detail = try detail() else { return false }
      let summary = detail.summary
      if let seconds = restart, summary.inFlight * 2 > rows.count {
        restart = nil
        isDue = Date().addingTimeInterval(seconds)
      }
      let line =
        "\(Int(Date().timeIntervalSince(startedAt))) s   migrated \(summary.migrated)   in flight \(summary.inFlight)   to go \(summary.toGo)   quarantined \(summary.quarantined)"
      if line.drop(while: { $0 != "m" }) != last.drop(while: { $0 != "m" }) { say(line) }
      last = line
      return summary.inFlight == 0
        && detail.strata.allSatisfy { if case .open = $0.state { false } else { true } }
    }
  }

  /// All have been there once, those that are to be away have left, and what they are is known of
  /// all that are to move.
  private func isFleetReady() throws -> Bool {
    let isSettled = swarm.snapshots().allSatisfy { $0.hasBeenAccepted && !$0.isAboutToLeave }
    guard isSettled else { return false }
    let held = Set(rows.filter { $0.expected == [.held] }.map(\.identity))
    let claimed = FleetQuery(filter: "ready:claimed-only", limit: held.count + 1)
    guard case .fleet(let page) = try ask(.fleet(claimed)) else { return false }
    return page.rows.allSatisfy { held.contains($0.identity) }
  }

  private func detail() throws -> CampaignDetail? {
    guard case .campaign(let detail) = try ask(.campaign(Self.campaign)) else { return nil }
    return detail
  }

  private func charger(_ identity: String) throws -> ChargerDetail? {
    guard case .charger(let detail) = try ask(.charger(identity)) else { return nil }
    return detail
  }

  private func wait(_ what: String, _ isDone: () throws -> Bool) throws {
    while !(try isDone()) {
      guard Date().timeIntervalSince(startedAt) < fleet.patience else {
        throw Failure("The demo took longer than \(Int(fleet.patience)) s: waited until \(what).")
      }
      usleep(100_000)
    }
  }

  /// Prints how everybody ended, and fails unless each ended as the fleet file expects.
  func close(isPartial: Bool) throws {
    defer {
      swarm.stop()
      engine.stop()
    }
    let failure = failure.withLock { $0 }
    guard let detail = try detail() else {
      if let failure { throw failure }
      if isPartial { return }
      throw Failure("The demo has no campaign to report on.")
    }
    if failure == nil, isPartial, detail.summary.inFlight > 0 {
      Out.line("The demo was left before it ended.")
      return
    }
    let took = Int(Date().timeIntervalSince(startedAt))
    let (report, leftovers) = try settledReport(detail)
    if fleet.namesHabits {
      Out.table(["HABIT", "CHARGER", "EXPECTED", "ENDED", "HOW"], report.habits)
    } else {
      Out.table(["OUTCOME", "CHARGERS", "WHY"], report.outcomes, right: [1])
    }
    Out.line("")
    Out.line(
      "\(rows.count) chargers in \(took) s; \(rows.count - report.surprises.count) ended as the fleet file expects."
    )
    let surprises = report.surprises + leftovers
    for surprise in surprises { Out.line(surprise) }
    if let failure { throw failure }
    if !surprises.isEmpty {
      throw Failure(
        surprises.count == 1
          ? "One thing is otherwise than expected."
          : "\(surprises.count) things are otherwise than expected.")
    }
  }

  /// How everybody ended, and what must not be left behind. State that the engine has yet to write
  /// back, connectors that are being given back and messages on their way get some seconds.
  private func settledReport(_ detail: CampaignDetail) throws -> (DemoReport, leftovers: [String]) {
    let records = try InventoryRecords(path: database)
    var triesLeft = 50
    while true {
      guard case .upgrades(let upgrades) = try ask(.upgrades(campaign: Self.campaign)),
        case .fleet(let page) = try ask(.fleet(FleetQuery(limit: rows.count + 1)))
      else { throw Failure("The inventory does not answer for the demo's campaign.") }
      let report = try DemoReport(
        rows: rows,
        facts: .init(detail: detail, upgrades: upgrades, fleet: page.rows, charger: charger))
      let stations = swarm.snapshots()
      var leftovers = DemoReport.closedConnectors(stations)
      leftovers += DemoReport.sessionFlaws(stations, try records.sessions())
      // A question for each charger: too many in a large fleet.
      if fleet.namesHabits {
        leftovers += DemoReport.closedConnectors(try rows.compactMap { try charger($0.identity) })
      }
      triesLeft -= 1
      if report.surprises.isEmpty && leftovers.isEmpty || triesLeft == 0 {
        return (report, leftovers)
      }
      usleep(100_000)
    }
  }

  func tidy() {
    if isTemporary { try? FileManager.default.removeItem(atPath: directory) }
  }
}

/// The engine of a demonstration, which may be stopped and started again on the same file and port.
private final class DemoEngine: Sendable {
  let port: UInt16
  private let path: String
  private let quiet: Span
  private let log: Log
  private let running: Monitor<Service?>
  /// Seconds until the lock of an engine that was stopped is free at the latest.
  private static let patience = 5.0

  init(_ path: String, quiet: Span, log: Log) throws {
    (self.path, self.quiet, self.log) = (path, quiet, log)
    let service = try Service(
      path: path, settings: Self.settings(port: 0, quiet: quiet), log: log)
    port = service.engine.port
    running = Monitor(service)
  }

  private static func settings(port: UInt16, quiet: Span) -> EngineSettings {
    var settings = EngineSettings()
    settings.listeners = [ListenerSettings(port: port)]
    settings.heartbeatInterval = 300
    settings.pendingInterval = 1
    settings.quietAfterConnect = .milliseconds(150)
    settings.quietAfterBoot = quiet
    settings.flushEvery = .milliseconds(200)
    settings.dispatchEvery = .milliseconds(50)
    settings.authorize = .any
    return settings
  }

  func service() throws -> Service {
    guard let service = running.withLock({ $0 }) else { throw Failure("The engine is stopped.") }
    return service
  }

  func stop() {
    running.withLock { service in
      service?.stop()
      service = nil
    }
  }

  func restart() throws {
    stop()
    let end = Date().addingTimeInterval(Self.patience)
    while true {
      do {
        let made = try Service(
          path: path, settings: Self.settings(port: port, quiet: quiet), log: log)
        return running.withLock { $0 = made }
      } catch let error as StoreError where Date() < end {
        guard case .engineRunning = error else { throw error }
        usleep(20_000)
      }
    }
  }
}
