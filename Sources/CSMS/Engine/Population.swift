import Synchronization

/// How many chargers are connected, over all loops.
package final class Population: Sendable {
  private let count = Atomic<Int>(0)
  package init() {}
  func change(by n: Int) { count.add(n, ordering: .relaxed) }
  package var now: Int { count.load(ordering: .relaxed) }
}
