import CSMS
import Control
import ControlLink
import Fleet
import Foundation
import Glibc
import Rollout
import Simulator
import Stock
import Synchronization

/// `swell demo`: a fleet migrates from 1.6 to 2.0.1 on real sockets in under a minute.
enum DemoCommand {
  static let info = CommandInfo(
    "demo", "", "200 simulated chargers migrate on real sockets, in a minute",
    [
      OptionInfo("plain", nil, "print progress instead of opening the console"),
      OptionInfo("keep", "DIR", "keep the inventory there"), ConsoleCommand.ascii,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let onTerminal = isatty(0) == 1 && isatty(1) == 1 && !arguments.has("plain")
    let demo = try Demo(directory: arguments["keep"])
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
  /// Seconds; a demonstration that takes longer is stuck.
  private static let patience = 58.0

  let database: String
  private let directory: String
  private let isTemporary: Bool
  private let service: Service
  private let swarm: Swarm
  private let rows: [DemoRow]
  private let failure = Mutex<(any Error)?>(nil)
  private let startedAt = Date()

  init(directory keep: String?) throws {
    isTemporary = keep == nil
    directory = keep ?? NSTemporaryDirectory() + "swell-demo-\(getpid())"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    database = directory + "/fleet.db"
    guard access(database, F_OK) != 0 else {
      throw Failure("\(database) is there already; name an empty directory.")
    }
    let csv = try Self.stock("Inventory/fleets/demo.csv")
    rows = try DemoRow.read(csv)
    var settings = EngineSettings()
    settings.port = 0
    settings.heartbeatInterval = 300
    settings.pendingInterval = 1
    settings.quietAfterConnect = .milliseconds(150)
    settings.quietAfterBoot = .milliseconds(30)
    settings.flushEvery = .milliseconds(200)
    settings.dispatchEvery = .milliseconds(50)
    settings.authorize = .any
    service = try Service(
      path: database, settings: settings, log: try .file(directory + "/engine.log", .info))
    var options = Swarm.Options(url: "ws://127.0.0.1:\(service.engine.port)/ocpp")
    options.ramp = 1500
    swarm = try Swarm(try SimulateCommand.profiles(csv: csv), options: options)
    try prepare(csv)
  }

  private static func stock(_ name: String) throws -> String {
    guard let file = Stock.file(name) else { throw Failure("This binary carries no \(name).") }
    return file.text
  }

  private static let person = Caller(name: "demo", role: .admin)

  private func perform(_ command: Command) throws -> Outcome {
    try service.engine.perform(command, by: Self.person)
  }

  private func prepare(_ csv: String) throws {
    let imported = try perform(.importChargers(csv: csv, source: "demo.csv", dryRun: false))
    guard imported.refused.isEmpty else {
      throw Failure("the demo's own fleet has refused rows: \(imported.refused)")
    }
    for image in try DemoImage.read(try Self.stock("Inventory/fleets/demo-firmware.csv")) {
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
    say("\(rows.count) simulated chargers connect to ws://127.0.0.1:\(service.engine.port)/ocpp …")
    swarm.start()
    try wait("every charger is connected and booted") { try isFleetReady() }
    let planned = try perform(
      .plan(
        PlanRequest(
          name: Self.campaign,
          playbook: try Playbook.read(try Self.stock("Inventory/fleets/demo-playbook.json5")),
          selection: "")))
    say(planned.message)
    for warning in planned.plan?.warnings ?? [] { say("note: \(warning)") }
    _ = try perform(.approve(campaign: Self.campaign, planHash: planned.plan?.planHash))
    _ = try perform(.start(campaign: Self.campaign))
    var last = ""
    try wait("the campaign settles") {
      guard let detail = try detail() else { return false }
      let summary = detail.summary
      let line =
        "\(Int(Date().timeIntervalSince(startedAt))) s   migrated \(summary.migrated)   in flight \(summary.inFlight)   to go \(summary.toGo)   quarantined \(summary.quarantined)"
      if line.drop(while: { $0 != "m" }) != last.drop(while: { $0 != "m" }) { say(line) }
      last = line
      return summary.inFlight == 0
        && detail.strata.allSatisfy { if case .open = $0.state { false } else { true } }
    }
  }

  private func isFleetReady() throws -> Bool {
    guard swarm.snapshots().allSatisfy(\.isAccepted) else { return false }
    let waiting = FleetQuery(filter: "ready:claimed-only", limit: 1)
    guard case .fleet(let page) = try service.reader.answer(.fleet(waiting), at: SystemClock.now)
    else { return false }
    return page.matching == 0
  }

  private func detail() throws -> CampaignDetail? {
    guard
      case .campaign(let detail) = try service.reader.answer(
        .campaign(Self.campaign), at: SystemClock.now)
    else { return nil }
    return detail
  }

  private func wait(_ what: String, _ isDone: () throws -> Bool) throws {
    while !(try isDone()) {
      guard Date().timeIntervalSince(startedAt) < Self.patience else {
        throw Failure("The demo took longer than \(Int(Self.patience)) s: waited until \(what).")
      }
      usleep(100_000)
    }
  }

  /// Prints how everybody ended, and fails unless each ended as the fleet file expects.
  func close(isPartial: Bool) throws {
    defer {
      swarm.stop()
      service.stop()
    }
    if let error = failure.withLock({ $0 }) { throw error }
    guard let detail = try detail(),
      case .upgrades(let upgrades) =
        try service.reader.answer(.upgrades(campaign: Self.campaign), at: SystemClock.now),
      case .fleet(let page) = try service.reader.answer(
        .fleet(FleetQuery(limit: rows.count + 1)), at: SystemClock.now)
    else {
      if isPartial { return }
      throw Failure("The demo has no campaign to report on.")
    }
    let report = DemoReport(rows: rows, upgrades: upgrades, fleet: page.rows, detail: detail)
    if isPartial, detail.summary.inFlight > 0 {
      Out.line("The demo was left before it ended.")
      return
    }
    Out.table(["OUTCOME", "CHARGERS", "WHY"], report.table, right: [1])
    Out.line("")
    Out.line(
      "\(rows.count) chargers in \(Int(Date().timeIntervalSince(startedAt))) s; \(rows.count - report.surprises.count) ended as the fleet file expects."
    )
    for surprise in report.surprises { Out.line(surprise) }
    if !report.surprises.isEmpty {
      throw Failure("\(report.surprises.count) chargers ended otherwise than expected.")
    }
  }

  func tidy() {
    if isTemporary { try? FileManager.default.removeItem(atPath: directory) }
  }
}
