import Fleet
import Testing

@testable import Rollout

/// One charger's upgrade in virtual time, watched by a checker that knows only what was sent,
/// settled and seen.
final class Bench {
  static let firmware: Firmware = {
    var firmware = Firmware(
      id: .init(rawValue: 1), model: "AC22", version: "2.4.0", protocols: [.ocpp16, .ocpp201],
      location: .depot(path: "2.4.0.bin"))
    firmware.signature = "c2ln"
    return firmware
  }()
  /// An image that some have to pass through; it speaks 1.6 alone.
  static let between: Firmware = {
    var firmware = Firmware(
      id: .init(rawValue: 2), model: "AC22", version: "2.3.9", protocols: .ocpp16,
      location: .depot(path: "2.3.9.bin"))
    firmware.signature = "c2ln"
    return firmware
  }()
  static let playbook = Playbook(name: "in-place", title: "in place", target: .ocpp201)

  var upgrade: Upgrade
  let charger: FakeCharger
  var playbook = Bench.playbook
  /// All images of the way, where it has several.
  var hops: [Firmware] = [] {
    didSet { upgrade.hops = hops.isEmpty ? nil : hops.map(\.id) }
  }
  var now = Instant(milliseconds: 0)
  /// Sends by word, in order.
  var orders: [String] = []
  var story: [String] = []
  var phases: [Upgrade.Phase] = []
  var commands: [UpgradeCommand] = []
  var broken: [String] = []
  private var queue: [(at: Instant, order: Int, happening: FakeCharger.Happening)] = []
  private var counter = 0
  private var messages = 0
  private var settled: [String: Attempt.State] = [:]
  private var lastOfStep: [String: String] = [:]
  private var isTaken = false
  var prefix = "m"
  /// The charger does nothing by itself.
  var isStorm = false
  /// Message ids of all sends.
  var sent: [String] = []

  init(_ habit: FakeCharger.Habit, id: Int64 = 1, site: SiteID? = nil) {
    charger = FakeCharger(habit)
    upgrade = Upgrade(
      id: .init(rawValue: id), campaign: .init(rawValue: 1), charger: .init(rawValue: id),
      site: site, wave: 1, stratum: 0, target: Self.firmware.id, enteredAt: now)
    for happening in charger.begin(at: now) { enqueue(happening) }
  }

  func enqueue(_ happening: FakeCharger.Happening) {
    counter += 1
    queue.append((now + happening.after, counter, happening))
  }

  /// Nothing that was going to happen happens.
  func dropAll() { queue = [] }

  /// Answers that are under way get lost.
  func dropAnswers() {
    queue.removeAll {
      if case .answered? = $0.happening.event(charger) { true } else { false }
    }
  }

  /// The next moment at which something happens here.
  var next: Instant? {
    let waits = upgrade.phase == .planned || upgrade.phase == .readyToSwitch
    let lease = waits ? upgrade.memory.leaseNotBefore.flatMap { $0 > now ? $0 : nil } : nil
    return [queue.map(\.at).min(), upgrade.deadline, lease].compactMap { $0 }.min()
  }

  /// Lets everything happen that is due at `time`.
  func step(to time: Instant) {
    now = time
    while let at = queue.indices.filter({ queue[$0].at <= now })
      .min(by: { (queue[$0].at, queue[$0].order) < (queue[$1].at, queue[$1].order) })
    {
      let happening = queue.remove(at: at).happening
      if let life = happening.life, life != charger.life || !charger.online { continue }
      happening.change?(charger)
      if let event = happening.event(charger) { deliver(event) }
    }
    if let deadline = upgrade.deadline, deadline <= now { deliver(.due) }
  }

  /// Runs until nothing more happens, or until `stop` says so.
  func run(most steps: Int = 3000, until stop: () -> Bool = { false }) {
    for _ in 0..<steps {
      if stop() { return }
      if charger.isHeld {
        // Nothing is granted.
      } else if upgrade.phase == .readyToSwitch, !upgrade.holdsLease,
        upgrade.memory.leaseNotBefore.map({ $0 <= now }) ?? true, charger.online
      {
        deliver(.leased)
      }
      if upgrade.phase == .planned, !charger.isHeld,
        upgrade.memory.leaseNotBefore.map({ $0 <= now }) ?? false
      {
        deliver(.leased)
      }
      guard let next else { return }
      step(to: next)
    }
    broken.append("does not come to rest: \(upgrade.phase)")
  }

