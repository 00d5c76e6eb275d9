import CLinux
import Glibc

/// Whom a loop tells that a descriptor is ready.
package protocol ReadinessHandler: AnyObject {
  /// - Parameter events: EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLERR, EPOLLHUP.
  func ready(_ events: UInt32)
  /// The loop will stop: begin to close the descriptor; what is open after a while is told
  /// `loopStopped`.
  func loopLeaves()
  /// The loop ends: close the descriptor.
  func loopStopped()
}

extension ReadinessHandler {
  /// Who has nobody to take leave of closes at once.
  package func loopLeaves() { loopStopped() }
}

/// The epoll set of a loop and who stands behind each descriptor. Used by its loop only.
struct Poller {
  enum Event {
    /// Another thread rang.
    case bell
    case ready(any ReadinessHandler, UInt32)
    /// For a descriptor that was closed earlier in the round.
    case stale
  }

  private struct Slot {
    var handler: (any ReadinessHandler)?
    /// Tells a stale event of a closed descriptor from one of its successor in the same round.
    var generation: UInt32 = 0
  }

  private let epoll: Int32
  private let bell: Int32
  /// By descriptor.
  private var slots: [Slot] = []
  private var events = [epoll_event](repeating: epoll_event(), count: 1024)

  init(bell: Int32) throws(TransportError) {
    self.bell = bell
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw .system(call: "epoll_create1", code: errno) }
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = UInt64(UInt32(bitPattern: bell))
    guard epoll_ctl(epoll, EPOLL_CTL_ADD, bell, &event) == 0 else {
      throw .system(call: "epoll_ctl", code: errno)
    }
  }

  func close() { Glibc.close(epoll) }

  /// Waits for events, `milliseconds` at most or without end for -1; returns how many came.
  mutating func wait(_ milliseconds: Int32) -> Int {
    // An interrupted wait is a round without events.
    max(0, Int(epoll_wait(epoll, &events, Int32(events.count), milliseconds)))
  }

  /// One of the events that `wait` brought, judged by what is registered now.
  func event(_ index: Int) -> Event {
    let data = events[index].data.u64
    let descriptor = Int(data & 0xFFFF_FFFF)
    if descriptor == Int(bell) { return .bell }
    let slot = slots[descriptor]
    guard slot.generation == UInt32(data >> 32), let handler = slot.handler else { return .stale }
    return .ready(handler, events[index].events)
  }

  /// Registered descriptors.
  private var count = 0
  var isEmpty: Bool { count == 0 }
  var handlers: [any ReadinessHandler] { slots.compactMap(\.handler) }

  mutating func add(
    _ descriptor: Int32, _ events: UInt32, _ handler: any ReadinessHandler
  ) throws(TransportError) {
    let index = Int(descriptor)
    while slots.count <= index { slots.append(Slot()) }
    slots[index].generation &+= 1
    slots[index].handler = handler
    guard control(EPOLL_CTL_ADD, descriptor, events) else {
      let code = errno
      slots[index].handler = nil
      throw .system(call: "epoll_ctl", code: code)
    }
    count += 1
  }

  func modify(_ descriptor: Int32, _ events: UInt32) {
    _ = control(EPOLL_CTL_MOD, descriptor, events)
  }

  mutating func remove(_ descriptor: Int32) {
    if slots[Int(descriptor)].handler != nil { count -= 1 }
    slots[Int(descriptor)].handler = nil
    var unused = epoll_event()
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused)
  }

  private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) -> Bool {
    var event = epoll_event()
    event.events = events
    let generation = slots[Int(descriptor)].generation
    event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    return epoll_ctl(epoll, operation, descriptor, &event) == 0
  }
}
