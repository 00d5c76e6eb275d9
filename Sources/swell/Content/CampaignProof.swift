import Fleet
import FleetStore
import Proof
import Rollout

/// What an inventory has on record of its campaigns, held against the invariants of a rollout.
struct CampaignProof {
  private(set) var checker = Checker()

  init(path: String) throws {
    let records = try InventoryRecords(path: path)
    let ground = try CampaignGround(records)
    checker.take(try Self.beginnings(records, ground))
    let events = try CampaignEvents(records, ground)
    checker.take(events.entries)
    try judgeRows(records, events.approvedPlans)
  }

  // MARK: What stands before anything happens

  private static func beginnings(
    _ records: InventoryRecords, _ ground: CampaignGround
  ) throws -> [Entry] {
    var entries: [Entry] = []
    for charger in try records.chargers() {
      guard let site = charger.site else { continue }
      entries.append(Entry(at: 0, .stands(charger: charger.id, site: site)))
    }
    for campaign in try records.campaigns() {
      let id = campaign.id.rawValue
      guard let policy = ground.policy(of: id, isFourEyes: false) else { continue }
      entries.append(Entry(at: 0, .policy(campaign: id, policy)))
    }
    for upgrade in try records.upgrades() {
      entries.append(
        Entry(
          at: 0,
          .upgrade(
            .init(
              id: upgrade.id, campaign: upgrade.campaign, charger: upgrade.charger,
              stratum: upgrade.stratum))))
    }
    return entries
  }

  // MARK: What the rows say

  /// Rows and counters must be what the record leads to.
  /// - Parameter approved: the plans that were approved, by campaign.
  private mutating func judgeRows(
    _ records: InventoryRecords, _ approved: [Int64: String]
  ) throws {
    for campaign in try records.campaigns() {
      guard let plan = approved[campaign.id.rawValue] else { continue }
      let isApproved = campaign.planHash == plan && campaign.approvedPlan ?? plan == plan
      checker.take(
        Entry(
          at: 0,
          .campaign(
            id: campaign.id.rawValue, status: campaign.status.rawValue, author: campaign.author,
            approver: campaign.approver, isPlanApproved: isApproved)))
    }
    for upgrade in try records.upgrades() where upgrade.revision > 0 {
      checker.take(
        Entry(
          at: 0,
          .stored(
            .init(
              upgrade: upgrade.id, phase: upgrade.phase, holdsLease: upgrade.holdsLease,
              counts: upgrade.counts, failure: upgrade.failure, revision: upgrade.revision))))
    }
    for tally in try records.tallies() {
      checker.take(
        Entry(at: 0, .counted(campaign: tally.campaign, phase: tally.phase, tally.count)))
    }
    checker.end(at: 0)
  }
}
