import Fleet
import Rollout

/// Upgrades of the campaigns under way after a start, each of which has to learn that the engine
/// was away before anything else reaches it.
///
/// To read and to tell a hundred thousand of them takes half a minute, and nobody waits for that:
/// whoever connects is taken up at that moment, the others in portions. Until the last one is, nobody
/// new begins: who holds places is not known before.
struct TakingUp {
  /// Of a portion: some tens of milliseconds of work.
  static let portion = 100

  /// Not told yet.
  private(set) var waiting: Set<ChargerID> = []
  /// In the order in which they come without their chargers; some are done already.
  private var order: ArraySlice<ChargerID> = []
  /// Told in the transaction in progress, which may come to nothing.
  private var told: [ChargerID] = []

  var isOver: Bool { waiting.isEmpty }

  init() {}

  init(_ chargers: [ChargerID]) {
    waiting = Set(chargers)
    order = chargers[...]
  }

  /// True for one that has not been told.
  mutating func take(_ charger: ChargerID) -> Bool {
    guard waiting.remove(charger) != nil else { return false }
    told.append(charger)
    return true
  }

  /// Some that wait.
  mutating func next(_ count: Int = portion) -> [ChargerID] {
    var next: [ChargerID] = []
    while next.count < count, let charger = order.popFirst() {
      if waiting.contains(charger) { next.append(charger) }
    }
    // Those of transactions that came to nothing are in no order any more.
    if next.isEmpty { next = Array(waiting.prefix(count)) }
    return next
  }

  mutating func commit() { told.removeAll(keepingCapacity: true) }

  mutating func undo() {
    waiting.formUnion(told)
    told = []
  }
}

extension Core {
  /// Knows the campaigns under way and who is in them; what each is in is read when it is taken up.
  func beginTakingUp(now: Instant) throws {
    fleet = CampaignFleet()
    desk = nil
    var chargers: [ChargerID] = []
    for campaign in try store.campaigns() where campaign.status.isUnderWay {
      let members = try store.members(of: campaign.id)
      fleet.begin(campaign, members: members)
      chargers += members
      if campaign.status == .running {
        try note(
          nil, .campaign, campaign.name, "the engine has started and looks before it sends", at: now
        )
      }
    }
    takingUp = TakingUp(chargers)
    try readSites()
    if !fleet.campaigns.isEmpty { try note(nil, .turn, "start", "", at: now) }
  }

  /// Before anything else is done with a charger.
  func takeUp(_ id: ChargerID, now: Instant) throws {
    guard takingUp.take(id) else { return }
    if fleet.upgrade(of: id) == nil {
      // In the order of campaigns; the last one counts, as when all are read at once.
      for upgrade in try store.allUpgrades(of: id) where fleet.campaigns[upgrade.campaign] != nil {
        fleet.put(upgrade)
      }
    }
    guard let upgrade = fleet.upgrade(of: id),
      !upgrade.phase.isEnd || upgrade.memory.owesConnectors
    else { return }
    try feedNow(id, .restarted, now: now)
  }

  func takeUpSome(now: Instant) throws {
    if takingUp.isOver { return }
    for id in takingUp.next() { try takeUp(id, now: now) }
    guard takingUp.isOver else { return }
    recallDurations()
    dispatchSoon(now)
  }

  /// For what concerns all of them.
  func takeUpAll(now: Instant) throws {
    while !takingUp.isOver { try takeUpSome(now: now) }
  }
}
