import Glibc
import Testing

/// Milliseconds of the monotonic clock.
enum Moment {
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}

/// It did not come to that.
struct TooLong: Error, CustomStringConvertible {
  let what: String
  var description: String { "waited in vain until \(what)" }
}

/// Looks again and again, until the condition holds or the time is up.
func wait(
  _ what: @autoclosure () -> String, patience: Int = 120_000, every pause: Int32 = 25,
  until isDone: () throws -> Bool
) throws {
  let end = Moment.now + patience
  while !(try isDone()) {
    guard Moment.now < end else { throw TooLong(what: what()) }
    poll(nil, 0, pause)
  }
}

/// Until a moment that a test has drawn.
func wait(until moment: Int) {
  while Moment.now < moment { poll(nil, 0, Int32(max(1, moment - Moment.now))) }
}
