import Fleet
import OCPP
import Rollout

/// What chargers say: ledger, live state, answer.
extension Core {
  func handle(_ message: Message) throws {
    let charger = try liveCharger(message.charger)
    // A message of a connection that was replaced meanwhile still counts; only its answer is lost.
    charger.charger.lastSeen = message.at
    noteHeard(of: charger, at: message.at)
    if charger.charger.migration != nil || charger.offersFewer != nil {
      noteStay(charger, at: message.at)
    }
    if !message.flaws.isDisjoint(with: .telling) { try tell(message.flaws, of: charger, message) }
    let reply = try reduce(message.event, of: charger, message)
    out(message.connection, .reply(message, reply))
  }

  /// Flags a charger's odd times in the ledger, once a day at most.
  private func tell(_ flaws: ClockFlaws, of charger: LiveCharger, _ message: Message) throws {
    let new = flaws.intersection(.telling).subtracting(charger.toldFlaws)
    guard !new.isEmpty else { return }
    charger.toldFlaws.formUnion(new)
    guard mentions.clocks.mayTell("\(message.charger.rawValue) \(new.rawValue)", at: message.at)
    else {
      return
    }
    try note(message.charger, .note, "clock", new.sentence, at: message.at)
  }

  func record(_ message: Message, _ kind: LedgerEntry.Kind) throws {
    lastLedger = try store.append(
      LedgerEntry(
        charger: message.charger, at: message.at, kind: kind, version: message.version,
        action: message.action, body: message.payload))
    hasNews = true
    flushLater()
  }

  private func reduce(
    _ event: ChargerEvent, of charger: LiveCharger, _ message: Message
  ) throws -> ReplyFacts {
    let id = message.charger
    switch event {
    case .heartbeat:
      return .heartbeat
    case .booted(var boot):
      // A connection that was replaced proves nothing of the one that took its place.
      if message.connection != charger.connection { boot.serial = nil }
      if try contradictsCertificate(boot, of: charger, message) {
        return .boot(.rejected, interval: settings.pendingInterval)
      }
      try record(message, .booted)
      if charger.bootedOn == message.connection {
        // A repeat, or an answer to a trigger: no reboot without a new connection.
        learn(boot, of: charger, message.version, message.at)
      } else {
        try noteForeignUpdate(boot, of: charger, message)
        charger.bootedOn = message.connection
        try countTrouble(.boot, of: charger, at: message.at)
        apply(.booted(boot), to: charger, version: message.version, at: message.at)
      }
      // First, so that the answer fits the phase the boot leads to.
      try feedNow(id, .booted(boot, message.version), now: message.at)
      try endLeftBehind(charger, message)
      return registration(of: charger, message.version)
    case .status(let connector):
      try record(message, .status)
      let faults = connector.state == .faulted ? newFaults([connector], of: charger) : []
      apply(
        event, to: charger, version: message.version, at: message.at, message.flaws)
      try countFaults(faults, of: charger, at: message.at)
      feed(id, .status)
      return .empty
    case .authorize(let token):
      return .authorize(try verdict(on: token, at: message.at))
    case .dataTransfer(let vendor, let name):
      try record(message, .note)
      return .dataTransfer(settings.dataTransfer.answer(vendor: vendor, message: name))
    case .asked(let service):
      try record(message, .note)
      return .unavailable(service)
    case .told(let notice):
      return try take(notice, of: charger, message)
    case .sessionStarted(let start):
      return try begin(start, of: charger, message)
    case .sessionUpdated(let update):
      return try self.update(update, of: charger, message)
    case .sessionStopped(let stop):
      return try end(stop, of: charger, message)
    case .meter:
      try record(message, .meter)
      return .empty
    case .firmwareStatus(let status, let requestID):
      try record(message, .firmwareStatus)
      feed(id, .firmwareStatus(status, requestID: requestID))
      return .empty
    case .security:
      try record(message, .security)
      return .empty
    case .report(let requestID, let variables, let isLast):
      try record(message, .report)
      feed(id, .report(requestID: requestID, variables: variables, isLast: isLast))
      return .empty
    case .noted:
      try record(message, Self.carriesMoney.contains(message.action) ? .unreadable : .note)
      return .empty
    }
  }

