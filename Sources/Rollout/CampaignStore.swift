import Fleet

/// The campaign tables of the inventory; same rules as `Inventory`: one writer, inside its
/// transaction.
package protocol CampaignStore: AnyObject {
  /// Adds a campaign with its upgrades; ids of the arguments are ignored.
  /// - Parameter staying: who was selected and not taken.
  func add(_ campaign: Campaign, upgrades: [Upgrade], staying: [StayingBehind]) throws -> Campaign
  func campaign(_ id: CampaignID) throws -> Campaign?
  func campaigns() throws -> [Campaign]
  /// Compare-and-set on `revision`: the stored one must be `revision - 1`.
  func save(_ campaign: Campaign) throws
  func upgrades(of campaign: CampaignID) throws -> [Upgrade]
  /// Its chargers in the order of their upgrades.
  func members(of campaign: CampaignID) throws -> [ChargerID]
  /// All upgrades that a charger ever had, in the order of their campaigns.
  func allUpgrades(of charger: ChargerID) throws -> [Upgrade]
  /// The upgrade of a running campaign that this charger is in, else its newest one.
  func upgrade(of charger: ChargerID) throws -> Upgrade?
  /// Compare-and-set on `revision`: the stored one must be `revision - 1`.
  func save(_ upgrade: Upgrade) throws
  /// Adds an attempt; (upgrade, step, number) and messageID are unique.
  func add(_ attempt: Attempt) throws
  func settle(_ attempt: Attempt) throws
  func attempts(of upgrade: UpgradeID) throws -> [Attempt]
}

extension CampaignStore {
  /// One that takes everybody who was selected.
  package func add(_ campaign: Campaign, upgrades: [Upgrade]) throws -> Campaign {
    try add(campaign, upgrades: upgrades, staying: [])
  }
}
