import CSMS
import Fleet
import FleetStore
import Foundation
import Glibc

/// A fleet, its inventory, and the processes: one engine that dies, one of chargers that live on.
final class CrashScene {
  static let campaign = "Crash"
  let name: String
  let directory: String
  let database: String
  let stationLog: String
  let port: Int
  let fleet: CrashFleet
  private let startedAt = Moment.now
  private var engine: Child?
  private var swarm: Child?
  private var isWrapped = false
  /// When work may be done at the sites of a zone, in UTC milliseconds.
  private(set) var openings: [String: Range<Int64>] = [:]

  /// - Parameter isKnown: whether the inventory knows the fleet beforehand.
  init(_ name: String, port: Int, fleet: CrashFleet, isKnown: Bool = true) throws {
    (self.name, self.port, self.fleet) = (name, port, fleet)
    directory = NSTemporaryDirectory() + "swell-crash-\(getpid())-\(name)"
    database = directory + "/fleet.db"
    stationLog = directory + "/stations.jsonl"
    try? FileManager.default.removeItem(atPath: directory)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try fleet.csv.write(toFile: directory + "/fleet.csv", atomically: true, encoding: .utf8)
    try Data().write(to: URL(fileURLWithPath: stationLog))
    if isKnown { try stockInventory() }
  }

  private func stockInventory() throws {
    try fleet.playbook.write(
      toFile: directory + "/playbook.json5", atomically: true, encoding: .utf8)
    try command(["import", directory + "/fleet.csv"])
    for image in try fleet.images.map({ try $0.write(into: directory) }) { try add(image) }
  }

  /// Windows count from now on, so that they are not over before anything begins.
  private func setWindows() throws {
    guard !fleet.windows.isEmpty else { return }
    let now = SystemClock.now
    let sites = directory + "/sites.csv"
    try CrashWindow.sites(fleet.windows, fleet: fleet.csv, now: now)
      .write(toFile: sites, atomically: true, encoding: .utf8)
    try command(["sites", "import", sites])
    for window in fleet.windows { openings[window.zone] = window.opening(from: now) }
  }

  private func add(_ image: Firmware) throws {
    guard case .depot(let path) = image.location else { return }
    try (image.signature ?? "").write(toFile: path + ".sig", atomically: true, encoding: .utf8)
    try (image.signingCertificate ?? "")
      .write(toFile: path + ".pem", atomically: true, encoding: .utf8)
    let protocols = ProtocolVersion.allCases.filter { image.protocols.contains(VersionSet($0)) }
    try command(
      [
        "firmware", "add", "--vendor", image.vendor, "--model", image.model,
        "--version", image.version, "--protocols", protocols.map(\.label).joined(separator: ","),
        "--flash", String(image.flashNeeded ?? 0), "--ram", String(image.ramNeeded ?? 0),
        "--file", path, "--signature", path + ".sig", "--certificate", path + ".pem",
      ] + image.from.flatMap { ["--from", $0] })
  }

  // MARK: Processes

  /// Runs one command to its end.
  /// - Parameter output: a file that gets what it prints; nil: the log of all commands.
  func command(_ words: [String], output: String? = nil) throws {
    let output = output ?? directory + "/commands.log"
    let child = try Child(words + ["--db", database], output: output)
    try child.awaitEnd(words.joined(separator: " "))
    if child.exitCode != 0 {
      throw TooLong(
        what: "swell \(words.joined(separator: " ")) succeeded:\n\(Self.tail(output))")
    }
  }

  func simulate() throws {
    swarm = try Child(
      [
        "simulate", "--csv", directory + "/fleet.csv", "--url", "ws://127.0.0.1:\(port)/ocpp",
        "--log", stationLog, "--seconds", "3600",
      ], output: directory + "/simulate.log")
  }

  /// Starts an engine; returns once it serves, or has died of its crash point already.
  /// - Parameter wrapper: a program that runs the engine, with its own arguments.
  func serve(crashAt place: String? = nil, under wrapper: [String] = []) throws {
    let output = directory + "/engine.log"
    let before = (try? FileManager.default.attributesOfItem(atPath: output)[.size] as? Int) ?? 0
    let words = wrapper.dropFirst() + (wrapper.isEmpty ? [] : [Child.program])
    let child = try Child(
      words + [
        "serve", "--db", database, "--listen", "127.0.0.1:\(port)", "--quiet", "0.1",
        "--authorize", "any", "--admit", "any", "--loops", "2",
      ], program: wrapper.first ?? Child.program, output: output,
      environment: place.map { ["SWELL_CRASH_AT": $0] } ?? [:])
    engine = child
    isWrapped = !wrapper.isEmpty
    try wait("the engine serves:\n\(Self.tail(output))") {
      guard child.isRunning else { return true }
      return try Self.text(output, from: before).contains("swell serves")
    }
    if !child.isRunning, !child.wasKilled {
      throw TooLong(what: "the engine served; it ended by itself:\n\(Self.tail(output))")
    }
  }

