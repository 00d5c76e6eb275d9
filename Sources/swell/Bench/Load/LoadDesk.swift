import Glibc
import OCPP
import Transport

/// The chargers of a load client and the clock that makes them speak.
// `@unchecked Sendable`: made empty, and touched in jobs of its loop only, which `LoadFleet` sees to.
final class LoadDesk: @unchecked Sendable {
  let loop: EventLoop
  let plan: LoadPlan
  var tally = LoadTally()
  private(set) var messages: [LoadMessage] = [.heartbeat]
  private var chargers: [LoadCharger] = []
  /// Those that have booted, in no order.
  private var ready: [LoadCharger] = []
  private var turn = 0
  private var rebootTurn = 0
  private var rebootsPerSecond = 0
  private var pace: LoadPace?
  /// When the next message is due, in microseconds.
  private var due = 0.0
  /// Counts the paces, so that the beat of an earlier one ends.
  private var paces = 0
  private var isLeaving = false
  private var frames: [OCPPVersion: LoadFrames] = [:]
  private var buffer: [UInt8] = []
  private var time = LoadTime()
  private var toConnect: [LoadCharger] = []
  private var isConnecting = false

  init(_ plan: LoadPlan, _ loop: EventLoop) { (self.plan, self.loop) = (plan, loop) }

  func fill() {
    let era = "L" + String(Self.microseconds(), radix: 36)
    for version in Set(plan.versions) { frames[version] = LoadFrames(version, era: era) }
    chargers = (0..<plan.chargers).map { LoadCharger(self, $0, plan.version($0)) }
  }

  // MARK: Connections

  /// Connects all that are not.
  func connectAll() {
    isLeaving = false
    toConnect = chargers.filter(\.isGone).reversed()
    connectSome()
  }

  private func connectSome() {
    guard !isConnecting else { return }
    for _ in 0..<max(1, plan.connectsPerMillisecond) {
      guard let next = toConnect.popLast() else { return }
      next.connect()
    }
    isConnecting = true
    loop.schedule(after: 1) { [weak self] in
      self?.isConnecting = false
      self?.connectSome()
    }
  }

  /// Has some that are idle reboot, now and for each second to come.
  func reboot(perSecond count: Int) {
    rebootsPerSecond = count
    rebootSome(paces)
  }

  private func rebootSome(_ number: Int) {
    guard number == paces, rebootsPerSecond > 0 else { return }
    for _ in 0..<min(rebootsPerSecond, ready.count) {
      rebootTurn = (rebootTurn + 7919) % ready.count
      ready[rebootTurn].reboot()
    }
    loop.schedule(after: 1000) { [weak self] in self?.rebootSome(number) }
  }

  func leaveAll() {
    isLeaving = true
    toConnect = []
    for charger in chargers { charger.leave() }
  }

  func dropAll() {
    isLeaving = true
    toConnect = []
    for charger in chargers { charger.drop() }
  }

  func booted(_ charger: LoadCharger) {
    charger.attempts = 0
    guard charger.place == nil else { return }
    charger.place = ready.count
    ready.append(charger)
    tally.booted += 1
    if isClosedLoop { charger.say(due: Self.microseconds()) }
  }

  func ended(_ charger: LoadCharger, _ reason: CloseReason, wasOpen: Bool, isMeant: Bool) {
    if let place = charger.place {
      let last = ready.removeLast()
      if last !== charger {
        ready[place] = last
        last.place = place
      }
      charger.place = nil
      tally.booted -= 1
    }
    if wasOpen { tally.connected -= 1 }
    guard !isLeaving, !isMeant else { return }
    if wasOpen { tally.disconnects += 1 } else { tally.refusals += 1 }
    tally.remark("\(reason)")
    retry(charger)
  }

  func failed(_ charger: LoadCharger, _ why: String) {
    tally.refusals += 1
    tally.remark(why)
    retry(charger)
  }

  private func retry(_ charger: LoadCharger) {
    guard let first = plan.retryAfter else { return }
    let wait = min(first << UInt64(min(max(charger.attempts - 1, 0), 10)), 16_000)
    // Spread, as no two clocks are alike.
    loop.schedule(after: wait + UInt64(charger.number * 7919) % (wait / 2 + 1)) { [weak self] in
      guard let self, !isLeaving else { return }
      toConnect.append(charger)
      connectSome()
    }
  }

  // MARK: Messages

  var isClosedLoop: Bool {
    if case .closed = pace { true } else { false }
  }

  func start(_ mix: LoadMix, _ pace: LoadPace) {
    messages = mix.messages
    self.pace = pace
    paces += 1
    switch pace {
    case .closed:
      let now = Self.microseconds()
      for charger in ready { charger.say(due: now) }
    case .open:
      due = Double(Self.microseconds())
      beat(paces)
    }
  }

  /// Messages under way are still answered.
  func pause() {
    pace = nil
    paces += 1
  }

  private func beat(_ number: Int) {
    guard number == paces, case .open(let rate) = pace else { return }
    let step = 1_000_000 / max(rate, 0.001)
    let now = Double(Self.microseconds())
    while due <= now {
      // Timers are no finer than a millisecond: a message is due at the end of its own.
      let shown = (Int(due) + 999) / 1000 * 1000
      if ready.isEmpty {
        tally.unsaid += 1
      } else {
        turn = (turn + 1) % ready.count
        ready[turn].say(due: shown)
      }
      due += step
    }
    loop.schedule(after: UInt64(max(1, (due - now) / 1000))) { [weak self] in
      self?.beat(number)
    }
  }

  func write(
    _ message: LoadMessage, _ values: LoadFrames.Values, _ version: OCPPVersion,
    _ send: (UnsafeRawBufferPointer) -> Void
  ) {
    time.update()
    frames[version]?.write(message, values, time, into: &buffer)
    buffer.withUnsafeBytes(send)
  }

  /// An answer that is an error, or none to what was asked.
  func wrong(_ text: UnsafeBufferPointer<UInt8>) {
    tally.errors += 1
    tally.remark(String(decoding: text.dropFirst(12).prefix(80), as: UTF8.self))
  }

  /// Of the monotonic clock.
  static func microseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }
}
