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

  static let parts = [
    Part(word: "schedule", measures: "plans, replans and forecasts", run: ScheduleFigures.measure),
    Part(
      word: "gate", measures: "what gates let pass that they should not", run: GateFigures.measure),
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
