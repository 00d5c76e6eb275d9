import FleetStore

/// The chargers' log held against the inventory: every broken promise, as a sentence.
struct CrashFindings {
  private(set) var violations: [String] = []
  private(set) var figures = ""

  init(_ scene: CrashScene) throws {
    let told = try StationRecords(path: scene.stationLog)
    let rows = try InventoryRecords(path: scene.database)
    try checkCommands(told, rows, scene)
    try checkSessions(told, rows)
    let held = try rows.leasesHeld()
    if held > 0 { violations.append("\(held) leases are held after the end") }
  }

  // MARK: Commands

  /// Whether the inventory knew of a car when it wrote the command. One that comes as the command
  /// arrives can't be known; its start may even die with the engine and stay on the charger, which
  /// speaks another version when it is back.
  private static func knewOfCar(
    _ attempt: InventoryRecords.AttemptRow, _ sessions: [InventoryRecords.SessionRow]
  ) -> Bool {
    sessions.contains {
      $0.identity == attempt.identity && $0.startedAt <= attempt.writtenAt
        && ($0.stoppedAt ?? .max) > attempt.writtenAt
    }
  }

  private mutating func checkCommands(
    _ told: StationRecords, _ rows: InventoryRecords, _ scene: CrashScene
  ) throws {
    let sessions = try rows.sessions()
    let attempts = try rows.attempts()
    let byID = Dictionary(attempts.map { ($0.messageID, $0) }) { first, _ in first }
    var received: Set<String> = []
    var crossings: Set<String> = []
    for command in told.commands {
      let name = "\(command.station) \(command.action ?? "") \(command.id ?? "")"
      if !received.insert(command.id ?? "").inserted { violations.append("\(name) came twice") }
      guard let attempt = byID[command.id ?? ""] else {
        violations.append("\(name) is no attempt of the inventory")
        continue
      }
      if command.charging == true {
        // Such a car comes once with each kind of command: a second one is no crossing.
        let kind = "\(command.station) \(command.action ?? "")"
        if !scene.fleet.latecomers.contains(command.station) || Self.knewOfCar(attempt, sessions)
          || !crossings.insert(kind).inserted
        {
          violations.append("\(name) came while a car charged")
        }
      }
      if attempt.identity != command.station {
        violations.append("\(name) was written for \(attempt.identity)")
      }
    }
    let disruptive = attempts.filter(\.isDisruptive)
    let repeats = try checkRepeats(disruptive, received, told.effective, rows)
    checkWindows(disruptive, scene)
    for attempt in attempts where ["intent", "sent"].contains(attempt.state) {
      violations.append("\(attempt.identity) \(attempt.step) \(attempt.number) is still open")
    }
    figures +=
      "\(received.count) disruptive commands received of \(disruptive.count) written, "
      + "\(repeats.written) written again, \(repeats.received) of those received twice, "
      + "\(crossings.count) crossed the start of a session"
  }

  /// Orders are written where the window is open. The way back is no new work.
  private mutating func checkWindows(
    _ attempts: [InventoryRecords.AttemptRow], _ scene: CrashScene
  ) {
    guard !scene.openings.isEmpty else { return }
    let zones = Dictionary(
      DemoRow.table(scene.fleet.csv).map { ($0["identity"] ?? "", $0["zone"] ?? "") },
      uniquingKeysWith: { first, _ in first })
    var written: [String: Int] = [:]
    for attempt in attempts where !attempt.step.hasPrefix("roll back") {
      let zone = zones[attempt.identity] ?? ""
      guard let opening = scene.openings[zone] else { continue }
      written[zone, default: 0] += 1
      if !opening.contains(attempt.writtenAt) {
        let (start, end) = (attempt.writtenAt - opening.lowerBound, opening.upperBound)
        violations.append(
          "\(attempt.identity) \(attempt.step) was written \(start) ms after its window opened, "
            + "\(end - attempt.writtenAt) ms before it closed")
      }
    }
    for (zone, count) in written.sorted(by: { $0.key < $1.key }) {
      figures += "\(count) orders within the window of \(zone); "
    }
  }

  /// Behind each attempt but the last there must be evidence that it had no effect, and it must
  /// have been there first.
  private mutating func checkRepeats(
    _ attempts: [InventoryRecords.AttemptRow], _ received: Set<String>, _ effective: Set<String>,
    _ rows: InventoryRecords
  ) throws -> (written: Int, received: Int) {
    let outcomes = try rows.outcomes()
    var count = (written: 0, received: 0)
    for (first, second) in zip(attempts, attempts.dropFirst())
    where first.upgrade == second.upgrade && first.step == second.step {
      count.written += 1
      if received.contains(first.messageID), received.contains(second.messageID) {
        count.received += 1
      }
      let name = "\(first.identity) \(first.step) \(second.number)"
      if second.number != first.number + 1 { violations.append("\(name) skips a number") }
      guard ["rejected", "notSupported", "noEffect"].contains(first.state),
        first.state != "noEffect" || !first.evidence.isEmpty
      else {
        violations.append("\(name) was written although the one before is \(first.state)")
        continue
      }
      // Its last entry is the state that closed it.
      let word = "id \(first.messageID): "
      guard let proof = outcomes.last(where: { $0.text.contains(word) }) else {
        violations.append("\(name): the ledger has no outcome of the one before")
        continue
      }
      if proof.at > second.writtenAt { violations.append("\(name) was written before its proof") }
      if effective.contains(first.messageID) {
        violations.append("\(name) was written although the one before installed an image")
      }
    }
    return count
  }

  // MARK: Sessions

  private mutating func checkSessions(_ told: StationRecords, _ rows: InventoryRecords) throws {
    let sessions = try rows.sessions()
    let known = Dictionary(sessions.map { ("\($0.identity)|\($0.sharedID)", $0) }) {
      first, _ in first
    }
    var localOf: [String: String] = [:]
    for line in told.transactions {
      let name = "\(line.station)|\(line.id ?? "")"
      guard let row = known[name] else {
        violations.append(
          "\(name) was acknowledged (\(line.kind ?? "")) and is not in the inventory")
        continue
      }
      if let other = localOf.updateValue(line.local ?? "", forKey: name), other != line.local {
        violations.append("\(name) was given to two transactions")
      }
      if line.kind == "stop", !row.isStopped {
        violations.append("\(name) was acknowledged as ended and is open")
      }
    }
    for line in told.lines where line.event == "dropped" {
      violations.append("\(line.station) gave up \(line.action ?? "")")
    }
    // Every simulated session has a token of its own.
    let twice = Dictionary(grouping: sessions) { "\($0.identity)|\($0.token)" }
      .filter { $0.value.count > 1 }
    for (name, rows) in twice { violations.append("\(name) has \(rows.count) rows") }
    // A start may be stored and not yet acknowledged when the chargers are switched off.
    let open = Dictionary(grouping: sessions.filter { !told.knows($0) }, by: \.identity)
    for (station, rows) in open where rows.count > 1 {
      violations.append("\(station) was not told of \(rows.map(\.id))")
    }
    figures += "; \(sessions.count) sessions, \(told.transactions.count) acknowledgements"
  }
}
