/// Connections that have a while to boot before they are asked to, in the order they came: all have
/// the same while, so that one timer serves thousands.
struct BootWatch {
  private var waiting: [(due: UInt64, id: UInt64)] = []
  /// Those before it have been taken.
  private var head = 0

  /// When the first of them is due; nil while none waits.
  var next: UInt64? { head < waiting.count ? waiting[head].due : nil }

  /// Adds a connection, due no earlier than those before it.
  mutating func add(_ id: UInt64, due: UInt64) { waiting.append((due, id)) }

  /// Takes off the connections that are due.
  mutating func takeDue(_ now: UInt64) -> [UInt64] {
    var due: [UInt64] = []
    while head < waiting.count, waiting[head].due <= now {
      due.append(waiting[head].id)
      head += 1
    }
    if head == waiting.count {
      (waiting, head) = ([], 0)
    } else if head > 64, head * 2 > waiting.count {
      waiting.removeFirst(head)
      head = 0
    }
    return due
  }
}
