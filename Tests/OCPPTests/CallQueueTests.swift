import OCPP
import Testing

@Suite struct CallQueueTests {
  private func call(_ id: String, patience: Int64 = 100) -> CallQueue<Int>.Call {
    .init(id: id, action: "Reset", patience: patience, tag: id.count)
  }

  @Test("One call is open at a time, in the order they came")
  func order() {
    var queue = CallQueue<Int>()
    for id in ["a", "b", "c"] { queue.enqueue(call(id)) }
    #expect(queue.next(now: 0)?.id == "a")
    #expect(queue.next(now: 1) == nil)
    #expect(queue.answered(id: "b") == nil)
    #expect(queue.answered(id: "a")?.tag == 1)
    #expect(queue.answered(id: "a") == nil)
    #expect(queue.next(now: 2)?.id == "b")
    #expect(queue.count == 1 && !queue.isIdle)
  }

  @Test("A call times out at its deadline, and its answer is then late, once")
  func late() {
    var queue = CallQueue<Int>()
    queue.enqueue(call("a", patience: 100))
    queue.enqueue(call("b"))
    _ = queue.next(now: 1000)
    #expect(queue.deadline == 1100)
    #expect(queue.timeout(now: 1099) == nil)
    #expect(queue.timeout(now: 1100)?.id == "a")
    #expect(queue.timeout(now: 1200) == nil)
    #expect(queue.next(now: 1200)?.id == "b")
    #expect(queue.answered(id: "a") == nil)
    #expect(queue.late(id: "a")?.id == "a")
    #expect(queue.late(id: "a") == nil)
    #expect(queue.open?.id == "b")
  }

  @Test("Closing gives back the open call and those that wait")
  func closes() {
    var queue = CallQueue<Int>()
    for id in ["a", "b", "c"] { queue.enqueue(call(id)) }
    _ = queue.next(now: 0)
    #expect(queue.closed().map(\.id) == ["a", "b", "c"])
    #expect(queue.isIdle && queue.closed().isEmpty)
  }

  @Test("Whatever happens, every call ends exactly once and never two are open")
  func property() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<50 {
      var queue = CallQueue<Int>()
      var enqueued: [String] = []
      var sent: [String] = []
      var ended: [String] = []
      var now: Int64 = 0
      for step in 0..<300 {
        now += .random(in: 0...40, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
          enqueued.append("\(step)")
          queue.enqueue(call("\(step)"))
        case 2:
          let wasOpen = queue.open != nil
          if let next = queue.next(now: now) {
            #expect(!wasOpen, "seed \(seed)")
            sent.append(next.id)
          }
        case 3:
          if let id = queue.open?.id, let call = queue.answered(id: id) { ended.append(call.id) }
        default:
          if let call = queue.timeout(now: now) { ended.append(call.id) }
        }
      }
      #expect(Array(enqueued.prefix(sent.count)) == sent, "seed \(seed)")
      ended += queue.closed().map(\.id)
      #expect(ended == enqueued, "seed \(seed)")
    }
  }
}