  func awaitDeath() throws {
    guard let engine else { return }
    try engine.awaitEnd("the engine, at its crash point,")
    guard engine.wasKilled else {
      throw TooLong(what: "the engine was killed:\n\(Self.tail(directory + "/engine.log"))")
    }
    self.engine = nil
  }

  func kill() throws {
    engine?.signal(SIGKILL)
    try awaitDeath()
  }

  /// Everybody has been there, then the campaign runs.
  func begin(crashAt place: String? = nil) throws {
    try serve()
    try simulate()
    // Some leave soon, and one updates itself: the fleet is planned as soon as it can be.
    var most = 0
    try wait("the fleet is ready: \(most) of \(fleet.plannable)") {
      most = max(most, try InventoryRecords(path: database).ready())
      return most >= fleet.plannable
    }
    try setWindows()
    try command(["plan", Self.campaign, "--playbook", directory + "/playbook.json5"])
    try command(["campaigns", "approve", Self.campaign])
    // Whoever gets a place before he has drifted away from the plan never does.
    try wait("chargers have updated themselves") {
      try InventoryRecords(path: database).ready() <= fleet.plannable - fleet.drifters
    }
    if let place {
      try kill()
      try serve(crashAt: place)
    }
    try command(["campaigns", "start", Self.campaign])
  }

  /// The campaign is over and nothing is owed.
  func awaitEnd() throws {
    try wait("the campaign ends; \(phases)", patience: fleet.patience, every: 100) {
      let records = try InventoryRecords(path: database)
      return try records.isFinished(Self.campaign) && records.leasesHeld() == 0
    }
    try close()
  }

  var isOver: Bool {
    get throws { try InventoryRecords(path: database).isFinished(Self.campaign) }
  }

  var phases: [String: Int] { (try? InventoryRecords(path: database).phases()) ?? [:] }

  /// Chargers first, so that what they were told is in their log.
  func close() throws {
    for (child, what) in [(swarm, "simulate"), (engine, "serve")] {
      if child === engine { signalEngine(SIGTERM) } else { child?.signal(SIGTERM) }
      try child?.awaitEnd(what)
      if let child, child.exitCode != 0 { throw TooLong(what: "\(what) ended well") }
    }
    (swarm, engine) = (nil, nil)
  }

  /// A wrapper keeps signals to itself, so the engine is asked by the number in its own lock.
  private func signalEngine(_ number: Int32) {
    guard let engine, engine.isRunning else { return }
    guard isWrapped else { return engine.signal(number) }
    if let text = try? Self.text(database + ".lock"), let id = pid_t(text.prefix { $0 != "\n" }) {
      Glibc.kill(id, number)
    }
  }

  /// What is wrong with how it ended: broken promises, and chargers that are not where they must
  /// be.
  func verdict(deaths: Int) throws -> CrashVerdict {
    let records = try InventoryRecords(path: database)
    let (endings, speaking) = (try records.endings(), try records.speaking())
    let findings = try CrashFindings(self)
    let strays = fleet.expected.sorted { $0.key < $1.key }.compactMap { identity, wanted in
      let found = CrashFleet.ending(of: endings[identity], speaking: speaking[identity])
      let detail = endings[identity]?.detail.map { ": \($0)" } ?? ""
      return wanted.contains(found)
        ? nil
        : "\(identity) is \(found)\(detail), must be \(wanted.joined(separator: " or "))"
    }
    return CrashVerdict(
      deaths: deaths, seconds: Double(Moment.now - startedAt) / 1000,
      violations: findings.violations + (try broken()), strays: strays,
      unexplained: try CrashReport(self).flaws, figures: findings.figures)
  }

  /// What the inventory itself has on record, held against the invariants.
  private func broken() throws -> [String] {
    try CampaignProof(path: database).checker.breaches.map {
      "invariant \($0.invariant): \($0.sentence)"
    }
  }

  func end() {
    swarm?.signal(SIGKILL)
    signalEngine(SIGKILL)
    if ProcessInfo.processInfo.environment["SWELL_KEEP"] == nil {
      try? FileManager.default.removeItem(atPath: directory)
    }
  }

  static func text(_ path: String, from offset: Int = 0) throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return String(decoding: data.dropFirst(offset), as: UTF8.self)
  }

  static func tail(_ path: String) -> String {
    ((try? text(path)) ?? "").split(separator: "\n").suffix(15).joined(separator: "\n")
  }
}

/// What a scene came to.
struct CrashVerdict {
  var deaths: Int
  var seconds: Double
  /// Broken promises, a sentence each.
  var violations: [String]
  /// Chargers that did not end where they must.
  var strays: [String]
  /// Chargers of which `swell campaigns report` does not say in one line how they ended and why.
  var unexplained: [String]
  var figures: String
}
