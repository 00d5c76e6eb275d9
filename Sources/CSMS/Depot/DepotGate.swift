import Fleet
import Threads
import Transport

/// The bandwidth of a depot, shared by its loops.
final class DepotBandwidth: Sendable {
  private let shared: Monitor<Bandwidth>

  init(_ limits: Bandwidth.Limits) { shared = Monitor(Bandwidth(limits)) }

  func with<Result: Sendable>(_ body: (inout Bandwidth) -> Result) -> Result {
    shared.withLock { body(&$0) }
  }
}

/// Where the downloads of one loop wait for their share: one timer for all of them.
final class DepotGate {
  private let loop: EventLoop
  private let bandwidth: DepotBandwidth
  private var waiting: [() -> Void] = []
  private var isTimed = false

  init(_ bandwidth: DepotBandwidth, on loop: EventLoop) {
    (self.bandwidth, self.loop) = (bandwidth, loop)
  }

  /// - Parameter member: transfers with the same number share what one gets.
  func allowance(of member: Int64, site: SiteID?) -> any SendingAllowance {
    bandwidth.with { $0.begin(member, site: site) }
    return Allowance(self, member)
  }

  private func wait(_ resume: @escaping () -> Void) {
    waiting.append(resume)
    guard !isTimed else { return }
    isTimed = true
    loop.schedule(after: Bandwidth.tick) { [self] in
      isTimed = false
      let ready = waiting
      waiting = []
      for resume in ready { resume() }
    }
  }

  private final class Allowance: SendingAllowance {
    private let gate: DepotGate
    private let member: Int64

    init(_ gate: DepotGate, _ member: Int64) { (self.gate, self.member) = (gate, member) }

    func take(_ wanted: Int) -> Int {
      gate.bandwidth.with { [now = gate.loop.now, member] in
        $0.take(member, upTo: wanted, now: now)
      }
    }

    func giveBack(_ count: Int) { gate.bandwidth.with { $0.giveBack(member, count) } }
    func wait(_ resume: @escaping () -> Void) { gate.wait(resume) }
    func end() { gate.bandwidth.with { $0.end(member) } }
  }
}
