/// `swell bench`: what this build does on this machine, measured.
enum BenchCommand {
  static let all = [console]

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
