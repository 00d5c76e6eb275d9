import Fleet
import Foundation
import Glibc
import Simulator
import Transport

/// `swell simulate`: chargers that do not exist, against any CSMS.
enum SimulateCommand {
  static let info = CommandInfo(
    "simulate", "--csv FILE --url URL", "run a fleet of simulated chargers against any CSMS",
    [
      OptionInfo("csv", "FILE", "the fleet: the columns of import, and habit, signed, sessions"),
      OptionInfo("url", "URL", "ws://host:port/ocpp or wss://…; the identity is added"),
      OptionInfo("ca", "FILE", "PEM of whom to trust with TLS; whom the system trusts"),
      OptionInfo("client-cert", "FILE", "PEM chain that every charger shows"),
      OptionInfo("client-key", "FILE", "PEM key of --client-cert"),
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
    options.tls = try tls(arguments)
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

  /// How simulated chargers speak TLS, where an option says so.
  private static func tls(_ arguments: Arguments) throws -> ClientTLS? {
    var configuration = ClientTLS.Configuration()
    configuration.authorities = arguments["ca"]
    switch (arguments["client-cert"], arguments["client-key"]) {
    case (nil, nil): if arguments["ca"] == nil { return nil }
    case (let chain?, let key?): configuration.certificate = (chain: chain, key: key)
    default: throw UsageError("--client-cert and --client-key go together.")
    }
    do {
      return try ClientTLS(configuration)
    } catch { throw Failure("\(error)") }
  }

  /// `swell simulate image`: firmware that simulated chargers accept.
  static let image = CommandInfo(
    "simulate image", "FILE --model M --version V", "make a firmware image for simulated chargers",
    [
      OptionInfo("model", "MODEL", "the model it is for; * for any"),
      OptionInfo("version", "V", "what a charger reports once it runs it"),
      OptionInfo("protocols", "LIST", "what it speaks; 1.6,2.0.1"),
      OptionInfo("flash", "KB", "free flash it needs; 100"),
      OptionInfo("ram", "KB", "free RAM it needs; 40"),
      OptionInfo("size", "KB", "size of the image; 100"),
    ]
  ) { arguments in
    let file = try arguments.word(0, "a file")
    try arguments.noMoreWords(than: 1)
    guard let protocols = VersionSet(label: arguments["protocols"] ?? "1.6,2.0.1"),
      !protocols.isEmpty
    else { throw UsageError("--protocols wants versions such as 1.6,2.0.1.") }
    let bytes = SimulatedImage.make(
      model: try arguments.required("model"), version: try arguments.required("version"),
      protocols: protocols.label, flash: try arguments.number("flash", in: 0...1_000_000) ?? 100,
      ram: try arguments.number("ram", in: 0...1_000_000) ?? 40,
      size: (try arguments.number("size", in: 1...1_000_000) ?? 100) * 1024, seed: 1)
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: file))
    } catch {
      throw Failure("\(file) can't be written: \((error as NSError).localizedDescription)")
    }
    Out.line("\(file): \(bytes.count) bytes")
  }

  /// The stations of a fleet file; a row that can't be one is an error with its line.
  static func profiles(csv: String, limit: Int = .max) throws -> [StationProfile] {
    let (profiles, refused) = StationProfile.parse(csv: csv)
    for flaw in refused {
      Out.talk("left out: line \(flaw.line)\(flaw.column.map { ", \($0)" } ?? ""): \(flaw.reason)")
    }
    if profiles.isEmpty { throw Failure("The file holds no charger that could be simulated.") }
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
