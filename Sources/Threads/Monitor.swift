import Glibc

/// State that several threads use, a lock around it, and a condition to wait for it to change.
///
/// The lock is not recursive: who takes it again in `body` waits for itself.
///
/// `@unchecked Sendable`: the state is reached under the lock only, and what goes into it or comes
/// out of it is sent.
package final class Monitor<State: ~Copyable>: @unchecked Sendable {
  // Apart from the object, for neither may move, nor be under a check of exclusive access.
  @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  @usableFromInline let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  @usableFromInline var state: State

  package init(_ state: consuming sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` on the state, under the lock.
  @inlinable
  package func withLock<Value: ~Copyable, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Value
  ) throws(Failure) -> sending Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Wakes one waiter.
  @inlinable
  package func signal() { pthread_cond_signal(condition) }

  /// Waits until `ready`, then runs `body` on the state, all under the lock.
  @inlinable
  package func wait<Value: ~Copyable>(
    until ready: (borrowing State) -> Bool, _ body: (inout sending State) -> sending Value
  ) -> sending Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !ready(state) { pthread_cond_wait(condition, mutex) }
    return body(&state)
  }
}
