import Fleet
import Rollout

/// `swell wave power`: what a gate lets pass, and what it rejects.
enum PowerCommand {
  static let info = CommandInfo(
    "wave power", "[PLAYBOOK] [--chargers N] [--rate LIST]",
    "how likely a playbook's canary passes builds of which so many fail",
    [
      OptionInfo("chargers", "N", "of a kind of hardware, all waves together; 1000"),
      OptionInfo("rate", "LIST", "true failure rates, such as \"0.5 %,2 %,10 %\""),
      Out.tableOrJSON,
    ], run: run)

  private struct Report: Encodable {
    var playbook: String
    var chargers: Int
    var canary: Int
    var bound: GateBound
    var curve: [GatePower.Point]
  }

  private static func run(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 1)
    let playbook = try StockContent.playbook(arguments.words.first ?? "in-place")
    let chargers = try arguments.number("chargers", in: 1...1_000_000) ?? 1000
    let rates = try arguments["rate"].map(rates) ?? GatePower.rates
    let canary = Planner.canary(of: chargers, playbook)
    let curve = GatePower.curve(playbook.gate, size: canary, population: chargers, rates: rates)
    let bound = Gate.bound(playbook.gate, population: chargers)
    if Out.wantsJSON(arguments) {
      return try Out.json(
        Report(
          playbook: playbook.name, chargers: chargers, canary: canary, bound: bound, curve: curve))
    }
    Out.line(
      "\(playbook.name): canary of \(canary) of \(chargers) chargers, at most "
        + "\(share(playbook.gate.maxFailureRate)) at \(share(playbook.gate.confidence)), "
        + bound.label)
    Out.line("")
    Out.table(
      ["OF THE BUILD FAIL", "CANARY PASSES", "STOPPED EARLY", "CHARGERS UNTIL THEN", "FAILED"],
      curve.map {
        [
          share($0.rate), share($0.passes), share($0.stopped), Figure.spelt($0.chargers),
          Figure.spelt($0.failed),
        ]
      }, right: [0, 1, 2, 3, 4])
  }

  /// `0.5 %,2 %`, or `0.005,0.02`.
  private static func rates(_ list: String) throws -> [Double] {
    try list.split(separator: ",").map { word in
      let text = word.filter { $0 != " " }
      let share = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
      guard let share, share >= 0, share <= 1 else {
        throw UsageError("\"\(word)\" is no rate; say such as \"2 %\" or 0.02.")
      }
      return share
    }
  }

  private static func share(_ share: Double) -> String { "\(Figure.spelt(share * 100)) %" }
}
