/// How often gates let bad firmware pass.
enum GateFigures {
  static func measure(_ bench: RolloutBench) throws -> [Figure] { [] }
}
