import Fleet

/// One event's way through an upgrade's machine: the state, what is seen, and what is to be done.
///
/// An event first changes facts (`take`); then `settleDown` lets timers run out and asks the phase
/// what it wants next, until it wants nothing more now.
struct UpgradeTurn {
  var upgrade: Upgrade
  let view: ChargerView
  let playbook: Playbook
  /// The image at the end of the way, and all of the way where there are several.
  let final: Firmware
  let hops: [Firmware]
  let now: Instant
  let ids: () -> String
  let carry: ([String: String], [ReportedVariable]) -> CarryPlan
  var commands: [UpgradeCommand] = []

  var limits: Limits { playbook.limits }
  var target: ProtocolVersion { playbook.target }
  var memory: Upgrade.Memory {
    get { upgrade.memory }
    _modify { yield &upgrade.memory }
  }

  /// Most tries on one connection to give connectors back.
  static let restoreTries = 5
  /// Some chargers loop when anything is sent before their boot was answered; a charger that
  /// boots not at all is given this long.
  var settling: Span { min(.seconds(5), limits.answer) }

  var runsTarget: Bool { view.firmware.map { firmware.isReported(as: $0) } ?? false }
  var speaksTarget: Bool { view.online && view.speaks == target }

  // MARK: Phases

  mutating func enter(_ phase: Upgrade.Phase, within limit: Span?) {
    upgrade.phase = phase
    upgrade.enteredAt = now
    upgrade.memory.limit = limit.map { now + $0 }
    upgrade.memory.silentAt = nil
    upgrade.memory.askedBoot = false
    upgrade.memory.askedFirmwareStatus = false
    upgrade.memory.askedStatus = false
    if phase.isEnd {
      // What comes later is logged, not obeyed.
      dropPending("the upgrade ended")
      upgrade.memory.open = nil
      upgrade.isUnknown = false
      upgrade.memory.notBefore = nil
      upgrade.memory.retryNotBefore = nil
    }
    if phase == .quarantined {
      let why = upgrade.failure.map { "\($0.reason.rawValue): \($0.detail)" }
      commands.append(.quarantine(reason: why ?? "quarantined"))
    }
  }

  mutating func tell(_ word: String, _ text: String) {
    commands.append(.tell(Phrase.story(word, text)))
  }

  /// Ends with a failure; connectors stay owed until the charger takes them back.
  mutating func fail(
    _ reason: Upgrade.Failure.Class, _ detail: String, to end: Upgrade.Phase
  ) {
    upgrade.failure = .init(phase: upgrade.phase, reason: reason, detail: detail)
    enter(end, within: nil)
    tell(end.rawValue, "\(reason.rawValue): \(detail)")
  }

  /// Ends without having moved and without a failure: it says nothing of the build.
  mutating func skip(_ reason: String) {
    memory.endReason = reason
    enter(.skipped, within: nil)
    tell("skipped", reason)
  }

  mutating func beginOutage() {
    upgrade.holdsLease = true
    upgrade.deferral = nil
    memory.deferredSince = nil
    memory.outageSince = now
    if case .external = firmware.location {
      memory.isCounted = false
    } else {
      memory.isCounted = true
    }
    memory.triedSnapshot = false
    memory.isClosed = false
    memory.notBefore = nil
    noteInoperative()
  }

  /// Remembers which connectors drivers could not use anyway, unless this upgrade took them.
  mutating func noteInoperative() {
    if memory.owesConnectors { return }
    let mine = memory.givenBack ?? []
    upgrade.wasInoperative = view.connectors.map(\.id).filter { id in
      isUnavailable(id) && !mine.contains(id)
    }
    memory.inoperativeAs =
      upgrade.wasInoperative.isEmpty
      ? nil : .init(version: numbering, connectors: view.connectors.map(\.id))
  }

  private var numbering: ProtocolVersion { view.numbering ?? view.speaks ?? .ocpp16 }

  private func isUnavailable(_ id: ConnectorID) -> Bool {
    view.connectors.contains { $0.id == id && $0.state == .unavailable }
  }

  /// The charger took its connectors back; its word that they are open may come only later, even
  /// after the next outage has begun.
  mutating func noteGivenBack() {
    memory.givenBack = nil
    if let noted = memory.inoperativeAs, !view.hasConnectors(in: noted.version) { return }
    let mine = view.connectors.map(\.id).filter { id in
      isUnavailable(id) && !upgrade.wasInoperative.contains(id)
    }
    if !mine.isEmpty { memory.givenBack = mine }
  }

  mutating func noteStatus() {
    guard let waiting = memory.givenBack else { return }
    let left = waiting.filter { isUnavailable($0) }
    memory.givenBack = left.isEmpty ? nil : left
  }

  // MARK: Orders

  var mayAsk: Bool {
    view.online && upgrade.pending == nil && (memory.notBefore.map { $0 <= now } ?? true)
      && (memory.patientUntil.map { $0 <= now } ?? true)
  }

  /// Writes an attempt at something that does no harm when repeated.
  mutating func ask(_ order: Order) {
    precondition(!order.isDisruptive, "disruptive orders go through `disrupt`")
    write(order, step: order.step)
  }

  @discardableResult
  mutating func write(_ order: Order, step: String) -> Attempt {
    let number = (upgrade.sends[step] ?? 0) + 1
    upgrade.sends[step] = number
    let attempt = Attempt(
      upgrade: upgrade.id, step: step, number: number, messageID: ids(), order: order,
      writtenAt: now)
    upgrade.pending = attempt
    memory.answerBy = now + (order.patience ?? limits.answer)
    commands.append(.send(attempt))
    return attempt
  }

