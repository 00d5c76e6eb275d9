/// The numbers that a rollout must reach, measured: what a wave costs, and what it can be trusted
/// with.
struct RolloutBench {
  /// A part of the bench that can be run alone.
  struct Part: Sendable {
    /// What `--only` names it by.
    var word: String
    var measures: String
    var run: @Sendable (RolloutBench) throws -> [Figure]
  }

  var seed: UInt64
  /// Random campaigns that are run through.
  var campaigns: Int
  /// The word of the one part to run; nil for all.
  var only: String?
  /// States of a small fleet that are looked at, for each kind of fleet.
  var states = 30_000
  /// Deaths in the process.
  var deaths = 10_000
  /// Upgrades under way when an engine starts.
  var inFlight = 100_000
  /// How often a serving engine is killed.
  var kills: Int

  static let parts = [
    Part(word: "schedule", measures: "plans, replans and forecasts", run: ScheduleFigures.measure),
    Part(
      word: "gate", measures: "what gates let pass that they should not", run: GateFigures.measure),
    Part(
      word: "campaigns", measures: "random campaigns with faults, in virtual time",
      run: RehearsalFigures.campaigns),
    Part(
      word: "orders", measures: "every order of events of a small fleet, with deaths",
      run: RehearsalFigures.orders),
    Part(
      word: "mutations", measures: "guards taken away, to see that it is seen",
      run: RehearsalFigures.mutations),
    Part(
      word: "others", measures: "the same chargers under hawkBit's rule of groups",
      run: RehearsalFigures.others),
    Part(word: "rows", measures: "durable attempts", run: DurabilityFigures.rows),
    Part(
      word: "crashes", measures: "deaths in the process, over a file that is opened anew",
      run: DurabilityFigures.crashes),
    Part(
      word: "restart", measures: "a start in the midst of a large campaign",
      run: DurabilityFigures.restart),
    Part(
      word: "kills",
      measures: "SIGKILLs of a serving engine, chargers of every habit on real sockets",
      run: DurabilityFigures.kills),
  ]

  /// The figures of all parts asked for, in their order. Throws `Failure` for a word that names none.
  func run() throws -> [Figure] {
    let parts = Self.parts.filter { only == nil || $0.word == only }
    if parts.isEmpty {
      let words = Self.parts.map(\.word).joined(separator: ", ")
      throw Failure("The bench has no part \"\(only ?? "")\"; there are \(words).")
    }
    return try parts.flatMap { part in
      Out.talk("bench: \(part.word): \(part.measures)")
      return try part.run(self)
    }
  }
}
