import Fleet
import Proof
import Rollout

/// The engine's side of a stage: what `CSMS` does around the same machines.
extension Stage {
  /// Rows as they were, for a transaction that is undone.
  private struct Rows {
    var seen: [Seen]
    var campaigns: [Campaign]
    var upgrades: [Upgrade]
    var tallies: [[Upgrade.Phase: Int]]
  }

  /// Runs `body` and commits; then sends what it wanted sent. False when the engine died.
  @discardableResult
  mutating func transact(_ body: (inout Stage) -> Void) -> Bool {
    let isDoomed = crashes.contains(boundaries + 1)
    let before =
      isDoomed
      ? Rows(seen: seen, campaigns: campaigns, upgrades: upgrades, tallies: tallies) : nil
    body(&self)
    settleFollowUps()
    if diesHere() {
      write(dies: true)
      if let before {
        (seen, campaigns, upgrades, tallies) =
          (before.seen, before.campaigns, before.upgrades, before.tallies)
      }
      die()
      return false
    }
    write(dies: false)
    commitFacts()
    if diesHere() {
      die()
      return false
    }
    return send()
  }

  private mutating func write(dies: Bool) {
    let (rows, written) = (rows, changes)
    changes = StageChanges()
    if written.isEmpty { return }
    do {
      try rows?.commit(written, dies: dies)
    } catch {
      stuck = "rows: \(error)"
    }
  }

  private mutating func send() -> Bool {
    while !outbox.isEmpty {
      let (station, attempt) = outbox.removeFirst()
      if attempt.order.isDisruptive, diesHere() {
        die()
        return false
      }
      guard stations[station].online else { continue }
      checker.take(Entry(at: now.milliseconds, .left(message: attempt.messageID)))
      tell("\(station) <- \(attempt.step) \(attempt.number)")
      soon(station, Soon(after: .milliseconds(10), doing: .sent(messageID: attempt.messageID)))
      for happening in stations[station].receive(attempt) { soon(station, happening) }
      if attempt.order.isDisruptive, diesHere() {
        die()
        return false
      }
    }
    return true
  }

  // MARK: Machines

  mutating func feed(_ station: Int, _ event: UpgradeEvent) { followUps.append((station, event)) }

  private mutating func settleFollowUps() {
    while !followUps.isEmpty {
      let (station, event) = followUps.removeFirst()
      feedNow(station, event)
    }
  }

  mutating func feedNow(_ station: Int, _ event: UpgradeEvent) {
    let before = upgrades[station]
    var upgrade = before
    let campaign = campaigns[campaignOf[station]]
    var event = event
    if event == .leased, let mark = seen[station].mark, mutation != .ignoresMarks {
      event = .cancel(reason: mark)
    }
    var view = seen[station].view(identity: "CP\(station)")
    view.isHeld = campaign.status == .held
    view.plannedFrom = campaign.strata[upgrade.stratum].stratum.fromFirmware
    addPlace(of: upgrade, to: &view)
    blind(&view)
    if mutation == .leavesEnds, upgrade.phase == .failed || upgrade.phase == .skipped,
      case .booted = event
    {
      upgrade.phase = .planned
    }
    var fresh = 0
    let commands = upgrade.reduce(
      event, view: view, playbook: campaign.playbook, firmware: firmware, at: now,
      ids: {
        // The same for the same history, in whatever order the others have theirs.
        fresh += 1
        return "\(station).\(before.sends.values.reduce(0, +) + fresh)"
      },
      carry: { snapshot, variables in
        let mapped = variables.filter { snapshot[$0.variable] != nil }
        return CarryPlan(
          writes: mapped.map {
            var write = $0
            write.value = snapshot[$0.variable]
            return write
          }, mapped: mapped.count)
      })
    if mutation == .freesPlacesOfAbsent, !view.online, upgrade.holdsLease {
      upgrade.holdsLease = false
    }
    if upgrade != before { store(upgrade, replacing: before) }
    for command in commands { carryOut(command, station) }
  }

