import Fleet
import Proof
import Rollout

/// What happens on a stage, one thing after the other.
extension Stage {
  /// Steps after which a run counts as one that does not end.
  private static let limit = 60_000

  /// Runs until every campaign is over and nothing more happens.
  package mutating func run() {
    for _ in 0..<Self.limit {
      if !step() {
        finish()
        return
      }
      if !checker.breaches.isEmpty || stuck != nil { return }
    }
    stuck = "does not come to rest"
  }

  package var isOver: Bool { campaigns.allSatisfy { !isUnderWay($0) } }

  /// Takes the next thing; false when there is none, or nothing is left to do.
  mutating func step() -> Bool {
    if isOver, !owes, isUp { return false }
    let deadline = isUp ? upgrades.compactMap(\.deadline).min() : nil
    let due = [deadline, isUp ? dispatchAt : nil].compactMap { $0 }.min().map {
      max(time, Instant(milliseconds: $0.milliseconds - offset.milliseconds))
    }
    let happening = nextInQueue
    let times = [due, happening.map { queue[$0].at }, startsAt, upsets.first?.at, decisionAt]
    guard let at = times.compactMap({ $0 }).min(),
      at < Self.beginning + Self.longest
    else { return false }
    time = max(time, at)
    if let startsAt, startsAt <= time {
      start()
    } else if let upset = upsets.first, upset.at <= time {
      upsets.removeFirst()
      take(upset.what)
    } else if let happening, queue[happening].at <= time {
      deliver(queue.remove(at: happening))
    } else if let decisionAt, decisionAt <= time {
      self.decisionAt = time + .hours(6)
      if isUp { for number in campaigns.indices { look(after: number) } }
    } else if isUp {
      tick()
    }
    return true
  }

  /// People look in now and then: a hold ends, a gate gets its decision, and what has stood still for
  /// days is given up: at a site whose budget a dead charger uses up, nobody begins.
  private mutating func look(after number: Int) {
    // Where windows are, each night brings only some on.
    let days: Double = scenario.hours.isEmpty ? 6 : 12
    if time > Self.beginning + .hours(24 * days) { return abort(number) }
    if campaigns[number].status == .held { resume(number) }
    if isUp { decide(number) }
  }

  mutating func tick() {
    transact { me in
      for station in me.upgrades.indices {
        if let deadline = me.upgrades[station].deadline, deadline <= me.now {
          me.feedNow(station, .due)
        }
      }
      if let at = me.dispatchAt, at <= me.now { me.dispatch() }
    }
  }

  /// Ended upgrades that still have connectors to give back.
  private var owes: Bool {
    upgrades.indices.contains {
      upgrades[$0].phase.isEnd && upgrades[$0].memory.owesConnectors && seen[$0].online
        && upgrades[$0].deadline != nil
    }
  }

  private mutating func finish() {
    checker.end(at: now.milliseconds)
    if !isOver { stuck = "campaigns are not over: \(campaigns.map(\.status))" }
    for station in stations.indices where !upgrades[station].phase.isEnd && isOver {
      stuck = "charger \(station) is \(upgrades[station].phase) behind the end of its campaign"
    }
  }

  // MARK: Upsets

  private mutating func take(_ upset: Scenario.Upset) {
    tell("\(upset)")
    switch upset {
    case .car(let station, let span):
      carComes(to: station)
      soon(station, Soon(after: span, doing: .car(false), isBound: false))
    case .lostConnection(let station):
      soon(station, Soon(after: .seconds(0), doing: .disconnect, isBound: false))
      soon(station, Soon(after: .seconds(90), doing: .connect, isBound: false))
    case .drift(let station):
      // Updated by somebody else, to something that nobody knows.
      guard stations[station].firmware == Station.old else { return }
      stations[station].firmware = "9.9.9"
      for next in stations[station].reboot(after: .seconds(1), down: .seconds(30)) {
        soon(station, next)
      }
    case .mark(let station):
      guard isUp else { return }
      transact { me in
        me.seen[station].mark = "pinned"
        me.fact(.mark(charger: me.id(station), "pinned"))
        // Its upgrade ends at its next safe point, as a pin has it in the engine.
        guard me.mutation != .ignoresMarks else { return }
        me.feed(station, .cancel(reason: "pinned"))
      }
    case .rollBack(let station):
      guard isUp else { return }
      transact { me in
        me.fact(.rollBackAsked(charger: me.id(station)))
        me.feed(station, .rollBack(reason: "rehearsal"))
      }
    case .hold(let number): if isUp { hold(number) }
    case .recall(let number): if isUp { recall(number) }
    case .resume(let number): if isUp { resume(number) }
    case .abort(let number): if isUp { abort(number) }
    case .clock(let span): setClock(by: span)
    }
  }