  /// Answered with a result whenever their id can be read: an error costs billing data.
  static let carriesMoney: Set<String> = [
    "StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent",
  ]

  func recordSession(_ message: Message) throws { try record(message, .session) }
  func recordMeter(_ message: Message) throws { try record(message, .meter) }

  /// Changes live state only; the ledger is ahead of the tables until the next flush. The same
  /// function replays the ledger after a crash.
  func apply(
    _ event: ChargerEvent, to charger: LiveCharger, version: ProtocolVersion, at: Instant,
    _ flaws: ClockFlaws = []
  ) {
    switch event {
    case .booted(let boot):
      learn(boot, of: charger, version, at)
      charger.staleConnectors = Set(charger.connectors.ids)
    case .status(let connector):
      charger.take(connector, in: version.family, isReceiptTime: flaws.isReceiptTime)
    case .told(let notice):
      for connector in notice.connectors {
        charger.take(connector, in: version.family, isReceiptTime: flaws.isReceiptTime)
      }
    default: break
    }
    flushLater()
  }

  /// Named alike for all chargers, and so kept once.
  private static func bootSource(_ version: ProtocolVersion) -> String {
    switch version {
    case .ocpp16: "BootNotification 1.6"
    case .ocpp201: "BootNotification 2.0.1"
    case .ocpp21: "BootNotification 2.1"
    }
  }

  private func learn(
    _ boot: Boot, of charger: LiveCharger, _ version: ProtocolVersion, _ at: Instant
  ) {
    let source = Self.bootSource(version)
    observe(&charger.charger.vendor, boot.vendor, source, at)
    observe(&charger.charger.model, boot.model, source, at)
    if let serial = boot.serial { observe(&charger.charger.serial, serial, source, at) }
    if let firmware = boot.firmware { observe(&charger.charger.firmware, firmware, source, at) }
    refreshQuirks(charger)
    charger.isDirty = true
    flushLater()
  }

  /// A charger that runs another image than before, and no upgrade put it there.
  private func noteForeignUpdate(
    _ boot: Boot, of charger: LiveCharger, _ message: Message
  ) throws {
    guard let known = charger.charger.firmware.observed?.value, let new = boot.firmware,
      !new.isEmpty, new != known
    else { return }
    guard !isUpgrading(message.charger) else { return }
    try note(
      message.charger, .upgrade, "firmware",
      "runs \(new) now, ran \(known): not by an upgrade here", at: message.at)
  }

  /// Some boots leave fields empty; what was known then stays.
  private func observe(
    _ fact: inout Fact<String>, _ value: String, _ source: String, _ at: Instant
  ) {
    guard !value.isEmpty, fact.observed?.value != value else { return }
    fact.observed = .init(value, source: source, at: at)
  }

  private func registration(of charger: LiveCharger, _ version: ProtocolVersion) -> ReplyFacts {
    if charger.charger.admission == .pending || charger.hasExpiredCertificate {
      return .boot(.pending, interval: settings.pendingInterval)
    }
    // Not a probe in the old version while the new one is provisioned.
    if version != .ocpp16, let upgrade = fleet.upgrade(of: charger.charger.id),
      case .pending = upgrade.bootAnswer
    {
      return .boot(.pending, interval: settings.pendingInterval)
    }
    return .boot(.accepted, interval: settings.heartbeatInterval)
  }

  // MARK: After a crash

