import Fleet
import FleetStore
import Foundation
import Glibc
import Patience
import Testing

@testable import swell

/// Real deaths: an engine is killed as a power cut would, at named places and at random moments,
/// while a fleet migrates on real sockets. What the chargers themselves logged is then held
/// against what the inventory says.
@Suite("Crashes", .serialized)
struct CrashTests {
  /// Where an engine dies, and how often it gets there before.
  private static let places = [
    "after-intent:3", "before-send:3", "after-send:4", "after-commit:25", "after-answer:40",
    "after-intent:1", "before-send:1", "after-send:1", "after-commit:1", "after-answer:1",
  ]

  @Test("a campaign without deaths is the measure of the others")
  func campaignWithoutDeaths() throws {
    let scene = try CrashScene("calm", port: try FreePort.pick(), fleet: .forty())
    defer { scene.end() }
    try scene.begin()
    try scene.awaitEnd()
    try report(scene, "no death", deaths: 0)
  }

  @Test("killed at each crash point twice, a campaign ends as if nothing had happened")
  func crashPoints() throws {
    let scene = try CrashScene("points", port: try FreePort.pick(), fleet: .forty())
    defer { scene.end() }
    try scene.begin(crashAt: Self.places[0])
    var deaths = 0
    for next in Self.places.dropFirst().map(Optional.some) + [nil] {
      try scene.awaitDeath()
      deaths += 1
      try scene.serve(crashAt: next)
    }
    #expect(deaths == Self.places.count)
    try scene.awaitEnd()
    try report(scene, "crash points", deaths: deaths)
  }

  @Test("killed 20 times at random moments, every habit in the mix, a campaign ends as it must")
  func randomMoments() throws {
    let seed =
      UInt64(ProcessInfo.processInfo.environment["SWELL_SEED"] ?? "")
      ?? UInt64.random(in: 1...1_000_000)
    print("SWELL_SEED=\(seed)")
    // Under a sanitizer all prove themselves at once to an engine that is slow and keeps dying.
    let verify = Int(min(Patience.seconds(20), 60))
    let bench = CrashBench(
      kills: 20, fleet: try .habits(canary: 200, verify: verify), seed: seed,
      port: try FreePort.pick())
    for figure in try bench.run() {
      print("\(figure.name): \(Figure.spelt(figure.value)) \(figure.unit)")
      #expect(figure.holds, "\(figure.name)")
      if figure.name.hasPrefix("of those") { #expect(figure.value > 0, "\(figure.name)") }
    }
  }

  @Test("a start whose answer died with the engine gets the same transaction at the next try")
  func repeatedStart() throws {
    let scene = try CrashScene("repeat", port: try FreePort.pick(), fleet: .busySix, isKnown: false)
    defer { scene.end() }
    try scene.simulate()
    var unanswered: Set<Int64> = []
    var versions: Set<ProtocolVersion> = []
    var deaths = 0
    while versions.count < 2, deaths < 100 {
      try scene.serve(crashAt: "after-commit:\(1 + deaths % 13)")
      try scene.awaitDeath()
      deaths += 1
      let told = try StationRecords(path: scene.stationLog)
      for row in try InventoryRecords(path: scene.database).sessions() where !told.knows(row) {
        unanswered.insert(row.id)
        versions.insert(row.version)
      }
    }
    #expect(
      versions == [.ocpp16, .ocpp201], "no start of each version was hit in \(deaths) deaths")
    try scene.serve()
    try wait("every start is answered") {
      let told = try StationRecords(path: scene.stationLog)
      return try InventoryRecords(path: scene.database).sessions()
        .allSatisfy { !unanswered.contains($0.id) || told.knows($0) }
    }
    try scene.close()
    let findings = try CrashFindings(scene)
    #expect(findings.violations == [])
    print("repeated starts: \(deaths) deaths, \(unanswered.count) starts were answered later")
  }

  private func report(_ scene: CrashScene, _ what: String, deaths: Int) throws {
    let verdict = try scene.verdict(deaths: deaths)
    #expect(verdict.violations == [])
    #expect(verdict.strays == [])
    print("\(what): \(deaths) deaths, \(Int(verdict.seconds)) s; \(verdict.figures)")
  }

  @Test("the log of the inventory is on the disk before a start is answered")
  func flushBeforeAnswer() throws {
    let strace = "/usr/bin/strace"
    try #require(access(strace, X_OK) == 0, "strace is missing: run .ci/setup --tests")
    let scene = try CrashScene("trace", port: try FreePort.pick(), fleet: .forty(), isKnown: false)
    defer { scene.end() }
    let trace = scene.directory + "/calls.txt"
    try scene.serve(
      under: [
        // A finder of leaks stops what is traced already.
        strace, "-E", "LSAN_OPTIONS=detect_leaks=0", "-f", "-ttt", "-y", "-s", "400", "-o", trace,
        "-e",
        "trace=fdatasync,fsync,read,recvfrom,recvmsg,write,writev,sendto,sendmsg",
      ])
    let charger = try RawCharger(identity: "RAW", port: scene.port, subprotocol: "ocpp1.6")
    for number in 1...3 {
      let answer = try charger.call(
        """
        [2,"start-\(number)","StartTransaction",{"connectorId":\(number),"idTag":"T\(number)",\
        "meterStart":0,"timestamp":"2026-01-01T00:00:0\(number)Z"}]
        """, until: "transactionId")
      #expect(answer.contains("start-\(number)"))
    }
    try scene.close()
    let calls = try SystemCalls(path: trace)
    var from = -1
    for number in 1...3 {
      let name = #"\"start-\#(number)\""#
      // Taken first, so that a failure does not print the whole trace.
      let read = calls.read(of: name, after: from)
      let begin = try #require(read, "\(name) was never read")
      let written = calls.write(of: name, after: begin)
      let answer = try #require(written, "\(name) was never answered")
      let flush = calls.flush(after: begin) ?? .max
      let around = calls.around(begin)
      #expect(flush < answer, "answered before it was on the disk:\n\(around)")
      from = answer
    }
  }
}
