/// Replays facts against the eleven invariants of a rollout.
///
/// It keeps a small model of its own: who stands where, who is gone, who holds a place, what was
/// ordered and what came of it. It never asks what the engine thought.
package struct Checker: Sendable {
  package private(set) var breaches: [Breach] = []
  /// How many facts each invariant was held against.
  package private(set) var checks = [Int](repeating: 0, count: 12)

  struct ChargerState: Sendable, Hashable {
    var site: Int64?
    var isGone = true
    var sessions: Set<String> = []
    /// Places reported, and whether a car is there.
    var connectors: [String: Bool] = [:]
    var mark: String?
    var isOverridden = false
    var firmware: String?
    var hops: Set<Entry.Hop>?
  }
  struct UpgradeState: Sendable, Hashable {
    var row: Entry.Row
    var phase = "planned"
    var holdsLease = false
    var counts = false
    var failure: String?
    var revision = 0
    var mayLeaveEnd = false
    /// A place was given, and the turn that takes it is to come.
    var isGranted = false
    /// The last attempt of each disruptive step.
    var last: [String: String] = [:]
    var numbers: [String: Int] = [:]
  }
  struct AttemptState: Sendable, Hashable {
    var upgrade: Int64
    var step: String
    var state = "intent"
    var evidence = ""
    var hasLeft = false
    var life: Int
    var isDisruptive: Bool
  }

  var chargers: [Int64: ChargerState] = [:]
  var upgrades: [Int64: UpgradeState] = [:]
  var attempts: [String: AttemptState] = [:]
  var policies: [Int64: Entry.Policy] = [:]
  var campaigns: [Int64: String] = [:]
  var budgets: [Int64: Int] = [:]
  var windows: [Int64: [Range<Int64>]] = [:]
  var atSite: [Int64: [Int64]] = [:]
  /// Upgrades of a charger, newest last.
  var ofCharger: [Int64: [Int64]] = [:]
  var strata: [StratumKey: [Int64]] = [:]
  /// Lives of the engine so far.
  var life = 0
  /// Connections are on record, so that who is down can be counted here.
  var knowsConnections = false

  struct StratumKey: Sendable, Hashable {
    var campaign: Int64
    var stratum: Int
  }

  package init() {}

  package mutating func take(_ facts: some Sequence<Entry>) { for fact in facts { take(fact) } }

  package mutating func take(_ fact: Entry) {
    let at = fact.at
    switch fact.what {
    case .stands(let charger, let site):
      chargers[charger, default: .init()].site = site
      atSite[site, default: []].append(charger)
    case .budget(let site, let budget): budgets[site] = budget
    case .windows(let site, let stretches): windows[site] = stretches
    case .policy(let campaign, let policy): policies[campaign] = policy
    case .upgrade(let row):
      upgrades[row.id] = UpgradeState(row: row)
      ofCharger[row.charger, default: []].append(row.id)
      strata[StratumKey(campaign: row.campaign, stratum: row.stratum), default: []].append(row.id)
    case .hops(let charger, let hops): chargers[charger, default: .init()].hops = hops
    case .campaign(let id, let status, let author, let approver, let isPlanApproved):
      judgeCampaign(id, status, author, approver, isPlanApproved, at)
    case .mark(let charger, let mark):
      chargers[charger, default: .init()].mark = mark
      chargers[charger, default: .init()].isOverridden = false
    case .override(let charger): chargers[charger, default: .init()].isOverridden = true
    case .rollBackAsked(let charger):
      for id in ofCharger[charger] ?? [] { upgrades[id]?.mayLeaveEnd = true }
    case .decision: break
    case .engineStarted:
      life += 1
      // Nobody is connected to an engine that has just started.
      for id in chargers.keys { chargers[id]?.isGone = true }
    case .turn(let turn): judgeTurn(turn, at)
    case .lease(let upgrade, let out, let budget, let atRisk, let allowance):
      judgeLease(upgrade, out, budget, atRisk, allowance, at)
    case .intent(let intent): judgeIntent(intent, at)
    case .outcome(let message, let state, let evidence): judgeOutcome(message, state, evidence, at)
    case .left(let message): judgeLeaving(message, at)
    case .stored(let turn): judgeStored(turn, at)
    case .counted(let campaign, let phase, let count): judgeCount(campaign, phase, count, at)
    case .connected(let charger):
      knowsConnections = true
      chargers[charger, default: .init()].isGone = false
    case .gone(let charger):
      knowsConnections = true
      chargers[charger, default: .init()].isGone = true
    case .session(let charger, let key, let isOpen):
      if isOpen {
        chargers[charger, default: .init()].sessions.insert(key)
      } else {
        chargers[charger, default: .init()].sessions.remove(key)
      }
    case .connector(let charger, let place, let isTaken):
      chargers[charger, default: .init()].connectors[place] = isTaken
    case .connectorsForgotten(let charger): chargers[charger, default: .init()].connectors = [:]
    case .runs(let charger, let firmware): chargers[charger, default: .init()].firmware = firmware
    }
  }

  /// Once nothing more is to come: what must have ended has ended.
  package mutating func end(at: Int64) {
    for upgrade in upgrades.values.sorted(by: { $0.row.id < $1.row.id })
    where Phases.ends.contains(upgrade.phase) && upgrade.holdsLease {
      breach(7, at, "upgrade \(upgrade.row.id) is \(upgrade.phase) and holds its place for ever")
    }
  }

  mutating func breach(_ invariant: Int, _ at: Int64, _ sentence: String) {
    breaches.append(Breach(invariant, at: at, sentence))
  }

  mutating func check(_ invariant: Int) { checks[invariant] += 1 }
}