  /// As the engine does when it sees that its clock was set; one that is down sees nothing.
  private mutating func setClock(by span: Span) {
    offset = Span(milliseconds: offset.milliseconds + span.milliseconds)
    guard isUp else { return }
    transact { me in
      for station in me.upgrades.indices {
        let before = me.upgrades[station]
        guard !before.phase.isEnd || before.memory.owesConnectors else { continue }
        var upgrade = before
        upgrade.followClock(by: span)
        if upgrade != before { me.store(upgrade, replacing: before) }
        me.seen[station].lastSessionEnd = me.seen[station].lastSessionEnd.map { $0 + span }
      }
      me.dispatchAt = me.dispatchAt.map { $0 + span }
    }
  }

  // MARK: Chargers

  private mutating func carComes(to station: Int) {
    guard !stations[station].hasCar, stations[station].isOpen, !stations[station].isDead else {
      return
    }
    stations[station].hasCar = true
    changeSession(of: station)
  }

  private mutating func changeSession(of station: Int) {
    if stations[station].hasCar { stations[station].session += 1 }
    stations[station].isSessionKnown = false
    soon(station, Soon(after: .milliseconds(200), doing: .tellSession))
    soon(station, Soon(after: .milliseconds(300), doing: .report))
  }

  mutating func deliver(_ happening: Happening) {
    let station = happening.station
    if let connection = happening.connection {
      guard stations[station].online, stations[station].connection == connection else { return }
    }
    switch happening.doing {
    case .connect: connect(station)
    case .disconnect, .die:
      if happening.doing == .die { stations[station].isDead = true }
      disconnect(station)
    case .boot: boot(station)
    case .report: report(station)
    case .answer(let id, let answer):
      transact { $0.feed(station, .answered(messageID: id, answer)) }
    case .firmware(let status, let requestID):
      transact { $0.feed(station, .firmwareStatus(status, requestID: requestID)) }
    case .served(let bytes, let total):
      transact { $0.feed(station, .served(bytes: bytes, of: total)) }
    case .model(let requestID, let variables, let isLast):
      transact {
        $0.feed(station, .report(requestID: requestID, variables: variables, isLast: isLast))
      }
    case .run(let image):
      stations[station].firmware = image
      stations[station].job = .idle
    case .car(let isThere):
      if isThere {
        carComes(to: station)
      } else if stations[station].hasCar {
        stations[station].hasCar = false
        changeSession(of: station)
      }
    case .serve(let isOpen): stations[station].isOpen = isOpen
    case .store(let key, let value):
      if stations[station].speaks == .ocpp16 {
        stations[station].configuration[key] = value
      } else {
        stations[station].variables[key] = value
      }
    case .tellSession: tellSession(station)
    case .sent(let id): transact { $0.feed(station, .sent(messageID: id)) }
    }
  }