  /// Applies the ledger entries that the tables do not reflect yet.
  func replay() throws {
    var from = try store.reflected()
    lastLedger = from
    var document = JSONDocument()
    while true {
      let entries = try store.entries(after: from, limit: 2000)
      guard let last = entries.last else { break }
      for entry in entries {
        guard let id = entry.charger, let version = entry.version,
          entry.kind == .booted || entry.kind == .status || entry.kind == .meter
        else { continue }
        do throws(JSONError) { try document.parse(entry.body) } catch { continue }
        var flaws = ClockFlaws()
        let event = adapters[version].event(
          entry.action, document.root, receivedAt: entry.at, &flaws)
        switch event {
        case .meter: break
        case .sessionUpdated(let update):
          _ = try liveCharger(id).take(update) { entry.id }
        default:
          let charger = try liveCharger(id)
          // Its own times are off, and by how much was known to its connection alone.
          if charger.quirks.clock != nil { flaws.insert(.ahead) }
          apply(event, to: charger, version: version, at: entry.at, flaws)
        }
      }
      from = last.id
    }
    lastLedger = from
  }

  // MARK: Writing back

  /// States have changed that the tables do not show yet.
  func flushLater() {
    mustFlush = true
    flushIsNews = true
  }

  /// Brings the tables up to the ledger, in the transaction in progress.
  func flush() throws {
    sweep = nil
    for (id, charger) in live where charger.needsWriting { try writeBack(charger, id) }
    try store.setReflected(lastLedger)
    mustFlush = false
    flushDue = nil
    noteFlush()
  }

  /// As `flush`, but no more than some chargers at a time, and between them a pause: while thousands
  /// come back at once, none waits for the rows of all the others.
  func flushSome(now: Instant) throws {
    let begun = SystemClock.elapsed
    if sweep == nil {
      sweep = Sweep(
        reflects: lastLedger, left: live.keys.filter { live[$0]?.needsWriting ?? false })
      mustFlush = false
      noteFlush()
    }
    guard var round = sweep else { return }
    // Taken out, so that the ids are not copied when the last of them are cut off.
    sweep = nil
    for id in round.left.suffix(Sweep.portion) {
      if let charger = live[id] { try writeBack(charger, id) }
    }
    round.left.removeLast(min(Sweep.portion, round.left.count))
    if round.left.isEmpty {
      try store.setReflected(round.reflects)
      flushDue = nil
    } else {
      sweep = round
      let spent = SystemClock.elapsed.milliseconds - begun.milliseconds
      flushDue = now + .milliseconds(max(1, Sweep.rest * spent))
    }
  }

  /// That somebody was heard of is no news to whoever watches.
  private func noteFlush() {
    if flushIsNews { hasNews = true }
    flushIsNews = false
  }

  private func writeBack(_ charger: LiveCharger, _ id: ChargerID) throws {
    if charger.isDirty { try store.save(charger.charger) }
    try noteNumbering(of: charger, id)
    if !charger.changedConnectors.isEmpty {
      try store.save(
        charger.changedConnectors.compactMap { charger.connectors[$0] }, of: id,
        replacing: charger.replacesConnectors)
    }
    if !charger.dirtySessions.isEmpty {
      for session in charger.openSessions where charger.dirtySessions.contains(session.id) {
        try store.save(session)
      }
      charger.dirtySessions = []
    }
    try writeTolerations(of: charger, id)
    try writeHeard(of: charger)
    charger.isDirty = false
    charger.changedConnectors = []
    charger.replacesConnectors = false
    // In whose numbers its connectors are is kept in memory alone: read anew, those from before a
    // probe in the other version would be taken for the probe's.
    if charger.connection == nil, fleet.upgrade(of: id) == nil, !charger.hasForeignConnectors {
      live[id] = nil
    }
  }
}

/// A writing back that is done in portions.
struct Sweep {
  /// Chargers of a portion: some milliseconds of work, which is what a message may have to wait.
  static let portion = 100
  /// How many times as long as a portion the pause after it is: the writer belongs to chargers first.
  /// Rows that are behind cost a start more of the ledger to read, and nothing else.
  static let rest: Int64 = 9
  /// The last ledger entry that the tables reflect once all have been written.
  var reflects: Int64
  var left: [ChargerID]
}