  func deliver(_ event: UpgradeEvent) {
    if charger.seenFirmware == nil { charger.seenFirmware = charger.firmware }
    if case .booted(let boot, _) = event { charger.seenFirmware = boot.firmware }
    let before = upgrade
    let new = upgrade.reduce(
      event, view: charger.view(at: now), playbook: playbook, firmware: Self.firmware, hops: hops,
      at: now,
      ids: {
        self.messages += 1
        return "\(self.prefix)\(self.messages)"
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
    check(event, before: before, new)
    for command in new { carryOut(command) }
    if isStorm { return }
    if case .booted = event, charger.rebootsAgain {
      for happening in charger.reboot(after: .seconds(30), down: .seconds(5)) { enqueue(happening) }
    }
    if case .booted(_, let version) = event, version > .ocpp16,
      case .pending(let retry) = upgrade.bootAnswer
    {
      enqueue(
        .init(
          after: retry, life: charger.life, change: nil,
          event: { .booted($0.boot(), $0.speaks) }))
    }
  }

  private func carryOut(_ command: UpgradeCommand) {
    commands.append(command)
    switch command {
    case .send(let attempt):
      orders.append(attempt.order.word)
      sent.append(attempt.messageID)
      if isStorm { return }
      enqueue(
        .init(
          after: .milliseconds(10), life: charger.life, change: nil,
          event: { _ in .sent(messageID: attempt.messageID) }))
      for happening in charger.receive(attempt, at: now) { enqueue(happening) }
    case .release(let versions): charger.released = versions
    case .recordSigned(let known): charger.supportsSigned = known
    case .tell(let sentence): story.append(sentence)
    case .disconnect where isStorm: break
    case .disconnect:
      for happening in charger.reboot(after: .seconds(1), down: .seconds(1)) { enqueue(happening) }
    case .settle, .proved, .quarantine: break
    }
  }

  private func check(_ event: UpgradeEvent, before: Upgrade, _ new: [UpgradeCommand]) {
    let view = charger.view(at: now)
    func breach(_ what: String) {
      broken.append("\(what) after \("\(event)".prefix(40)) in \(before.phase)")
    }
    for command in new {
      switch command {
      case .settle(let attempt): settled[attempt.messageID] = attempt.state
      case .send(let attempt):
        if !view.online { breach("sent while offline") }
        if case .setAvailability(let operative) = attempt.order, !operative { isTaken = true }
        guard attempt.order.isDisruptive else { continue }
        if view.openSessions > 0 { breach("disruptive with a session") }
        if view.connectors.isEmpty || view.connectors.contains(where: \.state.isTaken) {
          breach("disruptive with a connector taken or unknown")
        }
        if let takes = charger.takes(attempt.step), !charger.openings.isAlways,
          charger.openings.end(at: now).map({ $0 < now + takes }) ?? true
        {
          breach("\(attempt.step) is not over before the window closes")
        }
        if attempt.step.hasPrefix("switch"), playbook.requires.contains(.integrations),
          !charger.unsigned.isEmpty
        {
          breach("switched without a sign-off")
        }
        if let last = lastOfStep[attempt.step] {
          let evidence: [Attempt.State] = [.rejected, .notSupported, .noEffect]
          if !(settled[last].map(evidence.contains) ?? false) {
            breach("second \(attempt.step) without evidence (\(settled[last]?.rawValue ?? "none"))")
          }
        }
        lastOfStep[attempt.step] = attempt.messageID
        let most =
          attempt.order.isCustom
          ? 1 + (playbook.steps.map(\.retries).max() ?? 0)
          : playbook.limits.attempts + upgrade.memory.refusedForms
        if attempt.number > most { breach("\(attempt.step) sent \(attempt.number) times") }
      default: break
      }
    }
    if case .answered(let id, let answer) = event, before.pending?.messageID == id,
      before.pending?.order == .setAvailability(operative: true),
      answer == .accepted || answer == .scheduled
    {
      isTaken = false
    }
    if isTaken, !upgrade.memory.owesConnectors { breach("connectors neither back nor owed") }
    if before.phase.isEnd, upgrade.phase != before.phase {
      if case .rollBack = event {} else { breach("left its end") }
    }
    let marks = new.filter { if case .quarantine = $0 { true } else { false } }.count
    if marks != (upgrade.phase == .quarantined && before.phase != .quarantined ? 1 : 0) {
      breach("\(marks) quarantine marks")
    }
    if upgrade.phase.isEnd {
      if upgrade.isUnknown { breach("unknown at its end") }
    } else if upgrade.deadline == nil {
      breach("no deadline in \(upgrade.phase)")
    }
    if let deadline = upgrade.deadline, deadline <= now { breach("deadline is past") }
    if phases.last != upgrade.phase { phases.append(upgrade.phase) }
  }
}

extension Order {
  var word: String {
    switch self {
    case .updateFirmware(_, let signed, _): signed ? "update signed" : "update"
    default: step
    }
  }
}
