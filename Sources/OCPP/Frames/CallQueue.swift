/// The calls that one side makes on one connection: first come, first sent, and at most one open
/// (OCPP 2.0.1 part 4 §4.1.1; OCPP-J 1.6 §4.1.1 says SHOULD). SEND frames do not pass through here.
///
/// Times are milliseconds on any clock that the caller keeps to.
package struct CallQueue<Tag> {
  package struct Call {
    package var id: String
    package var action: String
    /// How long the answer may take, in milliseconds.
    package var patience: Int64
    /// What the caller wants to find again when the call ends.
    package var tag: Tag

    package init(id: String, action: String, patience: Int64, tag: Tag) {
      self.id = id
      self.action = action
      self.patience = patience
      self.tag = tag
    }
  }

  private var waiting: [Call] = []
  /// Calls before this index have been sent.
  private var head = 0
  private var lateCalls: [Call] = []
  /// At most one: an idle connection is to keep no room for it.
  private var opened: [Call] = []
  /// The call that was sent and not answered.
  package private(set) var open: Call? {
    get { opened.first }
    set { opened = newValue.map { [$0] } ?? [] }
  }
  /// When the open call times out; nil while none is open.
  package private(set) var deadline: Int64?

  /// How many timed-out calls are remembered for a late answer.
  package static var lateLimit: Int { 4 }

  package init() {}

  /// How many calls wait to be sent.
  package var count: Int { waiting.count - head }
  package var isIdle: Bool { open == nil && count == 0 }

  package mutating func enqueue(_ call: Call) { waiting.append(call) }

  /// The call to send now; nil while one is open or none waits. Its deadline starts at `now`.
  package mutating func next(now: Int64) -> Call? {
    guard open == nil, head < waiting.count else { return nil }
    let call = waiting[head]
    head += 1
    if head == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 32, head * 2 >= waiting.count {
      waiting.removeFirst(head)
      head = 0
    }
    open = call
    let (sum, overflow) = now.addingReportingOverflow(call.patience)
    deadline = overflow ? .max : sum
    return call
  }

  /// Ends the open call when `id` is its id, whether by a result or an error. Nil for any other id:
  /// see `late(id:)`.
  package mutating func answered(id: String) -> Call? {
    guard let call = open, call.id == id else { return nil }
    open = nil
    deadline = nil
    return call
  }

  /// Ends the open call when its deadline has come. An answer that still arrives is late.
  package mutating func timeout(now: Int64) -> Call? {
    guard let call = open, let deadline, now >= deadline else { return nil }
    open = nil
    self.deadline = nil
    if lateCalls.count == Self.lateLimit { lateCalls.removeFirst() }
    lateCalls.append(call)
    return call
  }

  /// The call that timed out and is answered only now; reported once. Some stations answer after a
  /// minute (evcc-io/evcc#26837).
  package mutating func late(id: String) -> Call? {
    guard let index = lateCalls.lastIndex(where: { $0.id == id }) else { return nil }
    return lateCalls.remove(at: index)
  }

  /// Ends everything, the connection being gone: the open call first, then those never sent.
  package mutating func closed() -> [Call] {
    let calls = (open.map { [$0] } ?? []) + waiting[head...]
    self = CallQueue()
    return calls
  }
}

extension CallQueue: Sendable where Tag: Sendable {}
extension CallQueue.Call: Sendable where Tag: Sendable {}
extension CallQueue.Call: Equatable where Tag: Equatable {}
