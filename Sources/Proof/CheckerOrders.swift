/// Orders: invariants 1, 4, 8, 9 and 11.
extension Checker {
  mutating func judgeIntent(_ intent: Entry.Intent, _ at: Int64) {
    guard let upgrade = upgrades[intent.upgrade] else {
      return breach(4, at, "\(intent.message) is of no upgrade")
    }
    let name = "\(intent.step) \(intent.number) of upgrade \(intent.upgrade)"
    check(4)
    if attempts[intent.message] != nil { breach(4, at, "\(name): its message id was used before") }
    if intent.number != (upgrade.numbers[intent.step] ?? 0) + 1 {
      breach(4, at, "\(name) skips or repeats a number")
    }
    attempts[intent.message] = AttemptState(
      upgrade: intent.upgrade, step: intent.step, life: life, isDisruptive: intent.isDisruptive)
    upgrades[intent.upgrade]?.numbers[intent.step] = intent.number
    guard intent.isDisruptive else { return }
    judgeRepeat(intent, upgrade, name, at)
    upgrades[intent.upgrade]?.last[intent.step] = intent.message
    let charger = chargers[upgrade.row.charger] ?? .init()
    judgeFreedom(charger, name, at)
    judgeWindow(intent, charger, name, at)
    judgeImage(intent, charger, name, at)
    if Phases.ends.contains(upgrade.phase) {
      breach(5, at, "\(name) was written although it is \(upgrade.phase)")
    }
    if !upgrade.holdsLease { breach(7, at, "\(name) was written without a place at its site") }
  }

  private mutating func judgeRepeat(
    _ intent: Entry.Intent, _ upgrade: UpgradeState, _ name: String, _ at: Int64
  ) {
    // Of any step: while one may still take effect, another would meet it half-way.
    for message in upgrade.last.values {
      guard let before = attempts[message] else { continue }
      let isSame = before.step == intent.step
      if Phases.withoutEffect.contains(before.state) {
        if before.state == "noEffect", before.evidence.isEmpty {
          breach(4, at, "\(name): the one before had no effect, and nothing says why")
        }
      } else if isSame || before.state != "tookEffect" {
        breach(4, at, "\(name) was written although \(before.step) is \(before.state)")
      }
    }
  }

  private mutating func judgeFreedom(_ charger: ChargerState, _ name: String, _ at: Int64) {
    check(1)
    if let session = charger.sessions.min() {
      breach(1, at, "\(name) was written while session \(session) ran")
    }
    if charger.connectors.isEmpty {
      breach(1, at, "\(name) was written while no connector was known")
    }
    if let taken = charger.connectors.filter(\.value).keys.min() {
      breach(1, at, "\(name) was written while connector \(taken) was taken")
    }
  }

  private mutating func judgeWindow(
    _ intent: Entry.Intent, _ charger: ChargerState, _ name: String, _ at: Int64
  ) {
    guard let stretches = intent.stretches ?? charger.site.flatMap({ windows[$0] }),
      !stretches.isEmpty
    else { return }
    // The way back is no new work, unless it is what its campaign is for.
    if intent.step.hasPrefix("roll back"), intent.endsBy == nil { return }
    check(8)
    guard let window = stretches.first(where: { $0.contains(at) }) else {
      return breach(8, at, "\(name) was written outside the windows of its site")
    }
    if let end = intent.endsBy, end > window.upperBound {
      breach(8, at, "\(name) may run \((end - window.upperBound) / 1000) s beyond its window")
    }
  }

  private mutating func judgeImage(
    _ intent: Entry.Intent, _ charger: ChargerState, _ name: String, _ at: Int64
  ) {
    guard let firmware = intent.firmware else { return }
    check(11)
    if let mark = charger.mark, !charger.isOverridden {
      breach(11, at, "\(name) sends firmware to a charger that is \(mark)")
    }
    guard let hops = charger.hops, let runs = charger.firmware else { return }
    check(9)
    if !hops.contains(.init(from: runs, to: firmware)) {
      breach(9, at, "\(name): no hop leads from \(runs) to \(firmware)")
    }
  }

  mutating func judgeOutcome(_ message: String, _ state: String, _ evidence: String, _ at: Int64) {
    guard let attempt = attempts[message] else {
      return breach(4, at, "\(message) has an outcome and was never written")
    }
    let isClosed = Phases.withoutEffect.contains(attempt.state) || attempt.state == "tookEffect"
    if attempt.isDisruptive, isClosed, state != attempt.state {
      breach(5, at, "\(attempt.step) was \(attempt.state) and is \(state) now")
    }
    attempts[message]?.state = state
    attempts[message]?.evidence = evidence
  }

  mutating func judgeLeaving(_ message: String, _ at: Int64) {
    check(4)
    guard let attempt = attempts[message] else {
      return breach(4, at, "\(message) left and was never written")
    }
    if attempt.hasLeft { breach(4, at, "\(attempt.step), \(message), left twice") }
    if attempt.life != life {
      breach(4, at, "\(attempt.step), \(message), left after the engine had started anew")
    }
    attempts[message]?.hasLeft = true
  }
}
