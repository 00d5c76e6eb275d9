/// Something that a loop's timer calls. It holds at most one timer at a time.
package protocol TimerTarget: AnyObject {
  /// Written by the loop only.
  var timer: ArmedTimer { get set }
  func timerFired()
}

/// What a target knows of its timer.
package struct ArmedTimer: Sendable {
  /// The number of its entry in the heap; 0 when no timer runs. An entry of another number is stale
  /// and fires nothing.
  fileprivate var entry: UInt64 = 0
  /// When it fires; its entry may say an earlier time.
  fileprivate var deadline: UInt64 = 0
  /// Rises with each setting of any timer.
  fileprivate var order: UInt64 = 0

  package init() {}

  var isRunning: Bool { entry != 0 }
}

/// Deadlines in order, equal ones in the order they were set. Timers are mostly put off: the entry
/// stays where it is, and is queued anew when its old time comes. A stopped timer stays until its
/// deadline or until stale ones are the greater part: then they are swept out.
struct TimerHeap {
  private struct Entry {
    let deadline: UInt64
    let number: UInt64
    let target: any TimerTarget

    var isStale: Bool { target.timer.entry != number }

    func isBefore(_ other: Entry) -> Bool {
      deadline != other.deadline ? deadline < other.deadline : number < other.number
    }
  }

  private var entries: [Entry] = []
  private var lastNumber: UInt64 = 0
  private var stale = 0

  /// Queued entries, stale ones included.
  var count: Int { entries.count }

  /// Sets the target's timer, in place of one it may have.
  mutating func arm(_ target: any TimerTarget, at deadline: UInt64) {
    let isPutOff = target.timer.isRunning && deadline >= target.timer.deadline
    if !isPutOff { disarm(target) }
    lastNumber += 1
    target.timer.deadline = deadline
    target.timer.order = lastNumber
    if !isPutOff { queue(target) }
  }

  private mutating func queue(_ target: any TimerTarget) {
    target.timer.entry = target.timer.order
    entries.append(
      Entry(deadline: target.timer.deadline, number: target.timer.order, target: target))
    siftUp(entries.count - 1)
  }

  /// Stops the target's timer, if it has one.
  mutating func disarm(_ target: any TimerTarget) {
    guard target.timer.isRunning else { return }
    target.timer.entry = 0
    stale += 1
    if stale > 64, stale > entries.count / 2 { sweep() }
  }

  /// The earliest deadline of a running timer.
  mutating func nextDeadline() -> UInt64? {
    while let first = entries.first {
      if first.isStale {
        removeFirst()
        stale -= 1
      } else if first.target.timer.order != first.number {
        removeFirst()
        queue(first.target)
      } else {
        return first.deadline
      }
    }
    return nil
  }

  /// The next target due at `now`, taken off.
  mutating func popDue(_ now: UInt64) -> (any TimerTarget)? {
    guard let deadline = nextDeadline(), deadline <= now else { return nil }
    let target = entries[0].target
    removeFirst()
    target.timer.entry = 0
    return target
  }

  private mutating func sweep() {
    entries.removeAll(where: \.isStale)
    stale = 0
    var index = entries.count / 2
    while index > 0 {
      index -= 1
      siftDown(index)
    }
  }

  private mutating func removeFirst() {
    let last = entries.removeLast()
    guard !entries.isEmpty else { return }
    entries[0] = last
    siftDown(0)
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard entries[index].isBefore(entries[parent]) else { return }
      entries.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2) where child < entries.count {
        if entries[child].isBefore(entries[least]) { least = child }
      }
      if least == index { return }
      entries.swapAt(index, least)
      index = least
    }
  }
}

/// A one-shot timer with a closure. Letting go of it does not stop it.
package final class LoopTimer: TimerTarget {
  package var timer = ArmedTimer()
  private unowned let loop: EventLoop
  private var action: (() -> Void)?

  init(loop: EventLoop, _ action: @escaping () -> Void) {
    self.loop = loop
    self.action = action
  }

  package func timerFired() {
    let action = self.action
    self.action = nil
    action?()
  }

  /// Stops the timer; its closure is released at once.
  package func cancel() {
    action = nil
    loop.disarm(self)
  }
}
