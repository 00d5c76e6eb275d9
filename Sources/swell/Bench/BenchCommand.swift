/// `swell bench`: what this build does on this machine, measured.
enum BenchCommand {
  static let all = [
    console, crash, hostile, messages, reconnect, rollout, soak, echo, tls, wire,
    TLSBenchServer.command,
  ]

  static let console = CommandInfo(
    "bench console", "[--chargers N] [--seconds N]",
    "the console on a pseudo-terminal beside a busy engine: frames, keys, rest, memory",
    [
      OptionInfo("chargers", "N", "chargers in the inventory; 100000"),
      OptionInfo("seconds", "N", "how long it is kept busy; 20"),
      OptionInfo("rest", "N", "how many seconds it is watched at rest; 60"), Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let bench = ConsoleBench(
      chargers: try arguments.number("chargers", in: 1...1_000_000) ?? 100_000,
      busySeconds: try arguments.number("seconds", in: 2...3600) ?? 20,
      restSeconds: try arguments.number("rest", in: 1...3600) ?? 60)
    try show(bench.run(), arguments)
  }

  static let crash = CommandInfo(
    "bench crash", "[--kills N] [--fleet habits|good|thousand]",
    "campaigns whose engine is killed again and again: every promise is checked afterwards",
    [
      OptionInfo("kills", "N", "how often it is killed; 200"),
      OptionInfo(
        "fleet", "habits|good|thousand",
        "which chargers; habits. thousand: every habit, in two zones with a window each"),
      OptionInfo("seed", "N", "of the moments; another one each time"),
      OptionInfo("port", "N", "where the engine listens; 22600"), Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let seed = try arguments.number("seed", in: 0...UInt64.max) ?? UInt64.random(in: 1...1_000_000)
    Out.talk("bench: --seed \(seed)")
    let bench = CrashBench(
      kills: try arguments.number("kills", in: 1...100_000) ?? 200,
      fleet: try .named(arguments["fleet"] ?? "habits"), seed: seed,
      port: try arguments.number("port", in: 1024...65_535) ?? CrashBench.port)
    try show(bench.run(), arguments)
  }

  static let echo = CommandInfo(
    "bench echo", "--listen HOST:PORT [--seconds N]",
    "a WebSocket endpoint that sends back what it gets, for conformance suites",
    [
      OptionInfo("listen", "HOST:PORT", "where it listens; 127.0.0.1:9001"),
      OptionInfo("seconds", "N", "how long; until interrupted"), Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let (host, port) = try ServeCommand.address(arguments["listen"] ?? "127.0.0.1:9001")
    let bench = EchoBench(
      host: host, port: port, seconds: try arguments.number("seconds", in: 1...86_400))
    try show(bench.run(), arguments)
  }

  static let messages = CommandInfo(
    "bench messages", "[--mutations N] [--answers N] [--action NAME]",
    "an engine under everything that stations may send and answer, right and wrong",
    [
      OptionInfo("mutations", "N", "frames of each message that a station sends; 10000"),
      OptionInfo("answers", "N", "answers to each message that the engine sends; 1000"),
      OptionInfo("action", "NAME", "only this message, in every version that has it"),
      OptionInfo("seed", "N", "of what is sent; another one each time"), Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let seed = try arguments.number("seed", in: 0...UInt64.max) ?? UInt64.random(in: 1...1_000_000)
    Out.talk("bench: --seed \(seed)")
    let bench = MessagesBench(
      mutations: try arguments.number("mutations", in: 0...1_000_000) ?? 10_000,
      answers: try arguments.number("answers", in: 0...1_000_000) ?? 1_000, seed: seed,
      action: arguments["action"])
    try show(bench.run(), arguments)
  }

  static let hostile = CommandInfo(
    "bench hostile", "[--chargers N] [--rounds N]",
    "good chargers beside each of those that would harm an engine",
    [
      OptionInfo("chargers", "N", "good chargers; 1000"),
      OptionInfo("rate", "N", "messages a second of the good ones together; 1000"),
      OptionInfo("rounds", "N", "times that each is measured, without and with; 3"),
      Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let bench = HostileBench(
      chargers: try arguments.number("chargers", in: 1...15_000) ?? 1000,
      rate: try arguments.number("rate", in: 1...100_000) ?? 1000,
      rounds: try arguments.number("rounds", in: 1...100) ?? 3)
    try show(bench.run(), arguments)
  }

  static let reconnect = CommandInfo(
    "bench reconnect", "[--chargers N] [--tls]",
    "all chargers come back at once after their engine was stopped, and after it was killed",
    [
      OptionInfo("chargers", "N", "chargers, each with a password; 10000"),
      OptionInfo("tls", nil, "they come over TLS"), Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let bench = ReconnectBench(
      chargers: try arguments.number("chargers", in: 1...19_000) ?? 10_000,
      isSecure: arguments.has("tls"))
    try show(bench.run(), arguments)
  }

  static let rollout = CommandInfo(
    "bench rollout", "[--seed N] [--campaigns N] [--kills N] [--only WORD]",
    "plans, gates, crashes and restarts of campaigns against the numbers they must reach",
    [
      OptionInfo("seed", "N", "of everything random; another one each time"),
      OptionInfo("campaigns", "N", "random campaigns that are run through; 1000"),
      OptionInfo("kills", "N", "how often a serving engine is killed; 500"),
      OptionInfo(
        "only", "WORD", "one part: " + RolloutBench.parts.map(\.word).joined(separator: ", ")),
      Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let seed = try arguments.number("seed", in: 0...UInt64.max) ?? UInt64.random(in: 1...1_000_000)
    Out.talk("bench: --seed \(seed)")
    let bench = RolloutBench(
      seed: seed, campaigns: try arguments.number("campaigns", in: 1...1_000_000) ?? 1000,
      only: arguments["only"], kills: try arguments.number("kills", in: 1...100_000) ?? 500)
    try show(bench.run(), arguments)
  }

  static let wire = CommandInfo(
    "bench wire", "[--chargers N] [--seconds N] [--idle N]",
    "one loop of the engine under load: 1.6, 2.0.1 and mixed, in the clear and over TLS; memory",
    [
      OptionInfo("chargers", "N", "chargers, each with one message under way; 1000"),
      OptionInfo("seconds", "N", "how long each kind of load is measured; 4"),
      OptionInfo("idle", "N", "silent chargers, for their memory; 10000"), Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let bench = WireBench(
      chargers: try arguments.number("chargers", in: 1...15_000) ?? 1000,
      seconds: try arguments.number("seconds", in: 1...3600) ?? 4,
      idle: try arguments.number("idle", in: 1...19_000) ?? 10_000)
    try show(bench.run(), arguments)
  }

  static let soak = CommandInfo(
    "bench soak", "[--chargers N] [--minutes N]",
    "a fleet in use for minutes, all versions, everything traced: nothing ends, nothing grows",
    [
      OptionInfo("chargers", "N", "chargers, a third in each version; 19000"),
      OptionInfo("minutes", "N", "how long; 10, and 3 at least"),
      OptionInfo("rate", "N", "messages a second of all together; 1000"), Out.tableOrJSON,
    ]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let bench = SoakBench(
      chargers: try arguments.number("chargers", in: 1...19_000) ?? 19_000,
      minutes: try arguments.number("minutes", in: 3...10_000) ?? 10,
      rate: try arguments.number("rate", in: 1...100_000) ?? 1000)
    try show(bench.run(), arguments)
  }

  static let tls = CommandInfo(
    "bench tls", "[--connections N]",
    "what TLS costs: handshakes a second of processor time, memory of connections at rest",
    [OptionInfo("connections", "N", "how many lie idle; 10000"), Out.tableOrJSON]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let bench = TLSBench(
      connections: try arguments.number("connections", in: 200...19_000) ?? 10_000)
    try show(bench.run(), arguments)
  }

  /// Prints the figures; one that does not hold is a failure.
  static func show(_ figures: [Figure], _ arguments: Arguments) throws {
    if Out.wantsJSON(arguments) {
      try Out.json(figures)
    } else {
      Out.table(
        ["MEASURE", "VALUE", "UNIT", "REACH", "HOLDS"],
        figures.map {
          [
            $0.name, Figure.spelt($0.value), $0.unit, $0.reach,
            $0.reach.isEmpty ? "" : $0.holds ? "yes" : "NO",
          ]
        }, right: [1])
    }
    let short = figures.filter { !$0.holds }.map(\.name)
    if !short.isEmpty {
      throw Failure("short of what they must reach: \(short.joined(separator: ", ")).")
    }
  }
}