  /// What a mutated driver does not see.
  private func blind(_ view: inout ChargerView) {
    switch mutation {
    case .forgetsSessions:
      view.openSessions = 0
      view.lastSessionEnd = nil
      for index in view.connectors.indices { view.connectors[index].state = .available }
    case .takesUnknownForFree where view.connectors.isEmpty:
      view.connectors = [Connector(id: .init(evse: 1, connector: 1), state: .available, at: now)]
    case .ignoresVersionGraph: view.plannedFrom = nil
    default: break
    }
  }

  mutating func store(_ upgrade: Upgrade, replacing before: Upgrade) {
    var upgrade = upgrade
    upgrade.revision = before.revision + 1
    if mutation == .writesOldRevision, upgrade.phase != before.phase {
      upgrade.revision = before.revision
    }
    let station = Int(upgrade.id.rawValue) - 1
    if upgrade.phase != before.phase {
      tell("\(station) is \(upgrade.phase.rawValue) \(upgrade.failure?.detail ?? "")")
      tallies[campaignOf[station]][before.phase, default: 0] -= 1
      if mutation != .losesCounter || !upgrade.phase.isEnd {
        tallies[campaignOf[station]][upgrade.phase, default: 0] += 1
      }
    }
    upgrades[station] = upgrade
    changes.upgrades.append(upgrade)
    fact(.turn(Self.turn(upgrade)))
    if upgrade.phase != before.phase || upgrade.holdsLease != before.holdsLease { dispatchSoon() }
  }

  static func turn(_ upgrade: Upgrade) -> Entry.Turn {
    Entry.Turn(
      upgrade: upgrade.id.rawValue, phase: upgrade.phase.rawValue, holdsLease: upgrade.holdsLease,
      counts: upgrade.countsForGate, failure: upgrade.failure?.reason.rawValue,
      revision: upgrade.revision)
  }

  private mutating func carryOut(_ command: UpgradeCommand, _ station: Int) {
    switch command {
    case .send(let attempt):
      var image: String?
      if case .updateFirmware = attempt.order { image = firmware.version }
      if mutation != .losesAttempts || !attempt.order.isDisruptive {
        fact(
          .intent(
            Entry.Intent(
              upgrade: attempt.upgrade.rawValue, message: attempt.messageID, step: attempt.step,
              number: attempt.number, isDisruptive: attempt.order.isDisruptive, firmware: image,
              endsBy: endsBy(attempt))))
        changes.attempts.append(attempt)
      }
      guard seen[station].online else {
        feed(station, .answered(messageID: attempt.messageID, .lost))
        return
      }
      outbox.append((station, attempt))
    case .settle(let attempt):
      changes.outcomes.append(attempt)
      fact(
        .outcome(
          message: attempt.messageID, state: attempt.state.rawValue, evidence: attempt.evidence))
    case .release(let versions): seen[station].released = versions
    case .recordSigned(let isSupported): seen[station].supportsSigned = isSupported
    case .disconnect: soon(station, Soon(after: .seconds(1), doing: .disconnect))
    case .quarantine(let reason): seen[station].mark = "quarantined: \(reason)"
    case .proved, .tell: break
    }
  }

  // MARK: Starts

  /// The engine comes up over the rows that it left.
  mutating func start() {
    isUp = true
    startsAt = nil
    tell("START")
    if let rows {
      do {
        (campaigns, upgrades) = try rows.reopen()
      } catch {
        stuck = "rows: \(error)"
      }
    }
    if mutation == .losesLeases {
      for index in upgrades.indices { upgrades[index].holdsLease = false }
    }
    if mutation == .forgetsOpenAttempt {
      for index in upgrades.indices {
        upgrades[index].memory.open = nil
        upgrades[index].isUnknown = false
        upgrades[index].pending = nil
      }
    }
    fact(.engineStarted)
    for upgrade in upgrades { fact(.stored(Self.turn(upgrade))) }
    commitFacts()
    transact { me in
      for station in me.upgrades.indices {
        let upgrade = me.upgrades[station]
        guard !upgrade.phase.isEnd || upgrade.memory.owesConnectors else { continue }
        if me.mutation == .sendsAgainAfterRestart, let open = upgrade.memory.open {
          me.again[station] = open
        }
        me.feedNow(station, .restarted)
      }
    }
    dispatchSoon()
  }
}
