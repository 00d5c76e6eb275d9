import Fleet
import Foundation
import Glibc
import Simulator

/// `swell simulate`: chargers that do not exist, against any CSMS.
enum SimulateCommand {
  static let info = CommandInfo(
    "simulate", "--csv FILE --url URL", "run a fleet of simulated chargers against any CSMS",
    [
      OptionInfo("csv", "FILE", "the fleet: the columns of import, and habit, signed, sessions"),
      OptionInfo("url", "URL", "ws://host:port/ocpp; the identity is added"),
      OptionInfo("limit", "N", "the first so many rows"),
      OptionInfo("ramp", "SECONDS", "switch them on over so long; 0"),
      OptionInfo("seed", "N", "for everything that is random; 1"),
      OptionInfo("pace", "demo|real", "seconds or hours; demo"),
      OptionInfo("loops", "N", "event loops; 1"),
      OptionInfo("log", "FILE", "what each charger was told and did, a JSON line each"),
      OptionInfo("seconds", "N", "stop by itself; runs until interrupted when left out"),
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let limit = try arguments.number("limit", in: 1...10_000_000) ?? Int.max
    let profiles = try profiles(
      csv: try Files.text(try arguments.required("csv")), limit: limit)
    var options = Swarm.Options(url: try arguments.required("url"))
    options.seed = try arguments.number("seed", in: 0...UInt64.max) ?? 1
    options.ramp = UInt64((try arguments.number("ramp", in: 0...86_400) ?? 0.0) * 1000)
    options.loops = try arguments.number("loops", in: 1...64) ?? 1
    switch arguments["pace"] ?? "demo" {
    case "demo": options.timing = .demo
    case "real": options.timing = .real
    default: throw UsageError("--pace wants demo or real, not \"\(arguments["pace"] ?? "")\".")
    }
    if let log = arguments["log"] { options.log = try StationLog(path: log) }
    let seconds = try arguments.number("seconds", in: 1...10_000_000) ?? Int.max
    let swarm = try Swarm(profiles, options: options)
    swarm.start()
    Out.talk("\(profiles.count) simulated chargers connect to \(options.url); interrupt ends them")
    watch(swarm, seconds: seconds)
    swarm.stop()
  }

  /// The stations of a fleet file; a row that can't be one is an error with its line.
  static func profiles(csv: String, limit: Int = .max) throws -> [StationProfile] {
    let (profiles, refused) = StationProfile.parse(csv: csv)
    if let flaw = refused.first {
      throw Failure("line \(flaw.line)\(flaw.column.map { ", \($0)" } ?? ""): \(flaw.reason)")
    }
    return Array(profiles.prefix(limit))
  }

  /// A line whenever the picture changes, until a signal or the time is up.
  private static func watch(_ swarm: Swarm, seconds: Int) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
    sigprocmask(SIG_BLOCK, &signals, nil)
    let end = seconds == .max ? Date.distantFuture : Date().addingTimeInterval(Double(seconds))
    var last: Swarm.Summary?
    while Date() < end {
      let summary = swarm.summary()
      if summary != last {
        last = summary
        Out.talk(line(summary))
      }
      var second = timespec(tv_sec: 1, tv_nsec: 0)
      if sigtimedwait(&signals, nil, &second) > 0 { return }
    }
  }

  static func line(_ summary: Swarm.Summary) -> String {
    var versions: [String: Int] = [:]
    for (group, count) in summary.groups {
      if let version = group.version { versions[version.label, default: 0] += count }
    }
    let spoken = versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return
      "online \(summary.online) (\(spoken.joined(separator: ", "))) · charging \(summary.charging) · updating \(summary.updating) · bricked \(summary.bricked)"
  }
}
