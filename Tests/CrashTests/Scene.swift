import Fleet
import Foundation
import Glibc
import Simulator
import Testing

/// A fleet, its inventory, and the processes: one engine that dies, one of chargers that live on.
final class Scene {
  static let campaign = "Crash"
  let name: String
  let directory: String
  let database: String
  let stationLog: String
  let port: Int
  private let fleet: String
  private let startedAt = Moment.now
  private var engine: Child?
  private var swarm: Child?
  private var isWrapped = false

  init(_ name: String, port: Int, fleet: String? = nil, budget: Int = 3, isKnown: Bool = true)
    throws
  {
    (self.name, self.port, self.fleet) = (name, port, fleet ?? Self.forty(budget: budget))
    directory = NSTemporaryDirectory() + "swell-crash-\(getpid())-\(name)"
    database = directory + "/fleet.db"
    stationLog = directory + "/stations.jsonl"
    try? FileManager.default.removeItem(atPath: directory)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try self.fleet.write(toFile: directory + "/fleet.csv", atomically: true, encoding: .utf8)
    try Data().write(to: URL(fileURLWithPath: stationLog))
    if isKnown { try stockInventory() }
  }

  // MARK: The fleet

  private static let columns =
    "identity,site,zone,budget,vendor,model,hardware,firmware,flash_free_kb,ram_free_kb,versions,"
    + "connectors,signed,habit\n"

  /// At eight sites; a third of them always charges a car, and half of them do not know the signed
  /// form of an update. `budget` of a site are out at once: less makes the campaign longer.
  static func forty(budget: Int) -> String {
    let rows = (0..<40).map { n in
      "C-\(n / 5)-\(n % 5),Site \(n / 5),Europe/Berlin,\(budget),Volta,AC22,A,2.3.\(n % 2),"
        + "900,256,1.6,\(1 + n % 2),\(n % 2 == 0 ? "yes" : "no"),\(n % 3 == 0 ? "busy" : "good")"
    }
    return columns + rows.joined(separator: "\n") + "\n"
  }

  /// Three chargers of each version, each with a car as often as it can.
  static let busySix =
    columns
    + (0..<6).map { n in
      "B-\(n),Here,Europe/Berlin,2,Volta,AC22,A,2.4.0,900,256,\(n < 3 ? "1.6" : "2.0.1"),1,no,busy\n"
    }.joined()

  /// The stock way with limits of simulated chargers. Attempts that a death makes void are not the
  /// charger's fault, so there are many.
  private static let playbook = """
    {
      swell: 1, name: "crash", title: "in place, in seconds", target: "2.0.1",
      waves: { growth: 4, canaryAtLeast: 20, canaryFailures: 0 },
      gate: { maxFailureRate: "50 %", confidence: "90 %", acceptedHarm: 100 },
      soak: { onFirmware: "100ms", onVersion: "100ms" },
      limits: {
        answer: "1500ms", drain: "20s", quiet: "200ms", download: "40s", install: "30s",
        reboot: "8s", verify: "40s", attempts: 12,
      },
      siteBudget: 3,
    }
    """

  private func stockInventory() throws {
    let image = SimulatedImage.make(
      model: "AC22", version: "2.4.0", protocols: "1.6 2.0.1", flash: 200, ram: 60,
      size: 128 * 1024, seed: 1)
    try Data(image).write(to: URL(fileURLWithPath: directory + "/image.bin"))
    try Self.playbook.write(
      toFile: directory + "/playbook.json5", atomically: true, encoding: .utf8)
    // Simulated chargers verify an image by its hash; these only have to be there.
    try "c2ltdWxhdGVk".write(toFile: directory + "/image.sig", atomically: true, encoding: .utf8)
    try "-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVk\n-----END CERTIFICATE-----\n"
      .write(toFile: directory + "/image.pem", atomically: true, encoding: .utf8)
    try command(["import", directory + "/fleet.csv"])
    try command([
      "firmware", "add", "--vendor", "Volta", "--model", "AC22", "--version", "2.4.0",
      "--from", "2.3.*", "--protocols", "1.6,2.0.1", "--flash", "200", "--ram", "60",
      "--file", directory + "/image.bin", "--signature", directory + "/image.sig",
      "--certificate", directory + "/image.pem",
    ])
  }

  var identities: Set<String> {
    Set(fleet.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) })
  }

  // MARK: Processes

  /// Runs one command to its end.
  func command(_ words: [String]) throws {
    let output = directory + "/commands.log"
    let child = try Child(words + ["--db", database], output: output)
    try child.awaitEnd(words.joined(separator: " "))
    if child.exitCode != 0 {
      Issue.record("swell \(words.joined(separator: " ")) failed:\n\(Self.tail(output))")
      throw TooLong(what: "swell \(words[0]) succeeded")
    }
  }

  func simulate() throws {
    swarm = try Child(
      [
        "simulate", "--csv", directory + "/fleet.csv", "--url", "ws://127.0.0.1:\(port)/ocpp",
        "--log", stationLog, "--ramp", "1", "--seconds", "400",
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
      Issue.record("the engine ended by itself:\n\(Self.tail(output))")
      throw TooLong(what: "the engine serves")
    }
  }

  func awaitDeath() throws {
    guard let engine else { return }
    try engine.awaitEnd("the engine, at its crash point,")
    try #require(engine.wasKilled, "\(Self.tail(directory + "/engine.log"))")
    self.engine = nil
  }

  func kill() throws {
    engine?.signal(SIGKILL)
    try awaitDeath()
  }

  /// Everybody is connected, then the campaign runs.
  func begin(crashAt place: String? = nil) throws {
    try serve()
    try simulate()
    let ready = Readiness.Verdict.ready.rawValue
    try wait("the fleet is ready") {
      try Rows(path: database).count(
        "SELECT count(*) FROM chargers WHERE online = 1 AND verdict = \(ready)")
        == Int64(identities.count)
    }
    try command(["plan", Self.campaign, "--playbook", directory + "/playbook.json5"])
    try command(["campaigns", "approve", Self.campaign])
    if let place {
      try kill()
      try serve(crashAt: place)
    }
    try command(["campaigns", "start", Self.campaign])
  }

  /// The campaign is over and nothing is owed.
  func awaitEnd() throws {
    try wait("the campaign ends; \(phases)", every: 100) {
      let rows = try Rows(path: database)
      return try rows.count("SELECT count(*) FROM campaigns WHERE status = 'finished'") == 1
        && rows.count("SELECT count(*) FROM upgrades WHERE holds_lease = 1") == 0
    }
    try close()
  }

  private var phases: [String: Int] { (try? Rows(path: database).phases) ?? [:] }

  /// Chargers first, so that what they were told is in their log.
  func close() throws {
    for (child, what) in [(swarm, "simulate"), (engine, "serve")] {
      if child === engine { signalEngine(SIGTERM) } else { child?.signal(SIGTERM) }
      try child?.awaitEnd(what)
      #expect(child?.exitCode == 0 || child == nil, "\(what) did not end well")
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

  /// Compares how it ended, and prints the figures.
  func report(_ what: String, deaths: Int) throws {
    let rows = try Rows(path: database)
    #expect(try rows.phases == ["migrated": identities.count])
    #expect(try rows.migrated == identities)
    let findings = try Findings(self)
    #expect(findings.violations == [])
    let seconds = Double((Moment.now - startedAt) / 100) / 10
    print("\(what): \(deaths) deaths, \(seconds) s; \(findings.figures)")
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
