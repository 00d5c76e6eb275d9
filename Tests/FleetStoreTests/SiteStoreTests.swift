import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

@Suite struct SiteStoreTests {
  private func row(_ fields: [SiteImport.Column: String]) throws -> ImportedSite {
    try SiteImport.read(fields)
  }

  @Test("What is said of a site comes back, and the same again changes nothing")
  func terms() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let full = try row([
      .site: "Köln", .zone: "Europe/Berlin", .budget: "25 %", .windows: "daily 01:00-05:00",
      .blackouts: "12-24 Eve", .uplink: "LTE", .bandwidth: "1MB", .integrations: "billing",
    ])
    #expect(try store.importSites([full], dryRun: true).counts.added == 1)
    #expect(try store.sites() == [])
    #expect(try store.importSites([full], dryRun: false).counts.added == 1)
    #expect(try store.importSites([full], dryRun: false).counts.unchanged == 1)
    var site = try #require(try store.sites().first)
    #expect(site.allowance == .share(0.25))
    #expect(site.terms.windows?.label == "daily 01:00-05:00")
    site.terms.integrations[0].signOff = .init(by: "Ada", at: Shelf.now)
    try store.save(site)
    #expect(try store.sites() == [site])
    #expect(throws: StoreError.self) {
      try store.save(Site(id: .init(rawValue: 99), name: "X", zone: "Etc/UTC", budget: 0))
    }
  }

  @Test("A new site needs its zone, and an import of chargers leaves what was said of theirs")
  func chargers() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let report = try store.importSites([try row([.site: "A"])], dryRun: false)
    #expect(report.refused.first?.column == "zone")
    let set = try row([.site: "A", .zone: "Europe/Berlin", .windows: "any", .budget: "50 %"])
    _ = try store.importSites([set], dryRun: false)
    var charger = ImportedCharger(line: 2, identity: "CP-1")
    charger.site = "A"
    charger.zone = "Europe/Rome"
    _ = try store.importChargers([charger], source: "f", at: Shelf.now, dryRun: false)
    var site = try #require(try store.sites().first)
    #expect(site.zone == "Europe/Rome")
    #expect(site.terms.windows == .anyTime)
    #expect(site.allowance == .share(0.5))
    charger.budget = 2
    _ = try store.importChargers([charger], source: "f", at: Shelf.now, dryRun: false)
    site = try #require(try store.sites().first)
    #expect(site.allowance == .count(2))
    guard case .sites(let rows) = try shelf.reader().answer(.sites(name: "A"), at: Shelf.now)
    else { return }
    #expect(rows == [SiteRow(site: site, chargers: 1, offline: 1)])
  }

  @Test("A notice is handed out until it is taken, the due ones first, and only taken ones go")
  func outbox() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    for n in 0..<3 {
      try store.add(
        Announcement(
          at: Shelf.now + .seconds(Double(n)), kind: .test, subject: "\(n)",
          details: .init("text \(n)", campaign: "c", wave: n)))
    }
    var first = try #require(try store.nextNotice(at: Shelf.now + .seconds(9)))
    #expect(first.subject == "0")
    #expect(first.details == .init("text 0", campaign: "c", wave: 0))
    first.attempts = 1
    first.lastError = "exited 1"
    first.nextAt = Shelf.now + .hours(1)
    try store.save(first)
    // The others are not kept waiting by it.
    var second = try #require(try store.nextNotice(at: Shelf.now + .seconds(9)))
    #expect(second.subject == "1")
    second.doneAt = Shelf.now
    try store.save(second)
    var third = try #require(try store.nextNotice(at: Shelf.now + .seconds(9)))
    third.doneAt = Shelf.now
    try store.save(third)
    #expect(try store.nextNotice(at: Shelf.now) == first)
    guard case .notices(let listed) = try shelf.reader().answer(.notices(limit: 2), at: Shelf.now)
    else { return }
    #expect(listed.map(\.subject) == ["2", "1"])
    // The oldest taken ones go; what waits does not.
    for _ in 0..<1100 {
      try store.add(Announcement(at: Shelf.now, kind: .test, subject: "x", details: .init("")))
    }
    while var next = try store.nextNotice(at: Shelf.now), next.id != first.id {
      next.doneAt = Shelf.now
      try store.save(next)
    }
    #expect(try store.nextNotice(at: Shelf.now)?.id == first.id)
    #expect(try store.connection.int("SELECT count(*) FROM outbox") == 1001)
  }

  @Test("A work order has what a technician needs, and is there while the quarantine is")
  func workOrders() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let site = try store.put(
      Site(id: .init(rawValue: 0), name: "Köln", zone: "Europe/Berlin", budget: 1))
    var charger = Charger(id: .init(rawValue: 0), identity: "CP-1")
    charger.site = site.id
    charger.serial.claimed = .init("S1", source: "f", at: Shelf.now)
    charger.firmware.observed = .init("2.3.1", source: "boot", at: Shelf.now)
    charger.quarantine = Quarantine(
      reason: "no boot after install", campaign: "Autumn", at: Shelf.now)
    charger = try store.add(charger)
    try store.save(
      [Connector(id: .init(evse: 1, connector: 1), state: .unavailable, at: Shelf.now)],
      of: charger.id, replacing: true)
    _ = try store.add(Charger(id: .init(rawValue: 0), identity: "CP-2"))
    let stratum = Stratum(
      vendor: "V", model: "M", hardware: "", fromFirmware: "1", toFirmware: "2")
    let firmware = try store.addFirmware(Shelf.image)
    let campaign = try store.add(
      Campaign(
        id: .init(rawValue: 0), name: "Autumn",
        playbook: Playbook(name: "p", title: "p", target: .ocpp201), selection: "", author: "a",
        createdAt: Shelf.now, status: .running, planHash: "", waves: [.init(number: 1, size: 1)],
        strata: [.init(stratum: stratum, target: firmware.id)]),
      upgrades: [
        Upgrade(
          id: .init(rawValue: 0), campaign: .init(rawValue: 0), charger: charger.id, site: site.id,
          wave: 1, stratum: 0, target: firmware.id, enteredAt: Shelf.now)
      ])
    let upgrade = try #require(try store.upgrades(of: campaign.id).first)
    var attempt = Attempt(
      upgrade: upgrade.id, step: "firmware update firmware", number: 1, messageID: "m",
      order: .updateFirmware(firmware.id, signed: false, requestID: 1), writtenAt: Shelf.now)
    try store.add(attempt)
    attempt.state = .tookEffect
    attempt.evidence = "went away"
    try store.settle(attempt)
    guard
      case .workOrders(let orders) = try shelf.reader().answer(
        .workOrders(campaign: nil), at: Shelf.now)
    else { return }
    let order = try #require(orders.first)
    #expect(orders.count == 1)
    #expect([order.charger, order.site, order.zone] == ["CP-1", "Köln", "Europe/Berlin"])
    #expect([order.serial, order.firmware, order.target] == ["S1", "2.3.1", "2.4.0"])
    #expect(order.reason == "no boot after install")
    #expect(order.tried.contains("firmware update firmware") && order.tried.contains("went away"))
    #expect(order.connectors.contains("1.1"))
    #expect(throws: ControlError.unknownCampaign("Spring")) {
      try shelf.reader().answer(.workOrders(campaign: "Spring"), at: Shelf.now)
    }
    charger.quarantine = nil
    try store.save(charger)
    guard
      case .workOrders(let left) = try shelf.reader().answer(
        .workOrders(campaign: "Autumn"), at: Shelf.now)
    else { return }
    #expect(left == [])
  }
}
