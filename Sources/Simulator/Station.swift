import OCPP

/// One charger as a pure state machine: events in, actions out. It reads no clock and owns no
/// socket; `now` is milliseconds since 1970, and its dice come from a seed.
package struct Station: Sendable {
  enum Phase: Sendable, Equatable {
    /// Switched off, or booting.
    case off
    case connecting
    case online(OCPPVersion)
    /// Between two attempts to connect.
    case waiting
    /// Will never come back.
    case bricked
  }

  enum Registration: Sendable { case unknown, pending, rejected, accepted }

  /// A reboot to come.
  struct RebootPlan: Sendable, Equatable {
    /// BootReasonEnumType of 2.x.
    var reason: String
    var waitsForSessions: Bool
    var isTimed = false
  }

  package let profile: StationProfile
  let timing: Timing
  var generator: SeededGenerator
  private let idPrefix: String
  private var lastID: UInt64 = 0
  var memory = HabitMemory()

  // What survives a reboot.
  package internal(set) var firmware: String
  package internal(set) var offers: [OCPPVersion]
  /// Basic authentication of the next connection.
  package internal(set) var password: [UInt8]
  var connectors: [ConnectorState]
  var isStationOperative = true
  var isStationScheduled = false
  var configuration: Configuration
  var model: DeviceModel
  var ledger = TransactionLedger()
  var job: FirmwareJob?
  var notices: [FirmwareNotice] = []
  var logJob: LogJob?
  var localListVersion: Int64 = 0
  var hasBeenAccepted = false

  // What does not.
  var phase = Phase.off
  var registration = Registration.unknown
  var bootReason = "PowerUp"
  var needsBoot = true
  var lastVersion: OCPPVersion?
  var attempts = 0
  var heartbeatSeconds: Int64 = 0
  var calls: [OutgoingCall] = []
  var open: OutgoingCall?
  /// The statuses last sent, and last answered, by connector.
  var reported: [Int: String] = [:]
  var confirmed: [Int: String] = [:]
  var reboot: RebootPlan?
  var isRetrying = false

  private var actions: [StationAction] = []

  package init(profile: StationProfile, timing: Timing, seed: UInt64) {
    self.profile = profile
    self.timing = timing
    generator = SeededGenerator(seed: SeededGenerator.seed(seed, profile.identity))
    idPrefix = String(generator.next() >> 16, radix: 36)
    firmware = profile.firmware
    offers = Self.offers(profile)
    password = Array(profile.password.utf8)
    let energy = Int64.random(in: 10_000...9_000_000, using: &generator)
    connectors = (1...profile.connectors).map { ConnectorState(number: $0, register: energy) }
    configuration = Self.configuration(profile)
    model = DeviceModel(profile: profile)
  }

  /// The version spoken; nil while offline.
  package var version: OCPPVersion? {
    if case .online(let version) = phase { version } else { nil }
  }
  package var isOnline: Bool { version != nil }
  package var isAccepted: Bool { registration == .accepted }
  package var isCharging: Bool { connectors.contains { $0.session != nil } }
  package var isUpdating: Bool { job != nil }
  package var isBricked: Bool { phase == .bricked }
  /// Whether a transaction message waits for its answer.
  package var hasUnacknowledged: Bool { !ledger.messages.isEmpty }

  /// Takes one event and returns what it leads to, in order.
  package mutating func handle(_ event: StationEvent, now: Int64) -> [StationAction] {
    guard phase != .bricked else { return [] }
    switch event {
    case .powerOn: powerOn(now)
    case .connected(let subprotocol): connected(subprotocol, now)
    case .closed: closed()
    case .received(let bytes): received(bytes, now)
    case .downloaded(let image): downloaded(image, now)
    case .downloadFailed: downloadFailed(now)
    case .uploaded(let isThere): uploaded(isThere)
    case .timer(let timer): fired(timer, now)
    }
    settle(now)
    defer { actions = [] }
    return actions
  }

  mutating func act(_ action: StationAction) { actions.append(action) }

  /// The place behind all that has been done so far in this turn.
  var mark: Int { actions.count }

  /// Puts an answer in front of all that its request has led to since that place.
  mutating func answer(_ frame: [UInt8], at mark: Int) { actions.insert(.send(frame), at: mark) }

  mutating func log(_ event: StationLogLine.Event, _ now: Int64) {
    act(.log(StationLogLine(station: profile.identity, time: now, event: event)))
  }

  /// An id that no other message of this station has, over all its connections, unless it reuses
  /// them.
  mutating func nextID() -> String {
    lastID += 1
    return "\(idPrefix)-\(lastID)"
  }

  mutating func restartIDs() { lastID = 0 }

  mutating func pick(_ range: ClosedRange<Int64>, isSlowed: Bool = false) -> Int64 {
    Int64.random(in: range, using: &generator) * (isSlowed && profile.has(.slow) ? 3 : 1)
  }

  // MARK: Power and connection

  private mutating func powerOn(_ now: Int64) {
    guard phase == .off else { return }
    memory.bornAt = memory.bornAt ?? now
    countDown()
    scheduleSession()
    if !chargesOffline(now) { connect() }
  }

  mutating func connect() {
    phase = .connecting
    probeFirst()
    act(.connect(offers: offeredNames))
  }

  private mutating func connected(_ subprotocol: String?, _ now: Int64) {
    guard phase == .connecting else { return }
    // Without a selected version there is nothing to speak (OCPP 2.0.1 part 4 §3.2).
    guard let negotiated = subprotocol.flatMap(OCPPVersion.init(subprotocol:)),
      offeredNow.contains(negotiated)
    else {
      act(.drop)
      return closed()
    }
    let version = spoken(negotiated)
    phase = .online(version)
    attempts = 0
    log(.connected(version), now)
    if version != lastVersion {
      lastVersion = version
      needsBoot = true
      registration = .unknown
      reported = [:]
      confirmed = [:]
    }
    if memory.isProbing { return probe() }
    memory.hasProbed = false
    if needsBoot {
      introduceItself(now)
    } else {
      scheduleHeartbeat()
    }
  }

  private mutating func closed() {
    switch phase {
    case .off, .waiting, .bricked: return
    case .connecting, .online: break
    }
    phase = .waiting
    forgetCalls()
    memory.isProbing = false
    memory.hasProbed = false
    attempts += 1
    act(.schedule(.reconnect, after: reconnectWait()))
  }

  /// Forgets what belongs to the connection. Transaction messages and firmware notices stay.
  mutating func forgetCalls() {
    let all = (open.map { [$0] } ?? []) + calls
    calls = []
    open = nil
    // The driver whose card was never judged leaves; another one comes.
    if all.contains(where: { if case .authorize = $0.purpose { true } else { false } }) {
      scheduleSession()
    }
    isRetrying = false
    reported = confirmed
    for timer in [StationTimer.answer, .heartbeat, .boot, .transactionRetry] { act(.cancel(timer)) }
    forgetHabitsOfConnection()
  }

  private mutating func fired(_ timer: StationTimer, _ now: Int64) {
    switch timer {
    case .reconnect: if phase == .waiting { connect() }
    case .powerUp: powerOn(now)
    case .boot: if isOnline, registration != .accepted, !memory.isProbing { enqueueBoot() }
    case .heartbeat: heartbeat()
    case .answer: unanswered(now)
    case .transactionRetry: isRetrying = false
    case .sample: sample(now)
    case .sessionStart: sessionDue(now)
    case .sessionEnd(let connector): end(connector, .local, now)
    case .retrieve, .downloadRetry: download(now)
    case .install: installed(now)
    case .reboot: performReboot(now)
    case .probe: endProbe()
    case .leave: leave()
    case .crash: crash(now)
    case .selfUpdate: updateItself()
    case .bootRepetition: repeatBoot()
    case .delayedCall: takeDelayedCall(now)
    }
  }

  // MARK: Reboot

  mutating func plan(_ plan: RebootPlan) {
    reboot = plan
  }

  /// Reboots when nothing is left to be said, or at the latest when the grace is over.
  private mutating func rebootWhenDrained(_ now: Int64) {
    guard var plan = reboot else { return }
    if plan.waitsForSessions, isCharging { return }
    let isDrained =
      version.map { open == nil && !hasCallToSend($0) } ?? ledger.messages.isEmpty
    if isDrained { return performReboot(now) }
    guard !plan.isTimed else { return }
    plan.isTimed = true
    plan.waitsForSessions = false
    reboot = plan
    act(.schedule(.reboot, after: timing.grace))
  }

  mutating func performReboot(_ now: Int64) {
    guard let plan = reboot else { return }
    reboot = nil
    for connector in connectors where connector.session != nil {
      end(connector.number, .reboot, now)
    }
    loseConnection(farewell)
    reported = [:]
    confirmed = [:]
    for timer in [StationTimer.reboot, .reconnect, .sample, .sessionStart, .crash] {
      act(.cancel(timer))
    }
    registration = .unknown
    needsBoot = true
    bootReason = told(plan.reason)
    attempts = 0
    memory.isProbing = false
    startImage(now)
    if phase == .bricked { return }
    phase = .off
    let wait = pick(timing.reboot, isSlowed: true)
    act(.schedule(.powerUp, after: wait))
    if job?.phase == .downloading {
      // The download begins anew after the boot.
      act(.cancelDownload)
      job?.phase = .scheduled
      act(.schedule(.retrieve, after: wait))
    }
  }

  /// What follows from any event.
  private mutating func settle(_ now: Int64) {
    guard phase != .bricked else { return }
    applyScheduledAvailability()
    installWhenIdle(now)
    reportStatuses(now)
    pump(now)
    rebootWhenDrained(now)
  }
}
