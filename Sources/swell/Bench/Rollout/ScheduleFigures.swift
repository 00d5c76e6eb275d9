/// What planning a large fleet takes, and how near its plans come to the bound.
enum ScheduleFigures {
  static func measure(_ bench: RolloutBench) throws -> [Figure] { [] }
}