  private mutating func connect(_ station: Int) {
    guard !stations[station].isDead, !stations[station].online else { return }
    guard isUp else {
      let down = startsAt.map { $0 - time } ?? .seconds(0)
      let after = down + .seconds(Double(1 + chance.below(60)))
      soon(station, Soon(after: after, doing: .connect, isBound: false))
      return
    }
    var offers = stations[station].offers
    var isProbe = false
    if stations[station].habit == .probesOldFirst, offers.contains(.ocpp201) {
      isProbe = stations[station].isFirst("probe")
      if isProbe { offers = .ocpp16 } else { stations[station].tries["probe"] = 0 }
    }
    if stations[station].habit == .comesUpNew, offers.contains(.ocpp201) { offers = .ocpp201 }
    let version = select(offers, station)
    stations[station].online = true
    stations[station].connection += 1
    stations[station].speaks = version
    let isAlive = transact { me in
      me.seen[station].online = true
      me.seen[station].speaks = version
      me.fact(.connected(charger: me.id(station)))
      me.feed(station, .connected(version))
      me.dispatchSoon()
    }
    tell("\(station) connects in \(version.label)\(isProbe ? " (probe)" : "")")
    guard isAlive else { return }
    if let attempt = again.removeValue(forKey: station) {
      checker.take(Entry(at: now.milliseconds, .left(message: attempt.messageID)))
      for next in stations[station].receive(attempt) { soon(station, next) }
    }
    if isProbe {
      for next in stations[station].reboot(after: .seconds(1), down: .seconds(1)) {
        soon(station, next)
      }
      return
    }
    let habit = stations[station].habit
    if habit != .neverBoots, !stations[station].isLiar {
      for number in 0..<(habit == .repeatsBoot ? 12 : 1) {
        soon(station, Soon(after: .seconds(Double(1 + 5 * number)), doing: .boot))
      }
      soon(station, Soon(after: .seconds(2), doing: .report))
    }
    if !stations[station].isSessionKnown || habit == .neverFree {
      soon(station, Soon(after: .milliseconds(1500), doing: .tellSession))
    }
  }

  /// The newest released version that it offers, or what there is; the old one while a session of
  /// it runs.
  private func select(_ offers: VersionSet, _ station: Int) -> ProtocolVersion {
    if offers.contains(.ocpp16), stations[station].speaks == .ocpp16,
      !seen[station].sessions.isEmpty
    {
      return .ocpp16
    }
    return offers.intersection(seen[station].released).newest ?? offers.newest ?? .ocpp16
  }

  private mutating func disconnect(_ station: Int) {
    guard stations[station].online else { return }
    stations[station].online = false
    stations[station].connection += 1
    tell("\(station) is gone")
    // Whoever loses his connection comes back, if nothing else brings him.
    if !stations[station].isDead {
      soon(station, Soon(after: .minutes(3), doing: .connect, isBound: false))
    }
    guard isUp else { return }
    transact { me in
      me.seen[station].online = false
      me.fact(.gone(charger: me.id(station)))
      me.feed(station, .disconnected)
      me.dispatchSoon()
    }
  }

  private mutating func boot(_ station: Int) {
    let boot = stations[station].boot
    let version = stations[station].speaks
    tell("\(station) boots \(boot.firmware ?? "?") in \(version.label)")
    let isAlive = transact { me in
      me.seen[station].firmware = boot.firmware
      me.fact(.runs(charger: me.id(station), firmware: boot.firmware ?? ""))
      me.feedNow(station, .booted(boot, version))
    }
    guard isAlive, stations[station].online else { return }
    if stations[station].rebootsAgain() {
      for next in stations[station].reboot(after: .seconds(30), down: .seconds(5)) {
        soon(station, next)
      }
    } else if version != .ocpp16, case .pending(let retry) = upgrades[station].bootAnswer {
      soon(station, Soon(after: retry, doing: .boot))
    }
  }

  private mutating func report(_ station: Int) {
    let states = stations[station].states
    let version = stations[station].speaks
    transact { me in
      if me.seen[station].numbering != version {
        me.fact(.connectorsForgotten(charger: me.id(station)))
      }
      me.seen[station].numbering = version
      me.seen[station].connectors = states.enumerated().map { index, state in
        Connector(id: .init(evse: index + 1, connector: 1), state: state, at: me.now)
      }
      for (index, state) in states.enumerated() {
        me.fact(
          .connector(charger: me.id(station), place: "\(index + 1)", isTaken: state == .charging))
      }
      me.feed(station, .status)
    }
  }

  private mutating func tellSession(_ station: Int) {
    let (hasCar, number) = (stations[station].hasCar, stations[station].session)
    let isAlive = transact { me in
      let before = me.seen[station].sessions
      me.seen[station].sessions = hasCar ? [number] : []
      for old in before.subtracting(me.seen[station].sessions) {
        me.fact(.session(charger: me.id(station), key: "\(old)", isOpen: false))
        me.seen[station].lastSessionEnd = me.now
        me.feed(station, .sessionStopped(completed: true))
      }
      for new in me.seen[station].sessions.subtracting(before) {
        me.fact(.session(charger: me.id(station), key: "\(new)", isOpen: true))
        me.feed(station, .sessionStarted)
      }
    }
    if isAlive { stations[station].isSessionKnown = true }
  }
}
