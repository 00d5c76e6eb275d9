import Control
import Fleet
import OCPP
import Rollout
import Threads
import Transport
import Trust

/// The one owner of the inventory's state: stores what chargers say, reduces it, and decides.
///
/// It lives on the writer's thread. Loops post batches; one drain stores and reduces all of them in
/// one transaction, and only after its commit hands each loop the answers and orders (promise 1).
package actor Core {
  private let worker: WorkerThread
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    worker.asUnownedSerialExecutor()
  }

  let store: any EngineStore
  let settings: EngineSettings
  let log: Log
  let adapters: Adapters
  let keyMap: KeyMap
  nonisolated let inbox: CoreInbox

  /// Hands one completion to the loop of that number.
  private var deliver: @Sendable (Int, [Outbound]) -> Void = { _, _ in }
  /// Checks a hand-set password off this thread.
  private(set) var checkPassword: @Sendable (PasswordQueue.Job) -> Void = { _ in }
  /// Wants `tick` called in so many milliseconds.
  private var alarm: @Sendable (Span) -> Void = { _ in }
  private var alarmAt: Instant?
  var clock = ClockWatch(wall: SystemClock.now, elapsed: SystemClock.elapsed)

  var live: [ChargerID: LiveCharger] = [:]
  var fleet = CampaignFleet()
  var takingUp = TakingUp()
  /// Passwords that were right once in this process, as digests under a key of this process.
  var rightPasswords: [ChargerID: [UInt8]] = [:]
  /// The last that was wrong, of chargers that were refused for it.
  var wrongPasswords: [ChargerID: [UInt8]] = [:]
  var passwordQueue = PasswordQueue()
  let processKey = Random.bytes(32)
  var mentions = Mentions()
  var waitingRoom = WaitingRoom()
  var quirkBook: QuirkBook
  nonisolated let depotKey: [UInt8]
  var depot: Depot?
  var uploads: UploadDesk?
  /// Scheme, host and port under which chargers reach the depot.
  var depotURL = ""
  var catalogue: [FirmwareID: Firmware] = [:]
  /// Which images running campaigns bring, hops included.
  var campaignImages: [CampaignID: Set<FirmwareID>] = [:]
  /// PEM of who is trusted to sign images.
  var imageAuthorities: [String] = []
  var sites: [SiteID: Site] = [:] { didSet { desk = nil } }
  var calendar = SiteCalendar()
  /// Notices were written that nobody was woken for yet.
  var hasNotices = false
  /// Has notices handed out; called on this thread after their commit.
  var wakeNotifier: @Sendable () -> Void = {}
  /// Chargers that count for their site's budget.
  var members: [SiteID: [ChargerID]] = [:] { didSet { desk = nil } }
  /// Who may begin; nil: to be made from what is known.
  var desk: DispatchDesk?
  let presenceNotes = PresenceNotes()
  let zones = SystemZones()
  /// How long outages and phases take, as far as campaigns under way have seen.
  var durations = Durations()
  var learnt = LearntLimits()
  /// When the waves of each campaign were last looked at.
  var advanced: [CampaignID: Instant] = [:]
  /// When forecasts are looked at next, and whether one is being made.
  var forecastDue: Instant?
  var isForecasting = false

  /// Outbound of the transaction in progress, by loop.
  var outbound = Outbox()
  /// Events that commands of the transaction in progress caused.
  var followUps: [(ChargerID, UpgradeEvent)] = []
  var lastLedger: Int64 = 0
  var mustFlush = false
  /// What waits to be written back is more than that chargers were heard of.
  var flushIsNews = false
  /// Something was written that consoles show.
  var hasNews = false
  /// When the fleet's history is looked at next; nil while nothing has changed.
  private var historyDue: Instant?
  private static let historyPause = Span.seconds(10)
  var sweep: Sweep?
  private var checkpointed = Instant(milliseconds: 0)
  var flushDue: Instant?
  var dispatchDue: Instant?
  nonisolated let health = StorageHealth()
  /// Memory was given up because not even reading worked.
  private var mustRecover = false
  /// Who is connected is known: a command on an inventory that no engine serves can't tell.
  private(set) var isServing = false
  /// Connections end by the engine, which says nothing of a charger.
  var isStopping = false

  package init(
    store: sending any EngineStore, worker: WorkerThread, settings: EngineSettings,
    keyMap: KeyMap, log: Log
  ) throws {
    self.worker = worker
    self.settings = settings
    self.log = log
    self.keyMap = keyMap
    adapters = Adapters()
    quirkBook = QuirkBook(settings.quirks)
    depotKey = try store.secret(named: "depot")
    let box = WeakCore()
    inbox = CoreInbox { [worker] in
      worker.submit { box.core.withLock { $0.core }?.assumeIsolated { $0.drain() } }
    }
    self.store = store
    box.core.withLock { $0.core = self }
  }

  /// Connects the core to its loops; before it is called nothing is sent.
  func connect(
    host: String, depot: Depot, uploads: UploadDesk?,
    deliver: @escaping @Sendable (Int, [Outbound]) -> Void,
    checkPassword: @escaping @Sendable (PasswordQueue.Job) -> Void,
    alarm: @escaping @Sendable (Span) -> Void
  ) {
    depotURL = host
    self.depot = depot
    self.uploads = uploads
    self.deliver = deliver
    self.checkPassword = checkPassword
    self.alarm = alarm
  }

  /// Runs `body` on the core's thread and waits for it; from any other thread.
  package nonisolated func wait<Result: Sendable>(
    _ body: @escaping @Sendable (isolated Core) throws -> Result
  ) throws -> Result {
    let slot = ResultSlot<Result>()
    worker.submit {
      slot.fill(Swift.Result { try self.assumeIsolated { try body($0) } })
    }
    return try slot.take()
  }

  // MARK: Start

  /// Brings the tables up to the ledger, marks everybody offline and takes up running campaigns.
  package func start(now: Instant) throws {
    isServing = true
    try store.transaction {
      try store.markAllOffline()
      try beginTakingUp(now: now)
      try replay()
      try loadCatalogue()
      try notifyStart(at: now)
      try flush()
    }
    historyDue = now
    send(now: now)
    dispatchSoon(now)
  }

  /// Reads what commands need, for work on an inventory that no engine serves: nothing is sent.
  package func loadForCommands() throws {
    // What an engine that crashed left behind; without it `reflected` would pass over its entries.
    try store.transaction {
      try reloadCampaigns()
      try replay()
      try flush()
    }
    try loadCatalogue()
  }

  func loadCatalogue() throws {
    catalogue = Dictionary(uniqueKeysWithValues: try store.catalogue().map { ($0.id, $0) })
    imageAuthorities = try store.trustAnchors().map(\.pem)
    depot?.stock(catalogue)
  }

  /// Writes everything back; the last thing an engine does.
  func finish(now: Instant) throws {
    // They hold what holds the core.
    deliver = { _, _ in }
    checkPassword = { _ in }
    alarm = { _ in }
    guard isServing else { return }
    try store.transaction {
      for charger in live.values where charger.connection != nil {
        charger.connection = nil
        charger.charger.online = false
        charger.isDirty = true
      }
      try flush()
    }
    try store.checkpoint()
  }

  /// Runs `body` on the core's thread without waiting; from any thread.
  nonisolated func post(_ body: @escaping @Sendable (isolated Core) -> Void) {
    worker.submit { self.assumeIsolated { body($0) } }
  }

  // MARK: The round

  private func drain() {
    var items = inbox.take()
    guard !items.isEmpty else { return }
    let now = SystemClock.now
    do {
      try commit(now: now) { for item in items { try take(item, now: now) } }
    } catch {
      drainSingly(items, because: error, now: now)
    }
    // What is answered belongs to its loop again.
    items = []
    send(now: now)
    guard !isFailing else { return }
    do {
      try store.checkpointIfLong()
    } catch {
      log(.warning, "checkpoint put off: \(error)")
    }
  }

  /// One item of a batch can't be stored: the others must not suffer for it. What memory knew is
  /// read anew, and each item gets a transaction of its own.
  private func drainSingly(_ items: [Inbound], because error: any Error, now: Instant) {
    log(.error, "a batch could not be stored, trying one by one: \(error)")
    do {
      try remember()
      for item in items {
        do {
          try commit(now: now) { try take(item, now: now) }
        } catch {
          log(.error, "not stored and not acknowledged: \(error)")
          noteFailure(error, now: now)
          try remember()
          turnAway(item)
        }
      }
    } catch {
      shutDoors(because: error, items, now: now)
    }
  }

  /// Runs `body` in one transaction; what it wants sent waits in `outbound` until `send`.
  func commit(now: Instant, _ body: () throws -> Void) throws {
    let before = outbound
    let clockBefore = clock
    do {
      try store.transaction {
        // Reading, or writing nothing, does not tell that writing works again.
        if isFailing { try writeSomething() }
        if mustRecover { try recover(now: now) }
        try followClock(now: now)
        try body()
        try settleFollowUps(now: now)
      }
      mustRecover = false
      takingUp.commit()
    } catch {
      takingUp.undo()
      outbound = before
      clock = clockBefore
      followUps = []
      throw error
    }
    if health.works() {
      hasNews = true
      log(.info, "storing works again")
    }
  }

  /// After a transaction was undone: live state from the tables and the ledger, campaigns from
  /// their rows; only who is connected is known to nobody else.
  func remember() throws {
    let before = live
    live = [:]
    sweep = nil
    do {
      try reloadCampaigns()
      try replay()
      try reconnect(before)
    } catch {
      // Whoever closes the doors must know who stands in them.
      live = before
      throw error
    }
  }

  private func reconnect(_ before: [ChargerID: LiveCharger]) throws {
    for (id, old) in before where old.connection != nil {
      let charger = try liveCharger(id)
      charger.connection = old.connection
      charger.connectedAt = old.connectedAt
      charger.bootedOn = old.bootedOn
      charger.certificateSerial = old.certificateSerial
      charger.hasExpiredCertificate = old.hasExpiredCertificate
      charger.offersFewer = old.offersFewer
      charger.charger.online = true
      charger.charger.speaks = old.charger.speaks
      charger.charger.versions = old.charger.versions
      charger.charger.lastSeen = old.charger.lastSeen
      charger.lastSessionEnd = old.lastSessionEnd
      charger.isDirty = true
    }
    flushLater()
  }

  /// As after a start: every connection was closed when storing failed.
  private func recover(now: Instant) throws {
    takingUp = TakingUp()
    live = [:]
    sweep = nil
    try store.markAllOffline()
    try reloadCampaigns()
    try replay()
    try takeUpCampaigns(now: now)
    dispatchSoon(now)
  }

  private var isFailing: Bool { health.fault != nil }

  private func noteFailure(_ error: any Error, now: Instant) {
    if !isFailing {
      log(.error, "storing failed, nothing is acknowledged until it works: \(error)")
    }
    health.failed(error, at: now)
    hasNews = true
  }

  /// Nothing can be stored, for example because the disk is full: nobody is acknowledged anything;
  /// all connections are closed, so that the chargers keep and send again what they have.
  private func shutDoors(because error: any Error, _ items: [Inbound], now: Instant) {
    noteFailure(error, now: now)
    for item in items { turnAway(item) }
    for charger in live.values {
      guard let connection = charger.connection else { continue }
      out(connection, .close(connection.id, reason: "storage failed"))
    }
    live = [:]
    sweep = nil
    mustRecover = true
    flushDue = now + .seconds(1)
  }

  func send(now: Instant) {
    if hasNews {
      hasNews = false
      if historyDue == nil { historyDue = now + Self.historyPause }
      settings.onCommit()
    }
    if hasNotices {
      hasNotices = false
      wakeNotifier()
    }
    if CrashPoint.isPlanned, !outbound.isEmpty { reachCrashPoints() }
    outbound.empty(into: deliver)
    armAlarm(now: now)
  }

  private func take(_ item: Inbound, now: Instant) throws {
    switch item {
    case .knock(let knock): try admit(knock)
    case .checked(let knock, let id, let text):
      try passwordChecked(knock, id, fitting: text)
    case .handshakeFailed(let failure, let at): try handshakeFailed(failure, at: at)
    case .message(let message): try handle(message)
    case .closed(let connection, let id): try disconnected(connection, id, now: now)
    case .sent(let id, let messageID): feed(id, .sent(messageID: messageID))
    case .answered(let id, let messageID, let answer):
      feed(id, .answered(messageID: messageID, answer))
    case .served(let upgrade, let bytes, let total): served(upgrade, bytes, of: total)
    case .imageChanged(let id): depot?.look(again: id)
    case .deaf(let connection, let id, let calls):
      try drop(deaf: connection, id, calls: calls, now: now)
    case .speaksOld(let connection, let id): try noteOldSpeech(connection, id, now: now)
    case .tolerated(let id, let kinds, let at): try count(kinds, of: id, at: at)
    case .holds(let id, let changes):
      try store.change(changes, of: id, at: now)
      hasNews = true
    case .heard(let ids, let at):
      for id in ids {
        guard let charger = live[id] else { continue }
        charger.charger.lastSeen = at
        charger.isDirty = true
        noteHeard(of: charger, at: at)
        noteStay(charger, at: at)
      }
      mustFlush = true
    }
  }

  // MARK: Time

  /// Something is due: states to write back, deadlines of upgrades, chargers that may begin.
  package func tick(now: Instant) {
    alarmAt = nil
    do {
      try commit(now: now) {
        try takeUpSome(now: now)
        try callDueUpgrades(now: now)
        if let due = dispatchDue, due <= now { try dispatch(now: now) }
        if let due = forecastDue, due <= now, takingUp.isOver { try forecastSome(now: now) }
        if let due = flushDue, due <= now { try flushSome(now: now) }
        if let due = historyDue, due <= now {
          historyDue = nil
          try store.sampleHistory(at: now)
        }
      }
    } catch {
      log(.error, "what was due could not be stored: \(error)")
      noteFailure(error, now: now)
      do { try remember() } catch { shutDoors(because: error, [], now: now) }
      flushDue = now + .seconds(1)
      dispatchDue = fleet.campaigns.isEmpty ? nil : now + .seconds(1)
    }
    send(now: now)
    // In the middle of a sweep only now and then: its next portion would come behind every one.
    guard !isFailing, sweep == nil || now >= checkpointed + .seconds(1) else { return }
    checkpointed = now
    do {
      try store.checkpoint()
    } catch {
      log(.warning, "checkpoint put off: \(error)")
    }
  }

  /// The next round sets it anew.
  func forgetAlarm(_ jump: Span) {
    alarmAt = nil
    historyDue = historyDue.map { $0 + jump }
  }

  func armAlarm(now: Instant) {
    if mustFlush, flushDue == nil { flushDue = now + settings.flushEvery }
    let dues = [
      flushDue, dispatchDue, fleet.nextDeadline, historyDue, forecastDue,
      takingUp.isOver ? nil : now,
    ]
    guard let next = dues.compactMap({ $0 }).min() else { return }
    if let alarmAt, alarmAt <= next, alarmAt > now { return }
    alarmAt = next
    alarm(max(next - now, .milliseconds(1)))
  }

  func out(_ connection: ConnectionRef, _ item: Outbound) {
    outbound.add(item, for: connection.loop)
  }

  /// Carries out a person's command in one transaction, with its audit. A refused one leaves
  /// nothing behind but its audit.
  /// - Parameter hashed: what is stored of a password that the command sets.
  package func perform(
    _ command: Command, by caller: Caller, hashed: String? = nil, now: Instant
  ) throws -> Outcome {
    do {
      // By itself: a refusal undoes the command's transaction, and memory would not know that its
      // rows are behind again.
      try commit(now: now) { try flush() }
      let outcome = try store.transaction {
        let outcome = try carryOut(command, by: caller, hashed: hashed, now: now)
        try audit(command, caller, outcome.message, now: now)
        try settleFollowUps(now: now)
        return outcome
      }
      takingUp.commit()
      send(now: now)
      return outcome
    } catch let error as ControlError {
      takingUp.undo()
      outbound = Outbox()
      followUps = []
      try reloadCampaigns()
      try refused(command, caller, error, now: now)
      throw error
    } catch {
      takingUp.undo()
      outbound = Outbox()
      followUps = []
      noteFailure(error, now: now)
      do { try remember() } catch { shutDoors(because: error, [], now: now) }
      // Closes what must be closed, and wakes the core to try again.
      send(now: now)
      throw ControlError.failed("Storing failed, nothing was done: \(error)")
    }
  }
}
