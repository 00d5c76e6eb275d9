import Testing

@testable import Rehearsal

@Suite("Every order of events")
struct ExplorerTests {
  @Test(
    "three chargers at two sites, a death at every edge: no invariant breaks",
    arguments: [
      [Habit.good, .good, .good], [.neverAnswersUpdate, .losesUpdate, .rejectsResetOnce],
    ])
  func orders(_ habits: [Habit]) {
    let found = Explorer(limit: 1500).explore(habits)
    #expect(found.failing == nil)
    #expect(found.states >= 1500)
    #expect(found.deaths > 0)
  }

  @Test("it sees a guard that is missing")
  func mutated() {
    let found = Explorer(limit: 20_000).explore(
      [.good, .good, .good], mutation: .oneBeyondTheBudget)
    #expect(found.failing?.hasPrefix("invariant 2") == true)
  }
}
