import Fleet
import FleetStore
import Simulator
import Stock

/// Chargers with habits, the images and the playbook for them, and where each must end.
struct CrashFleet {
  var csv: String
  var images: [DemoImage] = []
  var playbook = Self.playbook()
  /// Endings by identity, in the words of a fleet's `expect` column.
  var expected: [String: [String]] = [:]
  /// Words that the report's line of a charger must have, where there are any.
  var reported: [String: String] = [:]
  /// When installs may run where; none: at any time.
  var windows: [CrashWindow] = []
  /// How long its engine lives between two deaths.
  var lives = CrashLives()
  /// How many are ready once all have been there.
  var plannable = 0
  /// How many update themselves once they are planned, and are waited for.
  var drifters = 0
  /// Chargers where a car comes just as a disruptive command arrives.
  var latecomers: Set<String> = []
  /// How long its campaign may take, in milliseconds, once nobody kills the engine any more.
  var patience = 120_000

  /// By what `--fleet` says.
  static func named(_ name: String) throws -> Self {
    switch name {
    case "habits": try .habits()
    case "good": try .forty(budget: 1)
    case "thousand": try .thousand()
    default: throw UsageError("--fleet wants habits, good or thousand, not \"\(name)\".")
    }
  }

  private static let columns =
    "identity,site,zone,budget,vendor,model,hardware,firmware,flash_free_kb,ram_free_kb,versions,"
    + "connectors,signed,habit\n"

  /// At eight sites; a third of them always charges a car, and half of them do not know the signed
  /// form of an update. `budget` of a site are out at once: less makes the campaign longer.
  static func forty(budget: Int = 3) throws -> Self {
    let rows = (0..<40).map { n in
      "C-\(n / 5)-\(n % 5),Site \(n / 5),Europe/Berlin,\(budget),Volta,AC22,A,2.3.\(n % 2),"
        + "900,256,1.6,\(1 + n % 2),\(n % 2 == 0 ? "yes" : "no"),\(n % 3 == 0 ? "busy" : "good")"
    }
    let identities = (0..<40).map { "C-\($0 / 5)-\($0 % 5)" }
    return Self(
      csv: columns + rows.joined(separator: "\n") + "\n",
      images: try DemoImage.read(
        "vendor,model,version,from,protocols,flash_kb,ram_kb,size_kb\n"
          + "Volta,AC22,2.4.0,2.3.*,1.6 2.0.1,200,60,128\n"),
      expected: Dictionary(uniqueKeysWithValues: identities.map { ($0, ["migrated"]) }),
      plannable: 40)
  }

  /// Three chargers of each version, each with a car as often as it can.
  static let busySix = Self(
    csv: columns
      + (0..<6).map { n in
        "B-\(n),Here,Europe/Berlin,2,Volta,AC22,A,2.4.0,900,256,\(n < 3 ? "1.6" : "2.0.1"),1,no,"
          + "busy\n"
      }.joined())

  /// Every habit there is, as `swell demo --fleet habits` has them; with limits under which no death
  /// by itself changes where a charger ends. With a canary as large as the fleet it is one wave, and
  /// few deaths meet both outages of many.
  /// - Parameter verify: seconds for a charger's proof, which an engine that is made slower needs
  ///   more of.
  static func habits(canary: Int = 12, verify: Int = 20) throws -> Self {
    try habits(
      of: try stock("habits.csv"), canary: canary, growth: 20, soak: "6s",
      limits: """
        answer: "1500ms", drain: "60s", quiet: "200ms", download: "20s", install: "15s",
            reboot: "5s", verify: "\(verify)s", attempts: 5, boots: 2, absence: "30s",
        """)
  }

  static func stock(_ name: String) throws -> String {
    guard let file = Stock.file("Inventory/fleets/\(name)") else {
      throw Failure("this binary carries no \(name)")
    }
    return file.text
  }

  /// The fleet of this file, with the images and the playbook of the habits.
  ///
  /// Of the engine's lives most are shorter than a charger takes to come back and be asked, so:
  /// - `drain` and `verify` outlast a row of short lives, in which nothing can be sent;
  /// - `attempts` leave room for orders that die with the engine, and no more: each pause before
  ///   another try is twice the one before, and a charger that never installs takes all of them;
  /// - `absence` outlasts the fleet's longest, which is 20 s, and lives lost on top;
  /// - `reboot`, which every start grants to all that wait, is shorter than the long lives, or no
  ///   time would ever run out while the engine dies;
  /// - the soak outlasts enough reboots of a boot loop to see it in one life.
  static func habits(
    of csv: String, canary: Int, growth: Int, soak: String, limits: String
  ) throws -> Self {
    let rows = try DemoRow.read(csv)
    func byIdentity<Value>(_ value: (DemoRow) -> Value) -> [String: Value] {
      Dictionary(rows.map { ($0.identity, value($0)) }) { first, _ in first }
    }
    return Self(
      csv: csv, images: try DemoImage.read(try stock("habits-firmware.csv")),
      playbook: try habitsPlaybook(
        limits: "limits: { \(limits) }", soak: "onFirmware: \"\(soak)\"",
        waves: "growth: \(growth), canaryAtLeast: \(canary)"),
      expected: byIdentity { $0.expected.map(\.rawValue) },
      // What became of those that migrated is in their story; the report has its last sentence.
      reported: byIdentity { $0.expected.contains(.migrated) ? "" : $0.how },
      plannable: rows.count { $0.expected != [.held] },
      drifters: rows.count { $0.habit.contains(Habit.selfUpdating.rawValue) },
      latecomers: Set(
        rows.filter { $0.habit.contains(Habit.lateSession.rawValue) }.map(\.identity)),
      patience: 300_000)
  }

  /// The playbook of the habits, with these parts in place of its own. Many of them fail, so nothing
  /// is stopped early.
  private static func habitsPlaybook(
    limits: String, soak: String, waves: String
  ) throws -> String {
    let stop = "acceptedHarm: 1000, stop: false"
    let text = try stock("habits-playbook.json5")
      .replacing(#/limits: \{[^}]*\}/#, with: limits)
      .replacing(#/onFirmware: "[^"]*"/#, with: soak)
      .replacing(#/growth: \d+, canaryAtLeast: \d+/#, with: waves)
      .replacing(#/acceptedHarm: 1000/#, with: stop)
    guard [limits, soak, waves, stop].allSatisfy(text.contains) else {
      throw Failure("the playbook of the habits has no limits, soak, waves or harm to replace")
    }
    return text
  }

  /// The stock way with limits of simulated chargers. Attempts that a death makes void are not the
  /// charger's fault, so there are many.
  private static func playbook() -> String {
    """
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
  }

  /// Where a charger is, in the words of `expect`.
  static func ending(
    of ending: InventoryRecords.Ending?, speaking: ProtocolVersion?
  ) -> String {
    guard let ending else { return "held" }
    switch ending.phase {
    case "migrated": return speaking == .ocpp201 ? "migrated" : "migrated without the version"
    case "rolledBack": return "rolled-back"
    default: return ending.phase
    }
  }
}
