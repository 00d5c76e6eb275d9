import Synchronization
import Testing

@testable import Transport

private final class Target: TimerTarget {
  var timer = ArmedTimer()
  let number: Int
  init(_ number: Int) { self.number = number }
  func timerFired() {}
}

private actor Resident {
  let loop: EventLoop
  var count = 0
  init(_ loop: EventLoop) { self.loop = loop }
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  func visit() -> Bool {
    count += 1
    return loop.inLoop
  }
}

@Suite struct LoopTests {
  @Test("an idle loop does not wake up")
  func idle() throws {
    try withLoop { loop in
      _ = try on(loop) { 0 }
      let before = loop.rounds
      // Another loop's timer is the clock of this test: nothing wakes the idle one meanwhile.
      try withLoop { clock in
        let rung = Watched(false)
        clock.submit { [clock] in clock.schedule(after: 300) { rung.update { $0 = true } } }
        #expect(rung.wait { $0 })
      }
      #expect(loop.rounds == before)
    }
  }

  @Test("timers fire in the order of their deadlines, and cancelled ones never")
  func timers() throws {
    let fired = Watched<[Int]>([])
    try withLoop { loop in
      loop.submit { [loop] in
        for delay in [40, 10, 30, 10, 20, 0] {
          loop.schedule(after: UInt64(delay)) { fired.update { $0.append(delay) } }
        }
        let cancelled = loop.schedule(after: 15) { fired.update { $0.append(-1) } }
        cancelled.cancel()
      }
      #expect(fired.wait { $0.count == 6 })
    }
    #expect(fired.value == [0, 10, 10, 20, 30, 40])
  }

  @Test(
    "the heap yields what a sorted list would, whatever is set, moved and stopped",
    arguments: 0..<30)
  func heap(_ run: Int) {
    var random = SystemRandomNumberGenerator()
    let seed = random.next()
    var state = seed
    func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var heap = TimerHeap()
    let targets = (0..<300).map { Target($0) }
    var model: [Int: (deadline: UInt64, order: Int)] = [:]
    var order = 0
    for _ in 0..<3000 {
      let target = targets[below(targets.count)]
      if below(3) == 0 {
        heap.disarm(target)
        model[target.number] = nil
      } else {
        let deadline = UInt64(below(1000))
        heap.arm(target, at: deadline)
        order += 1
        model[target.number] = (deadline, order)
      }
    }
    #expect(heap.count <= 2 * model.count + 130, "seed \(seed)")
    let expected = model.sorted {
      ($0.value.deadline, $0.value.order) < ($1.value.deadline, $1.value.order)
    }
    .map(\.key)
    var popped: [Int] = []
    // In steps, so that what was put off is queued anew in between.
    for now in stride(from: UInt64(0), through: 1000, by: 50) {
      while let target = heap.popDue(now) as? Target { popped.append(target.number) }
    }
    #expect(popped == expected, "seed \(seed)")
  }

  @Test("jobs of one thread run in their order, and every job runs")
  func jobs() throws {
    let seen = Watched<[Int]>([])
    try withLoop { loop in
      for number in 0..<10_000 { loop.submit { seen.update { $0.append(number) } } }
      #expect(seen.wait { $0.count == 10_000 })
    }
    #expect(seen.value == Array(0..<10_000))
  }

  @Test("an actor lives on its loop, and on its worker")
  func actors() async throws {
    let loop = try EventLoop(name: "actor")
    let resident = Resident(loop)
    #expect(await resident.visit())
    for _ in 0..<100 { _ = await resident.visit() }
    #expect(await resident.count == 101)
    await Task.detached { loop.stop() }.value
  }

  @Test("the hook runs at the end of a round, behind its jobs")
  func hook() throws {
    let seen = Watched<[String]>([])
    try withLoop { loop in
      loop.submit { [loop] in
        loop.afterRound { seen.update { $0.append("hook") } }
        loop.defer { seen.update { $0.append("deferred") } }
        loop.submit { seen.update { $0.append("own job") } }
      }
      #expect(seen.wait { $0.contains("hook") })
    }
    #expect(seen.value.prefix(3) == ["own job", "deferred", "hook"])
  }

  @Test("a worker runs its jobs in order on one thread, and all of them before it stops")
  func worker() throws {
    let worker = try WorkerThread(name: "worker")
    let seen = Watched<[Int]>([])
    for number in 0..<1000 {
      worker.submit {
        let isThere = worker.isCurrent
        seen.update { $0.append(isThere ? number : -1) }
      }
    }
    worker.stop()
    #expect(seen.value == Array(0..<1000))
  }

  @Test("stopping a loop ends its connections and says so")
  func stop() throws {
    let loop = try EventLoop(name: "stop")
    let script = Script()
    let listener = try script.listen(on: loop)
    let peer = try RawPeer(port: listener.port)
    peer.upgrade()
    #expect(script.seen.wait { $0.opened == 1 })
    loop.stop()
    #expect(script.seen.value.reasons == [.stopped])
    loop.stop()
  }
}
