import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

@Suite struct CampaignStoreTests {
  let shelf: Shelf
  let store: Store
  let chargers: [Charger]
  let image: Firmware

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
    image = try store.addFirmware(Shelf.image)
    let store = store
    chargers = try (1...4).map {
      try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP\($0)"))
    }
  }

  func addCampaign(_ name: String, status: Campaign.Status = .running) throws -> Campaign {
    let stratum = Stratum(
      vendor: "Volta", model: "AC22", hardware: "", fromFirmware: "2.3.1", toFirmware: "2.4.0")
    let campaign = Campaign(
      id: CampaignID(rawValue: 0), name: name,
      playbook: Playbook(
        name: "p", title: "P", target: .ocpp201), selection: "", author: "a", createdAt: Shelf.now,
      status: status, planHash: "h", waves: [Wave(number: 1, size: 4)],
      strata: [StratumProgress(stratum: stratum, target: image.id)])
    return try store.add(
      campaign,
      upgrades: chargers.map {
        Upgrade(
          id: UpgradeID(rawValue: 0), campaign: campaign.id, charger: $0.id, site: nil, wave: 1,
          stratum: 0, target: image.id, enteredAt: Shelf.now)
      })
  }

  @Test("Campaigns and upgrades come back as they were saved")
  func roundTrip() throws {
    let campaign = try addCampaign("Autumn")
    #expect(try store.campaign(campaign.id) == campaign)
    var upgrade = try #require(try store.upgrades(of: campaign.id).first)
    #expect(upgrade.campaign == campaign.id)
    upgrade.phase = .downloading
    upgrade.holdsLease = true
    upgrade.memory.bytesServed = 7
    upgrade.snapshot = ["HeartbeatInterval": "300"]
    upgrade.revision += 1
    try store.save(upgrade)
    #expect(try store.upgrade(of: upgrade.charger) == upgrade)
  }

  @Test("A save of a revision that somebody else was faster with is refused")
  func compareAndSet() throws {
    var campaign = try addCampaign("Autumn")
    var upgrade = try #require(try store.upgrades(of: campaign.id).first)
    upgrade.revision = 1
    try store.save(upgrade)
    #expect(throws: StoreError.stale(subject: "Upgrade \(upgrade.id.rawValue)", revision: 1)) {
      try store.save(upgrade)
    }
    campaign.revision = 1
    try store.save(campaign)
    #expect(throws: StoreError.stale(subject: "Campaign Autumn", revision: 1)) {
      try store.save(campaign)
    }
  }

  @Test("No attempt is written twice, nor two with one message id")
  func attempts() throws {
    let campaign = try addCampaign("Autumn")
    let upgrade = try #require(try store.upgrades(of: campaign.id).first)
    var attempt = Attempt(
      upgrade: upgrade.id, step: "switch reset", number: 1, messageID: "m1", order: .reset,
      writtenAt: Shelf.now)
    try store.add(attempt)
    attempt.messageID = "m2"
    #expect(throws: StoreError.self) { try store.add(attempt) }
    (attempt.messageID, attempt.number) = ("m1", 2)
    #expect(throws: StoreError.self) { try store.add(attempt) }
    (attempt.number, attempt.state, attempt.evidence) = (1, .accepted, "answered")
    try store.settle(attempt)
    #expect(try store.attempts(of: upgrade.id) == [attempt])
  }

  @Test("A charger is in one campaign under way at a time")
  func oneAtATime() throws {
    var first = try addCampaign("First")
    var second = try addCampaign("Second", status: .draft)
    (second.status, second.revision) = (.running, 1)
    #expect(
      throws: StoreError.constraint(
        "CP1 is in the campaign First, which is under way; a charger is in one at a time")
    ) { try store.save(second) }
    #expect(try store.campaign(second.id)?.status == .draft)
    (first.status, first.revision) = (.aborted, 1)
    try store.save(first)
    try store.save(second)
    #expect(try store.upgrade(of: chargers[0].id)?.campaign == second.id)
  }

  @Test("A lease is kept behind a failure, until what was taken is given back")
  func leases() throws {
    let campaign = try addCampaign("Autumn")
    var upgrade = try #require(try store.upgrades(of: campaign.id).first)
    (upgrade.phase, upgrade.holdsLease, upgrade.revision) = (.failed, true, 1)
    try store.save(upgrade)
    #expect(try store.upgrade(of: upgrade.charger)?.holdsLease == true)
  }

  @Test("The dashboard counts upgrades, failures and what waits for a person")
  func dashboard() throws {
    var campaign = try addCampaign("Autumn")
    let ends: [Upgrade.Phase] = [.migrated, .quarantined, .failed, .soaking]
    for (var upgrade, phase) in zip(try store.upgrades(of: campaign.id), ends) {
      (upgrade.phase, upgrade.revision) = (phase, 1)
      if phase == .failed || phase == .quarantined {
        upgrade.failure = .init(phase: .rebooting, reason: .noBoot, detail: "3 h")
      }
      try store.save(upgrade)
    }
    var lost = chargers[1]
    lost.quarantine = Quarantine(
      reason: "no boot after install", campaign: "Autumn", at: Shelf.now)
    try store.save(lost)
    let verdict = GateVerdict(
      word: .fail, done: 3, failed: 2, upperBound: 0.9, limit: 0.1, confidence: 0.95,
      sentence: "2 of 3 failed.")
    campaign.strata[0].state = .waiting(wave: 1, verdict)
    campaign.revision = 1
    try store.save(campaign)
    let reader = try shelf.reader()
    guard case .dashboard(let board) = try reader.answer(.dashboard, at: Shelf.now) else {
      Issue.record("no dashboard")
      return
    }
    let summary = try #require(board.campaigns.first)
    #expect([summary.total, summary.migrated, summary.inFlight, summary.toGo] == [4, 1, 1, 0])
    #expect([summary.failed, summary.quarantined] == [1, 1])
    #expect(summary.waves == [.init(number: 1, size: 4, ended: 3, inFlight: 1, waiting: true)])
    #expect(board.failures == [.init(reason: "no boot after install", count: 2)])
    #expect(
      board.needsYou.map(\.text) == [
        "gate failed: Autumn wave 1, Volta AC22 2.3.1→2.4.0 "
          + "(2 of 3 failed: up to 90 % may, allowed are 10 %)",
        "CP2 is quarantined, no boot after install: a technician is needed",
      ])
    #expect(board.needsYou.map(\.place) == [.wave(campaign: "Autumn", number: 1), .charger("CP2")])
    #expect(summary.failures == board.failures)
    guard case .campaign(let detail?) = try reader.answer(.campaign("Autumn"), at: Shelf.now),
      case .upgrades(let rows) = try reader.answer(.upgrades(campaign: "Autumn"), at: Shelf.now)
    else {
      Issue.record("no campaign")
      return
    }
    #expect(detail.strata.first?.verdict == verdict)
    #expect(
      detail.strata.first?.phases == [.migrated: 1, .quarantined: 1, .failed: 1, .soaking: 1])
    #expect(rows.map(\.identity) == ["CP1", "CP2", "CP3", "CP4"])
    #expect(rows[2].detail == "no boot after install: 3 h")
  }
}
