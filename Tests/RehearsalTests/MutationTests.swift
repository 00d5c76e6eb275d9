import Proof
import Testing

@testable import Rehearsal

@Suite("Guards taken away")
struct MutationTests {
  @Test("the checker sees each guard that is missing", arguments: Mutation.allCases)
  func caught(_ mutation: Mutation) {
    let found = (1...400 as ClosedRange<UInt64>).lazy.compactMap {
      Scenario.random(seed: $0).failure(mutation: mutation)
    }.first
    #expect(found?.invariant == mutation.invariant, "\(found?.sentence ?? "not caught")")
  }
}
