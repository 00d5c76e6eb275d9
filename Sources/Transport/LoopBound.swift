/// Carries a value that lives on a loop through other threads and back.
///
/// `@unchecked Sendable`: the value is handed out on its loop only, which the getter asserts.
package struct LoopBound<Value>: @unchecked Sendable {
  package let loop: EventLoop
  private let bound: Value

  /// On the loop only.
  package init(_ value: Value, _ loop: EventLoop) {
    loop.checkIsolated()
    bound = value
    self.loop = loop
  }

  /// On the loop only.
  package var value: Value {
    loop.checkIsolated()
    return bound
  }
}
