import Fleet
import FleetStore
import Foundation
import Rehearsal
import Rollout

/// The rows of a stage in an inventory's file, opened anew after each death.
final class RehearsedStore: StageRows {
  private let directory: String
  private var opened: Store?
  /// The ids of the file by those of the stage, which numbers its chargers through.
  private var ids: [UpgradeID: UpgradeID] = [:]
  private(set) var reopened = 0

  private struct Death: Error {}

  /// - Parameter folder: a fast one; what is proved is what a file holds, not when it is on the disk.
  init(folder: String) throws {
    directory = folder + "/swell-rehearsal-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    opened = try Self.open(directory)
  }

  private static func open(_ directory: String) throws -> Store {
    try Store.open(directory + "/fleet.db", migrations: StockContent.migrations)
  }

  private func store() throws -> Store {
    guard let opened else { throw Failure("the rehearsal's inventory is closed") }
    return opened
  }

  func end() { try? FileManager.default.removeItem(atPath: directory) }

  func begin(_ campaigns: [Campaign], _ upgrades: [Upgrade]) throws {
    let store = try store()
    try store.transaction {
      let image = try store.addFirmware(Stage.image)
      for index in upgrades.indices {
        _ = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP\(index)"))
      }
      for campaign in campaigns {
        let mine = upgrades.filter { $0.campaign == campaign.id }
        let added = try store.add(
          campaign,
          upgrades: mine.map {
            var upgrade = $0
            upgrade.target = image.id
            return upgrade
          })
        guard added.id == campaign.id else { throw Failure("a campaign got another number") }
        for (row, upgrade) in zip(try store.upgrades(of: campaign.id), mine) {
          ids[upgrade.id] = row.id
        }
      }
    }
  }

  func commit(_ changes: StageChanges, dies: Bool) throws {
    let store = try store()
    do {
      try store.transaction {
        for campaign in changes.campaigns { try store.save(campaign) }
        for upgrade in changes.upgrades { try store.save(moved(upgrade)) }
        for attempt in changes.attempts { try store.add(moved(attempt)) }
        for attempt in changes.outcomes { try store.settle(moved(attempt)) }
        if dies { throw Death() }
      }
    } catch is Death {}
  }

  private func moved(_ upgrade: Upgrade) -> Upgrade {
    var row = upgrade
    row.id = ids[upgrade.id] ?? upgrade.id
    return row
  }

  private func moved(_ attempt: Attempt) -> Attempt {
    var row = attempt
    row.upgrade = ids[attempt.upgrade] ?? attempt.upgrade
    return row
  }

  func reopen() throws -> (campaigns: [Campaign], upgrades: [Upgrade]) {
    reopened += 1
    // The lock goes with the last of the old one.
    opened = nil
    opened = try Self.open(directory)
    let store = try store()
    let back = Dictionary(uniqueKeysWithValues: ids.map { ($0.value, $0.key) })
    let campaigns = try store.campaigns()
    let upgrades = try campaigns.flatMap { try store.upgrades(of: $0.id) }.map { row in
      var upgrade = row
      upgrade.id = back[row.id] ?? row.id
      return upgrade
    }
    return (campaigns, upgrades.sorted { $0.id < $1.id })
  }
}
