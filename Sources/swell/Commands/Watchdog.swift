import Foundation
import Glibc
import Synchronization
import Transport

/// Gives signs of life for as long as a worker's thread gets on with its work. They are given on
/// that thread itself: nobody else could tell that it is not stuck.
final class Watchdog: Sendable {
  private let isStopping = Atomic<Bool>(false)
  /// A sign is on its way: behind a stuck job they must not pile up.
  private let isUnderWay = Atomic<Bool>(false)

  /// Starts at once and lasts until `stop`.
  ///
  /// - Parameters:
  ///   - pause: between two signs, in microseconds.
  ///   - sign: called on the worker's thread.
  func pat(
    _ worker: WorkerThread, every pause: UInt32, sign: @escaping @Sendable () -> Void
  ) {
    Foundation.Thread.detachNewThread { [self] in
      while !isStopping.load(ordering: .relaxed) {
        if !isUnderWay.exchange(true, ordering: .acquiringAndReleasing) {
          worker.submit { [self] in
            sign()
            isUnderWay.store(false, ordering: .releasing)
          }
        }
        usleep(pause)
      }
    }
  }

  func stop() { isStopping.store(true, ordering: .relaxed) }
}
