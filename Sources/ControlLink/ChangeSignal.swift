import CLinux
import Glibc
import Synchronization
import Threads

/// Tells whoever waits that something changed. A change has no content: who is told asks anew.
package final class ChangeSignal: Sendable {
  /// Starts anywhere, so that a generation of an engine before this one is never taken for one of
  /// this.
  private let generation = Atomic<UInt64>(.random(in: 1...(1 << 62)))
  private let count = Atomic<Int>(0)
  private let bells = Monitor<[Bell]>([])

  package init() {}

  /// What the last `raise` made it; never 0.
  package var now: UInt64 { generation.load(ordering: .sequentiallyConsistent) }

  /// From any thread, thousands of times a second: two atomic instructions while nobody waits.
  package func raise() {
    // Both orderings are sequentially consistent: a waiter counts itself before it looks at the
    // generation, so that one of the two always sees the other.
    generation.add(1, ordering: .sequentiallyConsistent)
    guard count.load(ordering: .sequentiallyConsistent) > 0 else { return }
    bells.withLock { bells in
      for bell in bells { bell.ring() }
      bells = []
      count.store(0, ordering: .sequentiallyConsistent)
    }
  }

  /// Blocks until the generation is another than this one; returns what it is then.
  package func wait(after seen: UInt64) -> UInt64 { wait(after: seen, orInputOf: -1) ?? now }

  /// The same, or nil as soon as the descriptor has input or its other end is gone.
  func wait(after seen: UInt64, orInputOf descriptor: Int32) -> UInt64? {
    guard now == seen else { return now }
    guard let bell = Bell() else { return nil }
    bells.withLock { bells in
      bells.append(bell)
      count.store(bells.count, ordering: .sequentiallyConsistent)
    }
    defer { forget(bell) }
    while true {
      let current = now
      if current != seen { return current }
      var ends = [
        pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&ends, nfds_t(ends.count), -1) > 0, ends[1].revents != 0 { return nil }
    }
  }

  private func forget(_ bell: Bell) {
    bells.withLock { bells in
      bells.removeAll { $0 === bell }
      count.store(bells.count, ordering: .sequentiallyConsistent)
    }
  }

  /// What wakes one waiter.
  private final class Bell: Sendable {
    let descriptor: Int32

    /// Nil when there is no descriptor left.
    init?() {
      descriptor = eventfd(0, Int32(EFD_CLOEXEC))
      if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    func ring() {
      var one: UInt64 = 1
      _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }
  }
}
