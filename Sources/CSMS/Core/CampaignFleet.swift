import Fleet
import Rollout

/// The campaigns that are not over, their upgrades, and when each wants to be called.
struct CampaignFleet {
  private(set) var campaigns: [CampaignID: Campaign] = [:]
  private var byCharger: [ChargerID: Upgrade] = [:]
  private var chargerOf: [UpgradeID: ChargerID] = [:]
  private(set) var members: [CampaignID: [ChargerID]] = [:]
  private var deadlines = DeadlineHeap()
  /// What has changed since it was taken: chargers of upgrades, campaigns, and campaigns of which
  /// an upgrade has begun, ended or turned back.
  private(set) var changed: Set<ChargerID> = []
  private(set) var changedCampaigns: Set<CampaignID> = []
  private(set) var restless: Set<CampaignID> = []
  /// Campaigns or upgrades came or went.
  private(set) var isOther = true

  /// The campaign is in `upgrades` with all its chargers.
  mutating func take(_ campaign: Campaign, _ upgrades: [Upgrade]) {
    isOther = true
    campaigns[campaign.id] = campaign
    restless.insert(campaign.id)
    let known = Set(members[campaign.id] ?? [])
    members[campaign.id, default: []] += upgrades.map(\.charger).filter { !known.contains($0) }
    for upgrade in upgrades { put(upgrade) }
  }

  /// The campaign, and who is in it; their upgrades follow one by one.
  mutating func begin(_ campaign: Campaign, members chargers: [ChargerID]) {
    put(campaign)
    members[campaign.id] = chargers
  }

  mutating func put(_ campaign: Campaign) {
    campaigns[campaign.id] = campaign
    changedCampaigns.insert(campaign.id)
    restless.insert(campaign.id)
  }

  /// Puts back a campaign of which only what is said about it has changed.
  mutating func keep(_ campaign: Campaign) { campaigns[campaign.id] = campaign }

  mutating func put(_ upgrade: Upgrade) {
    if let before = byCharger[upgrade.charger], before.id == upgrade.id {
      changed.insert(upgrade.charger)
      if before.phase != upgrade.phase, before.outcome != upgrade.outcome || upgrade.phase.isEnd {
        restless.insert(upgrade.campaign)
      }
    } else {
      isOther = true
    }
    byCharger[upgrade.charger] = upgrade
    chargerOf[upgrade.id] = upgrade.charger
    if let deadline = upgrade.deadline { deadlines.push(deadline, upgrade.charger) }
  }

  /// Forgets a campaign that is over.
  mutating func drop(_ id: CampaignID) {
    for charger in members.removeValue(forKey: id) ?? [] {
      guard let upgrade = byCharger[charger], upgrade.campaign == id else { continue }
      byCharger[charger] = nil
      chargerOf[upgrade.id] = nil
    }
    campaigns[id] = nil
    isOther = true
  }

  /// Whether upgrades of a campaign began, ended or turned back since this was asked.
  mutating func takeRestless(_ id: CampaignID) -> Bool { restless.remove(id) != nil }

  /// What has changed, for a desk that is up to date after it; nil: it must be made anew.
  mutating func takeChanges() -> (chargers: Set<ChargerID>, campaigns: Set<CampaignID>)? {
    defer {
      changed.removeAll(keepingCapacity: true)
      changedCampaigns.removeAll(keepingCapacity: true)
      isOther = false
    }
    return isOther ? nil : (changed, changedCampaigns)
  }

  func upgrade(of charger: ChargerID) -> Upgrade? { byCharger[charger] }
  /// As `upgrade(of:) != nil`, without a copy of one: asked with nearly every message.
  func hasUpgrade(of charger: ChargerID) -> Bool { byCharger.index(forKey: charger) != nil }
  func charger(of upgrade: UpgradeID) -> ChargerID? { chargerOf[upgrade] }
  func upgrades(of campaign: CampaignID) -> [Upgrade] {
    // A charger of a campaign that is over may be in another one by now.
    (members[campaign] ?? []).compactMap { byCharger[$0] }.filter { $0.campaign == campaign }
  }

  /// Nearest deadline; perhaps one that has been moved since.
  var nextDeadline: Instant? { deadlines.first }

  /// Chargers whose deadline has come.
  mutating func due(at now: Instant) -> [ChargerID] {
    var due: [ChargerID] = []
    while let (at, charger) = deadlines.pop(until: now) {
      // An entry that was overtaken by a later deadline says nothing.
      if byCharger[charger]?.deadline == at { due.append(charger) }
    }
    return due
  }
}

/// A binary heap of deadlines; entries are never removed, only overtaken.
private struct DeadlineHeap {
  private var entries: [(at: Instant, charger: ChargerID)] = []

  var first: Instant? { entries.first?.at }

  mutating func push(_ at: Instant, _ charger: ChargerID) {
    entries.append((at, charger))
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].at < entries[parent].at else { break }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop(until now: Instant) -> (Instant, ChargerID)? {
    guard let top = entries.first, top.at <= now else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return (top.at, top.charger) }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].at < entries[least].at {
        least = child
      }
      if least == parent { break }
      entries.swapAt(parent, least)
      parent = least
    }
    return (top.at, top.charger)
  }
}