  /// Why a disruptive order may not leave now; nil when it may (invariants 1 and 8).
  var hindrance: String? {
    if !view.online { return "offline" }
    // The way back is nothing new.
    if view.isHeld, upgrade.phase != .rollingBack { return "the campaign is held" }
    if let placeHindrance { return placeHindrance }
    if view.openSessions > 0 { return "a session runs" }
    if view.connectors.isEmpty { return "no connector state known" }
    let busy = view.connectors.first { $0.state.isTaken }
    if let busy { return "connector \(busy.id.evse) is \(busy.state.label)" }
    return nil
  }

  /// Quiet since the last session ended, so that queued messages have arrived.
  var quietAt: Instant? { view.lastSessionEnd.map { $0 + limits.quiet } }
  var isQuiet: Bool { quietAt.map { $0 <= now } ?? true }

  func sends(of step: String) -> Int { upgrade.sends[step] ?? 0 }

  /// The pause before another try, after `tries` of them: each is twice the one before.
  func pause(_ base: Span, after tries: Int) -> Span {
    var pause = base
    for _ in 1..<max(2, tries) where tries > 1 && pause < limits.drain { pause = pause + pause }
    return pause
  }

  /// The pause before a retry is over.
  var mayRetry: Bool { memory.retryNotBefore.map { $0 <= now } ?? true }

  /// Writes an attempt at a disruptive step. Nothing may be open of it, and the charger is free at
  /// this very moment: both are the caller's to see, and are seen again here.
  mutating func disrupt(_ order: Order, step: String) {
    guard memory.open == nil, upgrade.pending == nil, hindrance == nil, isQuiet, mayRetry else {
      return
    }
    memory.open = write(order, step: step)
    memory.disconnectedSinceOrder = false
    memory.bootedSinceOrder = false
    memory.bytesServed = 0
    memory.bytesTotal = nil
    memory.sawFirmwareStatus = false
    memory.saidDownloaded = nil
    memory.askedInVainSince = nil
    memory.retryNotBefore = nil
    upgrade.isUnknown = false
    upgrade.countsForGate = true
  }

  /// Records what became of the open disruptive attempt; a final state closes it.
  mutating func settleOpen(_ state: Attempt.State, _ evidence: String) {
    guard var open = memory.open else { return }
    open.state = state
    open.evidence = evidence
    commands.append(.settle(open))
    if upgrade.pending?.messageID == open.messageID { upgrade.pending = nil }
    switch state {
    case .intent, .sent, .accepted, .timedOut:
      memory.open = open
    case .rejected, .notSupported, .noEffect, .tookEffect:
      memory.open = nil
      upgrade.isUnknown = false
    }
  }

  /// `(attempt 1, id 7f3…)`.
  func name(_ attempt: Attempt) -> String {
    "attempt \(attempt.number), id \(attempt.messageID.prefix(3))…"
  }

  // MARK: The end of a turn

  mutating func settleDown() {
    for _ in 0..<16 {
      let before = upgrade
      expire()
      want()
      if upgrade == before { break }
    }
    let waits =
      upgrade.phase.isEnd || upgrade.phase == .planned || upgrade.phase == .readyToSwitch
    // The place is given back with the connectors; a charger that is away is down, not leased.
    if waits, upgrade.holdsLease,
      !memory.owesConnectors || !view.online || memory.restoreTries >= Self.restoreTries
    {
      upgrade.holdsLease = false
    }
    setDeadline()
  }

  private mutating func setDeadline() {
    let resetBy: Instant? =
      upgrade.phase.mayReset || memory.open?.order.isCustom == true
      ? memory.open.map { $0.writtenAt + limits.reboot } : nil
    let timers =
      [
        resetBy,
        memory.limit, upgrade.pending == nil ? nil : memory.answerBy, memory.silentAt,
        memory.notBefore, memory.fellBackAt.map { $0 + limits.reboot },
        upgrade.phase.drains || upgrade.phase.mayReset || memory.step != nil ? quietAt : nil,
        memory.retryNotBefore, memory.patientUntil, stalledAt, calmAt, stepLookAt,
      ] + windowTimers
    let next = timers.compactMap { $0 }.filter { $0 > now }.min()
    // An end is woken only to give connectors back.
    if upgrade.phase.isEnd {
      upgrade.deadline = memory.owesConnectors && view.online ? next : nil
    } else {
      upgrade.deadline = next ?? now + limits.absence
    }
  }
}

extension ConnectorState {
  /// A car is there or about to be served.
  var isTaken: Bool {
    switch self {
    case .available, .reserved, .unavailable, .faulted: false
    case .preparing, .charging, .suspendedByCar, .suspendedByCharger, .finishing, .occupied: true
    }
  }
}

extension Upgrade.Phase {
  /// Waits for the last session to go.
  package var drains: Bool {
    switch self {
    case .draining, .ordering, .drainingToSwitch, .switching, .rollingBack: true
    default: false
    }
  }

  /// A reset may be ordered, or may be on its way.
  var mayReset: Bool { self == .switching || self == .accepting || self == .rollingBack }

  /// An update runs on the charger: from the order to the image that boots.
  var updates: Bool {
    switch self {
    case .ordering, .ordered, .downloading, .downloaded, .installing, .rebooting: true
    default: false
    }
  }

  /// Nothing was released yet; it should speak the old version.
  var isBeforeSwitch: Bool {
    self != .planned && rank < Upgrade.Phase.switching.rank
  }

  /// How far along the way, in the order of the declaration.
  var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
